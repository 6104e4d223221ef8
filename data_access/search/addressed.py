"""A filter kept as the address that opens it: the page, and what stands in its address."""

from collections.abc import Mapping, Sequence

from data_access.base.errors import Rejected
from data_access.search.advanced_filter import PARAM, AdvancedFilter
from data_access.search.expression import parts_of, read_line
from data_access.search.filters import CustomerFilter

CUSTOMERS, ADVANCED_SEARCH = "customers", "advanced_search"
Addressable = CustomerFilter | AdvancedFilter


def page_of(selection: Addressable) -> str:
    """The page that a filter belongs to."""
    return CUSTOMERS if isinstance(selection, CustomerFilter) else ADVANCED_SEARCH


def selection_at(page: str, address: Mapping[str, Sequence[str]]) -> Addressable:
    """The filter of an address. Rejected where a part of it cannot be read today: the rest would find more."""
    chosen: Addressable
    if page == CUSTOMERS:
        chosen, unread = CustomerFilter.from_params(address)
        wrong = [str(each) for each in unread]
    else:
        lines = [read_line(text) for text in address.get(PARAM, ())]
        chosen, wrong = AdvancedFilter(parts_of(lines)), [line.complaint for line in lines if line.complaint]
    if wrong:
        raise Rejected(f"The filter cannot be used any more. {' '.join(wrong)}")
    return chosen
