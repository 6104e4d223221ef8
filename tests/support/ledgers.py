"""What must hold for the books and the status of every customer: each rule gives a list of its breaches."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, Select, Table, select

from data_access.base.bookings import BOOKINGS, SETTLING
from data_access.base.money import decimals_of
from data_access.models.base import Base
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import Allocation, CollectionStatus, Invoice, InvoiceLine, PaymentStatus, Transaction

Row = Any
_OPEN = (PaymentStatus.UNPAID, PaymentStatus.PARTLY_PAID)


@dataclass(frozen=True, slots=True)
class Ledgers:
    """All books of a database, read once."""

    customers: list[Row]
    invoices: list[Row]
    transactions: list[Row]
    allocations: list[Row]
    lines: list[Row]
    events: list[Row]

    def unlike_their_transactions(self) -> list[Row]:
        """Customers whose balance is not the sum of their transactions, or whose running balances go wrong."""
        running: dict[int, Decimal] = defaultdict(Decimal)
        wrong = []
        for row in sorted(self.transactions, key=lambda row: (row.at, row.id)):
            running[row.customer_id] += row.amount
            if row.balance_after != running[row.customer_id]:
                wrong.append(row)
        return wrong + [row for row in self.customers if row.balance != running[row.id]]

    def out_of_time(self) -> list[Row]:
        """Transactions recorded before their customer."""
        since = {row.id: row.created_at for row in self.customers}
        return [row for row in self.transactions if row.at < since[row.customer_id]]

    def payments_overspent(self) -> list[Row]:
        """Payments of which more was put to use than came in, and allocations of what is no payment."""
        used = _sums(self.allocations, "payment_id")
        settling = SETTLING
        came_in = {row.id: -row.amount for row in self.transactions if row.kind in settling}
        return [payment for payment, amount in used.items() if amount > came_in.get(payment, 0)]

    def invoices_unlike_their_allocations(self) -> list[Row]:
        paid = _sums(self.allocations, "invoice_id")
        return [row for row in self.invoices if row.paid != paid.get(row.id, 0)]

    def invoices_of_wrong_payment_status(self) -> list[Row]:
        return [row for row in self.invoices if row.payment_status is not _payment_status(row)]

    def summaries_gone_wrong(self) -> list[Row]:
        """Customers whose outstanding, unallocated or first overdue instant does not follow from their rows."""
        unpaid = [row for row in self.invoices if row.payment_status in _OPEN]
        outstanding = _sums(unpaid, "customer_id", lambda row: row.total - row.paid)
        late: dict[int, list[datetime]] = defaultdict(list)
        for row in unpaid:
            if row.collection_status is CollectionStatus.COLLECT:
                late[row.customer_id].append(row.overdue_from)
        money = _sums([row for row in self.transactions if row.kind in SETTLING], "customer_id", _received)
        used = _sums(self.allocations, "customer_id")
        return [
            row
            for row in self.customers
            if row.outstanding != outstanding.get(row.id, 0)
            or row.unallocated != money.get(row.id, 0) - used.get(row.id, 0)
            or row.first_overdue_from != min(late[row.id], default=None)
        ]

    def open_beside_money(self) -> list[Row]:
        """Customers with an invoice to be paid beside money that is not used up."""
        unpaid = {row.customer_id for row in self.invoices if row.payment_status in _OPEN}
        return [row for row in self.customers if row.unallocated > 0 and row.id in unpaid]

    def lost_or_invented(self) -> list[Row]:
        """Customers whose balance is not what is open, less what is free, and what is still to be invoiced.

        To be invoiced are the bookings on no invoice that stands, less what the lines of those carry to the next one.
        """
        standing = {row.id for row in self.invoices if row.payment_status is not PaymentStatus.VOID}
        lines = [row for row in self.lines if row.invoice_id in standing]
        invoiced = {row.transaction_id for row in lines}
        free = [row for row in self.transactions if BOOKINGS[row.kind].invoiced and row.id not in invoiced]
        to_come = _sums(free, "customer_id")
        carried = _sums([row for row in lines if row.transaction_id is None], "customer_id")
        return [
            row
            for row in self.customers
            if row.archived_at is None
            and row.balance != row.outstanding - row.unallocated + to_come.get(row.id, 0) - carried.get(row.id, 0)
        ]

    def cannot_be_paid(self) -> list[Row]:
        """Invoices that ask for more decimals than their currency has, or of which so much is open."""
        return [row for row in self.invoices if any(map(_finer(row.currency), (row.total, row.total - row.paid)))]

    def events_unlike_the_facts(self) -> list[Row]:
        """Customers whose last status event tells of another status, and events that do not follow each other."""
        last: dict[int, Row] = {}
        broken = []
        for event in sorted(self.events, key=lambda row: (row.at, row.id)):
            before = last.get(event.customer_id)
            if before is not None and before.status_to != event.status_from:
                broken.append(event)
            last[event.customer_id] = event
        return broken + [row for row in self.customers if not _told_by(last.get(row.id), row)]

    def breaches(self) -> list[Row]:
        """Every breach of every rule about books and status."""
        return (
            self.unlike_their_transactions()
            + self.out_of_time()
            + self.payments_overspent()
            + self.invoices_unlike_their_allocations()
            + self.invoices_of_wrong_payment_status()
            + self.summaries_gone_wrong()
            + self.open_beside_money()
            + self.lost_or_invented()
            + self.cannot_be_paid()
            + self.events_unlike_the_facts()
        )


def read_ledgers(engine: Engine, *, of: int | None = None) -> Ledgers:
    """The books of a database, or of one customer in it."""
    models: tuple[type[Base], ...] = (Customer, Invoice, Transaction, Allocation, InvoiceLine, StatusEvent)
    with engine.connect() as connection:
        read = [list(connection.execute(_asked(_table(model), of))) for model in models]
    return Ledgers(*read)


def _asked(table: Table, of: int | None) -> Select[Any]:
    owner = table.c.id if "customer_id" not in table.c else table.c.customer_id
    return select(table) if of is None else select(table).where(owner == of)


def _table(model: type[Base]) -> Table:
    assert isinstance(model.__table__, Table)
    return model.__table__


def _sums(rows: Iterable[Row], by: str, amount: Any = lambda row: row.amount) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        if getattr(row, by) is not None:
            sums[getattr(row, by)] += amount(row)
    return sums


def _finer(currency: str) -> Callable[[Decimal], bool]:
    unit = Decimal(1).scaleb(-decimals_of(currency))
    return lambda amount: amount % unit != 0


def _received(row: Row) -> Decimal:
    return -Decimal(row.amount)


def _payment_status(invoice: Row) -> PaymentStatus:
    if invoice.payment_status is PaymentStatus.VOID:
        return PaymentStatus.VOID
    if invoice.total <= 0:
        return PaymentStatus.DO_NOT_PAY
    if invoice.paid == invoice.total:
        return PaymentStatus.PAID
    return PaymentStatus.PARTLY_PAID if invoice.paid else PaymentStatus.UNPAID


def _told_by(event: Row | None, customer: Row) -> bool:
    return event is not None and (event.status_to, event.blocked) == (customer.bill_status, customer.blocked)
