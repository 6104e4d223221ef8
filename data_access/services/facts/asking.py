"""The total of an invoice: its bookings, what earlier invoices carried over to it, and the rounding."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select

from data_access.base.bookings import INVOICED, Kind
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.domain.billing.proration import rounded
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.money import Invoice, InvoiceLine, InvoiceType, PaymentStatus, Transaction
from data_access.services.facts.fees_of_customer import IDS, Looks
from data_access.services.facts.taxing import TaxPart, places_of, tax_parts, to_be_booked
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import of_customers

CARRIED, ROUNDING = "Carried over", "Rounding"
FROM_EARLIER, TO_THE_NEXT = "From earlier invoices", "To the next invoice"


@dataclass(frozen=True, slots=True)
class InvoiceAmounts:
    """What an invoice asks for. `carried` and `remainder` are what earlier invoices left for it: credit, and what they
    asked too much by rounding; below zero, too little. `carried_on` and `remainder_on` are left for the next one.
    `booked` holds the taxes, those of `untaxed` too, which are still to be booked, by their label.
    """

    booked: Decimal
    carried: Decimal
    remainder: Decimal
    total: Decimal
    carried_on: Decimal
    remainder_on: Decimal
    taxes: tuple[TaxPart, ...] = ()
    untaxed: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def tax(self) -> Decimal:
        """What taxes put on top."""
        return sum((tax.added for part in self.taxes for tax in part.taxes), ZERO)

    def lines(self) -> list[tuple[str, str, Decimal]]:
        """What stands on the invoice beside its bookings, as service, words and amount: together they are the total."""
        beside = (
            (CARRIED, FROM_EARLIER, -self.carried),
            (CARRIED, TO_THE_NEXT, self.carried_on),
            (ROUNDING, FROM_EARLIER, -self.remainder),
            (ROUNDING, TO_THE_NEXT, self.remainder_on),
        )
        return [line for line in beside if line[2]]


def asked(
    look: Looks, customer: Customer, of_class: CustomerClass, of_type: InvoiceType, bookings: Sequence[Transaction],
    *, left: tuple[Decimal, Decimal] | None = None,
) -> InvoiceAmounts:  # fmt: skip
    """What an invoice over the bookings asks for. One out of turn holds what was chosen for it and takes no credit.

    `left`: what earlier invoices left for it, where that is not what stands in the books now.
    """
    taxes = tax_parts(look, customer, of_class, bookings)
    untaxed = to_be_booked(taxes, bookings)
    booked = sum((row.amount for row in bookings), ZERO) + sum(untaxed.values(), ZERO)
    carried, remainder = left_over(look, customer.id) if left is None else left
    told = asked_for(
        booked, ZERO if of_type is InvoiceType.OUT_OF_TURN else carried, remainder, of_class, customer.currency
    )
    return replace(told, taxes=taxes, untaxed=untaxed)


def with_taxes(look: Looks, customer: Customer, of_class: CustomerClass, bookings: Sequence[Transaction]) -> Decimal:
    """What bookings come to with the taxes on them, whether these are booked already or not."""
    taxes = to_be_booked(tax_parts(look, customer, of_class, bookings), ())
    return sum((row.amount for row in bookings if row.kind is not Kind.TAX), sum(taxes.values(), ZERO))


def asked_for(
    booked: Decimal, carried: Decimal, remainder: Decimal, of_class: CustomerClass, currency: str
) -> InvoiceAmounts:
    """The sum at the precision of the class; nothing where credits are above the charges.

    What the total is above or below the sum is left for the next invoice: nothing that rounding takes or gives is lost.
    """
    exact = booked - carried - remainder
    if exact < ZERO:
        return InvoiceAmounts(booked, carried, remainder, ZERO, -exact, ZERO)
    total = rounded(exact, of_class.rounding, places_of(of_class, currency))
    return InvoiceAmounts(booked, carried, remainder, total, ZERO, total - exact)


def left_over(look: Looks, customer_id: int) -> tuple[Decimal, Decimal]:
    """The credit, and what rounding left, that stand on invoices for the next one.

    Below zero when the invoice that left it is void since it was used.
    """
    return sum_of_left(look.of(_left, customer_id))


@of_customers(Invoice, InvoiceLine)
def _left(look: Looks, ids: Sequence[int]) -> Mapping[int, list[Row[*tuple[Any, ...]]]]:
    found = {key: list[Row[*tuple[Any, ...]]]() for key in ids}
    for row in look.session.execute(left_lines(look.actor), {"ids": ids}):
        found[row.customer_id].append(row)
    return found


@made_once
def left_lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The lines of invoices of customers, by their `ids`, that are no bookings."""
    return (
        visible(InvoiceLine, actor)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(InvoiceLine.customer_id.in_(IDS), InvoiceLine.transaction_id.is_(None))
        .where(Invoice.payment_status != PaymentStatus.VOID)
        .with_only_columns(InvoiceLine.customer_id, InvoiceLine.service, InvoiceLine.amount)
    )


def sum_of_left(lines: Iterable[Row[*tuple[Any, ...]]]) -> tuple[Decimal, Decimal]:
    """Credit and rounding, of such lines."""
    carried = remainder = ZERO
    for row in lines:
        if row.service == CARRIED:
            carried += row.amount
        else:
            remainder += row.amount
    return carried, remainder


def free_bookings(look: Looks, customer_id: int) -> list[Transaction]:
    """The bookings that stand on no invoice yet, by value date.

    Those reversed before they did are left out, and so is usage that quotas cover whole: nothing is asked for it.
    """
    found = sorted(look.of(_free, customer_id), key=lambda row: (row.value_on, row.id))
    ids = {row.id for row in found}
    cancelled = {row.reverses_id for row in found if row.reverses_id in ids}
    return [row for row in found if row.id not in cancelled and (row.reverses_id or 0) not in cancelled]


def _takes_booking(free: list[Transaction], row: Transaction | Invoice | InvoiceLine) -> bool:
    if isinstance(row, Transaction) and row.kind in INVOICED and row.amount != ZERO:
        free.append(row)
    return isinstance(row, Transaction)


@of_customers(Transaction, Invoice, InvoiceLine, takes=_takes_booking)
def _free(look: Looks, ids: Sequence[int]) -> Mapping[int, list[Transaction]]:
    found = {key: list[Transaction]() for key in ids}
    for row in look.session.scalars(_not_invoiced(look.actor), {"ids": ids}):
        found[row.customer_id].append(row)
    return found


@made_once
def _not_invoiced(actor: Actor) -> Select[Transaction]:
    invoiced = (
        visible(InvoiceLine, actor)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(InvoiceLine.customer_id.in_(IDS), InvoiceLine.transaction_id.is_not(None))
        .where(Invoice.payment_status != PaymentStatus.VOID)
        .with_only_columns(InvoiceLine.transaction_id)
    )
    return (
        visible(Transaction, actor)
        .where(Transaction.customer_id.in_(IDS), Transaction.kind.in_(INVOICED))
        .where(Transaction.id.not_in(invoiced), Transaction.amount != ZERO)
    )
