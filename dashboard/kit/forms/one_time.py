"""Secrets: a password, a token or a webhook's key, generated once for each form and shown once."""

import secrets
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import uuid4

import streamlit as st

from dashboard.kit.feedback import escape
from data_access.commands.people.webhooks import new_secret
from data_access.domain.passwords import hash_password, matches
from data_access.domain.usage.self_care_access import unfit_for_self_care

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
        password = _new_password()
        made = Made(command_id, "", password, hash_password(password))
    return _keep(made, f"The password of {login.strip()}")


def hash_of(command_id: str, password: str) -> str:
    """The hash of a password that was typed; a second click gets the same. It is not shown: who typed it knows it."""
    made = _made_for(command_id)
    if made is None or not matches(made.kept, password):
        made = Made(command_id, "", "", hash_password(password))
    return _keep(made, "")


def token_for(command_id: str, customer_code: str) -> str:
    """The hash of the API token that belongs to this command; a second click gets the same."""
    made = _made_for(command_id)
    if made is None:
        token = str(uuid4())
        made = Made(command_id, "", token, sha256(token.encode()).hexdigest())
    return _keep(made, f"The API token of {customer_code}")


def _new_password() -> str:
    """Random, and such as self-care wants it too."""
    return next(made for made in iter(lambda: secrets.token_urlsafe(12), "") if unfit_for_self_care(made) is None)


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
        if made.secret:
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
