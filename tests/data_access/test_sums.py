"""Sums of a list: what is owed and overdue in each currency, over all that a filter finds."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.money import ZERO
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import Shown
from data_access.models.customers import BalanceControl
from data_access.queries.collections.collections import CollectionFilter
from data_access.queries.collections.sums import CurrencySum, OwedByCurrency, _sums
from data_access.queries.lists.counts import CountCustomers
from data_access.queries.lists.customers import FindCustomers, Selection
from data_access.search.filters import CustomerFilter
from tests.support.builders import a_class, a_customer, a_reseller, an_invoice
from tests.support.people import NOW, access_for

_LISTED = ("balance", "overdue_amount")  # in that order, what a row of the list tells


@pytest.fixture
def of_class(engine: Engine) -> int:
    return a_class(engine)


def sums(engine: Engine, asked: Selection, **over: Any) -> dict[str, tuple[Decimal, Decimal]]:
    found = access_for(engine, **over).fetch(OwedByCurrency(asked))
    assert found is not None
    return {each.currency: (each.owed, each.overdue) for each in found}


def test_each_currency_stands_alone_with_what_is_owed_and_overdue(engine: Engine, of_class: int) -> None:
    for currency, balance, due_on in (
        ("EUR", "100.10", date(2026, 3, 1)), ("EUR", "20.05", date(2026, 12, 1)), ("EUR", "-70", None),
        ("JPY", "5000", None), ("KWD", "1.234", date(2026, 3, 15)),
    ):  # fmt: skip
        someone = a_customer(
            engine, customer_class_id=of_class, currency=currency, balance=ZERO if due_on else Decimal(balance)
        )
        if due_on is not None:
            an_invoice(engine, someone, total=Decimal(balance), issued_on=date(2026, 1, 1), due_on=due_on)
    assert sums(engine, CustomerFilter()) == {
        "EUR": (Decimal("120.15"), Decimal("100.1")), "JPY": (5000, 0), "KWD": (Decimal("1.234"), Decimal("1.234")),
    }  # fmt: skip
    assert sums(engine, CustomerFilter(currency=frozenset({"JPY"}))) == {"JPY": (5000, 0)}


def test_the_sums_are_those_of_the_filter_and_not_of_its_page(engine: Engine, of_class: int) -> None:
    for count in range(7):
        a_customer(engine, customer_class_id=of_class, balance=Decimal(count), blocked=count > 2)
    asked = CustomerFilter(blocked=True)
    page = access_for(engine).fetch(FindCustomers(asked, size=2))
    assert (len(page.rows), sums(engine, asked)) == (2, {"EUR": (3 + 4 + 5 + 6, 0)})


def test_the_permanently_terminated_and_others_customers_are_not_in_them(engine: Engine, of_class: int) -> None:
    north = a_reseller(engine, name="North")
    over = {"customer_class_id": of_class, "balance": Decimal(10)}
    a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED, terminated_at=NOW, **over)
    a_customer(engine, reseller_id=north, **over)
    a_customer(engine, balance_control=BalanceControl.PREPAID, **over)
    assert sums(engine, CustomerFilter()) == {"EUR": (20, 0)}
    assert sums(engine, CustomerFilter(), reseller_id=north) == {"EUR": (10, 0)}


@pytest.mark.parametrize("days", [0, 2])
def test_a_status_is_summed_as_it_is_listed_whatever_its_lift(engine: Engine, of_class: int, days: int) -> None:
    one, tomorrow = Decimal(1), NOW + timedelta(days=1)
    raised = {"credit_limit": one, "temporary_limit": Decimal(10**6), "temporary_limit_until": tomorrow}
    for number, facts in enumerate((
        {}, {"blocked": True}, {"suspension_lifted_until": tomorrow, "first_lifted_on": NOW.date()},
        {"bill_status": BillStatus.PROVISIONALLY_TERMINATED}, {"bill_status": BillStatus.EXPORTED},
        {"bill_status": BillStatus.OPEN}, {"currency": "JPY"},
        {"bill_status": BillStatus.OPEN, "service_limited": True},
        {"bill_status": BillStatus.OPEN, "credit_limit": one},
        {"bill_status": BillStatus.OPEN, "balance_control": BalanceControl.PREPAID},
        {"bill_status": BillStatus.OPEN, **raised}, {"bill_status": BillStatus.OPEN, **raised, "temporary_limit": one},
        {"suspension_lifted_until": tomorrow, "first_lifted_on": NOW.date(), "credit_limit": one},
    )):  # fmt: skip
        someone = a_customer(engine, customer_class_id=of_class, **{"bill_status": BillStatus.SUSPENDED} | facts)
        an_invoice(engine, someone, total=Decimal(2**number), issued_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
    access = access_for(engine, now=NOW + timedelta(days=days))
    for statuses in (*combinations(Shown, 1), *combinations(Shown, 2)):
        asked = CustomerFilter(status=frozenset(statuses))
        rows = access.fetch(FindCustomers(asked)).rows
        assert {row.shown for row in rows} <= {*statuses}
        together = {
            currency: tuple(sum(getattr(row, name) for row in rows if row.currency == currency) for name in _LISTED)
            for currency in {row.currency for row in rows}
        }
        found = access.fetch(OwedByCurrency(asked)) or ()
        assert {each.currency: (each.owed, each.overdue) for each in found} == together
        assert access.fetch(CountCustomers(asked)) == len(rows)


def test_no_more_are_added_up_one_by_one_than_are_counted(
    engine: Engine, of_class: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_access.queries.collections.sums.MORE", 3)
    _sums._made.cache_clear()
    for balance in (-1, 0, 5, 7):
        someone = a_customer(engine, customer_class_id=of_class, balance=Decimal(balance))
        an_invoice(engine, someone, total=Decimal(1), issued_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
    found = {
        balance: access_for(engine).fetch(OwedByCurrency(CustomerFilter(balance_from=Decimal(balance))))
        for balance in (1, 2, 7)
    }
    _sums._made.cache_clear()
    assert found == {
        1: None, 2: (CurrencySum("EUR", Decimal(14), Decimal(2)),), 7: (CurrencySum("EUR", Decimal(8), Decimal(1)),),
    }  # fmt: skip
    assert sums(engine, CustomerFilter()) == {"EUR": (15, 4)}


def test_collections_sums_its_queues(engine: Engine, of_class: int) -> None:
    late = a_customer(engine, customer_class_id=of_class, balance=Decimal(2))
    an_invoice(engine, late, total=Decimal(8), issued_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
    a_customer(engine, customer_class_id=of_class, balance=Decimal(5))
    assert sums(engine, CollectionFilter()) == {"EUR": (10, 8)}
    assert sums(engine, CollectionFilter(currency="USD")) == {}


@pytest.mark.parametrize(("hour", "overdue"), [(10, 8), (9, 0)])
def test_what_is_overdue_is_so_from_the_end_of_the_due_day_in_honolulu(
    engine: Engine, of_class: int, hour: int, overdue: int
) -> None:
    late = a_customer(engine, customer_class_id=of_class, billing_zone="Pacific/Honolulu")
    an_invoice(engine, late, total=Decimal(8), issued_on=date(2026, 3, 1), due_on=date(2026, 3, 14))
    moment = datetime(2026, 3, 15, hour, tzinfo=UTC) - timedelta(seconds=hour == 9)
    found = access_for(engine, Role.SUPPORT, moment).fetch(OwedByCurrency(CustomerFilter()))
    assert found == (CurrencySum("EUR", Decimal(8), Decimal(overdue)),)
