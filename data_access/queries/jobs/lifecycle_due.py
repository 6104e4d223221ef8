"""Due changes of customers: terminations whose date has come, planned changes whose day has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from data_access.base.clock import day_in
from data_access.base.permissions import Permission
from data_access.domain.shown_status import live
from data_access.models.base import Record
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.queries.due import DueIds
from data_access.store.access import Reader
from data_access.store.scope import visible

_FARTHEST_AHEAD = timedelta(hours=14)  # no zone's day begins earlier than this before UTC's


@dataclass(frozen=True)
class DueTerminations(DueIds):
    """Customers whose termination date has begun where they are billed."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def rows(self, reader: Reader) -> Select[Any]:
        ending = visible(Customer, reader.actor).where(Customer.terminate_on.is_not(None), live())
        zones = _zones(reader, ending, Customer.terminate_on)
        return ending.where(_has_begun(reader, zones, Customer.terminate_on))


@dataclass(frozen=True)
class DuePlans(DueIds):
    """Planned changes whose day has begun where their customer is billed."""

    needs: ClassVar = Permission.SYSTEM_RUN
    about: ClassVar[type[Record]] = PlannedMove

    def rows(self, reader: Reader) -> Select[Any]:
        planned = (
            visible(PlannedMove, reader.actor)
            .join(Customer, Customer.id == PlannedMove.customer_id)
            .where(PlannedMove.state == PlanState.PLANNED)
        )
        zones = _zones(reader, planned, PlannedMove.due_on)
        return planned.where(_has_begun(reader, zones, PlannedMove.due_on))


def _zones(reader: Reader, ending: Any, day: InstrumentedAttribute[Any]) -> Sequence[str]:
    """The zones in which the day may have begun for someone."""
    latest: date = (reader.now.astimezone(UTC) + _FARTHEST_AHEAD).date()
    query = ending.where(day <= latest).with_only_columns(Customer.billing_zone).distinct()
    return reader.session.scalars(query.order_by(Customer.billing_zone)).all()


def _has_begun(reader: Reader, zones: Sequence[str], day: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    here = [(Customer.billing_zone == zone) & (day <= day_in(zone, reader.now)) for zone in zones]
    return or_(false(), *here)
