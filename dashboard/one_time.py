"""A new password: made once a form, shown once, and stored as a hash alone."""

import secrets
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.feedback import escape
from data_access.passwords import hash_password

_MADE, _SHOWN = "one-time-made", "one-time-shown"


@dataclass(frozen=True, slots=True)
class Made:
    """A password before and after it was given to someone."""

    command_id: str
    login: str
    password: str
    hashed: str


def hash_for(command_id: str, login: str) -> str:
    """The hash of the password that belongs to this command; a second click gets the same."""
    made: Made | None = st.session_state.get(_MADE)
    if made is None or made.command_id != command_id:
        password = secrets.token_urlsafe(12)
        made = Made(command_id, login, password, hash_password(password))
    st.session_state[_MADE] = replace(made, login=login)
    return made.hashed


def reveal(command_id: str) -> None:
    """After success: from now on the password of this command is shown, if it has one, until it is put away."""
    made: Made | None = st.session_state.get(_MADE)
    if made is not None and made.command_id == command_id:
        st.session_state[_SHOWN] = made
        del st.session_state[_MADE]


def draw() -> None:
    """The password that waits to be handed over, if there is one."""
    shown: Made | None = st.session_state.get(_SHOWN)
    if shown is None:
        return
    with st.container(border=True):
        st.markdown(f"**The password of {escape(shown.login.strip())}**, shown this once: hand it over by a safe way.")
        st.code(shown.password, language=None)
        st.button("Put away", key="one-time-put-away", on_click=_put_away)


def _put_away() -> None:
    st.session_state.pop(_SHOWN, None)
