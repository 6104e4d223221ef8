"""Discounts: the volume discount plan of the customer, and how far usage has come in this billing period."""

from collections.abc import Sequence

import streamlit as st

from dashboard.customer.actions import Action, chosen
from dashboard.customer.dialogs.services import discounts
from dashboard.customer.sections import Rows, Tab
from dashboard.kit import formats
from dashboard.kit.tables.table import Column, Columns
from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.domain.billing.volume_discounts import percent_in_words
from data_access.queries.customers.customer import Head
from data_access.queries.services.discounts import (
    DiscountProgress,
    DiscountRow,
    DiscountsOf,
    DiscountState,
    RuleReached,
)

_NEEDS = Permission.SERVICE_EDIT


def _actions(_: Head, row: DiscountRow | None) -> list[Action]:
    about = chosen(row, lambda one: one.discount_id, "Choose the plan in the table first.")
    over = row is not None and row.ended_on is not None
    why_not = "This plan is taken away already." if over else about.obstacle
    return [
        Action(discounts.ASSIGN, "Assign a plan", ":material/percent:", _NEEDS, gives="A volume discount plan"),
        Action(
            discounts.TAKE_AWAY,
            "Take away",
            ":material/event_busy:",
            _NEEDS,
            about.subject,
            why_not,
            gives="A change of a volume discount",
        ),
    ]


_PLANS: Columns[DiscountRow] = (
    Column("Volume discount plan", lambda row: row.name),
    Column("Status", lambda row: word(row.state)),
    Column("Counts from", lambda row: formats.day(row.started_on)),
    Column("Last day that counts", lambda row: formats.day(row.ended_on) if row.ended_on else ""),
)


def _remark(_head: Head, rows: Sequence[DiscountRow]) -> None:
    if any(row.state is DiscountState.PENDING for row in rows):
        st.caption("Usage before the first day of a plan does not count.")


def _counted(row: RuleReached) -> str:
    return discounts.measured(row.reached.counted, row.reached.rule.unit, row.currency)


def _next(row: RuleReached) -> str:
    tier = row.reached.next_tier
    if tier is None:
        return "highest rate reached"
    return (
        f"{percent_in_words(tier.percent)} above {discounts.measured(tier.above, row.reached.rule.unit, row.currency)}"
    )


def _missing(row: RuleReached) -> str:
    missing = row.reached.missing
    return "" if missing is None else discounts.measured(missing, row.reached.rule.unit, row.currency)


_PROGRESS: Columns[RuleReached] = (
    Column("Service", lambda row: row.reached.rule.service),
    Column("Counted so far", _counted, "amount"),
    Column("Rate now", lambda row: percent_in_words(row.reached.rate), "amount"),
    Column("Next threshold", _next),
    Column("Missing to it", _missing, "amount"),
    Column("Discount so far", lambda row: formats.exact_money(row.reached.off, row.currency), "amount"),
    Column("By", lambda row: row.name),
)


def _when(_head: Head, _rows: Sequence[RuleReached]) -> None:
    st.caption("The discount is taken off when the billing period closes, as a line of its own on the invoice.")


TAB = Tab("Discounts", (
    Rows(
        DiscountsOf, lambda _access, _head: _PLANS, alt="Volume discount plans of the customer", key="discounts",
        empty="This customer has no volume discount plan: usage is charged in full.", actions=_actions, remark=_remark,
    ),
    Rows(
        DiscountProgress, lambda _access, _head: _PROGRESS, alt="What has counted in this billing period",
        key="discount-progress", empty="", title="This billing period", remark=_when,
    ),
))  # fmt: skip
