"""Which saved view a list is opened with: the one in the URL, or the user's own default."""

from dataclasses import dataclass

import streamlit as st

from dashboard.kit import cache, feedback
from dashboard.kit.addresses.list_state import (
    VIEW,
    InPlace,
    params,
    put_in_place,
    says_nothing_else,
    without_place,
    written_params,
)
from data_access.base.choices.viewed_lists import ViewedList
from data_access.base.text.numerals import whole_number
from data_access.queries.lists.views import View, Views, ViewsOfList
from data_access.search.filter_params import Params
from data_access.search.list_address import NO_NAMES, read, written
from data_access.store.access import Access


@dataclass(frozen=True, slots=True)
class OpenViews:
    """The views of a list, and the one that the address means; `lacks`: it means one that this reader has not."""

    page: ViewedList
    of_list: ViewsOfList
    view: View | None = None
    lacks: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether the list shows something else by now than the view does."""
        if self.view is None or self.view.refusal:
            return False
        return shown_address(self.page) != written(self.view.shows.params)


def open_views(access: Access, file: str) -> OpenViews:
    """What the address means. From here on the list is as the view has it, where the address says no more."""
    page, address = ViewedList(file), written_params()
    of_list = cache.fetch(access, Views(page))
    wanted = "".join(address.get(VIEW, [])[:1])
    view_id = of_list.default if not without_place(address) else _number(wanted)
    view = of_list.view(view_id)
    opens_so = of_list.default is not None
    is_asked = view is not None and not view.refusal
    put_in_place(InPlace(view.shows.params if view is not None and is_asked else {}, opens_so))
    return OpenViews(page, of_list, view, lacks=view_id is not None and view is None)


def tell(views: OpenViews) -> None:
    """What is wrong with the view of the address: that one has no such, and what it names that is gone."""
    if views.lacks:
        st.warning("This view is not there any more, or it is not shared with you.", icon=":material/bookmark_remove:")
    if views.view is not None and views.view.shows.lost and says_nothing_else(written_params()):
        lost = " ".join(views.view.shows.lost)
        st.warning(feedback.escape(f"{lost} So the list may hold more than the view once did."),
                   icon=":material/filter_alt_off:")  # fmt: skip


def shown_address(page: ViewedList) -> str:
    """How the list is filtered, sorted and shown now, as a view would keep it."""
    now: Params = {name: values for name, values in without_place(params()).items() if name != VIEW}
    return written(read(page, written(now), NO_NAMES).params)


def _number(text: str) -> int | None:
    try:
        return whole_number(text, 1)
    except ValueError:
        return None
