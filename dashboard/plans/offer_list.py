"""The list of subscription plans: what each costs, when it is charged, what it is worth while the service is off."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import go_to
from dashboard.kit.formats import counted, exact_money, number
from dashboard.kit.tables.link_table import TextColumn, word_table
from data_access.base.text.labels import word
from data_access.domain.field_labels import field_label
from data_access.queries.services.services import PlanRow
from data_access.search.advanced_filter import AdvancedFilter, Condition
from data_access.search.search_fields import Operation

_CUSTOMERS = "Customers"
_CREDITED = {"credit_suspended": "suspended", "credit_blocked": "blocked", "credit_no_funds": "without funds"}


def label(field: str) -> str:
    """What a field of a plan is called."""
    return field_label("SubscriptionPlan", field)


def chosen(plans: Sequence[PlanRow]) -> PlanRow | None:
    """The plan that the address asks for; None when it names none."""
    return next((plan for plan in plans if str(plan.plan_id) == page_params.changing()), None)


def offers(plans: Sequence[PlanRow], customers: Mapping[int, int], *, may_edit: bool) -> None:
    """A row a plan; the number of its customers opens those, and its name opens it for those who may change it."""
    if not plans:
        st.info("There is no subscription plan yet. Once there is one, customers of its currency can be subscribed.")
        return
    columns = [
        TextColumn(label("name"), [plan.name for plan in plans], "opener" if may_edit else "text", 154),
        TextColumn(label("public_name"), [plan.public_name for plan in plans], width=150),
        TextColumn(label("fee"), [exact_money(plan.fee, plan.currency) for plan in plans], "amount", 124),
        TextColumn(label("charge_model"), [word(plan.charge_model) for plan in plans], width=104),
        TextColumn(label("activation"), [word(plan.activation) for plan in plans], width=104),
        TextColumn("While suspended", [_while_suspended(plan) for plan in plans], width=116),
        TextColumn("Days credited", [_credited(plan) for plan in plans], width=180),
        TextColumn(label("is_offered"), ["yes" if plan.is_offered else "no" for plan in plans], width=64),
        TextColumn(_CUSTOMERS, [number(customers.get(plan.plan_id, 0)) for plan in plans], "opener", 84),
    ]
    click = word_table(columns, key="offers", alt=f"{counted(len(plans), 'subscription plan')}, by name")
    if click is None:
        return
    plan = plans[click.row]
    if click.column == _CUSTOMERS:
        go_to("advanced_search", _customers_of(plan).to_params())
    if page_params.changing() != str(plan.plan_id):
        page_params.change(str(plan.plan_id))
        st.rerun()


def _customers_of(plan: PlanRow) -> AdvancedFilter:
    return AdvancedFilter((Condition("subscription_plan", Operation.IS, (plan.name,)),))


def _while_suspended(plan: PlanRow) -> str:
    return "charged" if plan.charge_while_suspended else "not charged"


def _credited(plan: PlanRow) -> str:
    """The days that are given back after the fee was charged for them."""
    return ", ".join(says for field, says in _CREDITED.items() if getattr(plan, field)) or "none"
