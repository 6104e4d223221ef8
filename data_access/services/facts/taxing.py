"""How a customer's bookings are taxed: by its own taxation or its class's, and what was taxed before as it was then."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, case

from data_access.base.bookings import TAXED, Kind
from data_access.base.money import ZERO, decimals_of, read_amount
from data_access.base.permissions import Actor
from data_access.domain.billing.proration import rounded
from data_access.domain.billing.taxes import UNTAXED, Rate, Tax, Taxation, taxes_on
from data_access.models.card.invoicing import InvoicingSettings
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.money import Invoice, InvoiceLine, PaymentStatus, Transaction
from data_access.models.taxation import RATES, InvoiceTax, TaxProfile, TaxWay
from data_access.services.facts.fees_of_customer import IDS, Looks
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import of_customers

_Place = tuple[int, int | None]
"""An invoice and a part of it."""


@dataclass(frozen=True, slots=True)
class TaxPart:
    """Bookings that are taxed alike, by id, and their taxes."""

    bookings: frozenset[int]
    taxes: tuple[Tax, ...]


def taxation_of(look: Looks, customer: Customer) -> Taxation:
    """What holds for a customer now: what it has of its own, or else what its class has."""
    found = look.of(_profiles, customer.id)
    return UNTAXED if found is None else as_taxation(found)


@of_customers(InvoicingSettings)
def _profiles(look: Looks, ids: Sequence[int]) -> Mapping[int, TaxProfile | None]:
    found: dict[int, TaxProfile | None] = dict.fromkeys(ids)
    found.update((key, profile) for profile, key in look.session.execute(_profiles_of(look.actor), {"ids": ids}))
    return found


@made_once
def _profiles_of(actor: Actor) -> Select[*tuple[Any, ...]]:
    own = visible(InvoicingSettings, actor).subquery()
    of_class = visible(CustomerClass, actor).subquery()
    holds = case((own.c.taxation.is_(None), of_class.c.tax_profile_id), else_=own.c.tax_profile_id)
    return (
        visible(TaxProfile, actor)
        .join(Customer, Customer.id.in_(IDS))
        .join(of_class, of_class.c.id == Customer.customer_class_id)
        .outerjoin(own, own.c.customer_id == Customer.id)
        .where(TaxProfile.id == holds)
        .add_columns(Customer.id)
    )


def as_taxation(profile: TaxProfile) -> Taxation:
    """What a profile says."""
    if profile.way is TaxWay.EXEMPT:
        return Taxation(profile.way, (Rate(profile.exempt_reason, ZERO),))
    rows = RATES.split(profile.rates)
    return Taxation(profile.way, tuple(Rate(name.strip(), read_amount(percent)) for name, percent in rows))


def places_of(of_class: CustomerClass, currency: str) -> int:
    """The decimals of an invoice total: never more than can be paid."""
    most = decimals_of(currency)
    return most if of_class.rounding_decimals is None else min(of_class.rounding_decimals, most)


def tax_parts(
    look: Looks, customer: Customer, of_class: CustomerClass, bookings: Sequence[Transaction]
) -> tuple[TaxPart, ...]:
    """The bookings by how they are taxed. One and its opposite are taxed alike, as the earlier one was."""
    taxed = [row for row in bookings if row.kind in TAXED]
    if not taxed:
        return ()
    before = _taxed_before(look, customer, taxed)
    own = taxation_of(look, customer)
    parts = defaultdict[Taxation, list[Transaction]](list, {own: []})
    for row in taxed:
        parts[before.get(row.id, own)].append(row)

    def rounding(amount: Decimal) -> Decimal:
        return rounded(amount, of_class.rounding, places_of(of_class, customer.currency))

    return tuple(
        TaxPart(frozenset(row.id for row in rows), taxes_on(sum((row.amount for row in rows), ZERO), by, rounding))
        for by, rows in parts.items()
        if by.rates and rows
    )


def to_be_booked(parts: Iterable[TaxPart], bookings: Iterable[Transaction]) -> dict[str, Decimal]:
    """The taxes put on top, by their label, less those that are booked already."""
    amounts = defaultdict[str, Decimal](Decimal)
    for tax in (tax for part in parts for tax in part.taxes):
        amounts[tax.rate.label] += tax.added
    for row in bookings:
        if row.kind is Kind.TAX:
            amounts[row.service or ""] -= row.amount
    return {label: amount for label, amount in amounts.items() if amount}


def _taxed_before(look: Looks, customer: Customer, bookings: Sequence[Transaction]) -> Mapping[int, Taxation]:
    """By booking: how its opposite was taxed, where that stands on an invoice."""
    reversed_ids = {row.reverses_id: row.id for row in bookings if row.reverses_id is not None}
    found = look.of(_lines_of_reversals, customer.id)
    if reversed_ids:
        found = [*found, *look.session.execute(_taxed_lines(look.actor).where(Transaction.id.in_(reversed_ids)))]
    mine = {row.id for row in bookings}
    places: dict[int, _Place] = {}
    for row in found:
        opposite = row.reverses_id if row.reverses_id in mine else reversed_ids.get(row.id)
        if opposite is not None:
            places[opposite] = (row.invoice_id, row.tax_part)
    stored = _stored(look, {invoice_id for invoice_id, _ in places.values()})
    return {booking: stored.get(place, UNTAXED) for booking, place in places.items()}


@of_customers(InvoiceLine, Invoice)
def _lines_of_reversals(look: Looks, ids: Sequence[int]) -> Mapping[int, list[Row[*tuple[Any, ...]]]]:
    """Where opposites of bookings stand on invoices."""
    found = {key: list[Row[*tuple[Any, ...]]]() for key in ids}
    for row in look.session.execute(_reversing_lines(look.actor), {"ids": ids}):
        found[row.customer_id].append(row)
    return found


@made_once
def _reversing_lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    return _taxed_lines(actor).where(InvoiceLine.customer_id.in_(IDS), Transaction.reverses_id.is_not(None))


@made_once
def _taxed_lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        visible(InvoiceLine, actor)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Transaction, Transaction.id == InvoiceLine.transaction_id)
        .where(Invoice.payment_status != PaymentStatus.VOID)
        .with_only_columns(
            InvoiceLine.customer_id, Transaction.id, Transaction.reverses_id, InvoiceLine.invoice_id,
            InvoiceLine.tax_part,
        )
    )  # fmt: skip


def _stored(look: Looks, invoices: set[int]) -> dict[_Place, Taxation]:
    """The taxations of invoices, as they keep them."""
    if not invoices:
        return {}
    query = visible(InvoiceTax, look.actor).where(InvoiceTax.invoice_id.in_(invoices)).order_by(InvoiceTax.id)
    found: dict[_Place, Taxation] = {}
    for row in look.session.scalars(query):
        place = (row.invoice_id, row.part)
        before = found.get(place, Taxation(row.way))
        found[place] = Taxation(row.way, (*before.rates, Rate(row.name, row.percent)))
    return found
