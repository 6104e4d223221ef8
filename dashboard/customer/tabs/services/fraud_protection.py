"""Fraud protection: what may be spent today and was, what was changed for today, and where services may be used."""

import streamlit as st

from dashboard.customer.actions import Action, action_buttons
from dashboard.customer.dialogs.services import fraud
from dashboard.customer.sections import Drawn, Fields, Tab
from dashboard.customer.tabs.services import spending_bar
from dashboard.kit import formats
from dashboard.kit.charts.plot import plot
from dashboard.kit.feedback import escape
from dashboard.kit.look.theme import theme_in_force
from data_access.base.permissions import Permission
from data_access.domain.sections import FRAUD_PROTECTION
from data_access.queries.customers.customer import Head
from data_access.queries.services.fraud import SpendingOf, SpendingToday
from data_access.store.access import Access

_NO_LIMIT = "Nothing limits what is spent on a day: there is nothing to raise or reset."


def _today(access: Access, head: Head) -> None:
    today = access.fetch(SpendingOf(head.customer_id))
    st.header("Daily spending", anchor=False)
    if today.obstacle:
        st.warning(escape(today.obstacle), icon=":material/shield:")
    action_buttons(access, head, _actions(today))
    if today.in_force is None:
        st.text("Nothing limits what is spent on a day.")
        return
    alt = spending_bar.in_a_sentence(today).strip()
    plot(spending_bar.bar(today, theme_in_force()), alt=alt, key=f"spending-{head.customer_id}")
    st.text(alt)
    st.caption(escape(_about(today, head)))


def _about(today: SpendingToday, head: Head) -> str:
    told = [f"The daily limit is {today.source}; counting starts again at 00:00, {head.zone}."]
    if today.raised_until is not None and today.usual is not None:
        usual = formats.exact_money(today.usual, today.currency)
        told.append(f"Raised for today: from {formats.moment(today.raised_until, head.zone)} it is {usual} again.")
    if today.reset_at is not None:
        told.append(f"Usage was reset at {formats.moment(today.reset_at, head.zone)}: what was before does not count.")
    return " ".join(told)


def _actions(today: SpendingToday) -> list[Action]:
    none = today.obstacle or ("" if today.in_force is not None else _NO_LIMIT)
    raises, limits = Permission.LIMIT_TEMPORARY, Permission.LIMIT_EDIT
    actions = [
        Action(fraud.OWN, "Own daily limit", ":material/today:", limits, obstacle=today.obstacle, edits=True),
        Action(fraud.RAISE, "Raise for today", ":material/trending_up:", raises, obstacle=none, edits=True),
        Action(fraud.RESET, "Reset usage", ":material/restart_alt:", limits, obstacle=none, edits=True),
    ]
    if today.raised_until is not None:
        actions.append(Action(fraud.UNDO_RAISE, "Undo the raise", ":material/undo:", raises, edits=True))
    if today.reset_at is not None:
        actions.append(Action(fraud.UNDO_RESET, "Undo the reset", ":material/undo:", limits, edits=True))
    return actions


TAB = Tab(
    FRAUD_PROTECTION.title,
    (
        Drawn(_today),
        Fields(FRAUD_PROTECTION, "Nothing has been entered: services can be used everywhere.", fraud.PROTECTION.action),
    ),
)
