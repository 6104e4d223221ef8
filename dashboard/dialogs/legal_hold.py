"""The dialog Legal hold: while it stands, nothing of the customer is erased or archived."""

from collections.abc import Mapping

import streamlit as st

from dashboard.dialogs import opened
from dashboard.dialogs.window import Draw, finish, window
from dashboard.forms import Form
from data_access.access import Access
from data_access.commands.erasure import SetLegalHold
from data_access.queries.customer import Head

NAME = "legal_hold"


def open(access: Access, head: Head) -> None:  # noqa: ARG001 - every dialog is opened alike
    """From the next drawing of the page on."""
    opened.show(NAME, head.customer_id)


def _hold(access: Access, head: Head) -> None:
    form, holds = Form(access, NAME, head.customer_id), head.legal_hold
    if holds:
        st.text("The customer is under a legal hold: nothing of it is erased or archived.")
        st.text("Without it, what is due to be erased or archived is so with the next run.")
    else:
        st.text("Under a legal hold nothing of the customer is erased or archived, however long it has been gone.")
    form.text("reason", "Reason", help="Who asked for it, and why.")
    finish(
        form,
        "End the legal hold" if holds else "Put under a legal hold",
        lambda: SetLegalHold(
            customer_id=head.customer_id, hold=not holds, reason=form.typed.get("reason", ""),
            command_id=form.command_id,
        ),
        lambda done: f"{head.customer_code} is {'now' if done.legal_hold else 'no longer'} under a legal hold.",
    )  # fmt: skip


DIALOGS: Mapping[str, Draw] = {NAME: window("Legal hold", _hold)}
