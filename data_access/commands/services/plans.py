"""Subscription plans as they are sold: added and changed; the currency of a plan stays."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import ClassVar

from data_access.base.errors import Stale
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.text.text_keys import fold
from data_access.domain.sections import PLAN
from data_access.models.services import Activation, ChargeModel, SubscriptionPlan
from data_access.services.section_edit import SectionEdit, keyed, write
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


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
    minimum_months: int = 0
    cancellation_penalty: Decimal = ZERO
    is_offered: bool = True


def read_terms(typed: Mapping[str, str]) -> PlanTerms:
    """What was typed in a form. Invalid with every complaint, each at its field."""
    values = PLAN.judged(typed).sound()
    return PlanTerms(**{name: value for name, value in values.items() if name != "currency"})


@dataclass(frozen=True, kw_only=True)
class AddPlan(Command[PlanSaved]):
    """Adds a plan that customers of its currency can subscribe to."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = PlanSaved

    terms: PlanTerms
    currency: str

    def apply(self, work: UnitOfWork) -> PlanSaved:
        values = PLAN.judged(_typed(self.terms) | {"currency": self.currency}).sound()
        plan = work.add(SubscriptionPlan(**values, name_key=fold(values["name"])))
        return PlanSaved(plan.id, plan.version)


@dataclass(frozen=True, kw_only=True)
class ChangePlan(SectionEdit[PlanSaved]):
    """Changes a plan. What is charged already stays; a new fee holds from the next charge on.

    An order that was kept from before says all `terms`: what others changed meanwhile is not merged with those.
    """

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = PlanSaved
    section: ClassVar = PLAN
    called: ClassVar = "The plan"

    plan_id: int
    shown: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)
    terms: PlanTerms | None = None

    def apply(self, work: UnitOfWork) -> PlanSaved:
        plan = work.lock(SubscriptionPlan, self.plan_id, called=self.called)
        if self.terms is not None and plan.version != self.version:
            raise Stale(self.called)
        whole = self if self.terms is None else replace(self, changes=_typed(self.terms))
        write(plan, keyed(SubscriptionPlan, whole.different(work, plan)))
        return PlanSaved(plan.id, plan.version)


def _typed(terms: PlanTerms) -> dict[str, str]:
    return PLAN.typed(vars(terms))
