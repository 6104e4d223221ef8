"""The daily spending plan: what can be used on a day at full price, where it warns, and what holds for today alone."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from data_access.base.clock import day_in, start_of
from data_access.base.permissions import Permission, who_can
from data_access.models.card.fraud import DEFAULT_WARNING, FraudProfile, FraudProtection
from data_access.models.customers import Customer

UNPROTECTED = (
    "The class of the customer has no currency, so fraud protection is off: choose a class with a currency. "
    f"{who_can(Permission.CUSTOMER_EDIT).capitalize()} can."
)


@dataclass(frozen=True, slots=True)
class SpendingPlan:
    """`limit` None: nothing limits. `raised` holds instead of it until midnight; usage counts since `counted_from`."""

    limit: Decimal | None
    warning_percent: int
    source: str
    counted_from: datetime
    raised: Decimal | None = None
    is_reset: bool = False

    @property
    def in_force(self) -> Decimal | None:
        return self.limit if self.raised is None else self.raised

    @property
    def warns_at(self) -> Decimal | None:
        return None if self.in_force is None else self.in_force * self.warning_percent / 100


def plan_of(
    customer: Customer, protection: FraudProtection | None, profile: FraudProfile | None, *, protects: bool,
    now: datetime,
) -> SpendingPlan:  # fmt: skip
    """The customer's own limit, or that of its profile, which is the class's where it names none.

    A class without a currency protects nobody, and a profile in another currency than the customer's counts nothing.
    """
    begins = start_of(day_in(customer.billing_zone, now), customer.billing_zone)
    if not protects:
        return SpendingPlan(None, DEFAULT_WARNING, "", begins)
    limit, source = customer.daily_spending_limit, "the customer's own"
    if profile is not None and profile.currency == customer.currency and limit is None:
        of_class = protection is None or protection.profile_id is None
        limit, source = (
            profile.daily_limit,
            f"that of the profile {profile.name}{', as the class says' if of_class else ''}",
        )
    own = protection.warning_percent if protection else None
    reset_at = protection.reset_at if protection else None
    is_reset = reset_at is not None and reset_at > begins
    return SpendingPlan(
        limit,
        own or (profile.warning_percent if profile else DEFAULT_WARNING),
        "" if limit is None else source,
        reset_at if is_reset and reset_at else begins,
        _raised(protection, limit, now),
        is_reset,
    )


def _raised(protection: FraudProtection | None, limit: Decimal | None, now: datetime) -> Decimal | None:
    if limit is None or protection is None or protection.raised_until is None or protection.raised_until <= now:
        return None
    return protection.raised_limit
