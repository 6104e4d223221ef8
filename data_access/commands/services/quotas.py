"""Quotas of a customer: granted, changed and ended. What was granted for a period is never taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from data_access.base.clock import day_in, long_day
from data_access.base.errors import Invalid, NotFound, Rejected, Stale
from data_access.base.permissions import Permission
from data_access.commands.services.services import refuse_unless_running
from data_access.domain.entered.days_ahead import misfits
from data_access.domain.sections import QUOTA
from data_access.fields.section import Judged
from data_access.models.customers import BillingPeriod, Customer
from data_access.models.quotas import Quota, Unit, WhenUsedUp
from data_access.services.facts.quota_coverage import is_untouched, terms_of
from data_access.services.section_edit import Values
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_QUOTA = "The quota"
_DAY = timedelta(days=1)
CHANGED = ("allowance", "rollovers", "when_used_up")


@dataclass(frozen=True, slots=True)
class QuotaSaved:
    """`counts_from`: the first day on which what was saved holds; empty where nothing is granted any more."""

    quota_id: int
    customer_id: int
    version: int
    counts_from: str = ""


@dataclass(frozen=True, kw_only=True)
class GrantQuota(Command[QuotaSaved]):
    """Grants a customer an allowance of a service each period, from today or a later day; the first period is whole."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = QuotaSaved

    customer_id: int
    service: str
    unit: Unit
    allowance: Decimal
    renewal: BillingPeriod = BillingPeriod.MONTHLY
    rollovers: int = 0
    when_used_up: WhenUsedUp = WhenUsedUp.NORMAL_PRICE
    started_on: date | None = None

    def apply(self, work: UnitOfWork) -> QuotaSaved:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refuse_unless_running(customer, "A quota")
        today = day_in(customer.billing_zone, work.now)
        started_on = self.started_on or today
        judged = QUOTA.judged(_typed(self) | {"started_on": started_on.isoformat()})
        early = misfits({"started_on": started_on}, today)
        values = Judged(judged.values, early | judged.complaints).sound()
        _refuse_a_second(work, self, started_on)
        row = work.add(Quota(customer_id=customer.id, **values))
        return QuotaSaved(row.id, customer.id, row.version, started_on.isoformat())


def _typed(order: Any) -> dict[str, str]:
    """What an order says of a quota, each field as one would type it."""
    return QUOTA.typed({name: value for name, value in vars(order).items() if name in QUOTA.names})


def _refuse_a_second(work: UnitOfWork, asked: GrantQuota, started_on: date) -> None:
    """For a service in a unit one quota runs at a time, so that no period is granted twice."""
    same = work.select(Quota).where(
        Quota.customer_id == asked.customer_id, Quota.service == asked.service, Quota.unit == asked.unit
    )
    for quota in work.session.scalars(same.order_by(Quota.id)):
        if quota.ended_on is None:
            raise Rejected(
                f"The customer already has a quota for {quota.service} in {quota.unit.value}: change or end that one."
            )
        last = terms_of(quota).last_begun(quota.ended_on)
        if last is not None and started_on <= last.last:
            raise Invalid(
                {"started_on": f"A quota that ended is granted until {long_day(last.last)}: choose a day after that."}
            )


@dataclass(frozen=True, kw_only=True)
class ChangeQuota(Command[QuotaSaved]):
    """Changes a quota: what happens when it is used up at once, what is granted from the next period on.

    One of which nothing was used yet, in its first period, is changed whole at once. What others changed meanwhile
    stays; Stale for a field that both changed. `shown`: what the fields showed at `version`, each as typed.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = QuotaSaved

    quota_id: int
    version: int
    allowance: Decimal
    rollovers: int
    when_used_up: WhenUsedUp
    shown: Mapping[str, str] = field(default_factory=dict)

    def apply(self, work: UnitOfWork) -> QuotaSaved:
        row, today = _lock(work, self.quota_id, self.version)
        QUOTA.judged(_typed(self), beside={"service": row.service}).sound()
        terms = self._merged(row)
        grants_other = (terms["allowance"], terms["rollovers"]) != (row.allowance, row.rollovers)
        if not grants_other and terms["when_used_up"] is row.when_used_up:
            raise Rejected("Nothing was changed, so nothing was saved.")
        row.when_used_up = terms["when_used_up"]
        row.version += 1
        if not grants_other:
            return _saved(row, today)
        if is_untouched(work, row, today):
            row.allowance, row.rollovers = terms["allowance"], terms["rollovers"]
            return _saved(row, max(row.started_on, today))
        row.ended_on = terms_of(row).period_on(today).last
        work.session.flush()  # the one that runs has to end before another can stand
        following = work.add(_following(row, row.ended_on + _DAY, terms))
        return _saved(following, following.started_on)

    def _merged(self, row: Quota) -> Values:
        """What the terms become: of a field that this person left as it was shown, what stands there now."""
        asked: Values = {name: getattr(self, name) for name in CHANGED}
        if row.version == self.version:
            return asked
        stored = {name: getattr(row, name) for name in CHANGED}
        typed = QUOTA.only(CHANGED).typed(asked)
        mine = {name: value for name, value in asked.items() if self.shown.get(name) != typed[name]}
        both = QUOTA.only(CHANGED).conflicts(
            stored, shown=self.shown, wanted={name: value for name, value in mine.items() if value != stored[name]}
        )
        if both or not self.shown:
            raise Stale(_QUOTA, both)
        return stored | mine


def _following(row: Quota, started_on: date, terms: Values) -> Quota:
    return Quota(
        customer_id=row.customer_id,
        service=row.service,
        unit=row.unit,
        renewal=row.renewal,
        started_on=started_on,
        **terms,
    )


def _saved(row: Quota, counts_from: date) -> QuotaSaved:
    return QuotaSaved(row.id, row.customer_id, row.version, counts_from.isoformat())


@dataclass(frozen=True, kw_only=True)
class EndQuota(Command[QuotaSaved]):
    """Ends a quota: nothing is granted any more, what is left can be used until it expires.

    One of which nothing was used yet, in its first period or before, is withdrawn.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = QuotaSaved

    quota_id: int
    version: int

    def apply(self, work: UnitOfWork) -> QuotaSaved:
        row, today = _lock(work, self.quota_id, self.version)
        if row.version != self.version:
            raise Stale(_QUOTA)
        row.ended_on = row.started_on - _DAY if is_untouched(work, row, today) else today
        row.version += 1
        return QuotaSaved(row.id, row.customer_id, row.version)


def _lock(work: UnitOfWork, quota_id: int, version: int) -> tuple[Quota, date]:
    seen = work.session.scalars(work.select(Quota).where(Quota.id == quota_id)).one_or_none()
    if seen is None:
        raise NotFound(_QUOTA)
    customer = work.lock(Customer, seen.customer_id, called=_QUOTA)
    refuse_unless_running(customer, "A change of a quota")
    row = work.lock(Quota, quota_id, called=_QUOTA)
    if row.ended_on is not None and row.version != version:
        raise Stale(_QUOTA)
    if row.ended_on is not None:
        raise Rejected(
            f"The quota ended on {long_day(row.ended_on)}: change the one that follows it, or grant another."
        )
    return row, day_in(customer.billing_zone, work.now)
