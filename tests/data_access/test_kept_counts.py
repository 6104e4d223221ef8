"""Kept counts: as many as counted one by one, at every amount and instant, whoever changes a customer and how."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from data_access.base.bookings import SERVICES, Kind
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.domain.shown_status import Shown
from data_access.migrations.counting import COUNTED
from data_access.models.counts import CustomerCount
from data_access.models.customers import BalanceControl
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.lists.counts import BlockedCount, CountCustomers, CountEach, HiddenMatches, ShownCounts
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.lists.kept_counts import asked_of_counts
from data_access.search.filters import LISTED, CustomerFilter
from data_access.store.access import Access, new_command_id
from data_access.store.bulk import bulk_load, fold_counts
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer
from tests.support.by_hand import behind
from tests.support.people import NOW, access_for
from tests.support.rows import arrangement

CENT = Decimal("0.01")


def holds(engine: Engine) -> bool:
    return Access(engine, SYSTEM, lambda: NOW).fetch(VerifyChain()).holds


def shown(access: Access) -> dict[Shown, int]:
    return {status: count for status, count in access.fetch(ShownCounts()).items() if count}


def parts(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(CustomerCount)) or 0


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
        {"bill_status": status, "blocked": blocked, "currency": currency, "balance": Decimal(balance)}
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
    for access in (access_for(engine), access_for(engine, reseller_id=mine)):
        _every_filter_counts(access)
    fold_counts(engine)
    for access in (access_for(engine), access_for(engine, reseller_id=mine)):
        _every_filter_counts(access)
    assert holds(engine)


FILTERS = st.builds(
    CustomerFilter,
    blocked=st.sampled_from([None, False, True]),
    customer_class=st.sampled_from([frozenset(), frozenset({"Gold"}), frozenset({"None such"})]),
    currency=st.sampled_from([frozenset(), frozenset({"EUR"}), frozenset({"JPY", "EUR"}), frozenset({"KWD"})]),
    control=st.sampled_from([None, *BalanceControl]),
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
        assert Counter({status.value: n for status, n in found.items() if n}) == Counter(row.shown for row in rows)
        assert access.fetch(BlockedCount(replace(chosen, blocked=None))) == access.fetch(
            CountCustomers(replace(chosen, blocked=True))
        )

    counts()


def test_a_filter_that_asks_for_more_is_counted_one_by_one() -> None:
    for chosen in (CustomerFilter(q="a"), CustomerFilter(country=frozenset({"DE"})), CustomerFilter(overdue_over=1)):
        assert asked_of_counts(chosen.where(NOW)) is None
    assert asked_of_counts(LISTED.where(NOW)) is not None


def test_what_is_alike_is_folded_into_one_and_nothing_is_left_of_what_went(engine: Engine) -> None:
    alike = {"credit_limit": Decimal(10), "customer_class_id": a_class(engine)}
    first, *_ = [a_customer(engine, **alike) for _ in range(5)]
    pay(engine, first, "11")
    pay(engine, first, "1", Kind.MANUAL_PAYMENT)
    before = shown(access_for(engine))
    assert parts(engine) == 9
    assert fold_counts(engine) == 8
    assert parts(engine) == 1
    assert shown(access_for(engine)) == before == {Shown.ACTIVE: 5}
    assert fold_counts(engine) == 0


CHANGED: dict[str, Any] = {
    "reseller_id": "(SELECT max(id) FROM resellers)", "customer_class_id": "(SELECT max(id) FROM customer_classes)",
    "currency": "'JPY'", "balance_control": "'prepaid', credit_limit = NULL", "blocked": "true",
    "bill_status": "'permanently_terminated', terminated_at = created_at", "service_limited": "true",
    "balance": "1000.01 * {scale}", "credit_limit": "0", "temporary_limit_until": "created_at",
    "suspension_lifted_until": "created_at, bill_status = 'suspended', suspended_at = created_at,"
    " suspension_cause = 'collection', first_lifted_on = DATE '2026-01-01'",
}  # fmt: skip


@pytest.mark.parametrize("column", COUNTED)
def test_whatever_counts_is_counted_again_when_it_changes(engine: Engine, column: str) -> None:
    a_reseller(engine)
    a_customer(engine, balance=Decimal(900), credit_limit=Decimal(1000))
    a_class(engine)
    before = parts(engine)
    is_sqlite = engine.dialect.name == "sqlite"
    value = CHANGED[column].format(scale=100_000 if is_sqlite else 1).replace("DATE ", "" if is_sqlite else "DATE ")
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        load.connection.execute(text(f"UPDATE customers SET {column} = {value}"))
        load.complete({})
    assert parts(engine) > before
    kept = _kept(engine)
    assert not kept, kept


def _kept(engine: Engine) -> str:
    """What the verification says about kept counts; the rest of the books was not kept up with."""
    found = str(Access(engine, SYSTEM, lambda: NOW).fetch(VerifyChain()))
    return found if "kept counts" in found else ""


def test_a_change_that_does_not_count_writes_nothing(engine: Engine) -> None:
    customer_id = a_customer(engine, credit_limit=Decimal(100))
    before = parts(engine)
    pay(engine, customer_id, "5")
    assert parts(engine) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customers SET blocked = NOT blocked",
        "UPDATE customer_counts SET customers = customers + 1",
        "DELETE FROM customer_counts",
        "UPDATE customer_counts SET used_up = NOT used_up",
    ],
)
def test_a_count_that_was_changed_by_hand_is_found(engine: Engine, statement: str) -> None:
    a_customer(engine)
    assert holds(engine)
    behind(engine, statement)
    found = Access(engine, SYSTEM, lambda: NOW).fetch(VerifyChain())
    assert not found.holds
    assert "kept counts" in str(found)
