"""The pager: which rows are shown out of how many, in which order, and links to the others."""

from dashboard.kit import cache
from dashboard.kit.addresses.pager import pager
from dashboard.kit.formats import counted, number
from dashboard.lists.sort_choice import Listing
from data_access.base.errors import TooSlow
from data_access.queries.lists.counts import CAP, MORE, CountBefore, ShownCounts
from data_access.queries.lists.customers import CustomerRow, Selection
from data_access.queries.lists.views import CountShortly
from data_access.queries.pagination.pages import Page
from data_access.search.filters import STATUSES_OFFERED, CustomerFilter
from data_access.store.access import Access

_PATIENCE = 5.0  # seconds that one waits for the number of all


def customer_pager(access: Access, selection: Selection, listing: Listing, page: Page[CustomerRow]) -> bool:
    """Draws the sentence and the four buttons; a click goes to another page. False: too many to be counted in time."""
    rows = _sentence(access, selection, listing, page)
    shown = rows or f"{counted(len(page.rows), 'customer')} of more, which would take too long to count"
    pager(f"{shown}, sorted by {listing.sort.label}, {selection.describe()}.", page, key="pager")
    return rows is not None


def _sentence(access: Access, selection: Selection, listing: Listing, page: Page[CustomerRow]) -> str | None:
    try:
        total, shown = _total(access, selection), len(page.rows)
    except TooSlow:
        return None
    whole = counted(total, "customer") if total is not None else f"more than {number(CAP)} customers"
    before = 0
    if page.has_previous:
        before = cache.fetch(access, CountBefore(selection, listing.sort, str(page.first)))
    if before > CAP:
        return f"{number(shown)} of {whole}"
    return f"{number(before + 1)}–{number(before + shown)} of {whole}"


def _total(access: Access, selection: Selection) -> int | None:
    """How many there are in all; None: more than are counted. The status pills have counted a filter already."""
    if isinstance(selection, CustomerFilter):
        counts = cache.fetch(access, ShownCounts(selection))
        return sum(counts[status] for status in selection.status or STATUSES_OFFERED)
    found = cache.fetch(access, CountShortly((selection,), _PATIENCE))
    if found is None:
        raise TooSlow
    return found[0] if found[0] != MORE else None
