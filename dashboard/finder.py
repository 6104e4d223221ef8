"""The finder: Ctrl+K, a word, and the customer it means, from anywhere."""

import streamlit as st

from dashboard import cache, context, feedback
from dashboard.links import open_customer
from dashboard.palette import STATUSES
from data_access.access import Access
from data_access.folding import fold
from data_access.permissions import Permission
from data_access.queries.search import HITS, FindQuick, Hit

_OPEN = "finder-is-open"


def button(access: Access) -> None:
    """Draws the button, and the dialog while it is open."""
    if not access.actor.may(Permission.CUSTOMER_READ):
        return
    if st.button("Find a customer", icon=":material/search:", shortcut="Ctrl+K", key="finder", width="stretch"):
        st.session_state[_OPEN] = True
    if st.session_state.get(_OPEN):
        _dialog()


def _shut() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Find a customer", on_dismiss=_shut)
def _dialog() -> None:
    access = context.access()
    fields = "Customer ID, name, e-mail or phone" if access.actor.may(Permission.PERSONAL_READ) else "Customer ID"
    text = st.text_input(fields, key="finder-text", type="search", help="Enter searches, and opens the only hit.") or ""
    if not text.strip():
        return
    hits = cache.fetch(access, FindQuick(text))
    meant = [hit for hit in hits if fold(hit.customer_code) == fold(text)] or list(hits)
    if len(meant) == 1 and st.session_state.get("finder-searched") != text:
        st.session_state["finder-searched"] = text
        _open(meant[0])
    for hit in hits:
        _offer(hit)
    _tell(len(hits))


def _offer(hit: Hit) -> None:
    look = STATUSES[hit.shown]
    label = feedback.escape(f"{hit.name} · {hit.customer_code} · {look.word}")
    if st.button(label, icon=look.icon, key=f"finder-{hit.id}", width="stretch"):
        _open(hit)


def _open(hit: Hit) -> None:
    _shut()
    open_customer(hit.id)


def _tell(count: int) -> None:
    if count == 0:
        st.info("No customer matches, in any status.")
    elif count == HITS:
        st.text(f"These are the {HITS} best: type more to narrow them down.")
