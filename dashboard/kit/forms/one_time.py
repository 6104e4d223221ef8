"""Secrets made here: a password or a webhook's key, made once a form and shown once to whoever hands it over."""

import secrets
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.kit.feedback import escape
from data_access.commands.people.webhooks import new_secret
from data_access.domain.passwords import hash_password

_MADE, _SHOWN = "one-time-made", "one-time-shown"


@dataclass(frozen=True, slots=True)
class Made:
    """A secret before and after it was given to someone; `kept` is what is stored of it."""

    command_id: str
    called: str
    secret: str
    kept: str


def hash_for(command_id: str, login: str) -> str:
    """The hash of the password that belongs to this command; a second click gets the same."""
    made = _made_for(command_id)
    if made is None:
        password = secrets.token_urlsafe(12)
        made = Made(command_id, "", password, hash_password(password))
    return _keep(made, f"The password of {login.strip()}")


def secret_for(command_id: str, webhook: str) -> str:
    """The secret of the webhook that this command adds or renews; a second click gets the same."""
    made = _made_for(command_id)
    if made is None:
        secret = new_secret()
        made = Made(command_id, "", secret, secret)
    return _keep(made, f"The secret of {webhook.strip()}")


def _made_for(command_id: str) -> Made | None:
    made: Made | None = st.session_state.get(_MADE)
    return made if made is not None and made.command_id == command_id else None


def _keep(made: Made, called: str) -> str:
    st.session_state[_MADE] = replace(made, called=called)
    return made.kept


def reveal(command_id: str) -> None:
    """After success: from now on the secret of this command is shown, if it has one, until it is put away."""
    made = _made_for(command_id)
    if made is not None:
        st.session_state[_SHOWN] = made
        del st.session_state[_MADE]


def draw() -> None:
    """The secret that waits to be handed over, if there is one."""
    shown: Made | None = st.session_state.get(_SHOWN)
    if shown is None:
        return
    with st.container(border=True):
        st.markdown(f"**{escape(shown.called)}**, shown only once: hand it over securely.")
        st.code(shown.secret, language=None)
        st.button("Put away", key="one-time-put-away", on_click=_put_away)


def _put_away() -> None:
    st.session_state.pop(_SHOWN, None)
