"""The resellers and customer classes of the demo, as tables."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from data_access.base.money import ZERO, smallest
from data_access.base.text.text_keys import fold
from data_access.domain.billing.volume_discounts import written
from data_access.domain.collections.policy import Policy
from data_access.models.card.custom_fields import CustomKind
from data_access.models.plans.discounts import Readiness
from data_access.models.quotas import Unit
from data_access.models.services import ChargeModel
from data_access.seed.names import LANDS

CLOSING_DELAY_HOURS = 6
ISSUER = "Example Telecom"
_ISSUER_ADDRESS = "1 Exchange Square\n10115 Berlin\nGermany"
INVOICES_BEFORE = 100_000  # the numbers of the demo's own invoices are of another kind; the series goes on after them


class Segment(StrEnum):
    """Whom a class is for; the value is its business model."""

    RESIDENTIAL = "Residential"
    BUSINESS = "Business"
    WHOLESALE = "Wholesale"
    PREPAID = "Prepaid mobile"


@dataclass(frozen=True, slots=True)
class DemoClass:
    """A customer class. `suspend_after_days` None: late payers of this class are called, not suspended."""

    name: str
    segment: Segment
    currency: str | None
    default_credit_limit: Decimal | None
    net_days: int
    suspend_after_days: int | None
    reactivation_window_days: int
    description: str

    def row(self) -> dict[str, Any]:
        return {
            "name": self.name, "name_key": fold(self.name), "business_model": self.segment.value,
            "currency": self.currency, "default_credit_limit": self.default_credit_limit,
            "reactivation_window_days": self.reactivation_window_days, "description": self.description,
            "closing_delay_hours": CLOSING_DELAY_HOURS, "issuer_name": ISSUER, "issuer_address": _ISSUER_ADDRESS,
            "notices_from": "billing@provider.example", "purge_after_months": _PURGE_AFTER_MONTHS,
            "archive_after_months": _PURGE_AFTER_MONTHS,
            "suspend_on_insufficient_funds": self.segment is Segment.PREPAID,
            "is_default": self.name == CLASSES[0].name, "call_parking": self.segment is Segment.BUSINESS,
            "limits_calls": True, "calls_total": 10 if self.segment is Segment.BUSINESS else 2,
            "self_care_date": "DD.MM.YYYY",
        }  # fmt: skip

    def policies(self) -> tuple[Policy, Policy]:
        """The terms that all invoices so far were issued under, and the fuller ones that hold from now on."""
        days = self.suspend_after_days
        limits = _WORK_LIMITED_AFTER if self.segment is Segment.BUSINESS else None
        until_now = Policy(net_days=self.net_days, limit_after=limits, suspend_after=days)
        if days is None:
            return until_now, replace(until_now, reminders=[3] if self.net_days else [], resends=[1, 7])
        return until_now, replace(
            until_now, reminders=[3], resends=[1], limit_after=3, limit_notices=[1], suspend_notices=[2],
            terminate_after=90, terminate_notices=[7, 30], late_fee=_in_currency(self.currency, _LATE_FEE),
            reactivation_fee=_in_currency(self.currency, _REACTIVATION_FEE), hour=8, spread_minutes=120,
        )  # fmt: skip


_PURGE_AFTER_MONTHS = 48  # of a demo, a few customers ended so long ago
_LATE_FEE, _REACTIVATION_FEE = Decimal(5), Decimal(10)
_WORK_LIMITED_AFTER = 3


def _in_currency(currency: str | None, amount: Decimal) -> Decimal:
    """A class for every currency has no fees: five of one are five hundred of another."""
    return ZERO if currency is None else amount


S = Segment
_HOME = "Households: phone, internet and television on one invoice."
_WORK = "Companies with their own lines, numbers and a named contact."
CLASSES = (
    DemoClass("Residential EUR", S.RESIDENTIAL, "EUR", Decimal(150), 14, 7, 30, _HOME),
    DemoClass("Residential GBP", S.RESIDENTIAL, "GBP", Decimal(120), 14, 7, 30, _HOME),
    DemoClass("Residential USD", S.RESIDENTIAL, "USD", Decimal(150), 14, 7, 30, _HOME),
    DemoClass("Residential", S.RESIDENTIAL, None, None, 14, 7, 30, "Households billed in any other currency."),
    DemoClass("Business EUR", S.BUSINESS, "EUR", Decimal(2500), 14, 10, 60, _WORK),
    DemoClass("Business GBP", S.BUSINESS, "GBP", Decimal(2000), 14, 10, 60, _WORK),
    DemoClass("Business USD", S.BUSINESS, "USD", Decimal(2500), 14, 10, 60, _WORK),
    DemoClass("Business", S.BUSINESS, None, None, 14, 10, 60, "Companies billed in any other currency."),
    DemoClass("Wholesale", S.WHOLESALE, None, None, 14, None, 90, "Carriers: called, never suspended."),
    DemoClass("Prepaid mobile", S.PREPAID, None, None, 0, None, 30, "SIM cards paid in advance."),
)  # fmt: skip

WELCOME = "Welcome minutes"
PLANS = (
    ("Internet 100", "29.90", ChargeModel.IN_ADVANCE),
    ("Internet 500", "44.90", ChargeModel.IN_ADVANCE),
    ("Flat rate calls", "9.90", ChargeModel.AT_THE_END),
    ("Television", "14.90", ChargeModel.IN_ADVANCE),
)


_HOLIDAYS = ((1, 1, "New Year's Day"), (5, 1, "Labour Day"), (12, 25, "Christmas Day"), (12, 26, "Boxing Day"))


def holiday_rows(year: int) -> list[dict[str, Any]]:
    """The holidays of a year and of the next one."""
    return [
        {"day": date(each, month, day), "name": name} for each in (year, year + 1) for month, day, name in _HOLIDAYS
    ]


def plan_rows() -> list[dict[str, Any]]:
    """Every plan in every currency of the demo, at that country's prices."""
    prices = {land.currency: land.price for land in LANDS}
    return [
        {
            "name": f"{name} {currency}", "name_key": fold(f"{name} {currency}"), "public_name": name,
            "currency": currency, "fee": _in(currency, Decimal(fee) * price), "charge_model": model,
        }
        for name, fee, model in PLANS
        for currency, price in prices.items()
    ]  # fmt: skip


