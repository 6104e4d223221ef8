"""The dialogs of how a customer is invoiced, and of the payments that its card makes automatically."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, finish, window
from dashboard.customer.dialogs.section_dialog import SectionDialog
from dashboard.kit.forms.forms import Form
from dashboard.kit.forms.section_form import Lists
from data_access.commands.billing.invoicing_settings import EditInvoicing
from data_access.commands.cards.auto_payments import EditAutoPayment, EnableAutoPayment
from data_access.domain.sections import AUTO_PAYMENT, INVOICING
from data_access.queries.cards.cards import CardsOf
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

ENABLE = "enable_auto_payment"


def _cards(access: Access, head: Head) -> Lists:
    cards = access.fetch(CardsOf(head.customer_id))
    named = {str(one.method_id): f"{one.brand}, ending {one.last_four}" for one in cards if not one.has_expired}
    return {"payment_methods": {"": "Not set", **named}}


def _enable(access: Access, head: Head) -> None:
    form = Form(access, ENABLE, head.customer_id)
    st.text("The card is charged again as the rule says, from now on.")
    form.text("reason", "Reason (optional)", help="Kept in the audit.")
    finish(
        form, head, "Enable it",
        lambda: EnableAutoPayment(
            customer_id=head.customer_id, reason=form.typed.get("reason", ""), command_id=form.command_id
        ),
        lambda _: f"{head.customer_code}: automatic payments are enabled again.",
    )  # fmt: skip


SETTINGS = SectionDialog("Change invoicing and taxation", INVOICING, EditInvoicing)
AUTO_PAYMENTS = SectionDialog("Change automatic payments", AUTO_PAYMENT, EditAutoPayment, lists=_cards)
DIALOGS: Mapping[str, Draw] = {
    **SETTINGS.dialogs,
    **AUTO_PAYMENTS.dialogs,
    ENABLE: window("Enable automatic payments", _enable),
}
