"""Void invoices and their replacements: neither buys time, whichever invoice the bookings are on next."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import day_in
from data_access.base.errors import Rejected
from data_access.base.events import Event
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.domain.billing.periods import Period
from data_access.models.customers import Customer
from data_access.models.money import Invoice, InvoiceLine, InvoiceType, PaymentStatus, Transaction
from data_access.services.billing.invoicing import Heading, issue
from data_access.services.collecting import collect
from data_access.services.entering import Texts, reverse
from data_access.services.facts.fees_of_customer import IDS, Looks
from data_access.services.lateness import charge_again
from data_access.services.outbox import announce
from data_access.services.settlement import release
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork, of_customers

Part = tuple[Invoice, list[Transaction]]
"""Bookings that stood on a void invoice, with that invoice."""


def void(work: UnitOfWork, customer: Customer, invoice: Invoice) -> None:
    """Cancels an invoice: it keeps its number, what was paid on it pays others, its bookings can be invoiced again."""
    cancel(work, customer, invoice)
    release(work, customer, invoice)


def cancel(work: UnitOfWork, customer: Customer, invoice: Invoice) -> None:
    """Makes an invoice void, and nothing of what follows: the caller issues another in its place, or releases it.

    Rejected for one that is void already, or that came without bookings: it could never be invoiced again.
    """
    if invoice.payment_status is PaymentStatus.VOID:
        raise Rejected(f"Invoice {invoice.number} is already void.")
    if not _can_be_invoiced_again(work, covered(work, invoice)):
        raise Rejected(
            f"Invoice {invoice.number} came from outside, without bookings that could be invoiced again: "
            "book a credit or a write-off instead."
        )
    invoice.payment_status, invoice.voided_at = PaymentStatus.VOID, work.now
    _take_back_taxes(work, customer, invoice)
    announce(
        work, customer, Event.INVOICE_STATUS, invoice_id=invoice.id, number=invoice.number,
        status=invoice.payment_status.value, paid=ZERO, total=invoice.total,
    )  # fmt: skip


def _take_back_taxes(work: UnitOfWork, customer: Customer, invoice: Invoice) -> None:
    """The taxes of an invoice go with it: the next one over its bookings books those that are in force then."""
    booked = work.select(Transaction).where(
        Transaction.id.in_(covered(work, invoice)), Transaction.kind == Kind.TAX, Transaction.unreversed()
    )
    today = day_in(customer.billing_zone, work.now)
    for tax in work.session.scalars(booked.order_by(Transaction.id)).all():
        reverse(work, customer, tax, value_on=today, texts=Texts(service=tax.service))


def issue_again(
    work: UnitOfWork, customer: Customer, heading: Heading, bookings: Sequence[Transaction]
) -> list[Invoice]:
    """Invoices bookings, some of which may have stood on void invoices: those keep the due days that they had.

    Each due day has an invoice of its own, the oldest first; the bookings that stand on their first invoice have that
    of the heading. Credits come off the oldest, as payments do.
    """
    parts, new = split(work, bookings)
    if not parts:
        invoice = issue(work, customer, heading, bookings)
        return [] if invoice is None else [invoice]
    waiting, issued = [row for row in new if row.amount < ZERO], list[Invoice]()
    for old, rows in parts:
        again = _in_place(work, customer, old, old.type, [*rows, *waiting])
        waiting = [*rows, *waiting] if again is None else []
        issued += [] if again is None else [again]
    rest = issue(work, customer, heading, [*waiting, *(row for row in new if row.amount >= ZERO)])
    collect(work, customer)
    return issued if rest is None else [*issued, rest]


def issue_in_place(
    work: UnitOfWork, customer: Customer, old: Invoice, of_type: InvoiceType, bookings: Sequence[Transaction]
) -> Invoice | None:
    """Issues an invoice in place of a void one, and judges it in the same transaction: no way round Suspended."""
    invoice = _in_place(work, customer, old, of_type, bookings)
    collect(work, customer)
    return invoice


def _in_place(
    work: UnitOfWork, customer: Customer, old: Invoice, of_type: InvoiceType, bookings: Sequence[Transaction]
) -> Invoice | None:
    """With the terms and the due day of the old one; a late fee of it stands again."""
    period = Period(old.period_from, old.period_to) if old.period_from and old.period_to else None
    heading = Heading(of_type, day_in(customer.billing_zone, work.now), period, old)
    invoice = issue(work, customer, heading, bookings)
    if invoice is not None:
        charge_again(work, customer, old, invoice)
    return invoice


def split(look: Looks, bookings: Sequence[Transaction]) -> tuple[list[Part], list[Transaction]]:
    """The bookings that stood on void invoices, a part for each due day, the first day first; and all others.

    A part has the last of the invoices that had the day, and the same terms.
    """
    if not bookings:
        return [], []
    return parted(look, bookings, look.of(_void, bookings[0].customer_id))


@of_customers(Invoice, InvoiceLine)
def _void(look: Looks, ids: Sequence[int]) -> Mapping[int, list[Row[*tuple[Any, ...]]]]:
    found = {key: list[Row[*tuple[Any, ...]]]() for key in ids}
    for row in look.session.execute(void_lines(look.actor), {"ids": ids}):
        found[row.customer_id].append(row)
    return found


@made_once
def void_lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The lines of void invoices of customers, by their `ids`, that are bookings."""
    return (
        visible(InvoiceLine, actor)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            Invoice.customer_id.in_(IDS), InvoiceLine.transaction_id.is_not(None),
            Invoice.payment_status == PaymentStatus.VOID,
        )
        .with_only_columns(InvoiceLine.customer_id, InvoiceLine.transaction_id, InvoiceLine.invoice_id)
    )  # fmt: skip


