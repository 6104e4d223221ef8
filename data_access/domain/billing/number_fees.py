"""What the holder of a number pays: its own fee, or what its batch derives from the vendor's cost."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from data_access.base.money import SCALE, ZERO
from data_access.models.numbers import Did, NumberBatch

_LEAST = Decimal(1).scaleb(-SCALE)


def recurring_fee(vendor_cost: Decimal, additional_fee: Decimal, markup_percent: Decimal) -> Decimal:
    """The vendor's cost, what is added to it, and the share of it that is charged on top."""
    return (vendor_cost + additional_fee + vendor_cost * markup_percent / 100).quantize(_LEAST, ROUND_HALF_UP)


def fee_of(own: Decimal | None, vendor_cost: Decimal, batch: NumberBatch | None) -> Decimal:
    """What is charged for a billing period, were it not free of charge."""
    if own is not None or batch is None:
        return own or ZERO
    return recurring_fee(vendor_cost, batch.additional_fee, batch.markup_percent)


def currency_of(own: Decimal | None, in_currency: str, batch: NumberBatch | None) -> str:
    """In which currency the fee is; `in_currency`: that of a fee of its own."""
    return in_currency if own is not None or batch is None else batch.currency


@dataclass(frozen=True, slots=True)
class HeldNumber:
    """A number with the batch that prices it."""

    row: Did
    batch: NumberBatch | None = None

    @property
    def fee(self) -> Decimal:
        return fee_of(self.row.fee, self.row.vendor_cost, self.batch)
