"""The filter of the Customers page: address, sentence and WHERE agree, whatever somebody writes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.base.clock import start_of
from data_access.base.money import CURRENCIES
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import Shown
from data_access.models.customers import BalanceControl
from data_access.queries.lists.counts import CountCustomers
from data_access.queries.lists.customers import FindCustomers
from data_access.search.customer_conditions import OWN, Limit
from data_access.search.filter_params import plain
from data_access.search.filters import STATUSES_OFFERED, CustomerFilter
from data_access.search.text_match import Match, SearchField
from data_access.store.access import Access
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer, an_invoice, later
from tests.support.examples import examples
from tests.support.people import NOW, access_for


def is_plain(text: str) -> bool:
    try:
        return plain(text) == text != ""
    except ValueError:
        return False


TEXT = st.text(max_size=20).filter(is_plain)
AMOUNT = st.none() | st.decimals(-(10**9), 10**9, places=5, allow_nan=False)
SHARE = st.none() | st.decimals(0, 1000, places=2, allow_nan=False)
DAY = st.none() | st.dates(date(1900, 1, 1), date(2200, 12, 31))
DAYS = st.none() | st.integers(0, 36_500)
FILTERS = st.builds(
    CustomerFilter,
    q=st.just("") | TEXT,
    match=st.sampled_from(Match),
    fields=st.frozensets(st.sampled_from(SearchField), min_size=1),
    status=st.frozensets(st.sampled_from(STATUSES_OFFERED)),
    blocked=st.none() | st.booleans(),
    customer_class=st.frozensets(TEXT, max_size=3),
    currency=st.frozensets(st.sampled_from(CURRENCIES)),
    control=st.none() | st.sampled_from(BalanceControl),
    overdue_over=DAYS,
    balance_from=AMOUNT,
    balance_to=AMOUNT,
    limit=st.none() | st.sampled_from(Limit),
    used_from=SHARE,
    used_below=SHARE,
    created_from=DAY,
    created_to=DAY,
    invoices=st.none() | st.booleans(),
    terminates_before=DAY,
    terminates_within=DAYS,
    lift_ends_within=DAYS,
    reseller=st.frozensets(TEXT | st.just(OWN), max_size=3),
    country=st.frozensets(st.sampled_from(["DE", "PL", "SE"])),
)
ANY_PARAMS = st.dictionaries(
    st.sampled_from(sorted(CustomerFilter.facets())) | st.text(max_size=8),
    st.lists(st.text(max_size=20) | st.sampled_from(["yes", "NaN", "1e9", "2026-02-31", "active"]), max_size=3),
)


@given(FILTERS)
def test_what_is_written_to_the_address_is_read_back(chosen: CustomerFilter) -> None:
    assert CustomerFilter.from_params(chosen.to_params()) == (chosen, ())


@given(ANY_PARAMS)
def test_any_address_opens_and_what_is_read_can_be_written(params: dict[str, list[str]]) -> None:
    chosen, unread = CustomerFilter.from_params(params)
    assert CustomerFilter.from_params(chosen.to_params()) == (chosen, ())
    assert chosen.where(NOW)
    assert chosen.describe()
    assert all(str(part) for part in unread)


def test_every_filter_can_be_asked(engine: Engine) -> None:
    access = access_for(engine)

    @settings(max_examples=examples(50))
    @given(FILTERS)
    def asked(chosen: CustomerFilter) -> None:
        assert access.fetch(FindCustomers(chosen)).rows == ()

    asked()


def found(engine: Engine, **params: str) -> list[str]:
    chosen, unread = CustomerFilter.from_params({name: [text] for name, text in params.items()})
    assert unread == ()
    access = access_for(engine)
    codes = [row.customer_code for row in access.fetch(FindCustomers(chosen)).rows]
    assert access.fetch(CountCustomers(chosen)) == len(codes)
    return codes


def one(engine: Engine, **over: Any) -> None:
    a_customer(engine, customer_code="hit", **over)


def late(engine: Engine, due_on: date) -> None:
    an_invoice(engine, a_customer(engine, customer_code="hit"), issued_on=date(2026, 1, 1), due_on=due_on)


def lifted(engine: Engine) -> None:
    until = datetime(2026, 3, 18, tzinfo=UTC)
    a_suspended_customer(engine, customer_code="hit", suspension_lifted_until=until, first_lifted_on=later(-1))


Arrange = Callable[[Engine], None]
CASES: list[tuple[Arrange, dict[str, str], dict[str, str]]] = [
    (lambda e: one(e, blocked=True), {"blocked": "yes"}, {"blocked": "no"}),
    (lambda e: one(e, blocked=True), {"status": "blocked"}, {"status": "active"}),
    (lambda e: one(e, customer_class_id=a_class(e, name="Gold É")), {"customer_class": "gold e"},
     {"customer_class": "gold"}),
    (lambda e: one(e, currency="USD"), {"currency": "USD"}, {"currency": "EUR"}),
    (lambda e: one(e, balance_control=BalanceControl.PREPAID), {"control": "prepaid"}, {"control": "postpaid"}),
    (lambda e: late(e, date(2026, 3, 10)), {"overdue_over": "5"}, {"overdue_over": "6"}),
    (lambda e: late(e, date(2026, 3, 15)), {"overdue_over": "0"}, {"overdue_over": "1"}),
    (lambda e: late(e, date(2026, 3, 16)), {}, {"overdue_over": "0"}),
    (lambda e: one(e, balance=Decimal("10.5")), {"balance_from": "10.5"}, {"balance_from": "10.50001"}),
    (lambda e: one(e, balance=Decimal("10.5")), {"balance_to": "10.5"}, {"balance_to": "10.49999"}),
    (lambda e: one(e, balance=Decimal(1001)), {"limit": "over"}, {"limit": "none"}),
    (lambda e: one(e, balance=Decimal(1000)), {"used_from": "100"}, {"limit": "over"}),
    (lambda e: one(e, credit_limit=None), {"limit": "none"}, {"used_from": "0"}),
    (lambda e: one(e, balance_control=BalanceControl.PREPAID), {}, {"limit": "none"}),
    (lambda e: one(e, balance=Decimal(800)), {"used_from": "80"}, {"used_below": "80"}),
    (lambda e: one(e, balance=Decimal("0.7"), credit_limit=Decimal(1)), {"used_from": "70"}, {"used_below": "70"}),
    (lambda e: one(e, balance=Decimal(1), credit_limit=Decimal(0)), {"used_from": "100"}, {"used_below": "100"}),
    (lambda e: one(e, created_at=NOW), {"created_from": "2026-03-16"}, {"created_from": "2026-03-17"}),
    (lambda e: one(e, created_at=NOW), {"created_to": "2026-03-16"}, {"created_to": "2026-03-15"}),
    (lambda e: late(e, date(2026, 3, 16)), {"invoices": "yes"}, {"invoices": "no"}),
    (lambda e: one(e, terminate_on=date(2026, 3, 20)), {"terminates_before": "2026-03-21"},
     {"terminates_before": "2026-03-20"}),
    (lambda e: one(e, terminate_on=date(2026, 3, 20)), {"terminates_within": "4"}, {"terminates_within": "3"}),
    (lambda e: one(e, created_at=NOW + timedelta(hours=2), billing_zone="Pacific/Auckland"),
     {"created_from": "2026-03-17"}, {"created_to": "2026-03-16"}),
    (lambda e: one(e, created_at=NOW + timedelta(minutes=59), billing_zone="Pacific/Honolulu"),
     {"created_to": "2026-03-15"}, {"created_from": "2026-03-16"}),
    (lifted, {"lift_ends_within": "2"}, {"lift_ends_within": "1"}),
    (lifted, {"status": "suspension_lifted"}, {"status": "suspended"}),
    (lambda e: one(e, reseller_id=a_reseller(e, name="North")), {"reseller": "north"}, {"reseller": OWN}),
    (lambda e: one(e), {"reseller": OWN}, {"reseller": "north"}),
    (lambda e: one(e, country="SE"), {"country": "se"}, {"country": "DE"}),
    (lambda e: one(e, bill_status=BillStatus.EXPORTED), {"status": "exported"}, {"status": "active"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "moment", "days"),
    [
        ("Pacific/Auckland", datetime(2026, 3, 16, 10, 59, tzinfo=UTC), 4),
        ("Pacific/Auckland", datetime(2026, 3, 16, 11, 0, tzinfo=UTC), 3),
        ("Pacific/Honolulu", datetime(2026, 3, 16, 9, 59, tzinfo=UTC), 5),
        ("Pacific/Honolulu", datetime(2026, 3, 16, 10, 0, tzinfo=UTC), 4),
        ("Europe/Berlin", datetime(2026, 3, 15, 23, 0, tzinfo=UTC), 4),
    ],
)
def test_a_termination_is_as_many_days_ahead_as_where_the_customer_is_billed(
    engine: Engine, zone: str, moment: datetime, days: int
) -> None:
    one(engine, terminate_on=date(2026, 3, 20), billing_zone=zone)
    counts = [
        Access(engine, SYSTEM, lambda: moment).fetch(CountCustomers(CustomerFilter(terminates_within=within)))
        for within in (days - 1, days)
    ]
    assert counts == [0, 1]


def test_a_lift_of_a_day_with_25_hours_ends_tomorrow(engine: Engine) -> None:
    moment = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # half past midnight in Berlin
    until = start_of(date(2026, 10, 26), "Europe/Berlin")
    a_suspended_customer(
        engine, billing_zone="Europe/Berlin", suspension_lifted_until=until, first_lifted_on=date(2026, 10, 20)
    )
    access = Access(engine, SYSTEM, lambda: moment)
    assert access.fetch(CountCustomers(CustomerFilter(lift_ends_within=1))) == 1


@pytest.mark.parametrize(("arrange", "finds", "misses"), CASES, ids=[str(case[1:]) for case in CASES])
def test_a_facet_finds_what_it_says(
    engine: Engine, arrange: Arrange, finds: dict[str, str], misses: dict[str, str]
) -> None:
    arrange(engine)
    assert found(engine, **finds) == ["hit"]
    assert found(engine, **misses) == []


def test_each_facet_is_proven_by_a_case() -> None:
    proven = {name for _, finds, misses in CASES for name in (*finds, *misses)}
    assert set(CustomerFilter.facets()) - proven == {"q", "match", "fields"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("balance_from", "lots"),
        ("balance_from", "NaN"),
        ("balance_from", "1.234,56"),
        ("balance_from", "0.000001"),
        ("created_from", "2026-02-31"),
        ("created_from", "0001-01-01"),
        ("overdue_over", "-1"),
        ("overdue_over", "²"),
        ("used_from", "-5"),
        ("status", "happy"),
        ("currency", "XYZ"),
        ("country", "D"),
        ("blocked", "maybe"),
        ("q", "a\0b"),
    ],
)
def test_what_cannot_be_read_is_handed_back(name: str, text: str) -> None:
    chosen, unread = CustomerFilter.from_params({name: [text]})
    assert chosen == CustomerFilter()
    assert [part.text for part in unread] == [text]


def test_of_several_values_the_readable_ones_hold() -> None:
    chosen, unread = CustomerFilter.from_params({"status": ["suspended", "happy"]})
    assert chosen.status == {Shown.SUSPENDED}
    assert len(unread) == 1


def test_the_permanently_terminated_cannot_be_chosen_here() -> None:
    chosen, unread = CustomerFilter.from_params({"status": ["permanently_terminated"]})
    assert chosen.status == frozenset()
    assert "Advanced search" in str(unread[0])


def test_the_sentence_says_every_choice() -> None:
    chosen = CustomerFilter(
        q="aur", status=frozenset({Shown.SUSPENDED, Shown.BLOCKED}), overdue_over=30, balance_from=Decimal("100.00"),
        created_from=date(2026, 3, 1),
    )  # fmt: skip
    assert chosen.describe() == (
        "Customer ID or a word of the name starts with “aur”, Blocked or Suspended, overdue for more than 30 days, "
        "balance at least 100, created from 1 Mar 2026, not permanently terminated"
    )


def test_the_sentence_for_the_log_holds_no_searched_name() -> None:
    assert "kowalska" not in CustomerFilter(q="kowalska").describe(quoted=False)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
@pytest.mark.parametrize("change", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
@pytest.mark.parametrize("minutes", [10, -10, 50])
def test_days_overdue_are_counted_by_the_calendar_as_the_table_shows_them(
    engine: Engine, zone: str, change: datetime, minutes: int
) -> None:
    midnight = start_of(change.date() + timedelta(days=3), zone)
    now = midnight + timedelta(minutes=minutes)
    an_invoice(engine, a_customer(engine, billing_zone=zone), issued_on=date(2026, 1, 1), due_on=date(2026, 3, 5))
    access = access_for(engine, now=now)
    (row,) = access.fetch(FindCustomers(CustomerFilter())).rows
    days = row.days_overdue
    found = [len(access.fetch(FindCustomers(CustomerFilter(overdue_over=over))).rows) for over in (days - 1, days)]
    assert found == [1, 0]
