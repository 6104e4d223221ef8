"""The form of a legal hold: put a customer under one, or end it, with the reason."""

import streamlit as st

from dashboard.kit.forms.forms import Form
from data_access.commands.customers.erasure import SetLegalHold
from data_access.store.access import Access

NAME = "legal_hold"
_HOLD = "While a legal hold is in place, nothing about this customer is erased or archived."
_FREE = "Without the hold, the personal data is erased as soon as its retention period is over. That cannot be undone."


def hold_form(access: Access, customer_id: int, customer_code: str, *, is_held: bool) -> None:
    """The field for the reason, and the one button that is possible now."""
    form = Form(access, NAME, customer_id)
    st.caption(_FREE if is_held else _HOLD)
    reason = form.text("reason", "Reason", help="Who asked for it, and the file number if there is one.")
    order = SetLegalHold(customer_id=customer_id, hold=not is_held, reason=reason, command_id=form.command_id)
    text = f"{customer_code} is {'no longer' if is_held else 'now'} under a legal hold."
    label = "End the legal hold" if is_held else "Put under a legal hold"
    with st.container(horizontal=True):
        if form.sends(label, is_final=is_held):
            form.save(order, lambda _: text)
        form.offer_start_over()
