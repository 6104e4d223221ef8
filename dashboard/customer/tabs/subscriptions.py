"""Subscriptions: what the customer pays for again and again, and until when that is charged."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.customer.dialogs.services import subscriptions
from dashboard.customer.tab_actions import Button, chosen, ways
from dashboard.kit import formats
from dashboard.kit.tables.text_table import chosen_row
from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.queries.customers.customer import Head
from data_access.queries.services.services import SubscriptionRow, SubscriptionsOf, SubscriptionState
from data_access.store.access import Access

_NEEDS = Permission.SERVICE_EDIT


def draw(access: Access, head: Head) -> None:
    slot, rows = st.container(), access.fetch(SubscriptionsOf(head.customer_id))
    if not rows:
        _ways(slot, access, head, None)
        st.text("This customer has no subscription.")
        return
    place = chosen_row(
        _columns(rows), key=f"subscriptions-{head.customer_id}", alt="Subscriptions of the customer",
        right=("Fee now", "Fee of the plan"),
    )  # fmt: skip
    _ways(slot, access, head, None if place is None else rows[place])


def _columns(rows: tuple[SubscriptionRow, ...]) -> dict[str, list[str]]:
    return {
        "Subscription": [row.name for row in rows],
        "Status": [word(row.state) for row in rows],
        "Fee now": [formats.exact_money(row.fee, row.currency) for row in rows],
        "Fee of the plan": [formats.exact_money(row.plan_fee, row.currency) for row in rows],
        "Charged": [word(row.charge_model) for row in rows],
        "Charged until": [formats.day(row.charged_until) if row.charged_until else "not yet" for row in rows],
        "Started": [formats.day(row.started_on) for row in rows],
        "Active since": [formats.day(row.activated_on) if row.activated_on else word(row.activation) for row in rows],
        "Finished": [formats.day(row.finished_on) if row.finished_on else "" for row in rows],
        "On the invoice": [row.public_name for row in rows],
    }


def _ways(slot: DeltaGenerator, access: Access, head: Head, row: SubscriptionRow | None) -> None:
    """What can be done stands above the table, also what is done with the row that is chosen in it."""
    about = chosen(row, lambda one: one.subscription_id, "Choose a subscription in the table first.")
    over = row is not None and row.state is SubscriptionState.CLOSED
    why_not = "This subscription has ended." if over else about.obstacle
    with slot:
        ways(
            access, head,
            Button(subscriptions.ADD, "Add a subscription", ":material/add:", _NEEDS),
            Button(subscriptions.CHANGE, "Change", ":material/edit:", _NEEDS, about.subject, why_not),
            Button(subscriptions.FINISH, "Finish", ":material/event_busy:", _NEEDS, about.subject, why_not),
        )  # fmt: skip
