"""The bar of the audit log: when, who, what, which customer and field, all in the URL. Its widgets have no key."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.addresses.day_filter import day_filter
from dashboard.kit.addresses.list_state import go, params
from data_access.base.text.labels import command_words
from data_access.queries.audit.audit import LogChoices
from data_access.queries.audit.audit_filter import AUDITED_FIELDS, AuditFilter
from data_access.search.filter_params import Params

VIEW, FIELDS = "view", "fields"
_DAY_WIDTH = 125
_VIEWS = {"": "What was done", FIELDS: "Changed fields"}


def audit_filter(choices: LogChoices) -> tuple[AuditFilter, bool]:
    """Draws the bar; what the address asks for, and whether changed fields are shown one by one."""
    address = params()
    chosen, unread = AuditFilter.from_params(address)
    by_field = address.get(VIEW) == [FIELDS]
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        view = _view(FIELDS if by_field else "")
        entered = _entered(chosen, choices)
        if st.button("", icon=":material/restart_alt:", key="audit-default", help="Default filters"):
            go(view)
    if unread:
        st.warning(feedback.escape(" ".join(map(str, unread))), icon=":material/filter_alt_off:")
    now = AuditFilter.from_params(chosen.to_params() | entered)[0]
    if now != chosen or view != ({VIEW: [FIELDS]} if by_field else {}):
        go(now.to_params() | view)
    return chosen, by_field


def _view(now: str) -> Params:
    picked = st.segmented_control(
        "Show", list(_VIEWS), default=now, format_func=_VIEWS.__getitem__, required=True, wrap=False
    )
    return {VIEW: [picked]} if picked else {}


def _entered(chosen: AuditFilter, choices: LogChoices) -> Params:
    kinds = {name: command_words(name) for name in choices.kinds}
    return {
        "since": day_filter("From", _written(chosen.since), width=_DAY_WIDTH),
        "until": day_filter("To", _written(chosen.until), width=_DAY_WIDTH),
        "who": _one("Who", "anybody", chosen.who, {login: login for login in choices.logins}, 120),
        "kind": _one("What", "anything", chosen.kind, kinds, 150),
        "customer": [st.text_input("Customer ID", chosen.customer, width=120) or ""],
        "field": _one("Field", "any field", chosen.field, AUDITED_FIELDS, 160),
    }


def _written(day: date | None) -> list[str]:
    return [day.isoformat()] if day else []


def _one(label: str, anything: str, now: str, words: Mapping[str, str], width: int) -> list[str]:
    """One of the choices or any; what the address names stays a choice, whether the log holds it or not."""
    options = list(dict.fromkeys(["", *sorted(words, key=words.__getitem__), now]))
    picked = st.selectbox(
        label, options, options.index(now), format_func=lambda each: words.get(each, each) or anything, width=width,
    )  # fmt: skip
    return [picked or ""]
