"""Statements a page: how many questions one run asks of the database, with all that stands around the page."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from dashboard.customer.tab_bar import TABS
from dashboard.kit import cache
from dashboard.kit.addresses.navigation import PAGES, PageEntry
from data_access.base.choices.viewed_lists import SharedWith, ViewedList
from data_access.base.permissions import Role
from data_access.commands.people.views import SaveView
from data_access.store.access import Access, new_command_id
from tests.support.customers_of_all_kinds import KINDS, overdue_with_a_plan, with_a_promise, with_quotas_and_cards
from tests.support.desk_app import DeskApp
from tests.support.people import a_person
from tests.support.statements import counted

MOST = 15


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_tab_of_a_customer_asks_more_than_fifteen_questions(
    desk_app: DeskApp, kind: Callable[[Engine], int]
) -> None:
    app = desk_app.open("customer", Role.ADMIN, id=str(kind(desk_app.engine)))
    asked = {}
    for tab in TABS:
        app.query_params["tab"] = tab
        with counted(desk_app.engine) as statements:
            app.run()
        assert not app.exception
        asked[tab] = len(statements)
    assert max(asked.values()) <= MOST, asked


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_next_invoice_asks_no_more_than_fifteen_questions(desk_app: DeskApp, kind: Callable[[Engine], int]) -> None:
    app = desk_app.open("next_invoice", Role.ADMIN, id=str(kind(desk_app.engine)))
    with counted(desk_app.engine) as statements:
        app.run()
    assert not app.exception
    assert len(statements) <= MOST, statements


def test_customers_asks_no_more_than_fifteen_questions_above_saved_views(desk_app: DeskApp) -> None:
    """One is shared with people, all are counted."""
    for kind in (overdue_with_a_plan, with_a_promise, with_quotas_and_cards):
        kind(desk_app.engine)
    me, other = a_person(desk_app.engine, Role.ADMIN), a_person(desk_app.engine, Role.MANAGER)
    for name, address, more in (
        ("Late", "status=suspended", dict[str, Any]()),
        ("A", "q=a", {"shared_with": SharedWith.PEOPLE, "people": (other.person_id,)}),
    ):
        keeps = SaveView(page=ViewedList.CUSTOMERS, name=name, address=address, command_id=new_command_id(), **more)
        Access(desk_app.engine, me).execute(keeps)
    app = desk_app.sign_in_as(me)
    app.switch_page("../pages/customers.py")
    app.run()
    cache.forget()
    with counted(desk_app.engine) as statements:
        app.run()
    assert not app.exception
    assert [group.options for group in app.button_group if group.label == "Saved views"]
    assert len(statements) <= MOST


def test_no_page_asks_more_than_fifteen_questions(desk_app: DeskApp) -> None:
    customers = [kind(desk_app.engine) for kind in (overdue_with_a_plan, with_a_promise, with_quotas_and_cards)]
    shown = {
        "invoice": "1", "next_invoice": str(customers[0]), "customer": str(customers[0]), "customer_class": "1",
    }  # fmt: skip
    asked = {
        page.file: asked_by(desk_app, page, **{"id": shown[page.file]} if page.file in shown else {}) for page in PAGES
    }
    assert {page: count for page, count in asked.items() if count > MOST} == {}


def asked_by(desk_app: DeskApp, page: PageEntry, **address: str) -> int:
    """How many questions one run of a page asks when nothing is cached."""
    app = desk_app.open(page.file, Role.ADMIN, **address)
    cache.forget()
    with counted(desk_app.engine) as statements:
        app.run()
    assert not app.exception
    return len(statements)
