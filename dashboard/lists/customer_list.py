"""The list of customers that a filter finds: its table, its pager, and what to do if it is empty."""

import streamlit as st

from dashboard.kit import cache, feedback
from dashboard.kit.addresses.links import link, open_customer
from dashboard.kit.formats import counted, number
from dashboard.kit.tables.customer_table import customer_table
from dashboard.lists.bulk import picking
from dashboard.lists.column_choice import asked_size, chosen_columns
from dashboard.lists.customer_pager import customer_pager
from dashboard.lists.open_views import OpenViews
from dashboard.lists.sort_choice import listing
from dashboard.lists.sums_line import sums_line
from data_access.base.errors import TooSlow
from data_access.queries.lists.counts import CAP, MORE, HiddenMatches
from data_access.queries.lists.customers import FindCustomers, Selection
from data_access.queries.lists.further import FurtherMatches
from data_access.search.advanced_filter import AdvancedFilter, closed_matches
from data_access.search.expression import looks_at_each
from data_access.search.filters import CustomerFilter
from data_access.store.access import Access

FEW = 10


def customer_list(access: Access, selection: CustomerFilter | AdvancedFilter, views: OpenViews) -> None:
    """Draws it; a click on a row opens the customer."""
    asked = listing(access)
    if asked.unread:
        st.warning(feedback.escape(asked.unread), icon=":material/filter_alt_off:")
    try:
        page = cache.fetch(
            access, FindCustomers(selection, asked.sort, asked.place.direction, asked.place.cursor, asked_size())
        )
    except TooSlow as stopped:
        _too_slow(selection, stopped)
        return
    if not page.rows:
        _nobody(access, selection, is_whole=not asked.place.cursor)
        _further(access, selection)
        return
    chosen = chosen_columns(access, page.rows, views)
    if chosen.unknown:
        st.warning(feedback.escape(f"There is no column “{chosen.unknown}”."), icon=":material/filter_alt_off:")
    is_roomy = views.of_list.is_roomy
    if picking.is_open(access):
        clicked = picking.draw(access, selection, page.rows, chosen.columns, is_roomy=is_roomy)
    else:
        clicked = customer_table(page.rows, chosen.columns, key="customers", is_roomy=is_roomy)
    if clicked is not None:
        open_customer(clicked)
    is_counted = customer_pager(access, selection, asked, page)
    if is_counted:
        sums_line(access, selection)
    if len(page.rows) < FEW and not (page.has_previous or page.has_next):
        _further(access, selection)


def _too_slow(selection: Selection, stopped: TooSlow) -> None:
    """The refusal, and what would make the question an easier one."""
    feedback.show_refusal(stopped)
    slow = looks_at_each(selection.conditions) if isinstance(selection, CustomerFilter | AdvancedFilter) else []
    asked = " and ".join(f"“{each.describe(quoted=True)}”" for each in slow[:3])
    looked = f"{asked} had to be asked of every customer. " if asked else ""
    st.info(
        feedback.escape(
            f"{looked}Add a condition that leaves few of them: a status, a class, a currency, days overdue, or "
            "the beginning of a name or Customer ID."
        ),
        icon=":material/lightbulb:",
    )


def _further(access: Access, selection: Selection) -> None:
    """How many the same text finds elsewhere, a click each."""
    if not isinstance(selection, CustomerFilter) or not selection.q:
        return
    ways = cache.fetch(access, FurtherMatches(selection))
    if ways:
        with st.container(key="further", horizontal=True, vertical_alignment="center", gap="small"):
            st.text("The same text finds:")
            for way in ways:
                count = number(way.count) if way.count != MORE else f"more than {number(CAP)}"
                link("customers", f"{count} {way.says}", shows=way.filter.to_params())


def _nobody(access: Access, selection: CustomerFilter | AdvancedFilter, *, is_whole: bool) -> None:
    is_empty = is_whole and not selection.conditions
    said = "There is no customer here yet." if is_empty else f"No customer matches: {selection.describe()}."
    st.info(feedback.escape(f"{said} {access.actor.whom_else()}".rstrip()), icon=":material/search_off:")
    hidden = cache.fetch(access, HiddenMatches(selection)) if isinstance(selection, CustomerFilter) else 0
    if isinstance(selection, CustomerFilter) and hidden:
        link(
            "advanced_search",
            f"{counted(hidden, 'match', 'matches')} {'is' if hidden == 1 else 'are'} permanently terminated: show",
            shows=closed_matches(selection).to_params(),
            icon=":material/visibility:",
        )
