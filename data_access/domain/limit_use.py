"""The use of a credit limit: the bands of use, and how far a role may raise the limit temporarily."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from data_access.base.clock import moment_in_words
from data_access.base.money import exact_money
from data_access.base.permissions import Role, can_raise_more, temporary_cap


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


def beyond_share(role: Role, permanent: Decimal, increase: Decimal, currency: str) -> str:
    """Why a role may not raise this permanent limit by so much, as a sentence; empty where it may."""
    percent = temporary_cap(role).percent
    most = permanent * percent / 100
    if increase <= most:
        return ""
    message = f"{exact_money(most, currency)}, {percent} % of it"
    return f"You may raise this limit by at most {message}. {can_raise_more(role)}"


def beyond_days(role: Role, since: datetime, until: datetime, zone: str) -> str:
    """Why a role may not raise a limit until then, counted from a moment, as a sentence; empty where it may."""
    days = temporary_cap(role).days
    last = since + timedelta(days=days)
    if until <= last:
        return ""
    return (
        f"You may raise a limit for at most {days} days, counted from the first of an unbroken series: "
        f"until {moment_in_words(last, zone)}. {can_raise_more(role)}"
    )
