"""A new password: made once a form, shown once, and stored as a hash alone."""

import secrets

import streamlit as st

from dashboard.feedback import escape
from data_access import technical

_MADE, _SHOWN = "one-time-made", "one-time-shown"


def hash_for(command_id: str) -> str:
    """The hash of the password that belongs to this command; a second click gets the same."""
    made: tuple[str, str, str] | None = st.session_state.get(_MADE)
    if made is None or made[0] != command_id:
        password = secrets.token_urlsafe(12)
        made = (command_id, password, technical.hash_password(password))
        st.session_state[_MADE] = made
    return made[2]


def reveal(command_id: str, login: str) -> None:
    """After success: from now on the password is shown, until it is put away."""
    made = st.session_state.get(_MADE)
    if made is not None and made[0] == command_id:
        st.session_state[_SHOWN] = (login, made[1])
        del st.session_state[_MADE]


def draw() -> None:
    """The password that waits to be handed over, if there is one."""
    shown = st.session_state.get(_SHOWN)
    if shown is None:
        return
    login, password = shown
    with st.container(border=True):
        st.markdown(f"**The password of {escape(login)}**, shown this once: hand it over by a safe way.")
        st.code(password, language=None)
        st.button("Put away", key="one-time-put-away", on_click=_put_away)


def _put_away() -> None:
    st.session_state.pop(_SHOWN, None)
