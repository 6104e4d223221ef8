"""The choice of the order: balances are compared in one currency only."""

from typing import Any

import pytest

from tests.support.builders import a_customer


def orders(app: Any) -> list[str]:
    return next(list(box.options) for box in app.selectbox if box.label == "Sorted by")


BALANCE = "Largest balance first"


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("customers", {"currency": "EUR"}),
        ("advanced_search", {"where": "currency.is.EUR"}),
        ("advanced_search", {"where": "currency.is_one_of.EUR"}),
    ],
)
def test_balances_are_an_order_within_one_currency(desk_app, page, address):
    a_customer(desk_app.engine, currency="EUR")
    a_customer(desk_app.engine, currency="USD")
    assert BALANCE not in orders(desk_app.open(page))
    assert BALANCE in orders(desk_app.open(page, **address))


def test_where_there_is_one_currency_balances_are_an_order(desk_app):
    a_customer(desk_app.engine, currency="EUR")
    assert BALANCE in orders(desk_app.open("customers"))


def test_an_address_that_mixes_currencies_says_so(desk_app):
    a_customer(desk_app.engine, currency="EUR")
    a_customer(desk_app.engine, currency="USD")
    app = desk_app.open("customers", sort="balance")
    assert f"{BALANCE}, currencies mixed" in orders(app)
    assert not app.exception
