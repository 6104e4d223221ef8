"""Subscriptions: what the customer pays for again and again, and until when that is charged."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.customer.dialogs.services import subscriptions
from dashboard.customer.tab_actions import Button, chosen, ways
from dashboard.kit import formats
from dashboard.kit.tables.table import Column, Columns, chosen_row
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
    row = chosen_row(rows, _COLUMNS, key=f"subscriptions-{head.customer_id}", alt="Subscriptions of the customer")
    _ways(slot, access, head, row)


_COLUMNS: Columns[SubscriptionRow] = (
    Column("Subscription", lambda row: row.name),
    Column("Status", lambda row: word(row.state)),
    Column("Fee now", lambda row: formats.exact_money(row.fee, row.currency), "amount"),
    Column("Fee of the plan", lambda row: formats.exact_money(row.plan_fee, row.currency), "amount"),
    Column("Charged", lambda row: word(row.charge_model)),
    Column("Charged until", lambda row: formats.day(row.charged_until) if row.charged_until else "not yet"),
    Column("Started", lambda row: formats.day(row.started_on)),
    Column("Active since", lambda row: formats.day(row.activated_on) if row.activated_on else word(row.activation)),
    Column("Finished", lambda row: formats.day(row.finished_on) if row.finished_on else ""),
    Column("On the invoice", lambda row: row.public_name),
)


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
