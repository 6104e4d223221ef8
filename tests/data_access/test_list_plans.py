"""What keeps the list quick: counts read one index alone, and every order is that of an index."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import Shown, shown_status, shows
from data_access.models.customers import Customer
from data_access.queries.collections.sums import OwedByCurrency
from data_access.queries.lists.counts import BlockedCount, CountCustomers, HiddenMatches, ShownCounts
from data_access.queries.lists.currencies import AreInOneCurrency
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.lists.further import FurtherMatches
from data_access.queries.pagination.by_key import Sort
from data_access.queries.pagination.pages import Direction
from data_access.search.filter_params import Params
from data_access.search.filters import STATUSES_OFFERED, CustomerFilter
from data_access.search.text_match import Match, SearchField, any_matches
from data_access.store.access import Access
from tests.support.builders import a_customer
from tests.support.people import NOW, access_for

ALL_FACETS = {
    "q": "a", "match": "contains", "customer_class": "Gold", "currency": "EUR", "control": "postpaid", "blocked": "yes",
    "limit": "over", "balance_from": "1", "balance_to": "9", "used_from": "5", "used_below": "50", "overdue_over": "1",
    "lift_ends_within": "9", "terminates_within": "9", "created_from": "2026-01-01", "created_to": "2026-02-01",
    "terminates_before": "2027-01-01", "reseller": "Tele", "country": "DE", "invoices": "yes",
}  # fmt: skip

KEPT = ("match", "customer_class", "currency", "control", "blocked", "limit", "reseller", "country")
FEW = (*KEPT, "lift_ends_within")  # what is timed


def steps_of(engine: Engine, statements: list[tuple[str, Any]]) -> str:
    """How SQLite goes about these statements, in its own words."""
    with engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all() for text, values in statements]
    return " / ".join(step.detail for plan in plans for step in plan)


@contextmanager
def statements_on(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The selects that are sent inside."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        if text.startswith(("SELECT", "WITH")):
            sent.append((text, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def steps_of_counting(access: Access, params: Params, query: type[Any] = ShownCounts) -> str:
    """How the customers that an address asks for are counted by shown status; kept counts are few rows anyway."""
    chosen, unread = CustomerFilter.from_params(params)
    assert not unread
    with statements_on(access.engine) as sent:
        access.fetch(query(chosen))
    return steps_of(access.engine, [(text, values) for text, values in sent if re.search(r"FROM customers\b", text)])


def test_every_facet_is_tried() -> None:
    assert {*ALL_FACETS, "status", "fields"} == set(CustomerFilter.facets())


@pytest.mark.parametrize("name", ALL_FACETS)
def test_sums_read_what_is_kept_or_the_invoices_of_those_who_are_found(sqlite_engine: Engine, name: str) -> None:
    steps = steps_of_counting(access_for(sqlite_engine), {name: [ALL_FACETS[name]]}, OwedByCurrency)
    if name in KEPT:
        assert "SCAN customer_counts" in steps
        assert "SCAN customers USING COVERING INDEX ix_customers_timed" in steps
        assert "invoices" not in steps
        return
    assert "SEARCH invoices USING INDEX ix_invoices_open (customer_id=? AND overdue_from<?)" in steps
    assert "SCAN invoices" not in steps
    assert not re.search(r"SCAN customers(?! USING)", steps), steps


@pytest.mark.parametrize("status", STATUSES_OFFERED)
@pytest.mark.parametrize("query", [OwedByCurrency, CountCustomers])
def test_every_status_is_told_by_what_is_kept(sqlite_engine: Engine, query: type[Any], status: Shown) -> None:
    with statements_on(sqlite_engine) as sent:
        access_for(sqlite_engine).fetch(query(CustomerFilter(status=frozenset({status}))))
    steps = steps_of(sqlite_engine, sent)
    assert "SCAN customer_counts" in steps
    assert steps.count(" customers ") == steps.count("SCAN customers USING COVERING INDEX ix_customers_timed") == 1
    assert "invoices" not in steps


def test_the_sums_of_a_text_are_those_of_whom_the_index_finds(sqlite_engine: Engine) -> None:
    steps = steps_of_counting(access_for(sqlite_engine), {"q": ["berg"], "match": ["contains"]}, OwedByCurrency)
    assert "search_index VIRTUAL TABLE" in steps
    assert "SEARCH customers USING INTEGER PRIMARY KEY" in steps
    assert "SCAN customers" not in steps


def test_what_else_a_text_finds_is_looked_up_in_the_index(sqlite_engine: Engine) -> None:
    with statements_on(sqlite_engine) as sent:
        access_for(sqlite_engine).fetch(FurtherMatches(CustomerFilter(q="berg")))
    steps = steps_of(sqlite_engine, sent)
    assert steps.count("search_index VIRTUAL TABLE") == 3  # names, e-mails, Customer IDs
    assert "SEARCH customers USING INDEX ix_customers_city_key" in steps
    assert "SEARCH customers USING INTEGER PRIMARY KEY" in steps
    assert "SCAN customers" not in steps
    assert "BLOOM FILTER" not in steps  # for which all customers are read


@pytest.mark.parametrize("name", ALL_FACETS)
def test_counts_read_no_customer_whatever_is_filtered(sqlite_engine: Engine, name: str) -> None:
    searched = {"match": ["contains"], "fields": [field.value for field in SearchField]}
    steps = steps_of_counting(access_for(sqlite_engine), searched | {name: [ALL_FACETS[name]]})
    if "SCAN customers" in steps:  # not the few that an index of the facet's own finds
        index = "(COVERING )?INDEX ix_customers_timed" if name in FEW else "COVERING INDEX ix_customers_counted"
        assert re.search(f"SCAN customers USING {index}", steps)
        assert "TEMP B-TREE" not in steps or name == "blocked"  # they are few too


@pytest.mark.parametrize("query", [CountCustomers, BlockedCount, HiddenMatches])
@pytest.mark.parametrize("name", ["match", "customer_class", "currency", "control", "reseller"])
def test_what_is_kept_is_not_counted_again(sqlite_engine: Engine, query: type[Any], name: str) -> None:
    steps = steps_of_counting(access_for(sqlite_engine), {name: [ALL_FACETS[name]]}, query)
    assert "SCAN customers USING COVERING INDEX ix_customers_timed" in steps
    assert steps.count(" customers ") == 1


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("direction", [Direction.FIRST, Direction.LAST])
def test_no_order_of_the_list_is_made_on_the_spot(sqlite_engine: Engine, sort: Sort, direction: Direction) -> None:
    access = access_for(sqlite_engine)
    with statements_on(sqlite_engine) as sent:
        access.fetch(FindCustomers(sort=sort, direction=direction))
    assert "TEMP B-TREE" not in steps_of(sqlite_engine, sent[:1])


def test_whether_all_are_in_one_currency_is_told_by_the_ends_of_an_index(sqlite_engine: Engine) -> None:
    access = access_for(sqlite_engine)
    with statements_on(sqlite_engine) as sent:
        assert access.fetch(AreInOneCurrency())
    step = "SEARCH customers USING INDEX ix_customers_live_currency"
    told = steps_of(sqlite_engine, sent)
    assert (told.count(step), told.count("customers")) == (2, 4)  # each names the table, and its index


@pytest.mark.parametrize("status", [Shown.EXPORTED, Shown.SUSPENDED, Shown.PROVISIONALLY_TERMINATED])
def test_one_status_is_asked_of_columns_whose_values_postgresql_has_counted(status: Shown) -> None:
    assert "CASE" not in str(shows(frozenset({status}), NOW))


def test_one_status_is_asked_as_it_is_shown(engine: Engine) -> None:
    for status, blocked, lifted, balance in product(BillStatus, (False, True), (None, -1, 1), (0, 5_000)):
        until = None if lifted is None else NOW + timedelta(days=lifted)
        if until is None or status is BillStatus.SUSPENDED:
            a_customer(
                engine, bill_status=status, blocked=blocked, suspension_lifted_until=until, balance=Decimal(balance),
                first_lifted_on=None if until is None else NOW.date(),
            )  # fmt: skip
    with Session(engine) as session:
        for one in Shown:
            differs = shows(frozenset({one}), NOW).is_distinct_from(shown_status(NOW) == one.value)
            assert list(session.scalars(select(Customer.id).where(differs))) == [], one


def test_a_name_that_starts_with_words_is_looked_up_by_the_longest(engine: Engine) -> None:
    found = any_matches((SearchField.CUSTOMER_ID, SearchField.NAME), Match.STARTS, "ann lindgren")
    said = str(found.compile(engine, compile_kwargs={"literal_binds": True}))
    assert "search_texts" in said
    assert "'lindgren'" in said
