"""Coverage: what quotas and wallets of a customer cover of a usage, and what happens to the rest of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func

from data_access.base.clock import long_day
from data_access.base.money import ZERO
from data_access.base.permissions import Permission, who_can
from data_access.domain.usage.quotas import Grant, GrantPart, QuotaTerms, Used, living, price_of_rest, said, spread
from data_access.domain.usage.usage_authorization import UsageFacts
from data_access.domain.usage.wallets import Filled
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.models.quotas import Quota, QuotaUse, Unit, WhenUsedUp
from data_access.services.facts.fees_of_customer import Looks
from data_access.services.facts.plans.wallets_of_customer import top_ups_of
from data_access.store.scope import visible

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Measured:
    """How much of a service was used, or shall be. A quantity of zero: whether any of it may be used at all."""

    service: str
    quantity: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class Cover:
    """What quotas, and then wallets, cover of a usage on a day.

    A quota is granted again and lost at its end, a wallet was paid for: so it is used last. `rule`: the quota that says
    what happens to the rest, if one runs.
    """

    measured: Measured
    day: date
    living: tuple[Grant, ...]
    parts: tuple[GrantPart[Grant], ...]
    rule: Quota | None
    filled: tuple[Filled, ...] = ()
    wallet_parts: tuple[GrantPart[Filled], ...] = ()

    @property
    def covered(self) -> Decimal:
        return _of_quotas(self.parts) + sum((part.quantity for part in self.wallet_parts), ZERO)

    @property
    def left(self) -> Decimal:
        """What is left before the usage."""
        return sum((grant.left for grant in self.living), ZERO) + sum((one.left for one in self.filled), ZERO)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is charged."""
        return self.left > ZERO and self.covered == self.measured.quantity

    @property
    def beyond(self) -> WhenUsedUp:
        """What happens to what is not covered."""
        return WhenUsedUp.NORMAL_PRICE if self.rule is None else self.rule.when_used_up

    @property
    def is_limited(self) -> bool:
        """Whether the service goes on slower."""
        return self.beyond is WhenUsedUp.LIMIT and self._goes_beyond

    @property
    def refusal(self) -> str:
        """Why it may not be used as far as quotas are concerned; empty if it may."""
        if self.rule is None or self.beyond is not WhenUsedUp.BLOCK or not self._goes_beyond:
            return ""
        unit = self.measured.unit
        state = (
            f"has {said(self.left, unit)} left, not {said(self.measured.quantity, unit)}" if self.left else "is used up"
        )
        return (
            f"The quota of {said(self.rule.allowance, unit)} for {self.rule.service} {state}: it blocks what goes "
            f"beyond. {self._anew(self.rule)}{who_can(Permission.SERVICE_EDIT).capitalize()} can change it."
        )

    @property
    def _goes_beyond(self) -> bool:
        return self.covered < self.measured.quantity or self.left == ZERO

    def _anew(self, rule: Quota) -> str:
        if rule.ended_on is not None:
            return ""
        return f"It is renewed on {long_day(terms_of(rule).period_on(self.day).last + _DAY)}. "

    def price(self, price: Decimal) -> Decimal:
        """What is charged of a price."""
        return price_of_rest(price, self.measured.quantity, self.covered) if self.covered else price


def terms_of(quota: Quota) -> QuotaTerms:
    """What a quota grants."""
    return QuotaTerms(quota.id, quota.allowance, quota.renewal, quota.rollovers, quota.started_on, quota.ended_on)


def cover(look: Looks, customer: Customer, measured: Measured, day: date) -> Cover:
    """What the customer's quotas and wallets cover of a usage on a day where it is billed."""
    query = visible(Quota, look.actor).where(
        Quota.customer_id == customer.id, Quota.service == measured.service, Quota.unit == measured.unit,
    )  # fmt: skip
    quotas = look.session.scalars(query.order_by(Quota.id)).all()
    used = used_of(look, [quota.id for quota in quotas])
    alive = tuple(grant for quota in quotas for grant in living(terms_of(quota), used, day))
    parts = spread(measured.quantity, alive, day)
    found = top_ups_of(look, customer.id, (measured.service, measured.unit))
    filled = tuple(one for _, one in found if one.lives_on(day))
    rest = spread(measured.quantity - _of_quotas(parts), filled, day)
    return Cover(measured, day, alive, parts, rule_on(quotas, day), filled, rest)


def _of_quotas(parts: Sequence[GrantPart[Grant]]) -> Decimal:
    return sum((part.quantity for part in parts), ZERO)


def rule_on(quotas: Sequence[Quota], day: date) -> Quota | None:
    """The quota of a service and unit that runs on a day: there is one at most."""
    return next(
        (one for one in quotas if one.started_on <= day and (one.ended_on is None or day <= one.ended_on)), None
    )


def used_of(look: Looks, quota_ids: Collection[int]) -> Used:
    """What was used of each grant; what was taken by a charge that is reversed is given back."""
    if not quota_ids:
        return {}
    sums = (
        visible(QuotaUse, look.actor)
        .join(Transaction, Transaction.id == QuotaUse.transaction_id)
        .where(QuotaUse.quota_id.in_(quota_ids), Transaction.unreversed())
        .with_only_columns(QuotaUse.quota_id, QuotaUse.granted_on, func.sum(QuotaUse.quantity))
        .group_by(QuotaUse.quota_id, QuotaUse.granted_on)
    )
    return {(quota_id, first): quantity for quota_id, first, quantity in look.session.execute(sums)}


def covered_use(use: UsageFacts, by: Cover | None, price: Decimal) -> UsageFacts:
    """The facts by which a usage of a price is judged, with what quotas say of it."""
    return use if by is None else replace(use, quota_refusal=by.refusal, is_covered=by.is_whole, full_price=price)


def is_untouched(look: Looks, quota: Quota, today: date) -> bool:
    """Whether a quota is to be begun, or in its first period with nothing used of it yet."""
    taken = visible(QuotaUse, look.actor).where(QuotaUse.quota_id == quota.id).with_only_columns(QuotaUse.id)
    is_young = today <= terms_of(quota).period_on(quota.started_on).last
    return is_young and look.session.scalars(taken.limit(1)).first() is None
