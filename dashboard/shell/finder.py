"""The finder: Ctrl+K, a word, and the customer it means, from anywhere."""

import streamlit as st

from dashboard.kit import cache, context, feedback
from dashboard.kit.addresses.links import go_to, open_customer
from dashboard.kit.formats import number
from dashboard.kit.look.palette import STATUSES
from dashboard.kit.recent_customers import opened_last
from data_access.base.permissions import Permission
from data_access.base.text.text_keys import fold
from data_access.queries.finder.find import HITS, FindQuick, Hit, Hits, OpenedLast
from data_access.search.advanced_filter import closed_found
from data_access.store.access import Access

_OPEN, _OPENED = "finder-is-open", "finder-opened"
_SEARCHED = "Customer ID, name, contact, e-mail, phone, address, account, invoice, reference, tax ID, login or DID"
_SEARCHED_BY_NUMBER = "Customer ID, account, invoice, reference or DID"
_ON_THE_BUTTON = ("", "Customer ID", "name")
_WITHIN_FROM = 3  # letters; of fewer only the beginnings are searched
_HELP = "Enter searches, and opens the only hit. The arrow keys go through several, and Enter opens one."


def button(access: Access) -> None:
    """Draws the button, and the dialog while it is open."""
    if not access.actor.may(Permission.CUSTOMER_READ):
        return
    with st.container(key="top-line"):
        st.button("Find a customer", icon=":material/search:", shortcut="Ctrl+K", key="finder", on_click=_ask_for)
    if st.session_state.get(_OPEN):
        _dialog()


def _ask_for() -> None:
    """Before the run: one that is interrupted on its way to the button has kept what was pressed."""
    st.session_state[_OPEN] = True


def _shut() -> None:
    for name in (_OPEN, _OPENED):
        st.session_state.pop(name, None)


@st.dialog("Find a customer", on_dismiss=_shut)
def _dialog() -> None:
    access = context.access()
    fields = _SEARCHED if access.actor.may(Permission.PERSONAL_READ) else _SEARCHED_BY_NUMBER
    text = st.text_input(fields, key="finder-text", type="search", help=_HELP) or ""
    if not text.strip():
        _offer_last(access)
        return
    found = cache.fetch(access, FindQuick(text))
    meant = _meant(text, found)
    if meant is not None and st.session_state.get(_OPENED) != text:
        st.session_state[_OPENED] = text
        _open(meant)
    with st.container(key="finder-hits", gap="xsmall"):
        for hit in found.hits:
            _offer(hit)
        _offer_closed(access, text, found)
    _tell(fields, text, found, access.actor.whom_else())


def _offer_last(access: Access) -> None:
    """Before anything is typed: the customers that this person opened last."""
    ids = opened_last(access.actor.person_id)
    last = access.fetch(OpenedLast(ids)) if ids else ()
    if last:
        st.caption("Opened last")
        with st.container(key="finder-hits", gap="xsmall"):
            for hit in last:
                _offer(hit)


def _meant(text: str, found: Hits) -> Hit | None:
    """The customer with this ID, or the only hit where nothing else is to be told."""
    exact = [hit for hit in found.hits if fold(hit.customer_code) == fold(text)]
    only = [] if found.closed or found.are_nearly or len(found.hits) > 1 else found.hits
    return next(iter([*exact, *only]), None)


def _offer(hit: Hit) -> None:
    look = STATUSES[hit.shown]
    by = [] if hit.found_as in _ON_THE_BUTTON else [f"by {hit.found_as} {hit.kept}".strip()]
    label = feedback.escape(" · ".join([hit.name, hit.customer_code, look.word, *by]))
    if st.button(label, icon=look.icon, key=f"finder-{hit.id}", width="stretch"):
        _open(hit)


def _open(hit: Hit) -> None:
    _shut()
    open_customer(hit.id)


def _offer_closed(access: Access, text: str, found: Hits) -> None:
    """The permanently terminated are found by Advanced search alone (ruling 67)."""
    count = f"{'At least ' if found.is_cut else ''}{number(found.closed)}"
    label = f"{count} permanently terminated: show in Advanced search"
    if found.closed and st.button(label, icon=":material/manage_search:", key="finder-closed", width="stretch"):
        _shut()
        go_to("advanced_search", closed_found(text, access.actor).to_params())


def _tell(fields: str, text: str, found: Hits, whom_else: str) -> None:
    """No more than what was searched: an invoice by its whole number, and of a letter or two the beginnings alone."""
    if not found.hits:
        how = " at its beginning alone, because the text is short" if len(fold(text)) < _WITHIN_FROM else ""
        st.info(
            f"No {'other ' if found.closed else ''}customer matches by {fields}{how}. "
            f"An invoice is found by its whole number. {whom_else}".rstrip()
        )
    elif found.are_nearly:
        st.info(f"Nobody is spelt like this. These are spelt nearly like it. {whom_else}".rstrip())
    elif len(found.hits) == HITS:
        st.text(f"These are the {HITS} best: type more to narrow them down.")
