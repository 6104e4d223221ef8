"""The resellers and customer classes of the demo, as tables."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from data_access.folding import fold


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
            "currency": self.currency, "default_credit_limit": self.default_credit_limit, "net_days": self.net_days,
            "suspend_after_days": self.suspend_after_days,
            "reactivation_window_days": self.reactivation_window_days, "description": self.description,
        }  # fmt: skip


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

RESELLERS = ("Northline Telecom", "Harbour Voice", "Alpenfunk", "Blue Mesa Networks")
