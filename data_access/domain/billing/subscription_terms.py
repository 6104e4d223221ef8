"""Terms of a subscription: how much of the plan's fee it is charged, and until when it cannot be closed for nothing."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from data_access.models.services import Adjustment, Subscription, SubscriptionPlan

_DAY = timedelta(days=1)
_WHOLE = 100
_SIGN = {Adjustment.DISCOUNT: -1, Adjustment.UPCHARGE: 1}
ADJUSTMENTS = {
    Adjustment.NOT_SET: "Discount not set",
    Adjustment.NONE: "No adjustment",
    Adjustment.DEFAULT: "Default customer discount",
    Adjustment.DISCOUNT: "Discount",
    Adjustment.UPCHARGE: "Upcharge",
}


def term_ends_on(activated_on: date | None, plan: SubscriptionPlan) -> date | None:
    """The last day of the minimum term of a subscription; None where there is none, or it is not active yet."""
    if activated_on is None or not plan.minimum_months:
        return None
    months = activated_on.month - 1 + plan.minimum_months
    year, month = activated_on.year + months // 12, months % 12 + 1
    return date(year, month, min(activated_on.day, monthrange(year, month)[1])) - _DAY


def is_closed_early(row: Subscription, plan: SubscriptionPlan) -> bool:
    """Whether a subscription that was active ends before its minimum term is over."""
    ends_on = term_ends_on(row.activated_on, plan)
    return (
        ends_on is not None
        and row.activated_on is not None
        and row.finished_on is not None
        and row.activated_on <= row.finished_on < ends_on
    )


class AdjustedFee(Protocol):
    """A subscription as far as its fee is adjusted."""

    @property
    def adjustment(self) -> Adjustment: ...
    @property
    def fee_percent(self) -> int: ...


def percent_charged(row: AdjustedFee, discount: Decimal) -> Decimal:
    """The percentage of the fee that is charged: of the subscription, or as the customer has it by default."""
    match row.adjustment:
        case Adjustment.NOT_SET | Adjustment.DEFAULT:
            return 100 - discount
        case Adjustment.NONE:
            return Decimal(100)
        case Adjustment.DISCOUNT | Adjustment.UPCHARGE:
            return Decimal(row.fee_percent)


def takes_percent(adjustment: str) -> bool:
    """Whether a percentage belongs to an adjustment."""
    return adjustment in _SIGN


def percent_of(row: AdjustedFee) -> int | None:
    """How much a discount takes off, or an upcharge puts on; None for other adjustments."""
    return abs(row.fee_percent - _WHOLE) if row.adjustment in _SIGN else None


def fee_percent_of(adjustment: Adjustment, percent: int) -> int:
    """What is charged of the fee by a discount or an upcharge of so many percent."""
    return _WHOLE + _SIGN.get(adjustment, 0) * percent


def read_adjustment(typed: str) -> Adjustment:
    """The adjustment of a text; ValueError for another."""
    return Adjustment(typed)


def adjustment_in_words(row: AdjustedFee) -> str:
    """How the fee of a subscription is adjusted: `Discount of 20 %`."""
    percent = percent_of(row)
    return ADJUSTMENTS[row.adjustment] + ("" if percent is None else f" of {percent} %")
