"""The dialog Add a note."""

import streamlit as st

from dashboard.kit import context, feedback
from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.forms import Form
from data_access.commands.customers.notes import AddNote
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

NAME = "add_note"


@st.dialog("Add a note", on_dismiss=dialog_state.close)
def draw(head: Head) -> None:
    """The dialog itself; it runs without its page, so it asks again who is signed in."""
    with feedback.refusals():
        _draw(context.access(), head)


def _draw(access: Access, head: Head) -> None:
    form = Form(access, NAME, head.customer_id)
    st.text(f"{head.customer_code}  ·  {head.name}")
    order = AddNote(
        customer_id=head.customer_id,
        text=form.lines("text", "Note", height=140, help="For colleagues: the customer does not see it."),
        sticky=form.check("sticky", "Sticky: keep it under the head of the page"),
        command_id=form.command_id,
    )
    with st.container(horizontal=True):
        if st.button("Add the note", type="primary", key=form.key("go")):
            form.save(order, lambda _: f"Note added to {head.customer_code}.")
        form.offer_start_over()
