"""Data access in a notebook: `from data_access import desk`, then `mine = desk.open_desk()`.

`mine.me` is who reads, `mine.rights()` what that person may do, `mine.customers(...)` the customers of a filter,
`mine.view("name")` those of a saved view, and `mine.fetch(...)` answers any query of `data_access.queries`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

import pandas as pd

from data_access.base.choices.viewed_lists import ViewedList
from data_access.base.engine import make_engine
from data_access.base.errors import Rejected
from data_access.base.permissions import Actor, Permission, who_can
from data_access.base.running.databases import open_database
from data_access.base.settings import settings
from data_access.notebook.listed_customers import ListedCustomers
from data_access.notebook.views import view_called, views_of
from data_access.queries.pagination.by_key import Sort
from data_access.search.filters import LISTED
from data_access.search.list_address import NO_NAMES, Addressable, read
from data_access.store.access import Access, Query, access_as

T = TypeVar("T")
_NOBODY = "nobody"
__all__ = ["Desk", "open_desk"]


def open_desk(login: str = "", url: str = "") -> "Desk":
    """The desk as a person sees it, who can sign in under this name.

    Without a name it is `DESK_LOGIN`, without an address `NOTEBOOK_DATABASE_URL`, or `DATABASE_URL` where that is not
    set. What is read as a frame or exported stands in the audit, which is written by way of `DATABASE_URL`.
    """
    told = settings()
    reads = url or told.notebook_database_url
    access = access_as(make_engine(reads) if reads else open_database(told), login or told.desk_login)
    if url or not told.notebook_database_url:
        return Desk(access, access)
    return Desk(access, access_as(make_engine(told.database_url), access.actor.login))


@dataclass(frozen=True)
class Desk:
    """What one person can read: every row, name and figure as on the screen. Nothing is changed from here.

    `noting` writes the entry of the audit about what was read as a frame or exported.
    """

    access: Access
    noting: Access

    @property
    def me(self) -> Actor:
        """Who reads: name, role, and the reseller whose customers are seen, if not all."""
        return self.access.actor

    def now(self) -> datetime:
        """The present instant by the clock of this database, in UTC: a demo's runs ahead."""
        return self.access.now()

    def rights(self) -> pd.DataFrame:
        """Every right, whether one has it, and who does."""
        told = [(right.label, self.me.may(right), who_can(right)) for right in Permission if who_can(right) != _NOBODY]
        return pd.DataFrame(told, columns=["right", "mine", "who_can"]).astype({"right": "string", "who_can": "string"})

    def customers(self, chosen: Addressable | str = LISTED, sort: Sort | None = Sort.CUSTOMER_ID) -> ListedCustomers:
        """The customers of a filter, or of an address of the Customers page or of Advanced search.

        `mine.customers(CustomerFilter(currency=frozenset({"EUR"})))` and `mine.customers("customers?currency=EUR")`
        are the same. All but the permanently terminated, unless Advanced search asks for them.
        """
        if isinstance(chosen, str):
            chosen, sort = _at(chosen, sort)
        chosen.require(self.me)
        return ListedCustomers(self.access, self.noting, chosen, sort)

    def views(self) -> pd.DataFrame:
        """The saved views that one has, with what each shows."""
        told = [(view.name, view.owner, view.shows.filter.describe()) for view in views_of(self.access)]
        return pd.DataFrame(told, columns=["name", "owner", "shows"]).astype("string")

    def view(self, name: str) -> ListedCustomers:
        """The customers of a saved view, in the order of the screen: one's own view before one that is shared."""
        return view_called(name, self.access, self.noting)

    def fetch(self, query: Query[T]) -> T:
        """The answer to a query of `data_access.queries`; a refusal says which right is missing, and who has it."""
        return self.access.look(query)


def _at(address: str, sort: Sort | None) -> tuple[Addressable, Sort | None]:
    """Rejected where a part of it cannot be read: the rest would find more."""
    parts = urlsplit(address)
    name = parts.path.rstrip("/").rpartition("/")[2]
    if name not in {page.value for page in ViewedList}:
        offered = " or ".join(page.value for page in ViewedList)
        raise Rejected(f"“{address}” is no list of customers: an address begins with {offered}, and goes on with “?”.")
    shows = read(ViewedList(name), parts.query, NO_NAMES)
    if shows.lost:
        raise Rejected(f"The list at this address cannot be read. {' '.join(shows.lost)}")
    return shows.filter, next((each for each in Sort if each == shows.sort), sort)
