"""Verification of the books: what has to add up, what has to follow what, and what refers to nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, case, func, inspect, not_, or_, select
from sqlalchemy.exc import DBAPIError

from data_access.base.bookings import SETTLING
from data_access.base.money import ZERO
from data_access.base.statuses import BillStatus
from data_access.models.base import Base
from data_access.models.customers import Account, Customer
from data_access.models.history import CommandLog
from data_access.models.jobs import Archive
from data_access.models.money import Allocation, Invoice, InvoiceLine, PaymentStatus, Transaction
from data_access.models.numbers import Did
from data_access.queries.audit.kept import kept_wrongly
from data_access.queries.audit.kept_forecasts import wrong_forecasts
from data_access.queries.audit.kept_texts import wrong_texts
from data_access.store.access import Reader
from data_access.store.scope import SCOPES, visible

_AT_ONCE = 20_000  # customers, or rows, looked at by one statement: each is done long before it would be stopped
_TOLD = 5
Ids = Select[Any]


@dataclass(frozen=True, slots=True)
class Range:
    """Customers from one id to before another."""

    reader: Reader
    first: int

    def of(self, model: Any, column: Any) -> Select[Any]:
        return visible(model, self.reader.actor).where(column >= self.first, column < self.first + _AT_ONCE)


@dataclass(frozen=True, slots=True)
class Check:
    """`wrong` gives the ids of what breaks the rule; `says` what it means, with a place for them."""

    sentence: str
    wrong: Callable[[Range], Ids]


def breaches(reader: Reader) -> tuple[str, ...]:
    """What does not hold, a sentence each; nothing if the books hold."""
    return (
        *_sums(reader), *kept_wrongly(reader), *wrong_texts(reader), *wrong_forecasts(reader), *_orphans(reader),
    )  # fmt: skip


def _sums(reader: Reader) -> Iterator[str]:
    ranges = [Range(reader, first) for first in _steps(reader, visible(Customer, reader.actor), Customer.id)]
    for check in CHECKS:
        found = [found for some in ranges for found in _ids(reader, check.wrong(some))]
        if found:
            yield check.sentence.format(_listed(found))


def _steps(reader: Reader, rows: Select[Any], key: Any) -> range:
    first, last = reader.session.execute(rows.with_only_columns(func.min(key), func.max(key))).one()
    return range(first or 0, (last or -1) + 1, _AT_ONCE)


def _ids(reader: Reader, wanted: Ids) -> list[str]:
    """The ids; a value that even the database cannot read counts as wrong."""
    try:
        return [str(key) for key in reader.session.scalars(wanted)]
    except DBAPIError:
        reader.session.rollback()
        return ["some that cannot be read"]


def _listed(found: list[str]) -> str:
    more = len(found) - _TOLD
    return ", ".join(found[:_TOLD]) + (f" and {more:,} more" if more > 0 else "")


def _archived(some: Range, column: Any) -> ColumnElement[bool]:
    """Whether details of this customer went to an archive by a command that says so."""
    told = and_(CommandLog.id == Archive.command_id, CommandLog.customer_id == Archive.customer_id)
    gone = some.of(Archive, Archive.customer_id).join(CommandLog, told).where(CommandLog.name == "ArchiveDetails")
    found: ColumnElement[bool] = column.in_(gone.with_only_columns(Archive.customer_id))
    return found


def _sum(rows: Select[Any], by: Any, amount: Any) -> Any:
    return rows.with_only_columns(by.label("key"), func.sum(amount).label("sum")).group_by(by).subquery()


def _unlike(rows: Select[Any], key: Any, told: Any, found: Any) -> Ids:
    """The rows that tell another sum than is found for them."""
    return (
        rows.outerjoin(found, found.c.key == key)
        .where(told != func.coalesce(found.c.sum, ZERO))
        .with_only_columns(key)
        .order_by(key)
    )


def _balances(some: Range) -> Ids:
    booked = _sum(some.of(Transaction, Transaction.customer_id), Transaction.customer_id, Transaction.amount)
    return _unlike(some.of(Customer, Customer.id), Customer.id, Customer.balance, booked)


def _running(some: Range) -> Ids:
    before = func.lag(Transaction.balance_after).over(partition_by=Transaction.customer_id, order_by=Transaction.id)
    rows = some.of(Transaction, Transaction.customer_id).where(not_(_archived(some, Transaction.customer_id)))
    query = rows.with_only_columns(
        Transaction.id, Transaction.amount, Transaction.balance_after, before.label("before")
    ).subquery()
    expected = func.coalesce(query.c.before, ZERO) + query.c.amount
    return select(query.c.id).where(query.c.balance_after != expected).order_by(query.c.id)


def _paid(some: Range) -> Ids:
    put = _sum(some.of(Allocation, Allocation.customer_id), Allocation.invoice_id, Allocation.amount)
    rows = some.of(Invoice, Invoice.customer_id).where(not_(_archived(some, Invoice.customer_id)))
    return _unlike(rows, Invoice.id, Invoice.paid, put)


def _lines(some: Range) -> Ids:
    """Of invoices that have lines; what came with a file told its total alone."""
    rows = some.of(Invoice, Invoice.customer_id).where(not_(_archived(some, Invoice.customer_id)))
    drawn = _sum(some.of(InvoiceLine, InvoiceLine.customer_id), InvoiceLine.invoice_id, InvoiceLine.amount)
    unlike = rows.join(drawn, drawn.c.key == Invoice.id).where(drawn.c.sum != Invoice.total)
    return unlike.with_only_columns(Invoice.id).order_by(Invoice.id)


def _payment_status(some: Range) -> Ids:
    follows = case(
        (Invoice.payment_status == PaymentStatus.VOID, PaymentStatus.VOID),
        (Invoice.total <= ZERO, PaymentStatus.DO_NOT_PAY),
        (Invoice.paid == Invoice.total, PaymentStatus.PAID),
        (Invoice.paid != ZERO, PaymentStatus.PARTLY_PAID),
        else_=PaymentStatus.UNPAID,
    )
    rows = some.of(Invoice, Invoice.customer_id).where(Invoice.payment_status != follows)
    return rows.with_only_columns(Invoice.id).order_by(Invoice.id)


def _outstanding(some: Range) -> Ids:
    unpaid = some.of(Invoice, Invoice.customer_id).where(Invoice.is_open)
    return _unlike(
        some.of(Customer, Customer.id), Customer.id, Customer.outstanding,
        _sum(unpaid, Invoice.customer_id, Invoice.open),
    )  # fmt: skip


def _unallocated(some: Range) -> Ids:
    money = some.of(Transaction, Transaction.customer_id).where(Transaction.kind.in_(SETTLING))
    came = _sum(money, Transaction.customer_id, -Transaction.amount)
    used = _sum(some.of(Allocation, Allocation.customer_id), Allocation.customer_id, Allocation.amount)
    free = func.coalesce(came.c.sum, ZERO) - func.coalesce(used.c.sum, ZERO)
    return (
        some.of(Customer, Customer.id)
        .outerjoin(came, came.c.key == Customer.id)
        .outerjoin(used, used.c.key == Customer.id)
        .where(Customer.unallocated != free, not_(_archived(some, Customer.id)))
        .with_only_columns(Customer.id)
        .order_by(Customer.id)
    )


def _overspent(some: Range) -> Ids:
    used = _sum(some.of(Allocation, Allocation.customer_id), Allocation.payment_id, Allocation.amount)
    payments = some.of(Transaction, Transaction.customer_id).join(used, used.c.key == Transaction.id)
    too_much = or_(used.c.sum > -Transaction.amount, Transaction.kind.not_in(SETTLING))
    return payments.where(too_much, used.c.sum != ZERO).with_only_columns(Transaction.id).order_by(Transaction.id)


def _beside_money(some: Range) -> Ids:
    unpaid = some.of(Invoice, Invoice.customer_id).where(Invoice.is_open)
    owing = Customer.id.in_(unpaid.with_only_columns(Invoice.customer_id))
    rows = some.of(Customer, Customer.id).where(Customer.unallocated > ZERO, owing)
    return rows.with_only_columns(Customer.id).order_by(Customer.id)


def _on_ended(some: Range) -> Ids:
    """With an account that ended days ago, or a customer gone for good; what is exported stays as it was."""
    days_ago = (some.reader.now - timedelta(days=2)).date()
    ended = and_(Account.ended_on < days_ago, Customer.bill_status != BillStatus.EXPORTED)
    gone = Customer.bill_status == BillStatus.PERMANENTLY_TERMINATED
    held = some.of(Did, Did.customer_id).join(Customer, Customer.id == Did.customer_id)
    rows = held.outerjoin(Account, Account.id == Did.account_id).where(or_(ended, gone))
    return rows.with_only_columns(Did.id).order_by(Did.id)


CHECKS = (
    Check("The balance is not the sum of the bookings: customers {}.", _balances),
    Check("The balance after a booking does not follow from the one before: bookings {}.", _running),
    Check("What is paid is not the sum of the payments put to it: invoices {}.", _paid),
    Check("The lines do not come to the total: invoices {}.", _lines),
    Check("The payment status does not follow from what is paid: invoices {}.", _payment_status),
    Check("What is outstanding is not the sum of the unpaid invoices: customers {}.", _outstanding),
    Check("What is unallocated is not what came in less what was put to use: customers {}.", _unallocated),
    Check("Invoices are open beside money that is not put to use: customers {}.", _beside_money),
    Check("More was put to use than came in: payments {}.", _overspent),
    Check("Numbers stand on what has ended, an account or a customer: numbers {}.", _on_ended),
)


def _orphans(reader: Reader) -> Iterator[str]:
    """Rows that refer to a row that is not there, of every table that has a scope."""
    for model in sorted(SCOPES, key=lambda model: model.__tablename__):
        table = model.__table__
        assert isinstance(table, Table)
        parts = _parts(reader, model)
        for constraint in sorted(table.foreign_key_constraints, key=lambda one: str(one.name)):
            (link,) = constraint.elements
            found = [key for part in parts for key in _ids(reader, _lost(reader, model, link).where(*part))]
            if found:
                text = f"{table.name}.{link.parent.name} refers to {link.column.table.name} that are not there"
                yield f"{text}: rows {_listed(found)}."


def _lost(reader: Reader, model: type[Base], link: Any) -> Select[Any]:
    key = inspect(model).primary_key[0]
    own, parent = link.parent, _parent(link.column.table)
    there = select(parent.c[link.column.name]).where(parent.c[link.column.name] == own).exists()
    return visible(model, reader.actor).where(own.is_not(None), not_(there)).with_only_columns(key).order_by(key)


@cache
def _parent(table: Table) -> FromClause:
    """A table as the one referred to, named once: to name it copies each of its columns."""
    return table.alias()


def _parts(reader: Reader, model: type[Base]) -> list[list[ColumnElement[bool]]]:
    """The rows of a table, so many at a time: the conditions of each part. None of an empty table."""
    key = inspect(model).primary_key[0]
    if key.type.python_type is not int:
        return [[]]
    return [[key >= first, key < first + _AT_ONCE] for first in _steps(reader, visible(model, reader.actor), key)]
