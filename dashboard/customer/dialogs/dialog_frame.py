"""The frame of a dialog: its title, whom it is about, and the buttons under its fields."""

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import streamlit as st

from dashboard.customer.dialogs.outcome import shown_if_changed
from dashboard.kit import context, feedback, formats, viewer
from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.forms import Form
from data_access.base.errors import Invalid
from data_access.queries.customers.customer import Head
from data_access.store.access import Access, Command

R = TypeVar("R")
Draw = Callable[[Head], None]
Outcome = Callable[[Access, Head], str]


def window(
    title: str, body: Callable[[Access, Head], None], *, width: Literal["small", "medium", "large"] = "small"
) -> Draw:
    """The dialog that draws this body; it runs without its page, so it asks again who is signed in."""

    @st.dialog(title, width=width, on_dismiss=dialog_state.close)
    def draw(head: Head) -> None:
        with feedback.refusals():
            access = context.access()
            about(access, head)
            body(access, head)

    return draw


def about(access: Access, head: Head) -> None:
    """Whom the dialog is about, and what day it is there if the reader has another: its dates are judged by it."""
    st.text(f"{head.customer_code}  ·  {head.name}")
    if head.today != viewer.today(access):
        there = f"It is {head.today:%A}, {formats.day(head.today)} where the customer is billed ({head.zone})."
        st.caption(feedback.escape(there))


def finish(
    form: Form,
    head: Head,
    label: str,
    order: Callable[[], Command[R]],
    said: Callable[[R], str],
    *,
    showed: Sequence[str] = (),
    is_final: bool = False,
    outcome: Outcome = shown_if_changed,
) -> None:
    """The button that makes the order and carries it out, and the one that starts over.

    What cannot be read raises Invalid in `order`; it is said at its field. `showed`: what it will do, in sentences.
    `said`: what was done; what became of the customer's status is said after it.
    """
    with st.container(horizontal=True):
        if form.sends(label, showed, is_final=is_final):
            try:
                made = order()
            except Invalid as wrong:
                form.complain(wrong.complaints)
            else:
                form.save(made, lambda result: f"{said(result)}{outcome(form.access, head)}")
        form.offer_start_over()


def confirm(
    form: Form,
    head: Head,
    label: str,
    act: Callable[[], R],
    said: Callable[[R], str],
    *,
    showed: Sequence[str] = (),
    is_possible: bool = True,
) -> None:
    """The buttons under a review: what it showed is carried out, or nothing is; or back to the fields."""
    with st.container(horizontal=True):
        if is_possible and form.sends(label, showed):
            form.carry_out(act, lambda result: f"{said(result)}{shown_if_changed(form.access, head)}")
        if st.button("Back", key=form.key("back")):
            form.to_fields()
        form.offer_start_over()


def facts(*rows: tuple[str, str]) -> None:
    """What is known, in a frame; nothing is drawn for what is empty."""
    with st.container(gap="xsmall", border=True):
        for label, value in rows:
            if value:
                st.text(f"{label}: {value}")
