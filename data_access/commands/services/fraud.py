"""Fraud protection of a customer: edited, and its daily spending plan raised, reset and undone for today."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from typing_extensions import override

from data_access.base.clock import day_in, start_of
from data_access.base.errors import Invalid, Rejected
from data_access.base.money import exact_money, positive
from data_access.base.permissions import Permission
from data_access.domain.editing import edit_refusal
from data_access.domain.limit_use import beyond_share
from data_access.domain.sections import FRAUD_PROFILE, FRAUD_PROTECTION
from data_access.domain.usage.places import learnt
from data_access.domain.usage.spending_plan import UNPROTECTED, SpendingPlan
from data_access.models.card.fraud import FraudProfile, FraudProtection
from data_access.models.customers import Customer
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.facts.usage.daily_spending import spending_plan
from data_access.services.section_edit import EditBeside, Values
from data_access.services.section_records import AddRecord, ChangeRecord, RemoveRecord
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_REASON = "Give the reason: it is kept in the audit."


class ForToday(StrEnum):
    """What staff can change for today alone."""

    RAISE = "raise"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class TodayChanged:
    """The daily limit that holds until midnight; empty where nothing limits."""

    customer_id: int
    limit_today: str


@dataclass(frozen=True, kw_only=True)
class EditFraudProtection(EditBeside):
    """Changes where a customer uses services and which profile says what it can spend on a day."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar = FRAUD_PROTECTION
    called: ClassVar = "Fraud protection"

    @override
    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        if class_of(work, customer).currency is None:
            raise Rejected(UNPROTECTED)
        profile_id = values.get("profile_id")
        if profile_id is None:
            return {}
        offered = work.select(FraudProfile).where(FraudProfile.id == profile_id, FraudProfile.removed_at.is_(None))
        profile = work.session.scalars(offered).one_or_none()
        if profile is None:
            return {"profile_id": "Choose the fraud profile from the list."}
        if profile.currency != customer.currency:
            return {"profile_id": f"{profile.name} is in {profile.currency}, the customer in {customer.currency}."}
        return {}


def learn_place(work: UnitOfWork, customer: Customer, country: str) -> None:
    """Notes where a customer used a service: its first use says where it is at home. Off without a class currency."""
    if not country or class_of(work, customer).currency is None:
        return
    mine = work.select(FraudProtection).where(FraudProtection.customer_id == customer.id)
    row = work.session.scalars(mine).one_or_none()
    row = work.add(FRAUD_PROTECTION.new(customer_id=customer.id)) if row is None else row
    for name, value in learnt(row, country).items():
        setattr(row, name, value)


@dataclass(frozen=True, kw_only=True)
class RaiseToday(Command[TodayChanged]):
    """Raises what a customer may spend today; it reverts at midnight where the customer is billed.

    A role may raise it as far as it may raise a credit limit for a time.
    """

    needs: ClassVar = Permission.LIMIT_TEMPORARY
    result_type: ClassVar = TodayChanged

    customer_id: int
    limit: Decimal

    def apply(self, work: UnitOfWork) -> TodayChanged:
        customer, row, plan = _today(work, self.customer_id, self.reason)
        usual = _limited(plan)
        limit = _above(self.limit, usual, customer.currency)
        if too_much := beyond_share(work.actor.role, usual, limit - usual, customer.currency):
            raise Invalid({"limit": too_much})
        tomorrow = day_in(customer.billing_zone, work.now) + timedelta(days=1)
        row.raised_limit, row.raised_until = limit, start_of(tomorrow, customer.billing_zone)
        return TodayChanged(customer.id, f"{limit:f}")


def _above(asked: Decimal, usual: Decimal, currency: str) -> Decimal:
    try:
        limit = positive(asked)
    except Rejected as wrong:
        raise Invalid({"limit": f"{wrong}"}) from wrong
    if limit <= usual:
        raise Invalid({"limit": f"The daily limit is {exact_money(usual, currency)}: give a higher one for today."})
    return limit


@dataclass(frozen=True, kw_only=True)
class ResetUsage(Command[TodayChanged]):
    """Counts what a customer spends today from now on; what it used before counts no more for the daily limit."""

    needs: ClassVar = Permission.LIMIT_EDIT
    result_type: ClassVar = TodayChanged

    customer_id: int

    def apply(self, work: UnitOfWork) -> TodayChanged:
        customer, row, plan = _today(work, self.customer_id, self.reason)
        _limited(plan)
        row.reset_at = work.now
        return _changed(customer, plan)


@dataclass(frozen=True, kw_only=True)
class UndoToday(Command[TodayChanged]):
    """Takes back what was raised, or reset, for today."""

    needs: ClassVar = Permission.LIMIT_TEMPORARY
    result_type: ClassVar = TodayChanged

    customer_id: int
    what: ForToday

    def apply(self, work: UnitOfWork) -> TodayChanged:
        customer, row, plan = _today(work, self.customer_id, self.reason)
        holds = plan.is_reset if self.what is ForToday.RESET else plan.raised is not None
        if not holds:
            raise Rejected("There is nothing to undo: nothing of this was changed for today.")
        if self.what is ForToday.RESET:
            work.actor.require(Permission.LIMIT_EDIT)
            row.reset_at = None
        else:
            row.raised_limit = row.raised_until = None
        return _changed(customer, plan)


def _today(work: UnitOfWork, customer_id: int, reason: str) -> tuple[Customer, FraudProtection, SpendingPlan]:
    """The customer, its protection and the plan of today; refused where it is off."""
    customer = work.lock(Customer, customer_id, called="The customer")
    refusal = edit_refusal(customer.bill_status)
    if refusal is not None:
        raise Rejected(refusal)
    if class_of(work, customer).currency is None:
        raise Rejected(UNPROTECTED)
    if not reason.strip():
        raise Invalid({"reason": _REASON})
    row, plan = spending_plan(work.session, work.actor, customer, work.now)
    return customer, row or work.add(FRAUD_PROTECTION.new(customer_id=customer.id)), plan


def _limited(plan: SpendingPlan) -> Decimal:
    if plan.limit is None:
        raise Rejected("Nothing limits what the customer spends on a day: there is nothing to raise or reset.")
    return plan.limit


def _changed(customer: Customer, plan: SpendingPlan) -> TodayChanged:
    return TodayChanged(customer.id, "" if plan.limit is None else f"{plan.limit:f}")


@dataclass(frozen=True, kw_only=True)
class AddFraudProfile(AddRecord):
    """Adds a daily spending plan that classes and customers of its currency can be given."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = FRAUD_PROFILE


@dataclass(frozen=True, kw_only=True)
class ChangeFraudProfile(ChangeRecord):
    """Changes a daily spending plan; it holds at once for all who have it."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = FRAUD_PROFILE
    called: ClassVar = "The fraud profile"


@dataclass(frozen=True, kw_only=True)
class RemoveFraudProfile(RemoveRecord):
    """Removes a daily spending plan that nobody has."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = FRAUD_PROFILE
    called: ClassVar = "The fraud profile"
