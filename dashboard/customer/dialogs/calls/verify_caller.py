"""The dialog Verify the caller: how the caller was found to be the customer, noted for every colleague."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit.forms.forms import Form
from data_access.base.text.labels import word
from data_access.commands.customers.callers import Checked, VerifyCaller
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

NAME = "verify_caller"
_HOW = {each.value: word(each) for each in Checked}


def _verify(access: Access, head: Head) -> None:
    facts(*((one.label, one.words) for one in head.caller))
    form = Form(access, NAME, head.customer_id)
    checked = form.one_of("checked", "How did you verify the caller?", _HOW, Checked.PERSONAL_DATA.value)
    st.caption("Colleagues see it for 30 minutes. It is kept in the audit.")
    finish(
        form,
        head,
        "The caller is verified",
        lambda: VerifyCaller(customer_id=head.customer_id, checked=Checked(checked), command_id=form.command_id),
        lambda _: f"{head.customer_code}: the caller is verified, for 30 minutes.",
    )


DIALOGS: Mapping[str, Draw] = {NAME: window("Verify the caller", _verify)}
