"""Service configuration: each feature as the customer's own, as its class gives it, and as it holds."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard.customer.actions import Action, action_buttons
from dashboard.customer.dialogs.services import service_configuration
from dashboard.customer.sections import Drawn, Fields, Tab
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.domain.sections import LEGAL_INTERCEPT, SERVICE_CONFIGURATION
from data_access.domain.usage.service_features import FeatureInForce
from data_access.queries.customers.customer import Head
from data_access.queries.customers.section import SectionOf
from data_access.queries.services.service_configuration import FeaturesOf
from data_access.store.access import Access

_COLUMNS: Columns[FeatureInForce] = (
    Column("Feature", lambda row: row.label, width=190),
    Column("Own", lambda row: row.own or "As class", width=250),
    Column("As class", lambda row: row.inherited, width=250),
    Column("Holds", lambda row: row.effective, width=250),
)


def _features(access: Access, head: Head) -> None:
    rows = access.fetch(FeaturesOf(head.customer_id))
    refusal = access.fetch(SectionOf(head.customer_id, SERVICE_CONFIGURATION.name)).refusal or ""
    action_buttons(access, head, _actions(rows, refusal))
    table(rows, _COLUMNS, key="features", alt="Features of the services: own, as the class gives them, as they hold")
    st.caption("They hold for all accounts of the customer.")


def _actions(rows: Sequence[FeatureInForce], refusal: str) -> list[Action]:
    none = "" if any(row.own for row in rows) else "Every feature is as the class says already."
    return [
        replace(service_configuration.FEATURES.action, obstacle=refusal),
        Action(service_configuration.RESET, "Return to the class", ":material/undo:", Permission.SERVICE_EDIT,
               obstacle=refusal or none),
    ]  # fmt: skip


def _intercept(access: Access, head: Head) -> None:
    """Only before those who may order one: nobody else learns that there is one."""
    if access.actor.may(LEGAL_INTERCEPT.sees):
        st.header(LEGAL_INTERCEPT.title, anchor=False)
        Fields(LEGAL_INTERCEPT, "None was ordered.", service_configuration.INTERCEPT.action).draw(access, head)


TAB = Tab(SERVICE_CONFIGURATION.title, (Drawn(_features), Drawn(_intercept)))
