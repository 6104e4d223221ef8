"""What a customer promised to pay, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import func

from data_access.base.bookings import BOOKINGS
from data_access.base.clock import day_in
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.models.collection import Promise, PromisePayment, PromiseState
from data_access.models.money import Transaction
from data_access.queries.customer_context import customer_context
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_LIMIT = 100


@dataclass(frozen=True, slots=True)
class PaidBy:
    """Part of a payment that counts for a promise."""

    kind: str
    value_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """`due_on`: before this day begins, the money has to be here. `decided_at`: None while it is open."""

    promise_id: int
    amount: Decimal
    received: Decimal
    due_on: date
    made_at: datetime
    login: str
    reason: str
    state: PromiseState
    decided_at: datetime | None
    paid_by: tuple[PaidBy, ...]

    @property
    def is_open(self) -> bool:
        return self.state is PromiseState.OPEN


@dataclass(frozen=True, slots=True)
class Promises:
    """The last ones, latest first, and how many of all were broken."""

    currency: str
    rows: tuple[PromiseRow, ...]
    broken: int


@dataclass(frozen=True)
class PromisesOf(Query[Promises]):
    """A customer's promises to pay, latest first."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> Promises:
        customer = customer_context(reader, self.customer_id)
        mine = visible(Promise, reader.actor).where(Promise.customer_id == self.customer_id)
        broken = mine.where(Promise.state == PromiseState.BROKEN).with_only_columns(func.count(Promise.id))
        rows = reader.session.scalars(mine.order_by(Promise.id.desc()).limit(_LIMIT)).all()
        paid = _paid(reader, [one.id for one in rows])
        return Promises(
            customer.currency,
            tuple(_row(one, customer.zone, paid.get(one.id, ())) for one in rows),
            reader.session.execute(broken).scalar_one(),
        )


def _paid(reader: Reader, promise_ids: Sequence[int]) -> dict[int, tuple[PaidBy, ...]]:
    """What each was paid by, the first payment first; what was taken out again is left out."""
    counts = func.sum(PromisePayment.amount)
    query = (
        visible(PromisePayment, reader.actor)
        .join(Transaction, Transaction.id == PromisePayment.payment_id)
        .where(PromisePayment.promise_id.in_(promise_ids))
        .with_only_columns(
            PromisePayment.promise_id, Transaction.id, Transaction.kind, Transaction.value_on, counts.label("amount")
        )
        .group_by(PromisePayment.promise_id, Transaction.id, Transaction.kind, Transaction.value_on)
        .having(counts != ZERO)
        .order_by(Transaction.id)
    )
    paid: dict[int, tuple[PaidBy, ...]] = {}
    for row in reader.session.execute(query) if promise_ids else ():
        one = PaidBy(BOOKINGS[row.kind].label, row.value_on, row.amount)
        paid[row.promise_id] = (*paid.get(row.promise_id, ()), one)
    return paid


def _row(one: Promise, zone: str, paid_by: tuple[PaidBy, ...]) -> PromiseRow:
    return PromiseRow(
        one.id, one.amount, one.received, day_in(zone, one.due_at), one.made_at, one.login, one.reason, one.state,
        one.decided_at, paid_by,
    )  # fmt: skip
