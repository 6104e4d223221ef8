"""The ledger of a customer: balance transactions with the balance after each, and what each payment was used for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate, islice
from typing import Any, ClassVar

import pandas as pd
from sqlalchemy import Select, bindparam, or_

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import UtcDateTime, day_in, start_of
from data_access.base.permissions import Actor, Permission
from data_access.models.history import CommandLog
from data_access.models.money import Allocation, Invoice, Transaction
from data_access.queries.billing.usage_rows import measured_words
from data_access.queries.customer_context import CUSTOMER_ID, AnyRow, customer_context
from data_access.queries.pagination.newest_first import LIMIT, PAGE, Mark, page, read_mark
from data_access.queries.pagination.pages import Page
from data_access.services.facts.own_limits import REGRET
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.typed.frames import typed

_CHART_POINTS = 2_000
_POINT: tuple[Any, ...] = (Transaction.at, Transaction.value_on, Transaction.amount, Transaction.balance_after)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One booking. `amount` positive: the customer owes more. `measured`: how much was used, in words.

    `is_own_and_new`: whoever asks has booked it so lately that they can take it back.
    """

    transaction_id: int
    at: datetime
    value_on: date
    kind: str
    settles: bool
    amount: Decimal
    balance_after: Decimal
    login: str
    service: str
    method: str
    reference: str
    visible_comment: str
    internal_comment: str
    is_reversal: bool
    measured: str
    is_own_and_new: bool


@dataclass(frozen=True)
class FindTransactions(Query[Page[LedgerRow]]):
    """The bookings of a customer, newest first, a page at a time."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int
    below: str = ""

    def run(self, reader: Reader) -> Page[LedgerRow]:
        customer_context(reader, self.customer_id)
        mark = read_mark(self.below)
        place = {} if mark is None else {"at": mark.at, "id": mark.id}
        asked = {"customer_id": self.customer_id, **place}
        rows = reader.session.execute(_newest(reader.actor, mark is not None), asked).all()
        words = measured_words(reader, [row.id for row in rows if row.kind is Kind.USAGE_CHARGE])
        return page([(Mark(row.at, 0, row.id), _booking(reader, row, words.get(row.id, ""))) for row in rows])


@made_once
def _newest(actor: Actor, goes_on: bool) -> Select[*tuple[Any, ...]]:
    bookings = (
        visible(Transaction, actor)
        .outerjoin(CommandLog, CommandLog.id == Transaction.command_id)
        .where(Transaction.customer_id == CUSTOMER_ID)
        .with_only_columns(
            Transaction.id, Transaction.at, Transaction.value_on, Transaction.kind, Transaction.amount,
            Transaction.balance_after, Transaction.service, Transaction.method, Transaction.reference,
            Transaction.visible_comment, Transaction.internal_comment, Transaction.reverses_id,
            Transaction.person_id, CommandLog.login,
        )
        .order_by(Transaction.at.desc(), Transaction.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    at = bindparam("at", type_=UtcDateTime())
    same = (Transaction.at == at) & (Transaction.id < bindparam("id"))
    return bookings.where(or_(Transaction.at < at, same)) if goes_on else bookings


def _booking(reader: Reader, row: AnyRow, measured: str) -> LedgerRow:
    booking = BOOKINGS[row.kind]
    return LedgerRow(
        transaction_id=row.id,
        at=row.at,
        value_on=row.value_on,
        kind=booking.label,
        settles=booking.settles,
        amount=row.amount,
        balance_after=row.balance_after,
        login=row.login or "",
        service=row.service or "",
        method=row.method or "",
        reference=row.reference,
        visible_comment=row.visible_comment,
        internal_comment=row.internal_comment,
        is_reversal=row.reverses_id is not None,
        measured=measured,
        is_own_and_new=row.person_id == reader.actor.person_id is not None and reader.now <= row.at + REGRET,
    )


@dataclass(frozen=True)
class BalanceHistory(Query[pd.DataFrame]):
    """The balance as the last 2,000 bookings moved it, each at its value date: at, balance_after, oldest first.

    An import books a past at one moment; by value dates it spreads out as it happened.
    """

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> pd.DataFrame:
        zone = customer_context(reader, self.customer_id).zone
        bookings = reader.session.execute(_points(reader.actor), {"customer_id": self.customer_id}).all()[::-1]
        return typed((Transaction.at, Transaction.balance_after), _by_value_date(bookings, zone))


@made_once
def _points(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        visible(Transaction, actor)
        .where(Transaction.customer_id == CUSTOMER_ID)
        .with_only_columns(*_POINT)
        .order_by(Transaction.at.desc(), Transaction.id.desc())
        .limit(_CHART_POINTS)
    )


def _by_value_date(bookings: Sequence[AnyRow], zone: str) -> list[tuple[datetime, Decimal]]:
    if not bookings:
        return []
    before = bookings[0].balance_after - bookings[0].amount
    moved = sorted(((_place(row.at, row.value_on, zone), row.amount) for row in bookings), key=lambda one: one[0])
    balances = accumulate((amount for _, amount in moved), initial=before)
    return [(at, balance) for (at, _), balance in zip(moved, islice(balances, 1, None), strict=True)]


def _place(at: datetime, value_on: date, zone: str) -> datetime:
    """The moment of the booking on its own day; otherwise the beginning of the day that it counts from."""
    return at if day_in(zone, at) == value_on else start_of(value_on, zone)


@dataclass(frozen=True, slots=True)
class PaymentUse:
    """A part of a payment put to one use. A negative amount took an earlier one back."""

    at: datetime
    paid_on: date
    payment: str
    used_for: str
    amount: Decimal


@dataclass(frozen=True)
class PaymentUses(Query[tuple[PaymentUse, ...]]):
    """What one payment was used for: invoices and refunds, oldest first; at most 200."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    transaction_id: int

    def run(self, reader: Reader) -> tuple[PaymentUse, ...]:
        return _uses(reader, Allocation.payment_id == self.transaction_id)


@dataclass(frozen=True)
class InvoicePayments(Query[tuple[PaymentUse, ...]]):
    """Which payments went to one invoice, oldest first; at most 200."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    invoice_id: int

    def run(self, reader: Reader) -> tuple[PaymentUse, ...]:
        return _uses(reader, Allocation.invoice_id == self.invoice_id)


def _uses(reader: Reader, which: Any) -> tuple[PaymentUse, ...]:
    query = (
        visible(Allocation, reader.actor)
        .join(Transaction, Transaction.id == Allocation.payment_id)
        .outerjoin(Invoice, Invoice.id == Allocation.invoice_id)
        .where(which)
        .with_only_columns(Allocation.at, Transaction.value_on, Transaction.kind, Invoice.number, Allocation.amount)
        .order_by(Allocation.at, Allocation.id)
        .limit(LIMIT)
    )
    return tuple(
        PaymentUse(row.at, row.value_on, BOOKINGS[row.kind].label, row.number or "Refund", row.amount)
        for row in reader.session.execute(query)
    )
