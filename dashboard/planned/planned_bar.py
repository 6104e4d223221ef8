"""The bar of planned changes: how far ahead, which kinds, which day, all in the URL. Its widgets have no key."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from dashboard.kit import cache
from dashboard.kit.addresses.links import link
from dashboard.kit.addresses.list_state import go, params
from dashboard.kit.feedback import escape
from dashboard.kit.formats import counted, number
from data_access.base.clock import short_day
from data_access.queries.forecast.forecast_steps import Foreseen
from data_access.queries.lists.counts import CAP, MORE
from data_access.queries.planned.planned import CHANGES, PeriodsClosing, PlannedChange
from data_access.search.filter_params import Filter, day, days, facet, one_of, plain
from data_access.store.access import Access

Resellers = Sequence[tuple[int, str]]
_WINDOWS = (7, 14, 30, 90, 365)
USUAL_DAYS = 14


@dataclass(frozen=True, slots=True)
class PlannedFilter(Filter):
    """What is shown: so many days ahead, some kinds or all that change something, one day alone."""

    days: int = facet(USUAL_DAYS, "Days ahead", read=days, where=None, says="the next {} days")
    kind: frozenset[Foreseen] = facet(
        frozenset(), "Kind", read=one_of(Foreseen), where=None, says="{}", word=lambda v: v.label, many=True
    )
    reseller: str = facet("", "Reseller", read=plain, where=None, says="reseller {}")
    day: date | None = facet(None, "Day", read=day, where=None, says="on {}", word=short_day)

    @property
    def window(self) -> int:
        """At most as far as the page looks."""
        return min(max(self.days, 1), max(_WINDOWS))

    def describe(self) -> str:
        """The sentence, for the audit."""
        said = [part.says.format(part.word(one)) for part, value in self.chosen() for one in part.each(value)]
        return "; ".join(said if self.days != USUAL_DAYS else [f"the next {self.days} days", *said])

    @property
    def asks(self) -> frozenset[Foreseen]:
        """What has to be looked for, so that every kind that is offered can be counted."""
        return CHANGES | self.kind


def asked() -> PlannedFilter:
    """What the address asks for; what cannot be read is left out and said."""
    chosen, unread = PlannedFilter.from_params(params())
    if unread:
        st.warning(escape(" ".join(map(str, unread))), icon=":material/filter_alt_off:")
    return chosen


def bar(chosen: PlannedFilter, rows: Sequence[PlannedChange], resellers: Resellers) -> None:
    """Draws the bar, with how many there are of each kind; a choice changes the address."""
    with st.container(key="filters", horizontal=True, vertical_alignment="center", gap="small"):
        entered = replace(
            chosen, days=_window(chosen), reseller=_reseller(chosen, resellers), kind=_kinds(chosen, rows)
        )
        if chosen.day is not None and st.button(
            f"Only {escape(short_day(chosen.day))}", icon=":material/close:", key="planned-day", help="All days again"
        ):
            go(replace(chosen, day=None).to_params())
    if chosen.reseller and reseller_id(chosen, resellers) is None:
        st.warning(f"Reseller “{escape(chosen.reseller)}” is left out: there is no such reseller.")
    if entered != chosen:
        go(replace(entered, day=None).to_params())


def narrowed(chosen: PlannedFilter, rows: Sequence[PlannedChange]) -> list[PlannedChange]:
    """Those of the kinds that were chosen, on every day."""
    return [row for row in rows if row.told.kind in (chosen.kind or CHANGES)]


def only_day(chosen: PlannedFilter, on: date) -> None:
    """Narrows the list to a day, or widens it again when that day was clicked a second time."""
    go(replace(chosen, day=None if chosen.day == on else on).to_params())


def periods(access: Access, chosen: PlannedFilter, resellers: Resellers) -> None:
    """How many billing periods close meanwhile, and the way to them."""
    count = cache.fetch(access, PeriodsClosing(chosen.window, reseller_id(chosen, resellers)))
    if count:
        shows = replace(chosen, kind=frozenset({Foreseen.PERIOD}), day=None).to_params()
        closing = counted(count, "billing period") if count != MORE else f"More than {number(CAP)} billing periods"
        label = f"{closing} close{'s' if count == 1 else ''} in these days"
        link("planned_changes", label, shows=shows, icon=":material/event_repeat:")


def reseller_id(chosen: PlannedFilter, resellers: Resellers) -> int | None:
    """The reseller that was chosen; None: all, also for a name that is none."""
    return next((key for key, name in resellers if name == chosen.reseller), None)


def _reseller(chosen: PlannedFilter, resellers: Resellers) -> str:
    """Offered to those who see the customers of several."""
    names = [name for _, name in resellers]
    if len(names) < 2:
        return chosen.reseller
    offered = ["", *names]
    at = offered.index(chosen.reseller) if chosen.reseller in offered else 0
    picked = st.selectbox(
        "Reseller", offered, at, format_func=lambda name: name or "Any reseller", width=160,
        label_visibility="collapsed",
    )  # fmt: skip
    return picked if picked != offered[at] else chosen.reseller


def _window(chosen: PlannedFilter) -> int:
    offered = sorted({*_WINDOWS, chosen.window})
    picked = st.segmented_control(
        "Days ahead", offered, default=chosen.window, format_func=lambda count: f"{count} days", required=True,
        label_visibility="collapsed", wrap=False,
    )  # fmt: skip
    return chosen.days if picked in (None, chosen.window) else picked


def _kinds(chosen: PlannedFilter, rows: Sequence[PlannedChange]) -> frozenset[Foreseen]:
    counts = Counter(row.told.kind for row in rows)
    offered = [kind for kind in Foreseen if counts[kind] or kind in chosen.kind]
    words = {kind.value: f"{kind.label} · {number(counts[kind])}" for kind in offered}
    with st.container(key="choices-kinds"):
        picked = st.pills(
            "Kinds", list(words), default=[kind.value for kind in offered if kind in chosen.kind],
            format_func=words.__getitem__, selection_mode="multi", label_visibility="collapsed", wrap=False,
        )  # fmt: skip
    return frozenset(kind for kind in offered if kind.value in picked)
