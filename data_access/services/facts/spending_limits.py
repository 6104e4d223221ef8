"""What may be spent: of what a customer may use, and of what was paid and can be given back."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.clock import day_in
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.domain.shown_status import limit_at
from data_access.domain.usage.places import UsePlace, is_emergency, place_refusal
from data_access.domain.usage.usage_authorization import UsageFacts
from data_access.models.customers import Account, BalanceControl, Customer
from data_access.models.money import Transaction
from data_access.services.facts.usage.daily_spending import spending_plan, spent_today
from data_access.store.scope import visible


def most_given_back(customer: Customer, unused: Decimal) -> Decimal:
    """What can be given back of money that is unused: prepaid has used up what is not available any more."""
    funds = max(-customer.balance, ZERO)
    return min(unused, funds) if customer.balance_control is BalanceControl.PREPAID else unused


NOWHERE = UsePlace()


def use_at(customer: Customer, now: datetime) -> UsageFacts:
    """What the row of a customer tells of what may be used at an instant."""
    return UsageFacts(
        now=now,
        today=day_in(customer.billing_zone, now),
        zone=customer.billing_zone,
        currency=customer.currency,
        bill_status=customer.bill_status,
        blocked=customer.blocked,
        suspension_cause=customer.suspension_cause,
        suspension_lifted_until=customer.suspension_lifted_until,
        balance_control=customer.balance_control,
        balance=customer.balance,
        limit=limit_at(customer, now),
        daily_limit=None,
        spent_today=ZERO,
    )


def use_by(
    session: Session, actor: Actor, customer: Customer, now: datetime, account: Account | None = None,
    place: UsePlace = NOWHERE,
) -> UsageFacts:  # fmt: skip
    """The facts by which it is judged whether the customer, or one account of it, may use a service now, and there."""
    protection, plan = spending_plan(session, actor, customer, now)
    known = (protection.default_country, protection.current_country) if protection else ()
    is_called_for_help = is_emergency(place, (*known, customer.country))
    is_limited = plan.in_force is not None
    return replace(
        use_at(customer, now),
        daily_limit=plan.in_force,
        spent_today=spent_today(session, actor, customer, plan, now) if is_limited else ZERO,
        is_emergency=is_called_for_help,
        place_refusal="" if is_called_for_help else place_refusal(protection, place.country),
        **(_of_account(session, actor, customer, account) if account else {}),
    )


def _of_account(session: Session, actor: Actor, customer: Customer, account: Account) -> dict[str, Any]:
    used = spent_by(session, actor, customer, [account.id] if account.own_limit is not None else [])
    return {
        "account_ended_on": account.ended_on, "account_blocked": account.blocked, "own_limit": account.own_limit,
        "spent_by_account": used.get(account.id, ZERO),
    }  # fmt: skip


def spent_by(session: Session, actor: Actor, customer: Customer, account_ids: Collection[int]) -> dict[int, Decimal]:
    """What accounts of the customer have used in its running billing period, without what was taken back."""
    if not account_ids:
        return {}
    used = visible(Transaction, actor).where(
        Transaction.customer_id == customer.id,
        Transaction.kind == Kind.USAGE_CHARGE,
        Transaction.account_id.in_(account_ids),
        Transaction.value_on >= (customer.period_from or date.min),
        Transaction.unreversed(),
    )
    sums = used.with_only_columns(Transaction.account_id, func.sum(Transaction.amount))
    rows = session.execute(sums.group_by(Transaction.account_id))
    return {account_id: amount for account_id, amount in rows if account_id is not None}
