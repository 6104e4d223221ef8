"""Importing invoices with their history: each is charged, and paid on its day if it was; none is booked twice."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import chain, count
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import day_in
from data_access.base.permissions import Permission as P
from data_access.base.text.text_keys import fold, is_same_code, not_meant
from data_access.commands.billing.money import status_refusal
from data_access.domain.billing.ledger import Books
from data_access.fields.kinds import as_typed
from data_access.imports.arrivals import Arrival, arrivals, settle_in
from data_access.imports.batches import Run, insert_whole_or_one_by_one, run_batches
from data_access.imports.bills import INVOICE_FIELDS, REQUIRED, ImportedInvoice, bill_of
from data_access.imports.card.beside import card_of
from data_access.imports.directory import directory
from data_access.imports.entries import CUSTOMER_FIELDS, ImportedCustomer, entry_of
from data_access.imports.facts import BROUGHT
from data_access.imports.files.codes import code_of, first_code, repetition
from data_access.imports.files.first_rows import Seen
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.mapping_file import read_mapping
from data_access.imports.files.reading import FileRow
from data_access.imports.outcome import foresee
from data_access.imports.paid_before import paid_before, repeated
from data_access.imports.report import Remark, Report
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.customers import Customer
from data_access.models.money import Invoice
from data_access.services.allocating import unused_of
from data_access.store.bulk import BulkLoad

NEEDS = (P.IMPORT_RUN, P.CUSTOMER_CREATE, P.MONEY_CHARGE, P.MONEY_PAYMENT)
Known = Row[*tuple[Any, ...]]
Unused = Mapping[int, list[tuple[int, Decimal]]]


def invoice_mapping(path: Path) -> FileMapping:
    """The mapping of a file of invoices."""
    return read_mapping(path, INVOICE_FIELDS, required=REQUIRED, of_customer=CUSTOMER_FIELDS - {"balance", *BROUGHT})


def import_invoices(run: Run) -> Report:
    """What was done with each row. NotPermitted without the rights to all that an import does."""
    for permission in NEEDS if not run.mapping.create_customers else (*NEEDS, P.LIMIT_EDIT):
        run.actor.require(permission)
    return run_batches(run, InvoiceFile)


@dataclass(slots=True)
class ImportedInvoices:
    """The bills of one customer within a batch. One that is not here yet carries how the file tells it."""

    known: Known | None
    entry: ImportedCustomer | None
    cells: list[tuple[FileRow, ImportedInvoice]] = field(default_factory=list)


@dataclass(slots=True)
class Posting:
    """What will be written for one customer: its books, and itself if it is new."""

    bills: list[ImportedInvoice]
    books: Books
    known: Known | None
    arrival: Arrival | None


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """A file in which a row is an invoice."""

    mapping: FileMapping

    def key(self, line: FileRow) -> Hashable:
        code = code_of(line.cells, self.mapping.fields)
        number = self.mapping.fields["number"]
        return (fold(code), number.cell(line.cells)) if code and number.column is not None else None

    def repeats(self, line: FileRow, first: Seen) -> str:
        rules = self.mapping.fields
        return repetition(code_of(line.cells, rules), first_code(first.code, rules), first.number)

    def passes_over(self, line: FileRow) -> None:
        """No row has anything that a later one must not have, but its key."""

    def apply(self, load: BulkLoad, rows: list[FileRow], report: Report) -> None:
        parties = self._parties(load, rows, report)
        postings = _postings(load, [party for party in parties if party.cells])
        kept = insert_whole_or_one_by_one(
            load, postings, lambda some: _post(load, some), lambda one, why: _refuse(one, why, report)
        )
        report.created += sum(len(one.bills) for one in kept)
        report.ahead = foresee(load, [one.books for one in kept])
        report.new_customers.update(one.arrival.row["customer_code_key"] for one in kept if one.arrival is not None)

    def _parties(self, load: BulkLoad, rows: list[FileRow], report: Report) -> list[ImportedInvoices]:
        """The sound bills, by customer."""
        codes = {line.number: code_of(line.cells, self.mapping.fields) for line in rows}
        known = _known(load, {fold(code) for code in codes.values() if code})
        here = _invoices_here(load, [row.id for row in known.values()])
        paid = paid_before(load, [row.id for row in known.values()])
        parties: dict[str, ImportedInvoices] = {}
        classes = directory(load, self.mapping) if self.mapping.create_customers else None
        card = card_of(load, self.mapping) if classes else None
        for line in rows:
            code = codes[line.number]
            key = fold(code)
            row = known.get(key)
            entry = None
            if row is None and classes and card:
                entry = entry_of(line.cells, self.mapping.customer, classes, card)
            today = day_in(_zone(row, entry), load.now)
            bill, complaints = bill_of(line.number, line.cells, self.mapping, today)
            complaints = _no_customer(code, row, entry) | complaints
            unlike = _unlike(code, row, parties.get(key))
            if unlike:
                report.refuse(line.number, {"customer_code": unlike})
            elif bill is not None and row is not None and (row.id, bill.number) in here:
                _compare(bill, here[row.id, bill.number], report)
            elif bill is None or complaints:
                report.refuse(line.number, complaints)
            elif (currency := _currency(row, entry)) != bill.currency:
                report.refuse(line.number, {"currency": f"This customer is billed in {currency}."})
            elif row is not None and (again := repeated(load, bill, row.id, row.billing_zone, paid)):
                report.refuse(line.number, again)
            else:
                parties.setdefault(key, ImportedInvoices(row, entry)).cells.append((line, bill))
        return list(parties.values())


def _zone(row: Known | None, entry: ImportedCustomer | None) -> str:
    return str(row.billing_zone if row is not None else (entry and entry.values.get("billing_zone")) or "UTC")


def _currency(row: Known | None, entry: ImportedCustomer | None) -> str:
    return str(row.currency if row is not None else entry.values["currency"] if entry else "")


def _unlike(code: str, row: Known | None, party: ImportedInvoices | None) -> str:
    """Why a row does not mean the customer that stands here, or that an earlier row makes; blank if it does."""
    here = row.customer_code if row else party.entry.values["customer_code"] if party and party.entry else code
    return "" if is_same_code(code, here) else not_meant(code, here)


def _no_customer(code: str, row: Known | None, entry: ImportedCustomer | None) -> dict[str, str]:
    if not code:
        return {"customer_code": "Give the Customer ID."}
    if row is not None:
        refusal = status_refusal(BOOKINGS[Kind.INVOICED_CHARGE], row.bill_status)
        return {"": refusal} if refusal else {}
    if entry is None:
        return {"customer_code": "There is no customer with this ID, and the mapping does not create customers."}
    return entry.complaints


def _known(load: BulkLoad, keys: set[str]) -> dict[str, Known]:
    """The customers of these IDs, locked: their balances move."""
    names = (
        "id",
        "customer_code",
        "customer_code_key",
        "currency",
        "billing_zone",
        "bill_status",
        "balance",
        "outstanding",
        "unallocated",
        "first_overdue_from",
        "collect_at",
    )
    policy_id = (
        load.select(CollectionPolicy)
        .where(
            CollectionPolicy.customer_class_id == Customer.customer_class_id,
            CollectionPolicy.section == Section.REGULAR,
            CollectionPolicy.in_force(load.now),
        )
        .with_only_columns(CollectionPolicy.id)
        .scalar_subquery()
    )
    query = load.locked(load.select(Customer).where(Customer.customer_code_key.in_(keys)).order_by(Customer.id))
    columns = (*(Customer.__table__.columns[name] for name in names), policy_id.label("policy_id"))
    found = load.connection.execute(query.with_only_columns(*columns))
    return {row.customer_code_key: row for row in found}


def _invoices_here(load: BulkLoad, customer_ids: list[int]) -> dict[tuple[int, str], Decimal]:
    query = load.select(Invoice).where(Invoice.customer_id.in_(customer_ids))
    found = load.connection.execute(query.with_only_columns(Invoice.customer_id, Invoice.number, Invoice.total))
    return {(row.customer_id, row.number): row.total for row in found}


def _compare(bill: ImportedInvoice, total: Decimal, report: Report) -> None:
    if total == bill.total:
        report.unchanged += 1
    else:
        reason = f"The file says {as_typed(bill.total)}, here it is {as_typed(total)}: nothing was booked."
        report.differences.append(Remark(bill.line, "total", reason))


def _postings(load: BulkLoad, parties: list[ImportedInvoices]) -> list[Posting]:
    lines = count(1)
    new = [party for party in parties if party.known is None]
    entered = [(party.cells[0][0].number, party.entry) for party in new if party.entry is not None]
    arrived = iter(arrivals(load, entered, lines))
    unused = _unused(load, [party.known.id for party in parties if party.known and party.known.unallocated])
    return [_posting(load, party, next(arrived) if party.known is None else None, lines, unused) for party in parties]


def _unused(load: BulkLoad, customer_ids: list[int]) -> Unused:
    found: defaultdict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for row in load.connection.execute(unused_of(load.actor), {"ids": customer_ids}) if customer_ids else ():
        found[row.customer_id].append((row.id, row.free))
    return found


def _posting(
    load: BulkLoad, party: ImportedInvoices, arrival: Arrival | None, lines: Iterator[int], unused: Unused
) -> Posting:
    row = party.known
    if arrival is not None:
        books = arrival.books
    elif row is not None:
        command_id, person_id = load.order.command_id, load.actor.person_id
        books = Books(row.id, row.currency, row.billing_zone, command_id, lines, row.policy_id, person_id, row.balance)
        books.bring_unused(unused.get(row.id, []))
    bills = sorted((bill for _, bill in party.cells), key=lambda bill: (bill.issued_on, bill.line))
    _book(load, books, bills)
    return Posting(bills, books, row, arrival)


def _book(load: BulkLoad, books: Books, bills: list[ImportedInvoice]) -> None:
    """In the order of their days, so that the running balance reads like what happened."""
    issued: dict[int, dict[str, Any]] = {}
    days = chain(
        ((bill.issued_on, 0, bill) for bill in bills),
        ((bill.settled_on, 1, bill) for bill in bills if bill.settled_on is not None),
    )
    for day, is_payment, bill in sorted(days, key=lambda one: (one[0], one[1], one[2].line)):
        if is_payment:
            books.pay(issued[bill.line], value_on=day, at=load.now, reference=bill.number)
        else:
            books.book(Kind.INVOICED_CHARGE, bill.total, value_on=day, at=load.now, reference=bill.number)
            issued[bill.line] = books.issue(
                bill.number, bill.total, issued_on=day, due_on=bill.due_on, at=load.now, disputed=bill.disputed,
                has_own_payment=bill.settled_on is not None,
            )  # fmt: skip


def _post(load: BulkLoad, postings: list[Posting]) -> None:
    settle_in(load, [one.arrival for one in postings if one.arrival is not None])
    standing = [(one.known, one.books) for one in postings if one.known is not None]
    load.keep(books for _, books in standing)
    for row, books in standing:
        load.summarise(row.id, _moved(row, books))


def _moved(row: Known, books: Books) -> dict[str, Any]:
    own = books.summaries()
    return {
        "balance": books.balance, "outstanding": row.outstanding + own["outstanding"],
        "unallocated": own["unallocated"],
    } | {name: _earlier(getattr(row, name), own[name]) for name in ("first_overdue_from", "collect_at")}  # fmt: skip


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _refuse(one: Posting, complaints: dict[str, str], report: Report) -> None:
    for bill in one.bills:
        report.refuse(bill.line, complaints)
