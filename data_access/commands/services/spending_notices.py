"""Notices about daily spending: once a day, a customer is notified near the limit, and when it is reached."""

from collections.abc import Collection
from datetime import date, timedelta

from data_access.base.clock import day_in, start_of
from data_access.domain.notices import Notice
from data_access.models.customers import Customer
from data_access.services.facts.usage.daily_spending import spending_plan, spent_today, with_daily_limit
from data_access.services.outbox import Valid, notify
from data_access.store.unit_of_work import UnitOfWork


def tell_of_spending(work: UnitOfWork, used: Collection[tuple[Customer, date]]) -> None:
    """Tells those whose usage of today came to the warning, or the limit, of their spending plan.

    What arrives after its day has ended says nothing about today, and is told to nobody.
    """
    today = {customer.id: customer for customer, day in used if day == day_in(customer.billing_zone, work.now)}
    for customer_id in with_daily_limit(work.session, work.actor, today):
        _tell(work, today[customer_id])


def _tell(work: UnitOfWork, customer: Customer) -> None:
    _, plan = spending_plan(work.session, work.actor, customer, work.now)
    limit, warns_at = plan.in_force, plan.warns_at
    if limit is None or warns_at is None:
        return
    spent = spent_today(work.session, work.actor, customer, plan, work.now)
    if not spent or spent < warns_at:
        return
    day = day_in(customer.billing_zone, work.now)
    notice = Notice.SPENDING_LIMIT_REACHED if spent >= limit else Notice.SPENDING_LIMIT_NEAR
    ends = start_of(day + timedelta(days=1), customer.billing_zone)
    key = f"spending/{customer.id}/{day.isoformat()}/{notice.value}"
    notify(work, customer, notice, key=key, valid=Valid(until=ends), spent=spent, limit=limit, day=day)
