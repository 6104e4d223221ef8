"""Several commands in one transaction: each does what it does alone, has its own entry, and fails for itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from data_access.base.clock import start_of, system_clock
from data_access.base.permissions import SYSTEM
from data_access.base.schedule import Job
from data_access.commands.billing.periods import ChargeFees, ClosePeriod
from data_access.commands.collections.collection import Collect
from data_access.jobs.runner import run_job
from data_access.models.collection import CollectionStep
from data_access.models.customers import Customer
from data_access.models.history import CommandLog, StatusEvent
from data_access.models.jobs import JobTrouble
from data_access.models.money import Allocation, Invoice, InvoiceLine, Transaction
from data_access.models.numbers import Did
from data_access.models.outbox import Message
from data_access.models.plans.discounts import DiscountAssignment
from data_access.models.services import Subscription
from data_access.models.taxation import InvoiceTax
from data_access.queries.audit.verify import VerifyChain
from data_access.store.access import Access, Command, new_command_id
from data_access.store.job_leases import Holder
from data_access.store.unit_of_work import UnitOfWork
from tests.support.builders import today
from tests.support.customers_of_all_kinds import KINDS
from tests.support.people import a_person

_WRITTEN = (
    Transaction, Invoice, InvoiceLine, InvoiceTax, Allocation, StatusEvent, CollectionStep, Message, Subscription, Did,
    DiscountAssignment,
)  # fmt: skip
_OWN = {
    "id",
    "number",
    "key",
    "reference",
    "says",
    "visible_comment",
    "subject",
    "body",
    "payload",
    "reason",
    "version",
}
_DAYS: tuple[tuple[Callable[..., Command[Any]], int], ...] = (
    (ChargeFees, 1), (Collect, 3), (ClosePeriod, 27), (Collect, 45), (ClosePeriod, 58), (Collect, 75), (ChargeFees, 80),
)  # fmt: skip


def _told(engine: Engine, customer_id: int) -> dict[str, Any]:
    """All that is written about a customer, but what tells it from its twin."""
    with Session(engine) as session:
        rows = {
            model.__tablename__: [
                _values(row)
                for row in session.scalars(select(model).where(model.customer_id == customer_id).order_by(model.id))
            ]
            for model in _WRITTEN
        }
        customer = session.get_one(Customer, customer_id)
        own = _values(customer) | {"customer_code": "", "customer_code_key": "", "email": "", "email_key": ""}
        return rows | {"customer": own}


def _values(row: Any) -> dict[str, Any]:
    names = [column.key for column in inspect(type(row)).columns]
    return {
        name: _as_told(getattr(row, name)) for name in names if name not in _OWN and name[-3:] not in ("_id", "key")
    }


def _as_told(value: object) -> object:
    """Twins were made one after the other, by the clock on the wall."""
    is_recent = isinstance(value, datetime) and abs(value - system_clock()) < timedelta(minutes=20)
    return "when it was made" if is_recent else value


def _at(engine: Engine, days: int) -> Access:
    at = start_of(today() + timedelta(days=days), "UTC") + timedelta(hours=9)
    return Access(engine, SYSTEM, lambda: at)


def test_what_is_done_together_is_what_is_done_one_by_one(engine: Engine) -> None:
    a_person(engine)
    twins = [(kind(engine), kind(engine)) for kind in KINDS]
    before = {one: (_told(engine, one), _told(engine, other)) for one, other in twins}
    for order, days in _DAYS:
        access = _at(engine, days)
        access.execute_together({one: order(customer_id=one, command_id=new_command_id()) for one, _ in twins})
        for _, other in twins:
            access.execute(order(customer_id=other, command_id=new_command_id()))
    for kind, (one, other) in zip(KINDS, twins, strict=True):
        assert _told(engine, one) == _told(engine, other), kind.__name__
        assert before[one][0] == before[one][1], kind.__name__
    assert Access(engine, SYSTEM).fetch(VerifyChain()).holds


def test_each_has_an_entry_of_its_own_in_one_transaction(engine: Engine) -> None:
    customers = [KINDS[0](engine), KINDS[-1](engine)]
    commands = {one: ClosePeriod(customer_id=one, command_id=new_command_id()) for one in customers}
    closed = _at(engine, 27).execute_together(commands)
    with Session(engine) as session:
        entries = session.execute(
            select(CommandLog.id, CommandLog.customer_id, CommandLog.tables, CommandLog.result).order_by(
                CommandLog.number.desc()
            )
        ).all()[:2]
    assert [one.closed for one in closed] == [1, 1]
    assert [(row.id, row.customer_id) for row in reversed(entries)] == [
        (command.command_id, one) for one, command in commands.items()
    ]
    assert "transactions" in entries[0].tables.split()


def test_one_that_fails_is_kept_and_the_others_are_done(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first, broken, last = (KINDS[0](engine) for _ in range(3))
    apply = ClosePeriod.apply

    def fails(command: ClosePeriod, work: UnitOfWork) -> object:
        done = apply(command, work)
        if command.customer_id == broken:
            raise ZeroDivisionError
        return done

    monkeypatch.setattr(ClosePeriod, "apply", fails)
    at = start_of(today() + timedelta(days=27), "UTC")
    ran = run_job(engine, Job.CLOSE_PERIODS, lambda: at, Holder("one"))
    assert ran is not None
    assert (ran.tally.done, ran.tally.failed) == (2, 1)
    with Session(engine) as session:
        assert list(session.scalars(select(JobTrouble.customer_id))) == [broken]
        assert list(session.scalars(select(Customer.id).where(Customer.closes_at <= at))) == [broken]
        assert set(session.scalars(select(Invoice.customer_id).where(Invoice.issued_on >= today()))) == {first, last}
