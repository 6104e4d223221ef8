"""Volume discount plans: what is deducted from the usage of a billing period, and who has which plan."""

from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from data_access.commands.services.discount_plans import AddDiscountPlan, ChangeDiscountPlan, RemoveDiscountPlan
from data_access.domain.sections import DISCOUNT_PLAN

PLANS = RecordPage(
    "volume discount plan",
    "What is taken off usage that is above a threshold in a billing period. What was taken off already stays.",
    DISCOUNT_PLAN,
    AddDiscountPlan,
    ChangeDiscountPlan,
    RemoveDiscountPlan,
    layout=(("name", "currency"), ("readiness",), ("rules",)),
)

access = open_page("Volume discount plans", Permission.CLASS_READ)
PLANS.draw(access)
