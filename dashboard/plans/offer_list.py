"""The list of subscription plans: what each costs, when it is charged, what is credited while service is off."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import go_to
from dashboard.kit.formats import counted, number
from dashboard.kit.tables.field_column import field_column
from dashboard.kit.tables.table import Column, Columns, table
from data_access.domain.sections import PLAN
from data_access.queries.services.services import PlanRow
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import Condition
from data_access.search.operations import Operation

_CUSTOMERS = "Customers"
_WIDTHS = {"public_name": 150, "fee": 124, "charge_model": 104, "activation": 104}
_CREDITED = {"credit_suspended": "suspended", "credit_blocked": "blocked", "credit_no_funds": "without funds"}


def chosen(plans: Sequence[PlanRow]) -> PlanRow | None:
    """The plan that the address asks for; None when it names none."""
    return next((plan for plan in plans if str(plan.plan_id) == page_params.changing()), None)


def offers(plans: Sequence[PlanRow], customers: Mapping[int, int], *, may_edit: bool) -> None:
    """A row a plan; the number of its customers opens those, and its name opens it for those who may change it."""
    if not plans:
        st.info("There is no subscription plan yet. Once there is one, customers of its currency can be subscribed.")
        return
    columns: Columns[PlanRow] = (
        field_column(PLAN["name"], 154, "opener" if may_edit else "text"),
        *(field_column(PLAN[name], width) for name, width in _WIDTHS.items()),
        Column("While suspended", _while_suspended, width=116),
        Column("Days credited", _credited, width=180),
        field_column(PLAN["is_offered"], 64),
        Column(_CUSTOMERS, lambda plan: number(customers.get(plan.plan_id, 0)), "opener", 84),
    )
    click = table(plans, columns, key="offers", alt=f"{counted(len(plans), 'subscription plan')}, by name")
    if click is None:
        return
    plan = click.row
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
