"""Prices of numbers: in which currency a number is priced, which whoever holds it is billed in too."""

from decimal import Decimal

from data_access.models.numbers import NumberBatch
from data_access.services.facts.fees_of_customer import Looks
from data_access.store.scope import visible

PRICED = ("free_of_charge", "fee", "batch_id")


def batch_currency(look: Looks, *, free_of_charge: bool, fee: Decimal | None, batch_id: int | None) -> str | None:
    """The currency of the batch that prices a number; None: free, or by its own fee, in the currency of its holder."""
    if free_of_charge or fee is not None:
        return None
    batch = visible(NumberBatch, look.actor).where(NumberBatch.id == batch_id)
    return look.session.scalar(batch.with_only_columns(NumberBatch.currency))
