"""Volume discount plans, maintained by administrators: added, changed and removed."""

from dataclasses import dataclass
from typing import Any, ClassVar

from data_access.base.permissions import Permission
from data_access.domain.sections import DISCOUNT_PLAN
from data_access.models.plans.discounts import Readiness
from data_access.services.records.record_users import in_words, users_by_record
from data_access.services.section_edit import Values
from data_access.services.section_records import AddRecord, ChangeRecord, RemoveRecord
from data_access.store.unit_of_work import UnitOfWork

_PLAN = "The volume discount plan"


@dataclass(frozen=True, kw_only=True)
class AddDiscountPlan(AddRecord):
    """Adds a volume discount plan: a draft, or one that can be given to customers of its currency."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = DISCOUNT_PLAN

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return _unfit(work, row, values)


@dataclass(frozen=True, kw_only=True)
class ChangeDiscountPlan(ChangeRecord):
    """Changes a volume discount plan. What was taken off stays; a period that runs is discounted as the plan then is.

    One that customers have cannot become a draft again.
    """

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = DISCOUNT_PLAN
    called: ClassVar = _PLAN

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        return _unfit(work, row, values)


@dataclass(frozen=True, kw_only=True)
class RemoveDiscountPlan(RemoveRecord):
    """Removes a volume discount plan that no customer has or had."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = DISCOUNT_PLAN
    called: ClassVar = _PLAN


def _unfit(work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
    """A plan in use has rules; a draft has no customers."""
    readiness, rules = (values.get(name, getattr(row, name)) for name in ("readiness", "rules"))
    if readiness is Readiness.IN_USE:
        return {} if rules else {"rules": "A plan in use needs a rule: add one, or leave the plan a draft."}
    users = users_by_record(work.session, work.actor, DISCOUNT_PLAN.model, [row.id]) if row.id else {}
    if not users:
        return {}
    return {"readiness": f"It is in use by {in_words(users[row.id])}, and cannot become a draft again."}
