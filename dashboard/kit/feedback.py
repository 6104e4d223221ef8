"""Feedback: refusals and crashes become sentences, and results are reported once, also across a rerun."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy.exc import DBAPIError

from data_access.base.errors import Refusal
from data_access.base.integrity_errors import is_away
from data_access.base.running import logs

AWAY = (
    "The database does not answer. What was saved before is safe, and nothing is saved twice. "
    "This page tries again automatically."
)
BROKE_OFF = "A page broke off."  # what the log says of a fault of ours
AGAIN_SECONDS = 5
_LOG = logging.getLogger("customer_desk.crash")
_DONE, _AWAY = "feedback-done", "feedback-away"
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")  # all of ASCII punctuation; each may be escaped, and some of it speaks
_LINKS = re.compile(r"\\@(?=\w)|www(?=\\\.)|\\:\\/\\/", re.IGNORECASE)  # what becomes a link without being asked
_NOTHING = ":small[]"  # ends a run of text; nothing of it is seen or copied


class SignedOut(Refusal):
    """The session is over: signed out elsewhere, too long unused, or the person was disabled."""

    code = "signed_out"

    def __init__(self) -> None:
        super().__init__("You are signed out. Sign in again; what you had typed before is kept.")


def escape(text: str) -> str:
    """User text as it is, where only markdown can be shown."""
    return _LINKS.sub(lambda found: found[0] + _NOTHING, _MARKS.sub(r"\\\1", text))


def show_refusal(refusal: Refusal) -> None:
    """The sentence, where the page stands now; to who is signed out, a dialog too shows the way back to this page."""
    st.error(escape(str(refusal)), icon=":material/block:")
    if isinstance(refusal, SignedOut):
        st.html('<a href="" target="_self">Sign in</a>')  # this address, whatever it is: the guard asks who comes


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever is refused inside is shown; the rest of the block is left out."""
    try:
        yield
    except Refusal as refusal:
        show_refusal(refusal)


def done(sentence: str) -> None:
    """Says what was done, now or after the rerun that follows."""
    st.session_state.setdefault(_DONE, []).append(sentence)


def show_done() -> None:
    """Shows what waits to be said; each sentence once."""
    for sentence in st.session_state.pop(_DONE, []):
        st.toast(escape(sentence), icon=":material/check_circle:")


@st.fragment(run_every=AGAIN_SECONDS)
def _try_again() -> None:
    """Runs at once, and then again and again: only from the second time on it is time for another try."""
    if st.session_state.pop(_AWAY, False):
        st.rerun()
    st.session_state[_AWAY] = True


def on_script_error(error: Exception) -> bool:
    """The last boundary: nothing of the inside is shown; the log holds it under the reference."""
    if isinstance(error, Refusal):
        show_refusal(error)
        return True
    if isinstance(error, DBAPIError) and is_away(error):
        st.error(AWAY, icon=":material/cloud_off:")
        _try_again()
        return True
    reference = logs.end_run()
    _LOG.error(BROKE_OFF, exc_info=error, extra={"reference": reference})
    st.error(
        "Something went wrong here, and it is not your fault. What was saved before is safe. "
        f"Reload the page; if it happens again, tell an administrator the reference {reference}.",
        icon=":material/error:",
    )
    return True
