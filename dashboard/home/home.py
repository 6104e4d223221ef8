"""Home: how many customers have each status, and what happens automatically in the next days."""

import streamlit as st

from dashboard.kit import cache, viewer
from dashboard.kit.addresses.links import link, open_customer
from dashboard.kit.formats import counted, number
from dashboard.kit.look.palette import STATUSES
from dashboard.kit.tables.customer_table import customer_table, usual_columns
from dashboard.planned.planned_list import first_rows
from data_access.domain.shown_status import Shown
from data_access.queries.collections.collections import CollectionFilter, Queue
from data_access.queries.collections.sums import CollectionTotals, customers_in
from data_access.queries.forecast.forecast_steps import Foreseen
from data_access.queries.lists.counts import CAP, MORE, CountEach, ShownCounts
from data_access.queries.lists.customers import FindCustomers, Selection
from data_access.queries.planned.planned import PlannedChanges
from data_access.search.advanced_filter import closed_matches
from data_access.search.filters import CustomerFilter
from data_access.store.access import Access

BY_NEED = (
    Shown.SUSPENDED, Shown.SUSPENSION_LIFTED, Shown.SERVICE_LIMITED, Shown.CREDIT_EXCEEDED, Shown.NO_AVAILABLE_FUNDS,
    Shown.PROVISIONALLY_TERMINATED, Shown.BLOCKED, Shown.ACTIVE, Shown.EXPORTED, Shown.PERMANENTLY_TERMINATED,
)  # fmt: skip
LIFT_DAYS, TERMINATION_DAYS = 1, 7  # a lift until tomorrow ends as tomorrow begins
SUSPENSION_DAYS, _MOST = 7, 100
_ROWS = 5
_OVERDUE, _BLOCKED = CollectionFilter(Queue.OVERDUE), CustomerFilter(blocked=True)
_LIFTED = CustomerFilter(lift_ends_within=LIFT_DAYS)
_ENDING = CustomerFilter(terminates_within=TERMINATION_DAYS)
_COUNTED: tuple[Selection, ...] = (_BLOCKED, _LIFTED, _ENDING)
_LEFT_OUT = ("limit", "use")


def status_counts(access: Access) -> None:
    """Who is overdue, and how many customers show each status, those first who need work; each leads to its rows."""
    counts = cache.fetch(access, ShownCounts())
    overdue = customers_in(cache.fetch(access, CollectionTotals()), Queue.OVERDUE)
    blocked = _number_of(access, _BLOCKED)
    with st.grid(min_column_width=172, gap="xsmall"):
        late = _OVERDUE.to_params()
        _count("Overdue, not suspended", ":material/notification_important:", overdue, "collections", late)
        for status in BY_NEED:
            _count(STATUSES[status].word, STATUSES[status].icon, counts[status], *_way(status))
        icon = STATUSES[Shown.BLOCKED].icon
        _count("Blocked, whatever is shown", icon, blocked, "customers", _BLOCKED.to_params())


def _number_of(access: Access, chosen: Selection) -> int:
    """How many it finds; all that this page counts is asked at once."""
    return cache.fetch(access, CountEach(_COUNTED))[_COUNTED.index(chosen)]


def _way(status: Shown) -> tuple[str, dict[str, list[str]]]:
    if status is Shown.PERMANENTLY_TERMINATED:
        return "advanced_search", closed_matches(CustomerFilter()).to_params()
    return "customers", {"status": [status.value]}


def _count(word: str, icon: str, count: int, page: str, shows: dict[str, list[str]]) -> None:
    """A tile that is a link as a whole: `look.css` spreads it."""
    with st.container(border=True, gap=None, key=f"count-{word.lower().replace(' ', '-')}"):
        st.text(word)
        link(page, counted(count, "customer") if count else "nobody", shows=shows, icon=icon)


def lifts_ending(access: Access) -> None:
    """Suspensions whose lift ends within a day: service stops again unless they pay."""
    _due(access, "Lifts that end today or tomorrow", _LIFTED, "lifts")


def terminations_due(access: Access) -> None:
    """Customers that will be permanently terminated within seven days."""
    _due(access, "Terminations within 7 days", _ENDING, "terminations")


def suspensions_due(access: Access) -> None:
    """Customers that will be suspended within seven days, unless they pay."""
    st.header("Suspensions within 7 days", anchor=False)
    kinds = frozenset({Foreseen.SUSPENSION})
    ahead = cache.fetch(access, PlannedChanges(SUSPENSION_DAYS, kinds, _MOST))
    if not ahead.rows:
        st.text("Nobody.")
        return
    first_rows(access, ahead.rows[:_ROWS], key="suspensions")
    count = f"more than {number(_MOST)}" if ahead.more else f"all {number(len(ahead.rows))}"
    shows = {"kind": [Foreseen.SUSPENSION.value], "days": [f"{SUSPENSION_DAYS}"]}
    link("planned_changes", f"Open {count} in Planned changes", shows=shows, icon=":material/event:")


def _due(access: Access, title: str, chosen: CustomerFilter, key: str) -> None:
    st.header(title, anchor=False)
    count = _number_of(access, chosen)
    if not count:
        st.text("Nobody.")
        return
    page = cache.fetch(access, FindCustomers(chosen, size=_ROWS))
    clicked = customer_table(page.rows, usual_columns(viewer.today(access), without=_LEFT_OUT), key=key, title=title)
    if clicked is not None:
        open_customer(clicked)
    every = f"All {counted(count, 'customer')}" if count != MORE else f"All of more than {number(CAP)} customers"
    link(
        "customers",
        every if count > _ROWS else "Open as a list",
        shows=chosen.to_params(),
    )
