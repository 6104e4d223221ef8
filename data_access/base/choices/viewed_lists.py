"""Lists that can be saved as views, and with whom a view is shared."""

from enum import StrEnum


class ViewedList(StrEnum):
    """The lists that have views, by the address of their page."""

    CUSTOMERS = "customers"
    ADVANCED_SEARCH = "advanced_search"


class SharedWith(StrEnum):
    """Who has a view beside its owner."""

    NOBODY = "nobody"
    PEOPLE = "people"
    ROLE = "role"
    EVERYONE = "everyone"