_VOLUMES = (  # name, currency, readiness, thresholds and rates of calls
    ("Volume calls EUR", "EUR", Readiness.IN_USE, (("5", "5"), ("25", "10"), ("100", "15"))),
    ("Volume calls GBP", "GBP", Readiness.IN_USE, (("5", "5"), ("50", "12.5"))),
    ("Volume calls from next year EUR", "EUR", Readiness.DRAFT, (("20", "10"),)),
)


def discount_plan_rows() -> list[dict[str, Any]]:
    """The volume discount plans: two in use, and one that is still being written."""
    return [
        {
            "name": name, "name_key": fold(name), "currency": currency, "readiness": readiness,
            "rules": written([("Calls", "amount", above, percent) for above, percent in tiers]),
        }
        for name, currency, readiness, tiers in _VOLUMES
    ]  # fmt: skip


_TOP_UPS = (("Minutes 100", Decimal(5), Decimal(100), 30), (WELCOME, ZERO, Decimal(50), 60))


def top_up_rows() -> list[dict[str, Any]]:
    """The top-ups of service wallets in every currency of the demo: one that is sold, and one that is given away."""
    prices = {land.currency: land.price for land in LANDS}
    return [
        {
            "name": f"{name} {currency}", "name_key": fold(f"{name} {currency}"), "currency": currency,
            "service": "Calls", "unit": Unit.MINUTES, "amount": amount, "fee": _in(currency, fee * price),
            "lifetime_days": days,
        }
        for name, fee, amount, days in _TOP_UPS
        for currency, price in prices.items()
    ]  # fmt: skip


def _in(currency: str, amount: Decimal) -> Decimal:
    return amount.quantize(smallest(currency))


RESELLERS = ("Northline Telecom", "Harbour Voice", "Alpenfunk", "Blue Mesa Networks")


Row = dict[str, Any]
TAGS = {
    "VIP": "Answer within the hour.",
    "Moving house": "Has told us about a new address.",
    "Churn risk": "Has asked how to leave, or complained twice.",
    "Pilot": "Takes part in trials of new services.",
}
_LIMITS = {"EUR": Decimal(500), "USD": Decimal(500), "GBP": Decimal(400), "JPY": Decimal(80000)}


def fraud_profile_rows() -> list[Row]:
    """A daily spending plan a currency."""
    return [
        _named(f"Usual day, {currency}") | {"currency": currency, "daily_limit": limit, "warning_percent": 80}
        for currency, limit in _LIMITS.items()
    ]


def batch_rows() -> list[Row]:
    """How the idle numbers are priced."""
    return [_named("Germany, geographic") | {"currency": "EUR", "additional_fee": Decimal("0.50"),
                                             "markup_percent": Decimal(25)}]  # fmt: skip


def custom_field_rows() -> list[Row]:
    """What the demo keeps of its customers beside what every customer has."""
    return [
        _named("Contract number") | {"kind": CustomKind.TEXT, "help": "As on the signed paper."},
        _named("Contract ends") | {"kind": CustomKind.DATE},
        _named("Found us by") | {"kind": CustomKind.LIST, "choices": "Recommendation\nAdvertisement\nFair"},
    ]


def tag_rows() -> list[Row]:
    """Words that the demo's people give to customers."""
    return [_named(name) | {"description": about} for name, about in TAGS.items()]


def _named(name: str) -> Row:
    return {"name": name, "name_key": fold(name)}
