"""What may be spent: of what a customer may use, and of what was paid and can be given back."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.clock import day_in, start_of
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.domain.shown_status import limit_at
from data_access.domain.usage.usage_authorization import UsageFacts, used_by
from data_access.models.customers import Account, BalanceControl, Customer
from data_access.models.money import Transaction
from data_access.store.scope import visible


def most_given_back(customer: Customer, unused: Decimal) -> Decimal:
    """What can be given back of money that is unused: prepaid has used up what is not available any more."""
    funds = max(-customer.balance, ZERO)
    return min(unused, funds) if customer.balance_control is BalanceControl.PREPAID else unused


def use_by(
    session: Session, actor: Actor, customer: Customer, now: datetime, account: Account | None = None
) -> UsageFacts:
    """The facts by which it is judged whether the customer, or one account of it, may use a service now."""
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
        daily_limit=customer.daily_spending_limit,
        spent_today=_spent_today(session, actor, customer, now),
        **(_of_account(session, actor, customer, account) if account else {}),
    )


def _of_account(session: Session, actor: Actor, customer: Customer, account: Account) -> dict[str, Any]:
    used = spent_by(session, actor, customer, [account.account_code] if account.own_limit is not None else [])
    return {
        "account_ended_on": account.ended_on, "account_blocked": account.blocked, "own_limit": account.own_limit,
        "spent_by_account": used.get(account.account_code, ZERO),
    }  # fmt: skip


def spent_by(session: Session, actor: Actor, customer: Customer, codes: Collection[str]) -> dict[str, Decimal]:
    """What accounts of the customer have used in its running billing period, without what was taken back."""
    if not codes:
        return {}
    said = {used_by(code): code for code in codes}
    used = visible(Transaction, actor).where(
        Transaction.customer_id == customer.id,
        Transaction.kind == Kind.USAGE_CHARGE,
        Transaction.visible_comment.in_(said),
        Transaction.value_on >= (customer.period_from or date.min),
        Transaction.unreversed(),
    )
    columns = (Transaction.visible_comment.label("said"), func.sum(Transaction.amount).label("spent"))
    rows = session.execute(used.with_only_columns(*columns).group_by(Transaction.visible_comment).order_by("said"))
    return {said[row.said]: row.spent for row in rows if row.said in said}


def _spent_today(session: Session, actor: Actor, customer: Customer, now: datetime) -> Decimal:
    """Usage of this day where the customer is billed; what was used on a day before and came late does not count."""
    if customer.daily_spending_limit is None:
        return ZERO
    today = day_in(customer.billing_zone, now)
    used = visible(Transaction, actor).where(
        Transaction.customer_id == customer.id,
        Transaction.kind == Kind.USAGE_CHARGE,
        Transaction.value_on == today,
        Transaction.at >= start_of(today, customer.billing_zone),
    )
    return session.scalar(used.with_only_columns(func.sum(Transaction.amount))) or ZERO
