"""Which dialog is open, for which customer and record: kept in the session, so that it survives reruns."""

from dataclasses import dataclass

import streamlit as st

_OPEN = "open-dialog"


@dataclass(frozen=True, slots=True)
class Dialog:
    """An open dialog. `subject` is what it is about: the customer, or something of theirs."""

    name: str
    customer_id: int
    subject: int


def show(name: str, customer_id: int, subject: int | None = None) -> None:
    """Opens a dialog; another that was open is closed."""
    st.session_state[_OPEN] = Dialog(name, customer_id, customer_id if subject is None else subject)


def close() -> None:
    """Closes whatever is open."""
    st.session_state.pop(_OPEN, None)


def on(customer_id: int) -> Dialog | None:
    """The dialog that is open on this customer; one left open on another customer is closed."""
    held: Dialog | None = st.session_state.get(_OPEN)
    if held is not None and held.customer_id != customer_id:
        close()
        return None
    return held


def subject() -> int:
    """What the open dialog is about."""
    held: Dialog = st.session_state[_OPEN]
    return held.subject
