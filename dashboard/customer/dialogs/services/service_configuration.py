"""The dialogs of service configuration: own features, back to those of the class, and legal intercepts."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.customer.dialogs.row_dialogs import RowDialogs
from dashboard.customer.dialogs.section_dialog import SectionDialog
from dashboard.kit.forms.forms import Form
from dashboard.kit.forms.section_form import Lists
from data_access.commands.services.account_features import (
    AddAccountFeatures,
    ChangeAccountFeatures,
    RemoveAccountFeatures,
)
from data_access.commands.services.service_configuration import EditServiceConfiguration, OrderLegalIntercept
from data_access.domain.sections import ACCOUNT_FEATURES, LEGAL_INTERCEPT, SERVICE_CONFIGURATION
from data_access.queries.customers.accounts import ListAccounts
from data_access.queries.customers.customer import Head
from data_access.queries.customers.section import SectionOf
from data_access.queries.services.service_configuration import FeaturesOf
from data_access.store.access import Access

RESET = "reset_service_configuration"
_LAYOUT = (
    ("music_on_hold", "music_file"), ("paging", "paging_prefix"), ("call_parking", "rtp_proxy"),
    ("identity_accepted", "identity_supplied"), ("limits_calls", "calls_total"),
    ("calls_incoming", "calls_outgoing", "calls_forwarded"), ("dialing_rules", "outside_prefix"),
    ("international_prefix", "national_prefix"),
)  # fmt: skip
FEATURES = SectionDialog("Edit the features", SERVICE_CONFIGURATION, EditServiceConfiguration, layout=_LAYOUT)


def _accounts(access: Access, head: Head) -> Lists:
    """The accounts of the customer that have not ended."""
    rows = access.fetch(ListAccounts(head.customer_id))
    return {
        "accounts": {
            f"{row.account_id}": row.account_code
            for row in rows if row.ended_on is None or row.ended_on > head.today
        }
    }  # fmt: skip


OF_ACCOUNTS = RowDialogs(
    "set of features", ACCOUNT_FEATURES, AddAccountFeatures, ChangeAccountFeatures, RemoveAccountFeatures,
    layout=(("account_id",), *_LAYOUT), lists=_accounts,
    warns="Every feature holds as for the customer then. The audit keeps what it was.",
)  # fmt: skip
INTERCEPT = SectionDialog("Edit the legal intercept", LEGAL_INTERCEPT, OrderLegalIntercept)


def _reset(access: Access, head: Head) -> None:
    form = Form(access, RESET, head.customer_id)
    view = access.fetch(SectionOf(head.customer_id, SERVICE_CONFIGURATION.name))
    own = [one for one in access.fetch(FeaturesOf(head.customer_id)) if one.own]
    facts(*((one.label, f"{one.own}, then {one.inherited}") for one in own))
    st.caption("Every feature is as the class says then, and follows it.")
    order = EditServiceConfiguration(
        customer_id=head.customer_id, version=view.version, shown=view.shown,
        changes=dict.fromkeys(SERVICE_CONFIGURATION.names, ""), command_id=form.command_id,
    )  # fmt: skip
    showed = [f"{one.label}: {one.inherited}" for one in own]
    finish(form, head, "Return them", lambda: order, lambda _: "Every feature is as the class says.", showed=showed)


DIALOGS: Mapping[str, Draw] = {
    **FEATURES.dialogs,
    **INTERCEPT.dialogs,
    **OF_ACCOUNTS.dialogs,
    RESET: window("Return to what the class gives", _reset, width="medium"),
}
