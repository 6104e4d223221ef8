"""Which dialog is open, on which customer: kept in the session, so that it stays while one works in it."""

import streamlit as st

_OPEN = "open-dialog"


def show(name: str, customer_id: int) -> None:
    """Opens a dialog; another that was open is closed."""
    st.session_state[_OPEN] = (name, customer_id)


def close() -> None:
    """Closes whatever is open."""
    st.session_state.pop(_OPEN, None)


def on(customer_id: int) -> str | None:
    """The name of the dialog that is open on this customer; one left open on another customer is closed."""
    held: tuple[str, int] | None = st.session_state.get(_OPEN)
    if held is None or held[1] == customer_id:
        return held and held[0]
    close()
    return None
