"""The numbers beside the saved views: one that cannot be counted soon is told without, and not tried at each look."""

from sqlalchemy import Engine

from dashboard.kit import cache
from dashboard.lists.view_bar import counted_views
from data_access.base.choices.viewed_lists import SharedWith
from data_access.queries.lists.views import View
from data_access.search.filters import LISTED
from data_access.search.list_address import Addressable, ListAddress
from data_access.store.access import Access
from tests.data_access.test_saved_views import Endless
from tests.support.builders import a_customer, a_reseller
from tests.support.people import access_for
from tests.support.statements import counted


def a_view(key: int, selection: Addressable | Endless) -> View:
    shows = ListAddress(selection, ())  # type: ignore[arg-type]  # asked for its filter alone
    return View(key, 1, f"View {key}", shows, "Owner", True, SharedWith.EVERYONE, None)


def test_a_view_that_took_too_long_is_not_counted_again_for_some_minutes(engine: Engine) -> None:
    a_customer(engine)
    access, views = access_for(engine), (a_view(1, LISTED), a_view(2, Endless()))
    assert [asks_for_the_endless(engine, access, views) for _ in range(2)] == [True, False]


def test_a_view_too_slow_for_one_reader_is_tried_for_those_who_see_other_customers(engine: Engine) -> None:
    one, other = a_reseller(engine), a_reseller(engine)
    for reseller in (one, other):
        a_customer(engine, reseller_id=reseller)
    views, readers = (a_view(1, LISTED), a_view(2, Endless())), (one, other, other)
    asked = [asks_for_the_endless(engine, access_for(engine, reseller_id=whose), views) for whose in readers]
    assert asked == [True, True, False]


def asks_for_the_endless(engine: Engine, access: Access, views: tuple[View, ...]) -> bool:
    """Whether the endless one was asked for at this look."""
    cache.forget()
    with counted(engine) as sent:
        assert counted_views(access, views) == {1: 1, 2: None}
    return any("RECURSIVE" in statement for statement in sent)
