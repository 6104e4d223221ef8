"""Subscription plans as they are sold: added and changed; the currency of a plan stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.errors import Invalid, Rejected, Stale
from data_access.base.money import CURRENCIES, ZERO, exact, read_amount
from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.base.text.parsing import plain, within
from data_access.base.text.text_keys import fold
from data_access.models.services import Activation, ChargeModel, SubscriptionPlan
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class PlanSaved:
    plan_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class PlanTerms:
    """What is charged for a plan, when, and what it is worth while the service is off. The fee: a billing period's."""

    name: str
    public_name: str
    fee: Decimal
    charge_model: ChargeModel = ChargeModel.IN_ADVANCE
    activation: Activation = Activation.ON_START
    charge_while_suspended: bool = True
    credit_suspended: bool = False
    credit_blocked: bool = False
    credit_no_funds: bool = False
    is_offered: bool = True


FLAGS = ("charge_while_suspended", "credit_suspended", "credit_blocked", "credit_no_funds", "is_offered")
CHARGE_MODELS = {model.value: word(model) for model in ChargeModel}
ACTIVATIONS = {activation.value: word(activation) for activation in Activation}


def read_terms(typed: Mapping[str, str]) -> PlanTerms:
    """What was typed in a form, where a flag is raised by any text. Invalid with every complaint, each at its field."""
    complaints, fee = _unnamed(typed), ZERO
    try:
        fee = read_amount(typed["fee"])
    except ValueError as wrong:
        complaints["fee"] = f"{wrong}"
    if complaints:
        raise Invalid(complaints)
    return PlanTerms(
        name=typed["name"], public_name=typed["public_name"], fee=fee, charge_model=ChargeModel(typed["charge_model"]),
        activation=Activation(typed["activation"]), **{flag: bool(typed[flag]) for flag in FLAGS},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AddPlan(Command[PlanSaved]):
    """Adds a plan that customers of its currency can subscribe to."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = PlanSaved

    terms: PlanTerms
    currency: str

    def apply(self, work: UnitOfWork) -> PlanSaved:
        complaints = _complaints(self.terms)
        if self.currency not in CURRENCIES:
            complaints["currency"] = "Choose the currency from the list."
        if complaints:
            raise Invalid(complaints)
        plan = SubscriptionPlan(currency=self.currency)
        _write(plan, self.terms)
        work.add(plan)
        return PlanSaved(plan.id, plan.version)


@dataclass(frozen=True, kw_only=True)
class ChangePlan(Command[PlanSaved]):
    """Changes a plan. What is charged already stays; a new fee holds from the next charge on."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = PlanSaved

    plan_id: int
    version: int
    terms: PlanTerms

    def apply(self, work: UnitOfWork) -> PlanSaved:
        plan = work.lock(SubscriptionPlan, self.plan_id, called="The plan")
        if plan.version != self.version:
            raise Stale("The plan")
        complaints = _complaints(self.terms)
        if complaints:
            raise Invalid(complaints)
        if _terms_of(plan) == _cleaned(self.terms):
            raise Rejected("Nothing was changed, so nothing was saved.")
        _write(plan, self.terms)
        plan.version += 1
        return PlanSaved(plan.id, plan.version)


def _unnamed(names: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the names of a plan, field by field."""
    found = {}
    for field in ("name", "public_name"):
        try:
            within(plain(names[field]), _LONGEST)
        except ValueError as wrong:
            found[field] = str(wrong)
        if not fold(names[field]):
            found[field] = "Give the name."
    return found


def _complaints(terms: PlanTerms) -> dict[str, str]:
    found = _unnamed({"name": terms.name, "public_name": terms.public_name})
    try:
        if exact(terms.fee) < ZERO:
            found["fee"] = "A fee cannot be negative; 0 charges nothing."
    except ValueError:
        found["fee"] = "The fee cannot be stored: at most twelve digits and five decimals."
    return found


def _cleaned(terms: PlanTerms) -> tuple[object, ...]:
    flags = (getattr(terms, flag) for flag in FLAGS)
    return plain(terms.name), plain(terms.public_name), terms.fee, terms.charge_model, terms.activation, *flags


def _terms_of(plan: SubscriptionPlan) -> tuple[object, ...]:
    flags = (getattr(plan, flag) for flag in FLAGS)
    return plan.name, plan.public_name, plan.fee, plan.charge_model, plan.activation, *flags


def _write(plan: SubscriptionPlan, terms: PlanTerms) -> None:
    plan.name, plan.public_name = plain(terms.name), plain(terms.public_name)
    plan.name_key = fold(terms.name)
    plan.fee, plan.charge_model, plan.activation = terms.fee, terms.charge_model, terms.activation
    for flag in FLAGS:
        setattr(plan, flag, getattr(terms, flag))
