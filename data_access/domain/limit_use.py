"""The use of a credit limit: the bands in which customers stand."""

from decimal import Decimal
from enum import StrEnum


class LimitUse(StrEnum):
    """How much of the credit limit is in use, and the three cases in which there is none to use. Every customer stands
    in exactly one.
    """

    IN_CREDIT = "in_credit"
    UNUSED = "unused"
    UNDER_80 = "under_80"
    FROM_80 = "from_80"
    OVER = "over"
    NO_LIMIT = "no_limit"
    PREPAID = "prepaid"


NEAR = Decimal("0.8")  # of the limit


def band_of(balance: Decimal, credit_limit: Decimal | None, *, prepaid: bool) -> LimitUse:
    """The band a customer stands in; exactly at the limit is not over it."""
    if prepaid:
        return LimitUse.PREPAID
    if balance < 0:
        return LimitUse.IN_CREDIT
    if credit_limit is None:
        return LimitUse.NO_LIMIT
    if balance > credit_limit:
        return LimitUse.OVER
    if balance == 0:
        return LimitUse.UNUSED
    return LimitUse.FROM_80 if balance >= NEAR * credit_limit else LimitUse.UNDER_80
