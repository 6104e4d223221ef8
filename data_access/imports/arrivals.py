"""Customers created by an import: their rows, their opening books and the event about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from data_access.base.bookings import Kind
from data_access.base.clock import day_in
from data_access.base.statuses import LEFT, BillStatus
from data_access.domain.billing.ledger import Books
from data_access.domain.billing.periods import begun
from data_access.domain.collections.policy import section_of
from data_access.domain.moves import CREATED
from data_access.domain.validation import folded_keys
from data_access.imports.card.beside import ToldBeside
from data_access.imports.card.saving import bring_in
from data_access.imports.debts import Debt
from data_access.imports.directory import KnownClass
from data_access.imports.entries import ImportedCustomer, Values
from data_access.models.collection import Section
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import InvoiceType
from data_access.store.bulk import BulkLoad

_BROUGHT_IN = "Not invoiced yet on arrival"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new customer and its books so far."""

    line: int
    row: Values
    books: Books
    event: dict[str, Any]
    beside: ToldBeside


def arrivals(load: BulkLoad, entries: list[tuple[int, ImportedCustomer]], lines: Iterator[int]) -> list[Arrival]:
    """The new customers of a batch, with their ids; written by `settle_in`."""
    rows = [_row(entry, load) for _, entry in entries]
    load.reserve(Customer, rows)
    return [_arrival(load, number, entry, row, lines) for (number, entry), row in zip(entries, rows, strict=True)]


def _row(entry: ImportedCustomer, load: BulkLoad) -> Values:
    values = entry.values
    delay = entry.terms.closing_delay_hours if entry.terms else 0
    own: Values = {"created_at": load.now, "bill_status": BillStatus.OPEN} | entry.brought.facts
    ends = own["bill_status"] in LEFT
    period = {} if ends else begun(values["billing_period"], values["billing_zone"], load.now, delay, own["created_at"])
    return values | folded_keys(values) | period | own


def _arrival(load: BulkLoad, number: int, entry: ImportedCustomer, row: Values, lines: Iterator[int]) -> Arrival:
    books = Books(
        row["id"], row["currency"], row["billing_zone"], load.order.command_id, lines,
        entry.terms.policy_ids[Section.REGULAR] if entry.terms else 0, load.actor.person_id,
    )  # fmt: skip
    _bring_in(load, entry, books)
    return Arrival(number, row, books, _created(load, row), entry.beside)


def _bring_in(load: BulkLoad, entry: ImportedCustomer, books: Books) -> None:
    """An opening debt is an invoice with the class's terms, an opening credit money not used yet."""
    today, opening, later = day_in(books.zone, load.now), entry.opening, entry.brought.not_invoiced
    if entry.terms is not None and entry.brought.debts:
        for debt in entry.brought.debts:
            _owe(load, books, debt, entry.terms)
    elif opening > 0 and entry.terms is not None:
        due_on = entry.brought.due_on or today + timedelta(days=entry.terms.net_days)
        books.book(Kind.OPENING_DEBT, opening, value_on=today, at=load.now)
        on = min(today, due_on)
        books.issue("OPENING", opening, issued_on=on, due_on=due_on, at=load.now, type=InvoiceType.OPENING)
    elif opening < 0:
        books.book(Kind.OPENING_CREDIT, -opening, value_on=today, at=load.now)
    if later:
        kind = Kind.MANUAL_CHARGE if later > 0 else Kind.FEE_CREDIT
        books.book(kind, abs(later), value_on=today, at=load.now, service="Other", visible_comment=_BROUGHT_IN)


def _owe(load: BulkLoad, books: Books, debt: Debt, terms: KnownClass) -> None:
    """What is left of an invoice of another desk, under the terms of the class here."""
    books.book(Kind.OPENING_DEBT, debt.open, value_on=day_in(books.zone, load.now), at=load.now)
    books.issue(
        debt.number, debt.open, issued_on=debt.issued_on, due_on=debt.due_on, at=load.now, type=debt.type,
        policy_id=terms.policy_ids[section_of(debt.type)], disputed=debt.disputed,
        collection_status=debt.collection_status,
    )  # fmt: skip


def _created(load: BulkLoad, row: Values) -> dict[str, Any]:
    return {
        "customer_id": row["id"], "command_id": load.order.command_id, "at": load.now, "move": CREATED,
        "status_from": BillStatus.OPEN, "status_to": row["bill_status"], "blocked": row.get("blocked", False),
        "login": load.actor.login, "reason": load.order.reason,
    }  # fmt: skip


def settle_in(load: BulkLoad, arrived: list[Arrival]) -> None:
    """Inserts the customers with what follows from their books, then the books, the events and what stands beside."""
    load.insert(Customer, [one.row | one.books.summaries() for one in arrived])
    load.keep(one.books for one in arrived)
    load.insert(StatusEvent, [one.event for one in arrived])
    bring_in(load, [(one.row["id"], one.beside) for one in arrived])