def parted(
    look: Looks, bookings: Sequence[Transaction], lines: Iterable[Row[*tuple[Any, ...]]]
) -> tuple[list[Part], list[Transaction]]:
    """The same by such lines."""
    last: dict[int | None, int] = {}
    mine = {row.id for row in bookings}
    for line in lines:
        if line.transaction_id not in mine:
            continue
        last[line.transaction_id] = max(line.invoice_id, last.get(line.transaction_id, 0))
    if not last:
        return [], list(bookings)
    invoices = look.session.scalars(visible(Invoice, look.actor).where(Invoice.id.in_(set(last.values()))))
    void_ones = {invoice.id: invoice for invoice in invoices}
    parts = defaultdict[tuple[date, int], list[Transaction]](list)
    newest: dict[tuple[date, int], Invoice] = {}
    for row in bookings:
        if row.id in last:
            old = void_ones[last[row.id]]
            terms = old.due_on, old.policy_id
            parts[terms].append(row)
            newest[terms] = max(old, newest.get(terms, old), key=lambda one: one.id)
    return [(newest[terms], parts[terms]) for terms in sorted(parts)], [row for row in bookings if row.id not in last]


def void_of(look: Looks, bookings: Sequence[Transaction]) -> Invoice | None:
    """The void invoice in whose place one over the bookings is issued; None where they stand on their first one.

    Rejected when only some stood on one, or when they have several due days: one invoice has one.
    """
    parts, new = split(look, bookings)
    if not parts:
        return None
    if new or len(parts) > 1:
        number = parts[0][0].number
        raise Rejected(
            f"Some of these bookings stood on invoice {number}, which is void, and keep its due day: "
            "choose them alone, or only others."
        )
    return parts[0][0]


def _can_be_invoiced_again(work: UnitOfWork, ids: Collection[int]) -> bool:
    kinds = work.select(Transaction).where(Transaction.id.in_(ids)).with_only_columns(Transaction.kind)
    return bool(ids) and all(BOOKINGS[kind].invoiced for kind in work.session.scalars(kinds))


def covered(work: UnitOfWork, invoice: Invoice) -> set[int]:
    """The bookings that stand on an invoice."""
    lines = work.select(InvoiceLine).where(
        InvoiceLine.invoice_id == invoice.id, InvoiceLine.transaction_id.is_not(None)
    )
    return {row for row in work.session.scalars(lines.with_only_columns(InvoiceLine.transaction_id)) if row}
