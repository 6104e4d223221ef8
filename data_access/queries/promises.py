"""What a customer promised to pay, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import func

from data_access.access import Query, Reader
from data_access.clock import day_in
from data_access.models.collection import Promise, PromiseState
from data_access.permissions import Permission
from data_access.queries.seen import see
from data_access.scope import visible

_LIMIT = 100


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """`due_on`: before this day begins, the money has to be here."""

    promise_id: int
    amount: Decimal
    received: Decimal
    due_on: date
    made_at: datetime
    login: str
    reason: str
    state: PromiseState


@dataclass(frozen=True, slots=True)
class Promises:
    """The last ones, the latest first, and how many of all were broken."""

    currency: str
    rows: tuple[PromiseRow, ...]
    broken: int


@dataclass(frozen=True)
class PromisesOf(Query[Promises]):
    """A customer's promises to pay, the latest first."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> Promises:
        customer = see(reader, self.customer_id)
        mine = visible(Promise, reader.actor).where(Promise.customer_id == self.customer_id)
        broken = mine.where(Promise.state == PromiseState.BROKEN).with_only_columns(func.count(Promise.id))
        rows = reader.session.scalars(mine.order_by(Promise.id.desc()).limit(_LIMIT))
        return Promises(
            customer.currency,
            tuple(_row(one, customer.zone) for one in rows),
            reader.session.execute(broken).scalar_one(),
        )


def _row(one: Promise, zone: str) -> PromiseRow:
    return PromiseRow(
        one.id, one.amount, one.received, day_in(zone, one.due_at), one.made_at, one.login, one.reason, one.state
    )
