"""The book that speed is measured on: every copy of a customer is as sound as the one that it was made from."""

import pytest
from sqlalchemy import Engine, func, inspect, select

from bench.million.book import fill
from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM
from data_access.models.customers import Customer
from data_access.models.services import SubscriptionPlan
from data_access.queries.audit.verify import VerifyChain
from data_access.seed import destiny
from data_access.store.access import Access
from tests.support.databases import Databases

CUSTOMERS, TEMPLATE = 700, 200


def indexes(engine: Engine) -> set[tuple[str, str | None]]:
    tables = inspect(engine)
    return {(table, one["name"]) for table in tables.get_table_names() for one in tables.get_indexes(table)}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, monkeypatch):
    """On a database of its own: the kept one has connections that would be in the way."""
    monkeypatch.setattr(destiny, "HISTORY_MONTHS", destiny.HISTORY_MONTHS)  # put back what filling sets
    monkeypatch.setattr("bench.million.copies.RARE", (("NOK", "SEK", 2), ("HUF", "CZK", 1)))
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    with databases.fresh() as url:
        engine = make_engine(url)
        before = indexes(engine)
        engine.dispose()
        fill(url, CUSTOMERS, template=TEMPLATE, months=6)
        engine = make_engine(url)
        assert indexes(engine) == before
        yield engine
        engine.dispose()


def test_a_multiplied_book_holds_as_the_demo_does(engine):
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Customer.id))) == CUSTOMERS
        each = select(Customer.currency, func.count(Customer.id)).group_by(Customer.currency)
        assert {"NOK", "HUF"} <= {currency for currency, _ in connection.execute(each)}
        assert connection.scalar(select(func.count(SubscriptionPlan.id)).where(SubscriptionPlan.currency == "NOK"))
        names = select(func.count(Customer.name_key.distinct()))
        assert connection.scalar(names) > CUSTOMERS * 0.9
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    found = Access(engine, SYSTEM, system_clock).fetch(VerifyChain())
    assert found.breaches == ()
