"""Statements a page: how many questions one run asks of the database, with all that stands around the page."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from dashboard.customer.tab_bar import TABS
from data_access.base.permissions import Role
from tests.support.customers_of_all_kinds import KINDS
from tests.support.desk_app import DeskApp
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
