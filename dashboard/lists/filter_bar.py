"""The filter bar. The URL is the state: URL, filter, widgets, URL. Its widgets have no key."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.kit import cache, feedback
from dashboard.kit.addresses.links import link
from dashboard.kit.addresses.list_state import SORT, go, params, without_place
from dashboard.kit.look.palette import STATUSES
from dashboard.lists.filter_details import more_filters, one
from dashboard.lists.sort_choice import sort_entered
from data_access.base.money import CURRENCIES
from data_access.base.permissions import Permission
from data_access.domain.shown_status import Shown
from data_access.queries.customers.choices import FormChoices
from data_access.queries.lists.counts import ShownCounts
from data_access.search.advanced_filter import closed_matches
from data_access.search.filter_params import Params, Unread
from data_access.search.filters import SEARCHABLE, STATUSES_OFFERED, CustomerFilter
from data_access.search.search_fields import CONTROLS_OFFERED
from data_access.search.text_match import Match, SearchField
from data_access.store.access import Access

_HABITS = "search-habits"
_BAR = (SORT, *CustomerFilter.facets())
_SEARCH = ("q", "match", "fields")
Habits = tuple[Match, frozenset[SearchField]]


def customer_filter(access: Access) -> CustomerFilter:
    """Draws all but the pills, and gives what the address asks for; a choice changes it and draws the page again."""
    now = {name: values for name, values in params().items() if name in _BAR}
    chosen, unread = CustomerFilter.from_params(now)
    entered = now | _row(access, now, chosen)
    _say(unread)
    _follow(now, entered)
    chosen.require(access.actor)
    return chosen


def status_line() -> DeltaGenerator:
    """The place of the pills; they are drawn last, since counting takes longer than finding the rows."""
    return st.container(key="statuses", gap="xsmall")


def status_pills(access: Access, chosen: CustomerFilter) -> None:
    """Draws a pill a status with its count; a choice changes the address and draws the page again."""
    now = {name: values for name, values in params().items() if name in _BAR}
    _follow(now, now | {"status": _pills(access, now, chosen)})


def _follow(now: Params, entered: Params) -> None:
    """Goes to another address when the widgets say something else than this one."""
    if _filled(entered) != _filled(now):
        go(_beside() | entered)


def _filled(entered: Params) -> Params:
    return {name: sorted(values) for name, values in entered.items() if any(values)}


def _beside() -> Params:
    """What belongs to neither the bar nor the page of the list; another filter begins at its first page."""
    return {name: values for name, values in without_place(params()).items() if name not in _BAR}


def _row(access: Access, now: Params, chosen: CustomerFilter) -> Params:
    choices = cache.fetch(access, FormChoices())
    classes = {each.name: each.name for each in choices.classes}
    controls = {each: each.capitalize() for each in CONTROLS_OFFERED}
    shown = _habits(access, now, chosen)
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        text, match = _search(now, shown)
        entered = {
            "customer_class": one(
                "Customer class", now.get("customer_class", []), classes, nothing="Any class", width=128
            ),
            "currency": one(
                "Currency", now.get("currency", []), {each: each for each in CURRENCIES}, nothing="Any currency",
                width=124,
            ),
            "control": one("Balance control", now.get("control", []), controls, nothing="Any control", width=116),
            SORT: sort_entered(access, now.get(SORT, []), chosen),
        }  # fmt: skip
        more, fields = more_filters(access, now, chosen, shown[1])
        if st.button(
            "Default", icon=":material/restart_alt:", key="filters-default", help="Back to the default filters"
        ):
            go(_beside())
    return entered | more | _searched(now, text, shown, (match, fields))


def _habits(access: Access, now: Params, chosen: CustomerFilter) -> Habits:
    """How one searches: as the address says; while it searches nothing, as one searched last."""
    if any(name in now for name in _SEARCH):
        return chosen.match, chosen.fields
    may_read = access.actor.may(Permission.PERSONAL_READ)
    usual = frozenset(SEARCHABLE if may_read else (SearchField.CUSTOMER_ID,))
    kept: Habits = st.session_state.get(_HABITS, (Match.STARTS, usual))
    return kept


def _search(now: Params, shown: Habits) -> tuple[str, Match]:
    named = ", ".join(field.label for field in SearchField if field in shown[1])
    text = st.text_input(
        "Find", "".join(now.get("q", [])[:1]), type="search", placeholder=named, icon=":material/search:",
        label_visibility="collapsed", width=190,
    )  # fmt: skip
    match = st.selectbox(
        "Match", list(Match), list(Match).index(shown[0]), format_func=lambda each: each.label.capitalize(),
        label_visibility="collapsed", width=118,
    )  # fmt: skip
    return text or "", match or Match.STARTS


def _searched(now: Params, text: str, shown: Habits, entered: Habits) -> Params:
    st.session_state[_HABITS] = entered
    if text == "".join(now.get("q", [])[:1]) and shown == entered:
        return {name: now.get(name, []) for name in _SEARCH}
    if not text.strip():
        if shown != entered:
            st.rerun()  # nothing is searched, so the address stays; the box says where the next text is looked for
        return {name: [] for name in _SEARCH}
    match, fields = entered
    return {
        "q": [text],
        "match": [] if match is Match.STARTS else [match.value],
        "fields": [] if fields == frozenset(SEARCHABLE) else [field.value for field in SearchField if field in fields],
    }


def _pills(access: Access, now: Params, chosen: CustomerFilter) -> list[str]:
    counts = cache.fetch(access, ShownCounts(chosen))
    offered = [status for status in STATUSES_OFFERED if counts[status] or status in chosen.status]
    with st.container(key="choices-status"):
        picked = st.pills(
            "Status", offered, selection_mode="multi", default=sorted(chosen.status), label_visibility="collapsed",
            format_func=lambda status: f"{STATUSES[status].word} · {counts[status]:,}", wrap=False,
        )  # fmt: skip
    closed = counts[Shown.PERMANENTLY_TERMINATED]
    if closed:
        link(
            "advanced_search", f"{closed:,} permanently terminated are hidden", icon=":material/visibility_off:",
            shows=closed_matches(chosen).to_params(),
            help="Advanced search with the status “Permanently terminated” shows them.",
        )  # fmt: skip
    return now.get("status", []) if frozenset(picked) == chosen.status else [status.value for status in sorted(picked)]


def _say(unread: Sequence[Unread]) -> None:
    if unread:
        st.warning(feedback.escape(" ".join(map(str, unread))), icon=":material/filter_alt_off:")
