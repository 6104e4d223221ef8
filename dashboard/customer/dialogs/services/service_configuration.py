"""The dialogs of service configuration: features of one's own, back to those of the class, and legal intercepts."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.customer.dialogs.section_dialog import SectionDialog
from dashboard.kit.forms.forms import Form
from data_access.commands.services.service_configuration import EditServiceConfiguration, OrderLegalIntercept
from data_access.domain.sections import LEGAL_INTERCEPT, SERVICE_CONFIGURATION
from data_access.queries.customers.customer import Head
from data_access.queries.customers.section import SectionOf
from data_access.queries.services.service_configuration import FeaturesOf
from data_access.store.access import Access

RESET = "reset_service_configuration"
FEATURES = SectionDialog(
    "Edit the features", SERVICE_CONFIGURATION, EditServiceConfiguration,
    layout=(
        ("music_on_hold", "music_file"), ("paging", "paging_prefix"), ("call_parking", "rtp_proxy"),
        ("identity_accepted", "identity_supplied"), ("limits_calls", "calls_total"),
        ("calls_incoming", "calls_outgoing", "calls_forwarded"), ("dialing_rules", "outside_prefix"),
        ("international_prefix", "national_prefix"),
    ),
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
    RESET: window("Return to what the class gives", _reset, width="medium"),
}
