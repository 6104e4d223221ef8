"""Kept counts: as many as counted one by one, at every amount and instant, whoever changes a customer and how."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from data_access.base.bookings import SERVICES, Kind
from data_access.base.engine import Door, make_engine
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.domain.limit_use import LimitUse, band_of
from data_access.domain.shown_status import Shown
from data_access.migrations.counting import KEPT
from data_access.models.counts import CustomerCount, ExposureSum, OverdueSum
from data_access.models.customers import BalanceControl
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.collections.sums import CollectionTotals, OwedByCurrency
from data_access.queries.exposure.exposure import ExposureBins, ExposureGroup, ExposureTotals, UtilisationHistogram
from data_access.queries.lists.counts import BlockedCount, CountCustomers, CountEach, HiddenMatches, ShownCounts
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.lists.kept_counts import asked_of_counts
from data_access.search.customer_conditions import Limit
from data_access.search.filters import LISTED, STATUSES_OFFERED, CustomerFilter
from data_access.store.access import Access, new_command_id
from data_access.store.bulk import bulk_load, can_be_folded, fold_counts
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer, an_invoice
from tests.support.by_hand import behind
from tests.support.people import NOW, access_for
from tests.support.rows import arrangement

CENT = Decimal("0.01")
KEPT_TABLES = (CustomerCount, OverdueSum, ExposureSum)


def holds(engine: Engine) -> bool:
    return Access(engine, SYSTEM, lambda: NOW).fetch(VerifyChain()).holds


def shown(access: Access) -> dict[Shown, int]:
    return {status: count for status, count in access.fetch(ShownCounts()).items() if count}


def parts(engine: Engine) -> int:
    """How many rows all that is kept has."""
    with Session(engine) as session:
        return sum(session.scalar(select(func.count()).select_from(model)) or 0 for model in KEPT_TABLES)


def pay(engine: Engine, customer_id: int, amount: str, kind: Kind = Kind.MANUAL_CHARGE) -> None:
    service = SERVICES[0] if kind is Kind.MANUAL_CHARGE else None
    order = BookTransaction(
        customer_id=customer_id, kind=kind, amount=Decimal(amount), service=service, reason="counted",
        command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, Role.MANAGER).execute(order)


@pytest.mark.parametrize("over", [Decimal(0), CENT])
def test_a_limit_is_passed_above_it_and_not_at_it(engine: Engine, over: Decimal) -> None:
    customer_id = a_customer(engine, credit_limit=Decimal(100))
    access = access_for(engine)
    assert shown(access) == {Shown.ACTIVE: 1}
    pay(engine, customer_id, str(100 + over))
    assert shown(access) == {Shown.CREDIT_EXCEEDED if over else Shown.ACTIVE: 1}
    assert holds(engine)


@pytest.mark.parametrize("left", [Decimal(0), CENT])
def test_funds_are_used_up_at_nothing_left(engine: Engine, left: Decimal) -> None:
    a_customer(engine, balance_control=BalanceControl.PREPAID, credit_limit=None, balance=-left)
    assert shown(access_for(engine)) == {Shown.ACTIVE if left else Shown.NO_AVAILABLE_FUNDS: 1}
    assert holds(engine)


def test_the_end_of_a_temporary_limit_and_of_a_lift_is_seen_at_its_instant(engine: Engine) -> None:
    until = NOW + timedelta(hours=1)
    raised = {"temporary_limit": Decimal(50), "temporary_limit_until": until}
    a_customer(engine, credit_limit=Decimal(100), balance=Decimal(120), **raised)
    a_suspended_customer(engine, suspension_lifted_until=until, first_lifted_on=NOW.date())
    before, at = access_for(engine, now=until - timedelta(microseconds=1)), access_for(engine, now=until)
    assert shown(before) == {Shown.SUSPENSION_LIFTED: 1, Shown.ACTIVE: 1}
    assert shown(at) == {Shown.SUSPENDED: 1, Shown.CREDIT_EXCEEDED: 1}
    assert holds(engine)


@pytest.fixture(scope="module")
def a_crowd() -> list[dict[str, Any]]:
    """Customers of every status that is stored, blocked and not, in two currencies, with and without a limit."""
    return [
        {
            "bill_status": status,
            "blocked": blocked,
            "currency": currency,
            "country": currency[:2],
            "balance": Decimal(balance),
        }
        for status in BillStatus
        for blocked in (False, True)
        for currency, balance in (("EUR", 0), ("JPY", 5000))
        if not (status is BillStatus.SUSPENDED or (status is BillStatus.PERMANENTLY_TERMINATED and balance))
    ]


def test_every_filter_counts_the_customers_that_it_finds(engine: Engine, a_crowd: list[dict[str, Any]]) -> None:
    classes, mine = (a_class(engine, name="Gold"), a_class(engine, name="Silver")), a_reseller(engine, name="Mine")
    for number, facts in enumerate(a_crowd):
        a_customer(engine, **facts, customer_class_id=classes[number % 2], reseller_id=(None, None, mine)[number % 3])
    a_suspended_customer(engine, currency="JPY")
    a_customer(engine, customer_class_id=classes[0], balance=Decimal(800), **RAISED)
    a_customer(engine, customer_class_id=classes[0], balance=Decimal(700), **RAISED)
    for access in (access_for(engine), access_for(engine, reseller_id=mine)):
        _every_filter_counts(access)
    fold_counts(engine)
    for access in (access_for(engine), access_for(engine, reseller_id=mine)):
        _every_filter_counts(access)
    assert holds(engine)


FILTERS = st.builds(
    CustomerFilter,
    status=st.frozensets(st.sampled_from(STATUSES_OFFERED), max_size=2),
    blocked=st.sampled_from([None, False, True]),
    customer_class=st.sampled_from([frozenset(), frozenset({"Gold"}), frozenset({"None such"})]),
    currency=st.sampled_from([frozenset(), frozenset({"EUR"}), frozenset({"JPY", "EUR"}), frozenset({"KWD"})]),
    country=st.sampled_from([frozenset(), frozenset({"JP"}), frozenset({"JP", "DE"})]),
    control=st.sampled_from([None, *BalanceControl]),
    limit=st.sampled_from([None, Limit.OVER]),
    reseller=st.sampled_from([frozenset(), frozenset({"Mine"}), frozenset({"-"}), frozenset({"Mine", "-"})]),
)


def _every_filter_counts(access: Access) -> None:
    @settings(max_examples=12)
    @given(FILTERS)
    def counts(chosen: CustomerFilter) -> None:
        assert asked_of_counts(chosen.where(access.now())) is not None
        rows = access.fetch(FindCustomers(chosen, size=100)).rows
        found = access.fetch(ShownCounts(chosen))
        assert access.fetch(CountCustomers(chosen)) == len(rows)
        over = CustomerFilter(balance_from=Decimal("0.01"))
        each = access.fetch(CountEach((over, chosen)))
        assert each == (access.fetch(CountCustomers(over)), len(rows))
        hidden = found.pop(Shown.PERMANENTLY_TERMINATED)
        assert access.fetch(HiddenMatches(chosen)) == hidden
        meant = {status.value: found[status] for status in chosen.status or found if found[status]}
        assert Counter(meant) == Counter(row.shown for row in rows)
        assert access.fetch(BlockedCount(replace(chosen, blocked=None))) == access.fetch(
            CountCustomers(replace(chosen, blocked=True, status=frozenset()))
        )

    counts()


def test_a_filter_that_asks_for_more_is_counted_one_by_one() -> None:
    for chosen in (CustomerFilter(q="a"), CustomerFilter(balance_from=CENT), CustomerFilter(overdue_over=1)):
        assert asked_of_counts(chosen.where(NOW)) is None
    assert asked_of_counts(LISTED.where(NOW)) is not None


def test_what_is_alike_is_folded_into_one_and_nothing_is_left_of_what_went(engine: Engine) -> None:
    alike = {"credit_limit": Decimal(10), "customer_class_id": a_class(engine)}
    first, *_ = [a_customer(engine, **alike) for _ in range(5)]
    pay(engine, first, "11")
    pay(engine, first, "1", Kind.MANUAL_PAYMENT)
    before = shown(access_for(engine))
    assert parts(engine) == 18  # a count and a sum each, and four as the limit is passed and kept again
    assert can_be_folded(engine)
    assert fold_counts(engine) == 15
    assert not can_be_folded(engine)
    assert parts(engine) == 3
    assert shown(access_for(engine)) == before == {Shown.ACTIVE: 5}
    assert fold_counts(engine) == 0


CHANGED: dict[str, Any] = {
    "reseller_id": "(SELECT max(id) FROM resellers)", "customer_class_id": "(SELECT max(id) FROM customer_classes)",
    "country": "'JP'", "currency": "'JPY'", "balance_control": "'prepaid', credit_limit = NULL", "blocked": "true",
    "bill_status": "'permanently_terminated', terminated_at = created_at", "service_limited": "true",
    "balance": "1000.01 * {scale}", "credit_limit": "0", "temporary_limit_until": "created_at",
    "temporary_limit": "200 * {scale}",
    "suspension_lifted_until": "created_at, bill_status = 'suspended', suspended_at = created_at,"
    " suspension_cause = 'collection', first_lifted_on = DATE '2026-01-01'", "first_overdue_from": "created_at",
}  # fmt: skip
TOMORROW = NOW + timedelta(days=1)
RAISED = {"credit_limit": Decimal(700), "temporary_limit": Decimal(99), "temporary_limit_until": TOMORROW}
OF_INVOICES = {"payment_status": "'void'", "collection_status": "'do_not_collect'", "paid": "total - 1 * {scale}"}
READ = [("customers", column) for column in dict.fromkeys(column for kept in KEPT for column in kept.reads)]


@pytest.mark.parametrize(("table", "column"), [*READ, *(("invoices", column) for column in OF_INVOICES)])
def test_whatever_counts_is_counted_again_when_it_changes(engine: Engine, table: str, column: str) -> None:
    a_reseller(engine)
    facts = RAISED if column == "temporary_limit" else {"credit_limit": Decimal(1000)}
    an_invoice(engine, a_customer(engine, balance=Decimal(800), **facts))
    a_class(engine)
    before = parts(engine)
    change(engine, f"UPDATE {table} SET {column} = {(CHANGED | OF_INVOICES)[column]}")
    assert parts(engine) > before
    assert not kept_wrongly(engine)


def change(engine: Engine, statement: str) -> None:
    """As an import or a correction writes, with `{scale}` for what an amount of one is stored as."""
    is_sqlite = engine.dialect.name == "sqlite"
    words = statement.format(scale=100_000 if is_sqlite else 1).replace(" DATE '", " '" if is_sqlite else " DATE '")
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        load.connection.execute(text(words))
        load.complete({})


def kept_wrongly(engine: Engine) -> list[str]:
    """What the verification says about what is kept; the rest of the books was not kept up with."""
    found = Access(engine, SYSTEM, lambda: NOW).fetch(VerifyChain())
    return [sentence for sentence in found.breaches if "kept" in sentence]


def test_a_change_that_does_not_count_writes_nothing(engine: Engine) -> None:
    an_invoice(engine, a_customer(engine, credit_limit=Decimal(100)))
    before = parts(engine)
    change(engine, "UPDATE customers SET first_name = 'Nadia', balance = balance, blocked = blocked")
    change(engine, "UPDATE invoices SET disputed = true, paid = paid")
    assert parts(engine) == before


@pytest.mark.parametrize("facts", ["balance = 100.01 * {scale}", "credit_limit = 99.99 * {scale}"])
def test_a_limit_that_is_passed_takes_the_invoices_along(engine: Engine, facts: str) -> None:
    customer_id = a_customer(engine, balance=Decimal(92), credit_limit=Decimal(100))
    an_invoice(engine, customer_id, total=Decimal(8), issued_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
    for status in (Shown.ACTIVE, Shown.CREDIT_EXCEEDED):
        both = [access_for(engine).fetch(OwedByCurrency(of_status(each))) or () for each in (Shown.ACTIVE, status)]
        assert [[each.overdue for each in sums] for sums in both] == [[8] if status is Shown.ACTIVE else [], [8]]
        change(engine, f"UPDATE customers SET {facts} WHERE id = {customer_id}")
        assert not kept_wrongly(engine)


def of_status(*status: Shown) -> CustomerFilter:
    return CustomerFilter(status=frozenset(status))


def test_a_suspension_and_its_lift_take_the_invoices_along(engine: Engine) -> None:
    customer_id = a_suspended_customer(engine)
    tomorrow, later = NOW + timedelta(days=1), NOW + timedelta(days=2)
    lifted = f"suspension_lifted_until = '{tomorrow:%Y-%m-%d %H:%M:%S}.000000', first_lifted_on = DATE '2026-01-01'"
    for facts in ("blocked = true", lifted):
        change(engine, f"UPDATE customers SET {facts} WHERE id = {customer_id}")
        assert not kept_wrongly(engine)
    queues = [access_for(engine, now=now).fetch(CollectionTotals())["queue"].tolist() for now in (NOW, later)]
    assert queues == [["lifted"], ["suspended"]]


@pytest.mark.parametrize("passed", [False, True])
def test_a_limit_that_is_raised_for_a_time_is_exposed_as_it_stands(engine: Engine, passed: bool) -> None:
    until = NOW + timedelta(hours=1)
    raised = {"temporary_limit": Decimal(50), "temporary_limit_until": until}
    a_customer(engine, credit_limit=Decimal(100), balance=Decimal(120), **raised)
    access = access_for(engine, Role.ANALYST, now=until if passed else NOW)
    band = LimitUse.OVER if passed else LimitUse.FROM_80
    limit = 100 if passed else 150
    assert access.fetch(ExposureTotals("EUR")).bands == {band: ExposureGroup(1, Decimal(120), Decimal(limit), 1)}
    assert access.fetch(ExposureBins("EUR")).loc[0, ["limit_from", "balance_from"]].tolist() == [
        100 if passed else 120, 120,
    ]  # fmt: skip
    assert not kept_wrongly(engine)


MONEY = st.decimals(min_value=-9, max_value=2000, places=2)
SOMEBODY = st.fixed_dictionaries(
    {"balance": MONEY, "credit_limit": st.none() | MONEY.map(abs), "blocked": st.booleans()},
)


def test_sums_are_those_of_the_customers_whatever_they_owe(sqlite_engine: Engine) -> None:
    shared = {"customer_class_id": a_class(sqlite_engine)}
    crowd: list[dict[str, Any]] = []

    @settings(max_examples=25)
    @given(SOMEBODY)
    def join(somebody: dict[str, Any]) -> None:
        crowd.append(somebody)
        a_customer(sqlite_engine, **shared, **somebody)

    join()
    access = access_for(sqlite_engine, Role.ANALYST)
    totals, bars = access.fetch(ExposureTotals("EUR")), access.fetch(UtilisationHistogram("EUR"))
    bands = Counter(band_of(one["balance"], one["credit_limit"], prepaid=False) for one in crowd)
    assert {band: group.customers for band, group in totals.bands.items()} == bands
    assert bars["owed"].sum() == totals.postpaid.owed == sum(one["balance"] for one in crowd)
    fold_counts(sqlite_engine)
    assert access.fetch(ExposureTotals("EUR")) == totals
    owed = sum(max(one["balance"], Decimal(0)) for one in crowd)
    assert sum(each.owed for each in access.fetch(OwedByCurrency(LISTED)) or ()) == owed
    assert not kept_wrongly(sqlite_engine)


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Engine]:
    made = make_engine(postgresql_url)
    yield made
    made.dispose()


def test_nobody_waits_for_another_who_changes_the_same_sums(on_postgresql: Engine) -> None:
    engine = on_postgresql
    alike = {"customer_class_id": a_class(engine), "credit_limit": Decimal(100)}
    first, second = a_customer(engine, **alike), a_customer(engine, **alike)
    door = Door(is_open=True)
    with engine.connect().execution_options(door=door) as one, engine.connect().execution_options(door=door) as other:
        other.execute(text("SET LOCAL lock_timeout = '1s'"))
        for connection, customer_id in ((one, first), (other, second)):
            connection.execute(text(f"UPDATE customers SET balance = 101 WHERE id = {customer_id}"))
        other.commit()
        one.commit()
    assert not kept_wrongly(engine)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customers SET blocked = NOT blocked",
        "UPDATE customer_counts SET customers = customers + 1",
        "DELETE FROM customer_counts",
        "UPDATE customer_counts SET used_up = NOT used_up",
        "UPDATE customer_counts SET owed = owed + 1",
        "UPDATE exposure_sums SET balance = balance + 1",
        "UPDATE exposure_sums SET limits = limits + 1",
        "UPDATE exposure_sums SET band = 'over'",
        "UPDATE exposure_sums SET limit_from = limit_from + 1",
        "DELETE FROM exposure_sums",
        "UPDATE overdue_sums SET overdue = overdue + 1",
        "UPDATE overdue_sums SET overdue_from = NULL",
        "UPDATE overdue_sums SET used_up = NOT used_up",
        "UPDATE overdue_sums SET raised_until = overdue_from",
        "DELETE FROM overdue_sums WHERE customers = 0",
        "DELETE FROM overdue_sums WHERE customers = 1",
    ],
)
def test_a_count_that_was_changed_by_hand_is_found(engine: Engine, statement: str) -> None:
    a_suspended_customer(engine, credit_limit=Decimal(1000))
    assert holds(engine)
    behind(engine, statement)
    assert kept_wrongly(engine)
