"""Moves by day: how many customers came, changed their status and went, from their history."""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from sqlalchemy import Date, func, literal, select, union_all

from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.domain.moves import CREATED
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.store.access import Query, Reader
from data_access.store.scope import visible
from data_access.store.typed.frames import frame


@dataclass(frozen=True)
class MovesByDay(Query[pd.DataFrame]):
    """A row a day in UTC, move and pair of statuses, with how many customers, the permanently terminated among them.

    Of whom details were archived, the day on which they came and the last move are left.
    """

    needs: ClassVar = Permission.REPORT_READ

    def run(self, reader: Reader) -> pd.DataFrame:
        came_on = func.date(Customer.created_at, type_=Date)
        came = visible(Customer, reader.actor).with_only_columns(
            came_on.label("day"), literal(CREATED).label("move"), literal(BillStatus.OPEN.value).label("status_from"),
            literal(BillStatus.OPEN.value).label("status_to"), func.count().label("customers"),
        )  # fmt: skip
        moved_on = func.date(StatusEvent.at, type_=Date)
        by = (StatusEvent.move, StatusEvent.status_from, StatusEvent.status_to)
        moved = visible(StatusEvent, reader.actor).where(StatusEvent.move != CREATED)
        both = union_all(
            came.group_by(came_on),
            moved.with_only_columns(moved_on.label("day"), *by, func.count().label("customers")).group_by(
                moved_on, *by
            ),
        ).subquery()
        return frame(
            reader.session, select(*both.c).order_by(both.c.day, both.c.move, both.c.status_from, both.c.status_to)
        )
