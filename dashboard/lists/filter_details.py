"""The rarely used filters under “More filters”: one widget for each, showing what the URL holds."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.kit import cache
from dashboard.kit.addresses.day_filter import day_filter
from data_access.base.permissions import Permission
from data_access.base.text.parsing import COUNTRIES
from data_access.queries.customers.choices import FormChoices
from data_access.queries.lists.counts import BlockedCount
from data_access.search.customer_conditions import OWN, Limit
from data_access.search.filter_params import Params
from data_access.search.filters import CustomerFilter
from data_access.search.text_match import SearchField
from data_access.store.access import Access

OPEN = "more-filters"
_DRAWN = "more-filters-drawn"
YES_NO = {"yes": "Yes", "no": "No"}
TEXTS = {
    "balance_from": "Balance at least", "balance_to": "Balance at most",
    "used_from": "Limit used, at least per cent", "used_below": "Limit used, below per cent",
    "overdue_over": "Overdue for more than … days", "lift_ends_within": "Lift ends within … days",
    "terminates_within": "Terminates within … days",
}  # fmt: skip
CREATED = {"created_from": "Created from", "created_to": "Created to"}


def more_filters(
    access: Access, now: Params, chosen: CustomerFilter, fields: frozenset[SearchField]
) -> tuple[Params, frozenset[SearchField]]:
    """Draws them while they are open; gives what they say now, and in which fields text is searched.

    They are drawn again when they close: what was typed last arrives together with the closing.
    """
    more = st.popover("More filters", icon=":material/tune:", key=OPEN, on_change="rerun")
    if not more.open and not st.session_state.get(_DRAWN):
        return {}, fields
    with more:
        searched = _fields(access, fields)
        entered = _details(access, now, chosen)
    st.session_state[_DRAWN] = more.open
    return entered, searched


def _fields(access: Access, shown: frozenset[SearchField]) -> frozenset[SearchField]:
    """Where the text is searched; at least in one field."""
    may_read = access.actor.may(Permission.PERSONAL_READ)
    offered = [field for field in SearchField if may_read or not field.is_personal or field in shown]
    picked = st.pills(
        "Search in", offered, selection_mode="multi", default=sorted(shown, key=offered.index),
        format_func=lambda field: field.label[0].upper() + field.label[1:], wrap=True,
    )  # fmt: skip
    return frozenset(picked) or shown


def _without_text(chosen: CustomerFilter) -> CustomerFilter:
    return CustomerFilter(customer_class=chosen.customer_class, currency=chosen.currency, control=chosen.control)


def _details(access: Access, now: Params, chosen: CustomerFilter) -> Params:
    """Two columns of widgets."""
    blocked = cache.fetch(access, BlockedCount(_without_text(chosen)))
    resellers = [name for _, name in cache.fetch(access, FormChoices()).resellers]
    owners = {OWN: "None: the operator's own"} | {name: name for name in resellers}
    left, right = st.columns(2)
    with left:
        entered = {
            "blocked": one(f"Blocked, whatever is shown ({blocked:,})", now.get("blocked", []), YES_NO),
            "limit": one("Credit limit", now.get("limit", []), {each.value: each.label.capitalize() for each in Limit}),
            "invoices": one("Has invoices", now.get("invoices", []), YES_NO),
            "reseller": _several("Reseller", now.get("reseller", []), owners),
            "country": _several("Country", now.get("country", []), COUNTRIES),
        }
        entered |= {name: day_filter(label, now.get(name, [])) for name, label in CREATED.items()}
    with right:
        entered |= {name: _text(label, now.get(name, [])) for name, label in TEXTS.items()}
        entered["terminates_before"] = day_filter("Terminates before", now.get("terminates_before", []))
    return entered


def one(
    label: str, now: Sequence[str], offered: Mapping[str, str], *, nothing: str = "Any", width: int | None = None
) -> list[str]:
    """One of several, or any; what the address holds beside them stays as one more choice."""
    options: list[tuple[str, ...]] = [(), *((each,) for each in offered)]
    shown = tuple(now)
    if shown not in options:
        options.append(shown)
    picked = st.selectbox(
        label, options, options.index(shown), format_func=_any_of(offered, nothing),
        label_visibility="visible" if width is None else "collapsed", width=width or "stretch",
    )  # fmt: skip
    return list(picked or ())


def _any_of(offered: Mapping[str, str], nothing: str) -> Callable[[tuple[str, ...]], str]:
    return lambda values: " or ".join(offered.get(each, each) for each in values) or nothing


def _several(label: str, now: Sequence[str], offered: Mapping[str, str]) -> list[str]:
    options = list(dict.fromkeys([*offered, *now]))
    return list(st.multiselect(label, options, list(now), format_func=lambda each: offered.get(each, each)))


def _text(label: str, now: Sequence[str]) -> list[str]:
    return [st.text_input(label, "".join(now[:1])) or ""]
