"""Saved views as frames: the rows of the screen, typed, by the rights of the person who asks."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Date, Integer, String, column

from data_access.base.choices.viewed_lists import ViewedList
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.money import Amount
from data_access.base.running.databases import open_database
from data_access.base.settings import settings
from data_access.base.text.text_keys import fold
from data_access.commands.customers.exports import ExportCustomers
from data_access.queries.lists.customers import CustomerRow
from data_access.queries.lists.exports import CustomersInOrder
from data_access.queries.lists.views import View, Views
from data_access.queries.pagination.by_key import Sort
from data_access.queries.pagination.pages import Direction
from data_access.store.access import Access, access_as, new_command_id
from data_access.store.frames import typed

_COLUMNS = (
    column("customer_id", String), column("name", String), column("status", String), column("also", String),
    column("customer_class", String), column("currency", String), column("balance_control", String),
    column("balance", Amount), column("available_funds", Amount), column("credit_limit", Amount),
    column("overdue_amount", Amount), column("days_overdue", Integer), column("overdue_since", Date),
    column("next_step", String), column("next_step_on", Date),
)  # fmt: skip
_CATEGORIES = ("status", "customer_class", "currency", "balance_control")


@dataclass(frozen=True)
class ViewToRead:
    """A saved view in a notebook."""

    access: Access
    view: View

    def to_frame(self) -> pd.DataFrame:
        """A row a customer, in the order of the screen: exact amounts, days as days, statuses as categories.

        It stands in the audit, as an export does. Rejected where the view names what is gone: a frame cannot warn.
        """
        if self.view.refusal:
            raise NotPermitted(self.view.refusal)
        if self.view.shows.lost:
            raise Rejected(f"The view “{self.view.name}” cannot be read. {' '.join(self.view.shows.lost)}")
        chosen = self.view.shows.filter
        told = f"frame of the view “{self.view.name}”"
        self.access.execute(ExportCustomers(command_id=new_command_id(), filter=chosen, format=told))
        frame = typed(_COLUMNS, [_cells(row) for row in self._rows()])
        return frame.astype(dict.fromkeys(_CATEGORIES, "category"))

    def _rows(self) -> Iterator[CustomerRow]:
        """Part by part: each has its own turn at the database."""
        sort = next((sort for sort in Sort if sort == self.view.shows.sort), None)
        page = self.access.look(CustomersInOrder(self.view.shows.filter, sort))
        yield from page.rows
        while page.has_next:
            page = self.access.look(CustomersInOrder(self.view.shows.filter, sort, Direction.AFTER, str(page.last)))
            yield from page.rows


def view(name: str, access: Access | None = None) -> ViewToRead:
    """The saved view of this name that the person has: their own before one that is shared with them.

    Without an access it is that of the settings: `DATABASE_URL` names the database, `DESK_LOGIN` the person.
    Rejected where they have no such view, or several that are shared with them.
    """
    access = access or access_as(open_database(settings()), settings().desk_login)
    had = [each for page in ViewedList for each in access.fetch(Views(page)).views]
    called = [each for each in had if fold(each.name) == fold(name)]
    found = [each for each in called if each.is_own] or called
    if not found:
        offered = ", ".join(f"“{each.name}”" for each in had) or "none"
        raise Rejected(f"You have no view called “{name}”. Yours are: {offered}.")
    if len(found) > 1:
        raise Rejected(f"You have several views called “{name}”: rename one, or save it under a name of your own.")
    return ViewToRead(access, found[0])


def _cells(row: CustomerRow) -> tuple[object, ...]:
    step = row.next_step
    return (
        row.customer_code, row.name, row.shown, ", ".join(row.secondary), row.class_name, row.currency,
        row.balance_control, row.balance, row.available, row.credit_limit, row.overdue_amount, row.days_overdue,
        row.overdue_since, step.says if step else None, step.on if step else None,
    )  # fmt: skip
