"""Entering: one booking written and the balance moved by it; nothing else ever moves a balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.errors import Rejected
from data_access.base.money import exact
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.services.balance_alerts import watch
from data_access.services.outbox import announce_booking
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of a booking: what the customer sees, what staff see, whose paper it is, which account it is of."""

    service: str | None = None
    reference: str = ""
    visible_comment: str = ""
    internal_comment: str = ""
    method: str | None = None
    account_id: int | None = None


def book(
    work: UnitOfWork, customer: Customer, kind: Kind, amount: Decimal, *, value_on: date, texts: Texts = Texts()
) -> Transaction:
    """Writes one transaction and moves the balance by it; nothing else ever does."""
    return _enter(work, customer, kind, BOOKINGS[kind].signed(amount), value_on=value_on, texts=texts)


def reverse(work: UnitOfWork, customer: Customer, booked: Transaction, *, value_on: date, texts: Texts) -> Transaction:
    """Writes the opposite of a transaction, linked to it; what the money did is the caller's to take back."""
    return _enter(work, customer, booked.kind, -booked.amount, value_on=value_on, texts=texts, reverses_id=booked.id)


def book_either_way(
    work: UnitOfWork, customer: Customer, kind: Kind, by: Decimal, *, value_on: date, texts: Texts = Texts()
) -> Transaction:
    """Moves the balance by an amount with its own sign, of the kinds that can go either way."""
    return _enter(work, customer, kind, by, value_on=value_on, texts=texts)


def _enter(
    work: UnitOfWork,
    customer: Customer,
    kind: Kind,
    signed: Decimal,
    *,
    value_on: date,
    texts: Texts,
    reverses_id: int | None = None,
) -> Transaction:
    line = _next_line(work)
    row = _moved(work, customer, kind, signed, line=line, value_on=value_on, texts=texts, reverses_id=reverses_id)
    booked = work.add(row)
    announce_booking(work, customer, booked)
    watch(work, customer)
    return booked


@dataclass(frozen=True, slots=True)
class Charged:
    """A booking of many: whose it is, of which kind, how much, and its words."""

    customer: Customer
    kind: Kind
    amount: Decimal
    value_on: date
    texts: Texts


def book_all(work: UnitOfWork, charged: Sequence[Charged]) -> None:
    """Books many amounts, of one customer or of many, written at once; each threshold is watched once, at the end."""
    if not charged:
        return
    booked = [
        (
            one.customer,
            _moved(
                work, one.customer, one.kind, BOOKINGS[one.kind].signed(one.amount),
                line=_next_line(work), value_on=one.value_on, texts=one.texts,
            ),
        )
        for one in charged
    ]  # fmt: skip
    work.session.add_all(row for _, row in booked)
    work.session.flush()
    for customer, row in booked:
        announce_booking(work, customer, row)
    watch(work, *{customer.id: customer for customer, _ in booked}.values())


def _moved(
    work: UnitOfWork, customer: Customer, kind: Kind, signed: Decimal, *,
    line: int, value_on: date, texts: Texts, reverses_id: int | None = None,
) -> Transaction:  # fmt: skip
    """Moves the balance, and the transaction that says so."""
    customer.balance = _storable(customer.balance + signed)
    return Transaction(
        customer_id=customer.id,
        command_id=work.order.command_id,
        line=line,
        kind=kind,
        amount=signed,
        balance_after=customer.balance,
        currency=customer.currency,
        at=work.now,
        value_on=value_on,
        service=texts.service,
        method=texts.method,
        reference=texts.reference,
        visible_comment=texts.visible_comment,
        internal_comment=texts.internal_comment,
        account_id=texts.account_id,
        person_id=work.actor.person_id,
        reverses_id=reverses_id,
    )


def _storable(balance: Decimal) -> Decimal:
    try:
        return exact(balance)
    except ValueError as wrong:
        raise Rejected("The balance would grow beyond twelve digits, which cannot be stored.") from wrong


def _next_line(work: UnitOfWork) -> int:
    if work.lines is None:  # one of several units of work that share a command
        mine = Transaction.command_id == work.order.command_id
        count = work.select(Transaction).where(mine).with_only_columns(func.count())
        work.lines = int(work.session.scalar(count) or 0)
    work.lines += 1
    return work.lines
