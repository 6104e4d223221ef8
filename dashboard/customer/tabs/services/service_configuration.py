"""Service configuration: each feature as the customer's own, as its class gives it, and as it holds."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard.customer.actions import Action, action_buttons
from dashboard.customer.dialogs.services import service_configuration
from dashboard.customer.sections import Drawn, Fields, Rows, Tab
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.domain.sections import ACCOUNT_FEATURES, LEGAL_INTERCEPT, SERVICE_CONFIGURATION
from data_access.domain.usage.service_features import FeatureInForce
from data_access.queries.customers.customer import Head
from data_access.queries.customers.section import SectionOf
from data_access.queries.services.service_configuration import AccountFeaturesRow, FeaturesOf, FeaturesOfAccounts
from data_access.store.access import Access


def _columns(given_by: str) -> Columns[FeatureInForce]:
    return (
        Column("Feature", lambda row: row.label, width=190),
        Column("Own", lambda row: row.own or given_by, width=250),
        Column(given_by, lambda row: row.inherited, width=250),
        Column("Holds", lambda row: row.effective, width=250),
    )


_COLUMNS = _columns("As class")
_OF_ACCOUNT = _columns("As customer")


def _features(access: Access, head: Head) -> None:
    rows = access.fetch(FeaturesOf(head.customer_id))
    refusal = access.fetch(SectionOf(head.customer_id, SERVICE_CONFIGURATION.name)).refusal or ""
    action_buttons(access, head, _actions(rows, refusal))
    table(rows, _COLUMNS, key="features", alt="Features of the services: own, as the class gives them, as they hold")
    st.caption("They hold for every account of the customer that has none of its own.")


def _actions(rows: Sequence[FeatureInForce], refusal: str) -> list[Action]:
    none = "" if any(row.own for row in rows) else "Every feature is as the class says already."
    return [
        replace(service_configuration.FEATURES.action, obstacle=refusal),
        Action(service_configuration.RESET, "Return to the class", ":material/undo:", Permission.SERVICE_EDIT,
               obstacle=refusal or none),
    ]  # fmt: skip


def _account(_access: Access, _head: Head, row: AccountFeaturesRow) -> None:
    """The chosen account, feature by feature."""
    table(row.features, _OF_ACCOUNT, key=f"features-{row.record_id}", alt=f"Features of the account {row.account_code}")


_ACCOUNTS: Rows[AccountFeaturesRow] = Rows(
    FeaturesOfAccounts,
    lambda _access, _head: (
        Column("Account ID", lambda row: row.account_code, width=160),
        Column("Product", lambda row: row.product, width=160),
        Column("Of its own", lambda row: row.own),
    ),
    alt="Accounts that have features of their own", key="account-features", title=ACCOUNT_FEATURES.title,
    empty="No account has features of its own: what holds for the customer holds for each.",
    actions=service_configuration.OF_ACCOUNTS.actions, details=_account,
)  # fmt: skip


def _intercept(access: Access, head: Head) -> None:
    """Only before those who may order one: nobody else learns that there is one."""
    if access.actor.may(LEGAL_INTERCEPT.sees):
        st.header(LEGAL_INTERCEPT.title, anchor=False)
        Fields(LEGAL_INTERCEPT, "None was ordered.", service_configuration.INTERCEPT.action).draw(access, head)


TAB = Tab(SERVICE_CONFIGURATION.title, (Drawn(_features), _ACCOUNTS, Drawn(_intercept)))
