"""Daily spending: the plan that holds for a customer, and what it has spent today."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, or_
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.clock import day_in
from data_access.base.money import ZERO, Amount
from data_access.base.permissions import Actor
from data_access.domain.usage.spending_plan import SpendingPlan, plan_of
from data_access.models.card.fraud import FraudProfile, FraudProtection
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.models.quotas import MeasuredUse
from data_access.store.scope import visible


def spending_plan(
    session: Session, actor: Actor, customer: Customer, now: datetime
) -> tuple[FraudProtection | None, SpendingPlan]:
    """How a customer is protected, and the daily spending plan that holds for it now, in one statement."""
    profile = func.coalesce(FraudProtection.profile_id, CustomerClass.fraud_profile_id)
    asked = (
        visible(Customer, actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .outerjoin(FraudProtection, FraudProtection.customer_id == Customer.id)
        .outerjoin(FraudProfile, FraudProfile.id == profile)
        .where(Customer.id == customer.id)
        .with_only_columns(FraudProtection, FraudProfile, CustomerClass.currency.is_not(None))
    )
    protection, of_profile, protects = session.execute(asked).one()
    plan = plan_of(customer, protection, of_profile, protects=protects, now=now)
    return (protection if protects else None), plan


def with_daily_limit(session: Session, actor: Actor, customer_ids: Collection[int]) -> list[int]:
    """Those of the customers whose spending on a day may be limited, by id."""
    profile = func.coalesce(FraudProtection.profile_id, CustomerClass.fraud_profile_id)
    asked = (
        visible(Customer, actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .outerjoin(FraudProtection, FraudProtection.customer_id == Customer.id)
        .where(Customer.id.in_(customer_ids), CustomerClass.currency.is_not(None))
        .where(or_(Customer.daily_spending_limit.is_not(None), profile.is_not(None)))
        .with_only_columns(Customer.id)
        .order_by(Customer.id)
    )
    return list(session.scalars(asked)) if customer_ids else []


def spent_today(session: Session, actor: Actor, customer: Customer, plan: SpendingPlan, now: datetime) -> Decimal:
    """Usage of this day where the customer is billed, at full price: as if no quota had covered any of it.

    What was used on a day before and came late does not count, and what was reversed does not either.
    """
    used = (
        visible(Transaction, actor)
        .outerjoin(MeasuredUse, MeasuredUse.transaction_id == Transaction.id)
        .where(
            Transaction.customer_id == customer.id,
            Transaction.kind == Kind.USAGE_CHARGE,
            Transaction.value_on == day_in(customer.billing_zone, now),
            Transaction.at >= plan.counted_from,
            Transaction.unreversed(),
        )
    )
    price = func.coalesce(MeasuredUse.price, Transaction.amount)
    return session.scalar(used.with_only_columns(func.sum(price, type_=Amount()))) or ZERO
