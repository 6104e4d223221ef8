"""Saved views in a notebook: by their name, with the permissions of the reader."""

from data_access.base.choices.viewed_lists import ViewedList
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.text.text_keys import fold
from data_access.notebook.listed_customers import ListedCustomers
from data_access.queries.lists.views import View, Views
from data_access.queries.pagination.by_key import Sort
from data_access.store.access import Access


def views_of(access: Access) -> list[View]:
    """The saved views that the person has, of every list."""
    return [view for page in ViewedList for view in access.fetch(Views(page)).views]


def view_called(name: str, access: Access, noting: Access | None = None) -> ListedCustomers:
    """The saved view of this name that the person has: their own before one that is shared with them.

    Rejected where they have no such view, or several that are shared with them, and where it names what is gone: a
    frame cannot warn. NotPermitted where it asks for what they may not read.
    """
    had = views_of(access)
    called = [each for each in had if fold(each.name) == fold(name)]
    found = [each for each in called if each.is_own] or called
    if not found:
        offered = ", ".join(f"“{each.name}”" for each in had) or "none"
        raise Rejected(f"You have no view called “{name}”. Yours are: {offered}.")
    if len(found) > 1:
        raise Rejected(f"You have several views called “{name}”: rename one, or save it under a name of your own.")
    view = found[0]
    if view.refusal:
        raise NotPermitted(view.refusal)
    if view.shows.lost:
        raise Rejected(f"The view “{view.name}” cannot be read. {' '.join(view.shows.lost)}")
    sort = next((sort for sort in Sort if sort == view.shows.sort), None)
    return ListedCustomers(access, noting or access, view.shows.filter, sort, f"frame of the view “{view.name}”")
