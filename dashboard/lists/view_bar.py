"""The saved views above a list: a pill each with its count; a click shows the view, another the whole list again."""

from collections.abc import Sequence
from threading import Lock

import streamlit as st
from cachetools import TTLCache

from dashboard.kit import cache
from dashboard.kit.addresses.list_state import open_view
from dashboard.kit.feedback import escape
from dashboard.lists.open_views import OpenViews
from data_access.base.errors import NotPermitted
from data_access.queries.lists.counts import CAP, MORE
from data_access.queries.lists.customers import Selection
from data_access.queries.lists.views import CountShortly, View
from data_access.store.access import Access

_MOST_COUNTED = 8  # one by one, where counting them all together takes too long
_TOO_SLOW: TTLCache[tuple[str, int | None, Selection], bool] = TTLCache(500, 600)  # for some minutes not tried again
_LOCK = Lock()
Counts = dict[int, int | None]


def view_pills(access: Access, views: OpenViews) -> None:
    """Draws nothing where there are no views."""
    offered = views.of_list.views
    if not offered:
        return
    counts, now = counted_views(access, offered), views.view.id if views.view is not None else None
    with st.container(key="choices-views"):
        picked = st.pills(
            "Saved views", [view.id for view in offered], selection_mode="single", default=now, wrap=False,
            format_func={view.id: _label(view, counts, views) for view in offered}.__getitem__,
            label_visibility="collapsed",
        )  # fmt: skip
    if any(view.id in counts and counts[view.id] is None for view in offered):
        st.caption("A view without a number would take too long to count.")
    if picked != now:
        open_view(picked)


def refuse(access: Access, views: OpenViews) -> None:
    """NotPermitted where the view of the address asks what its reader may not ask; the other views stay in reach."""
    if views.view is not None and views.view.refusal:
        view_pills(access, views)
        raise NotPermitted(views.view.refusal)


def _label(view: View, counts: Counts, views: OpenViews) -> str:
    if views.view == view and views.is_changed:
        return f"{escape(view.name)} · changed"
    count = counts.get(view.id)
    number = "" if count is None else f" · {count:,}" if count != MORE else f" · more than {CAP:,}"
    return escape(view.name) + number


def counted_views(access: Access, views: tuple[View, ...]) -> Counts:
    """How many customers each view shows; None where that cannot be told soon. One that may not be asked has none."""
    whose = str(access.engine.url), access.actor.reseller_id  # one reseller's customers may be few, and counted soon
    permitted = [view for view in views if not view.refusal]
    with _LOCK:
        asked = [view for view in permitted if (*whose, view.shows.filter) not in _TOO_SLOW]
    found = _asked(access, asked)
    with _LOCK:
        _TOO_SLOW.update({(*whose, view.shows.filter): True for view in asked if found.get(view.id, MORE) is None})
    return {view.id: None for view in permitted} | found


def _asked(access: Access, asked: Sequence[View]) -> Counts:
    together = cache.fetch(access, CountShortly(tuple(view.shows.filter for view in asked))) if asked else ()
    if together is not None:
        return {view.id: count for view, count in zip(asked, together, strict=True)}
    alone = {view.id: cache.fetch(access, CountShortly((view.shows.filter,))) for view in asked[:_MOST_COUNTED]}
    return {view_id: found[0] if found else None for view_id, found in alone.items()}
