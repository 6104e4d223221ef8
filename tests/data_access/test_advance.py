"""A demo that lives: its clock moves ahead, every job runs, customers pay, and the books hold on every day."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM
from data_access.base.settings import settings
from data_access.base.statuses import BillStatus
from data_access.cli.main import main
from data_access.commands.customers.lifecycle import EndLife
from data_access.models.customers import BalanceControl, Customer
from data_access.queries.jobs.activity_since import HappenedSince, LastWritten
from data_access.seed.payers import Habit, Purse, Purses, amount_today, habit_of, pay
from data_access.store.access import Access
from data_access.store.demo_clock import DemoTime
from data_access.store.job_leases import Holder
from tests.support.builders import a_customer, an_invoice
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW

TODAY = NOW.date()
WORKER = Holder("worker")


def system(engine: Engine, now: datetime = NOW) -> Access:
    return Access(engine, SYSTEM, lambda: now)


def one_with(habit: Habit) -> int:
    return next(number for number in range(1, 10_000) if habit_of(number) is habit)


def purse(habit: Habit, **over: Any) -> Purse:
    values = {
        "customer_id": one_with(habit), "zone": "UTC", "currency": "EUR", "is_prepaid": False, "balance": Decimal(100),
        "outstanding": Decimal("99.9"), "oldest_due": TODAY,
    } | over  # fmt: skip
    return Purse(**values)


def first_payment(of: Purse) -> int | None:
    """How many days after the due date it comes; None within a month and a half."""
    days = (day for day in range(-10, 45) if amount_today(of, TODAY + timedelta(days=day)) > 0)
    return next(days, None)


def test_some_pay_on_time_some_late_and_some_never() -> None:
    on_time, late = first_payment(purse(Habit.ON_TIME)), first_payment(purse(Habit.LATE))
    assert on_time is not None
    assert on_time <= 0
    assert late is not None
    assert late > 0
    assert first_payment(purse(Habit.NEVER)) is None
    habits = Counter(habit_of(number) for number in range(2000))
    assert habits[Habit.ON_TIME] > habits[Habit.LATE] > habits[Habit.NEVER] > 0


def test_a_prepaid_customer_tops_up_when_funds_run_low() -> None:
    low = purse(Habit.ON_TIME, is_prepaid=True, outstanding=Decimal(0), oldest_due=None, balance=Decimal("-3.123"))
    assert amount_today(low, TODAY) == Decimal("36.88")
    assert amount_today(purse(Habit.NEVER, is_prepaid=True, oldest_due=None), TODAY) == 0


def test_those_who_have_something_to_pay_are_found(engine: Engine) -> None:
    owing = a_customer(engine)
    an_invoice(engine, owing, due_on=TODAY)
    a_customer(engine)
    ended = a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    an_invoice(engine, ended)
    low = a_customer(engine, balance_control=BalanceControl.PREPAID, balance=Decimal(-9))
    a_customer(engine, balance_control=BalanceControl.PREPAID, balance=Decimal(-90))
    assert [(row.customer_id, row.oldest_due) for row in system(engine).fetch(Purses())] == [
        (owing, TODAY),
        (low, None),
    ]
    assert [row.customer_id for row in system(engine).fetch(Purses(after=owing))] == [low]


def test_whoever_pays_pays_once(engine: Engine) -> None:
    for _ in range(6):
        an_invoice(engine, a_customer(engine), due_on=TODAY - timedelta(days=40))
    assert pay(system(engine)) > 0
    assert pay(system(engine)) == 0
    assert read_ledgers(engine).breaches() == []


def test_what_happened_since_a_mark_is_counted(engine: Engine) -> None:
    customer_id = a_customer(engine, terminate_on=TODAY)
    access = system(engine)
    mark = access.fetch(LastWritten())
    assert access.fetch(HappenedSince(mark)) == {}
    access.execute(EndLife(customer_id=customer_id, command_id="1"))
    an_invoice(engine, customer_id, paid=Decimal(100))
    happened = access.fetch(HappenedSince(mark))
    assert (happened["close"], happened["invoices"], happened["payments"]) == (1, 1, 1)


@pytest.fixture
def desk(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path
) -> Iterator[Callable[..., tuple[int, str]]]:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("APP_ENV", "demo")
    monkeypatch.setenv("OUTBOX_DIR", str(tmp_path))
    settings.cache_clear()

    def call(*words: str) -> tuple[int, str]:
        code = main(words, lambda: NOW)
        said = capsys.readouterr()
        return code, (said.out + said.err).strip()

    yield call
    settings.cache_clear()


def test_an_empty_demo_is_filled_and_moved(desk: Callable[..., tuple[int, str]], sqlite_url: str) -> None:
    code, said = desk("advance", "--days", "2", "--customers", "5")
    assert (code, len(said.splitlines())) == (0, 2)
    assert desk("advance", "--days", "1")[1].startswith("Thu 19 Mar 2026: ")
    engine = make_engine(sqlite_url)
    with Session(engine) as session:
        assert session.scalar(select(func.count(Customer.id))) == 5
    assert DemoTime(engine, lambda: NOW)() == datetime(2026, 3, 19, 9, tzinfo=UTC)
    engine.dispose()


def test_no_clock_but_a_demos_is_moved(
    desk: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch, sqlite_url: str
) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    code, said = desk("advance", "--days", "2")
    assert (code, said.startswith("Only the clock of a demo can be moved")) == (1, True)
    engine = make_engine(sqlite_url)
    assert DemoTime(engine, lambda: NOW)() == NOW
    engine.dispose()


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999"])
def test_days_that_are_none_are_a_wrong_call(desk: Callable[..., tuple[int, str]], days: str) -> None:
    with pytest.raises(SystemExit):
        desk("advance", f"--days={days}")
