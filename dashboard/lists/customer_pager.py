"""The pager: which rows of how many one sees, in which order, and the way to the others."""

from dashboard.kit import cache
from dashboard.kit.addresses.pager import pager
from dashboard.kit.formats import counted, number
from dashboard.lists.sort_choice import Listing
from data_access.queries.lists.counts import CAP, CountBefore, CountCustomers, ShownCounts
from data_access.queries.lists.customers import CustomerRow, Selection
from data_access.queries.pagination.pages import Page
from data_access.search.filters import STATUSES_OFFERED, CustomerFilter
from data_access.store.access import Access


def customer_pager(access: Access, selection: Selection, listing: Listing, page: Page[CustomerRow]) -> None:
    """Draws the sentence and the four buttons; a click goes to another page."""
    rows = _sentence(access, selection, listing, page)
    pager(f"{rows}, sorted by {listing.sort.label}, {selection.describe()}.", page, key="pager")


def _sentence(access: Access, selection: Selection, listing: Listing, page: Page[CustomerRow]) -> str:
    total, shown = _total(access, selection), len(page.rows)
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
    found = cache.fetch(access, CountCustomers(selection))
    return found if found <= CAP else None
