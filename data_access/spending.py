"""What has been spent: of a person's limit for credits and refunds, and of what a customer may use."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func
from sqlalchemy.orm import Session

from data_access.bookings import Kind, limited_kinds
from data_access.clock import day_in, start_of
from data_access.models.cards import Asked, AskedState, CardOperation, CardPayment
from data_access.models.customers import Account, BalanceControl, Customer
from data_access.models.money import Transaction
from data_access.money import ZERO
from data_access.permissions import Actor
from data_access.scope import visible
from data_access.standing import limit_at
from data_access.usable import Use

WINDOW = timedelta(hours=24)


def left_today(session: Session, actor: Actor, limit: Decimal, currency: str, now: datetime) -> Decimal:
    """The limit less what the person has booked in the last 24 hours in this currency; never below zero.

    What the person gave back to cards counts from the moment that it was asked of the bank.
    """
    booked = visible(Transaction, actor).where(
        Transaction.person_id == actor.person_id,
        Transaction.kind.in_(limited_kinds()),
        Transaction.reverses_id.is_(None),
        Transaction.currency == currency,
        Transaction.at > now - WINDOW,
    )
    used = session.scalar(
        booked.with_only_columns(func.sum(func.abs(Transaction.amount, type_=Transaction.amount.type)))
    )
    return max(limit - (used or ZERO) - _given_back_to_cards(session, actor, currency, now), ZERO)


def _given_back_to_cards(session: Session, actor: Actor, currency: str, now: datetime) -> Decimal:
    asked = (
        visible(CardOperation, actor)
        .join(CardPayment, CardPayment.id == CardOperation.card_payment_id)
        .where(
            CardOperation.operation == Asked.REFUND,
            CardOperation.state != AskedState.REFUSED,
            CardOperation.login == actor.login,
            CardOperation.asked_at > now - WINDOW,
            CardPayment.currency == currency,
        )
    )
    return session.scalar(asked.with_only_columns(func.sum(CardOperation.amount))) or ZERO


def most_given_back(customer: Customer, unused: Decimal) -> Decimal:
    """What can be given back of money that is unused: prepaid has used up what is not available any more."""
    funds = max(-customer.balance, ZERO)
    return min(unused, funds) if customer.balance_control is BalanceControl.PREPAID else unused


def use_by(session: Session, actor: Actor, customer: Customer, now: datetime, account: Account | None = None) -> Use:
    """The facts by which it is judged whether the customer, or one account of it, may use a service now."""
    return Use(
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
        account_ended_on=account.ended_on if account else None,
    )


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
