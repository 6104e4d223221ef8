"""The rarely used filters behind “More filters”: a widget a facet, each showing what the address holds."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date

import streamlit as st

from data_access.facets import Params
from data_access.filters import OWN, Limit
from data_access.spelling import COUNTRIES

YES_NO = {"yes": "Yes", "no": "No"}
TEXTS = {
    "balance_from": "Balance at least", "balance_to": "Balance at most",
    "used_from": "Limit used, at least per cent", "used_below": "Limit used, below per cent",
    "overdue_over": "Overdue for more than … days", "lift_ends_within": "Lift ends within … days",
}  # fmt: skip
CREATED = {"created_from": "Created from", "created_to": "Created to"}
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)


def details(now: Params, resellers: Sequence[str], *, blocked: int) -> Params:
    """Draws them in two columns; gives what they say now."""
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
        entered |= {name: _day(label, now.get(name, [])) for name, label in CREATED.items()}
    with right:
        entered |= {name: _text(label, now.get(name, [])) for name, label in TEXTS.items()}
        entered["terminates_before"] = _day("Terminates before", now.get("terminates_before", []))
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


def _day(label: str, now: Sequence[str]) -> list[str]:
    shown = None
    with suppress(ValueError):
        shown = date.fromisoformat("".join(now[:1]))
    if shown is not None and not _EARLIEST <= shown <= _LATEST:
        shown = None
    picked = st.date_input(label, shown, _EARLIEST, _LATEST, format="YYYY-MM-DD")
    if isinstance(picked, date):
        return [picked.isoformat()]
    return list(now) if shown is None else []
