"""Prices of numbers: the currency in which a number is priced, in which its holder is billed too."""

from decimal import Decimal

from data_access.domain.billing.number_fees import currency_of
from data_access.models.numbers import NumberBatch
from data_access.services.facts.fees_of_customer import Looks
from data_access.store.scope import visible

PRICED = ("free_of_charge", "fee", "fee_currency", "vendor_currency", "batch_id")


def priced_in(
    look: Looks, *, free_of_charge: bool, fee: Decimal | None, fee_currency: str | None, vendor_currency: str,
    batch_id: int | None,
) -> str | None:  # fmt: skip
    """The currency of what a number costs its holder; None: it is free."""
    if free_of_charge:
        return None
    named = visible(NumberBatch, look.actor).where(NumberBatch.id == batch_id)
    batch = look.session.scalars(named).one_or_none() if fee is None else None
    return currency_of(fee, fee_currency or vendor_currency, batch)
