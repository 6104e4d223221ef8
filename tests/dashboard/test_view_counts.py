"""The numbers beside the saved views: one that cannot be counted soon is told without, and not tried at each look."""

from time import monotonic

from sqlalchemy import Engine

from dashboard.kit import cache
from dashboard.lists.view_bar import counted_views
from data_access.base.choices.viewed_lists import SharedWith
from data_access.queries.lists.views import HURRY_SECONDS, View
from data_access.search.filters import LISTED
from data_access.search.list_address import Addressable, ListAddress
from tests.data_access.test_saved_views import Endless
from tests.support.builders import a_customer
from tests.support.people import access_for


def a_view(key: int, selection: Addressable | Endless) -> View:
    shows = ListAddress(selection, ())  # type: ignore[arg-type]  # asked for its filter alone
    return View(key, 1, f"View {key}", shows, "Owner", True, SharedWith.EVERYONE, None)


def test_a_view_that_took_too_long_is_not_counted_again_for_some_minutes(engine: Engine) -> None:
    a_customer(engine)
    access, views = access_for(engine), (a_view(1, LISTED), a_view(2, Endless()))
    assert counted_views(access, views) == {1: 1, 2: None}
    cache.forget()
    began = monotonic()
    assert counted_views(access, views) == {1: 1, 2: None}
    assert monotonic() - began < HURRY_SECONDS
