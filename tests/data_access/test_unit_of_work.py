"""The one door for changes: what it refuses, what it leaves behind, and what happens twice, at once or half."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any, ClassVar

import pytest
from sqlalchemy import Engine, delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from data_access.base.bookings import Kind
from data_access.base.engine import DatabaseLimits, Door, make_engine
from data_access.base.errors import Busy
from data_access.base.integrity_errors import is_away
from data_access.base.permissions import Permission, Role
from data_access.models.customers import Customer, Note
from data_access.models.history import Change, CommandLog
from data_access.models.money import Transaction
from data_access.models.people import Draft
from data_access.store.access import Access, Command, Query, Reader, new_command_id
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork
from tests.data_access.test_money import booking
from tests.support.builders import a_customer, a_reseller
from tests.support.people import NOW, access_for


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(frozen=True, kw_only=True)
class DoThis(Command[Nothing]):
    """Does to the unit of work what the test says."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = Nothing

    this: Callable[[UnitOfWork], object]

    def apply(self, work: UnitOfWork) -> Nothing:
        self.this(work)
        return Nothing()


def do(engine: Engine, this: Callable[[UnitOfWork], object]) -> None:
    access_for(engine, Role.ADMIN).execute(DoThis(this=this, command_id=new_command_id()))


def count(engine: Engine, model: type) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


BULK = {
    "an update": lambda work: work.session.execute(update(Customer).values(blocked=True)),
    "a delete": lambda work: work.session.execute(delete(Note)),
    "a bulk insert": lambda work: work.session.execute(insert(Note), [{"text": "x"}]),
    "raw text": lambda work: work.session.execute(text("UPDATE customers SET blocked = true")),
    "the connection itself": lambda work: work.session.connection().execute(update(Customer).values(blocked=True)),
    "the driver": lambda work: work.session.connection().exec_driver_sql("UPDATE customers SET blocked = true"),
    "a write hidden in a WITH": lambda work: work.session.execute(
        text("WITH x AS (SELECT 1) UPDATE customers SET blocked = true")
    ),
}


@pytest.mark.parametrize("this", BULK.values(), ids=BULK)
def test_nothing_but_a_flush_writes(engine: Engine, this: Callable[[UnitOfWork], object]) -> None:
    a_customer(engine)
    with pytest.raises(RuntimeError):
        do(engine, this)


def test_a_reader_cannot_write(engine: Engine) -> None:
    a_customer(engine)

    @dataclass(frozen=True)
    class Sneak(Query[None]):
        needs: ClassVar = Permission.CUSTOMER_READ

        def run(self, reader: Reader) -> None:
            reader.session.execute(text("UPDATE customers SET blocked = true"))

    with pytest.raises(RuntimeError):
        access_for(engine, Role.ADMIN).fetch(Sneak())


def test_a_record_cannot_be_deleted(engine: Engine) -> None:
    customer = a_customer(engine)

    def remove(work: UnitOfWork) -> None:
        work.session.delete(work.lock(Customer, customer, called="The customer"))
        work.session.flush()

    with pytest.raises(RuntimeError, match="never deleted"):
        do(engine, remove)


@pytest.mark.parametrize("table", ["transactions", "allocations", "change", "command_log", "status_events"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_itself_keeps_what_is_written_once(engine: Engine, table: str, verb: str) -> None:
    customer = a_customer(engine, balance=Decimal(0), unallocated=Decimal(5))
    access = access_for(engine, Role.MANAGER, credit_per_booking=Decimal(9), credit_per_day=Decimal(9))
    access.execute(booking(customer, Kind.REFUND, "5"))
    with engine.connect().execution_options(door=Door(is_open=True)) as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(verb.format(table)))


def test_every_changed_field_is_in_the_audit_of_the_same_transaction(engine: Engine) -> None:
    customer = a_customer(engine)
    access = access_for(engine, Role.SUPPORT)
    order = DoThis(
        this=lambda work: setattr(work.lock(Customer, customer, called="It"), "city", "Graz"),
        command_id=new_command_id(), reason="moved",
    )  # fmt: skip
    access.execute(order)
    with Session(engine) as session:
        (change,) = session.scalars(select(Change).where(Change.command_id == order.command_id)).all()
        log = session.get_one(CommandLog, order.command_id)
    assert (change.entity, change.entity_id, change.field) == ("Customer", customer, "city")
    assert (change.before, change.after) == (None, None), "personal values stand in their own table"
    assert (log.login, log.reason, log.at, log.customer_id) == (access.actor.login, "moved", NOW, customer)


def test_if_the_audit_cannot_be_written_the_change_is_not(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = a_customer(engine)

    def fails(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("data_access.store.unit_of_work.write_entries", fails)
    with pytest.raises(OSError, match="disk"):
        access_for(engine, Role.ADMIN).execute(booking(customer, Kind.MANUAL_PAYMENT, "5"))
    with Session(engine) as session:
        assert session.get_one(Customer, customer).balance == 0
    assert count(engine, Transaction) == 0


class Killed(BaseException):
    """What ends a process in the middle."""


@pytest.mark.parametrize("at_statement", range(1, 7))
def test_a_command_killed_in_the_middle_leaves_nothing(engine: Engine, at_statement: int) -> None:
    customer = a_customer(engine)
    access = access_for(engine, Role.ADMIN)
    statements = 0

    def kill(*_: object) -> None:
        nonlocal statements
        statements += 1
        if statements == at_statement:
            raise Killed

    from_here = count(engine, CommandLog)
    order = booking(customer, Kind.MANUAL_PAYMENT, "5")
    with Listening(engine, kill), pytest.raises(Killed) as killed:
        access.execute(order)
    traceback.clear_frames(killed.tb)  # as the end of a process would, lets go of the cursor that they still hold
    assert (count(engine, Transaction), count(engine, CommandLog)) == (0, from_here)
    access.execute(order)
    assert count(engine, Transaction) == 1


class Listening:
    """Hears every statement of an engine for a while."""

    def __init__(self, engine: Engine, heard: Callable[..., None]) -> None:
        self.engine, self.heard = engine, heard

    def __enter__(self) -> None:
        event.listen(self.engine, "after_cursor_execute", self.heard)

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "after_cursor_execute", self.heard)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Runs all calls in threads that start together; gives what each returned or raised."""
    outcomes: list[object] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], object]) -> None:
        start.wait()
        try:
            outcomes[place] = call()
        except BaseException as raised:
            outcomes[place] = raised

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_the_same_command_twice_at_once_is_done_once(engine: Engine, database_url: str) -> None:
    customer = a_customer(engine, unallocated=Decimal(20))
    access = access_for(engine, Role.ADMIN)
    other_process = make_engine(database_url)
    elsewhere = Access(other_process, access.actor, lambda: NOW)
    order = booking(customer, Kind.REFUND, "20")
    outcomes = at_once(*[lambda a=a: a.execute(order) for a in (access, elsewhere, access, elsewhere)])
    other_process.dispose()
    assert len(set(outcomes)) == 1, outcomes
    with Session(engine) as session:
        assert session.get_one(Customer, customer).balance == Decimal(20)


def test_two_people_paying_at_once_lose_no_money(engine: Engine) -> None:
    customer = a_customer(engine)
    people = [access_for(engine, Role.SUPPORT) for _ in range(4)]
    orders = [booking(customer, Kind.MANUAL_PAYMENT, amount) for amount in ("10", "20", "40", "80")]
    at_once(*[lambda p=p, o=o: p.execute(o) for p, o in zip(people, orders, strict=True)])
    with Session(engine) as session:
        assert session.get_one(Customer, customer).balance == Decimal(-150)
        rows = session.execute(select(Transaction.amount, Transaction.balance_after).order_by(Transaction.id)).all()
    assert [after for _, after in rows] == list(accumulate(amount for amount, _ in rows))


def test_a_limit_of_24_hours_holds_against_two_bookings_at_once(engine: Engine) -> None:
    access = access_for(engine, Role.SUPPORT, credit_per_booking=Decimal(60), credit_per_day=Decimal(100))
    orders = [booking(a_customer(engine), Kind.PROMOTIONAL_CREDIT, "60") for _ in range(2)]
    outcomes = at_once(*[lambda o=o: access.execute(o) for o in orders])
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1


def test_a_row_that_somebody_holds_is_waited_for_and_then_refused_in_a_sentence(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url, DatabaseLimits(lock_seconds=0.2))
    access, customer_id = access_for(engine, Role.ADMIN), a_customer(engine)
    with engine.connect() as holder:
        holder.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update())
        with pytest.raises(Busy, match="Nothing was written"):
            access.execute(booking(customer_id, Kind.MANUAL_PAYMENT, "10"))
    access.execute(booking(customer_id, Kind.MANUAL_PAYMENT, "10"))
    engine.dispose()


def test_a_transaction_whose_program_has_gone_silent_ends(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url, DatabaseLimits(idle_seconds=0.5))
    with engine.connect() as silent:
        silent.execute(select(Customer.id))
        threading.Event().wait(1)
        with pytest.raises(DBAPIError) as ended:
            silent.execute(select(Customer.id))
    assert is_away(ended.value)
    engine.dispose()


def test_time_is_not_read_before_the_customer_is_locked(engine: Engine) -> None:
    customer_id = a_customer(engine)

    def too_early(work: UnitOfWork) -> None:
        assert work.now == NOW
        work.lock(Customer, customer_id, called="The customer")

    with pytest.raises(RuntimeError, match="before the customer was locked"):
        do(engine, too_early)


def test_a_query_without_a_permission_does_not_import() -> None:
    with pytest.raises(TypeError, match="which permission"):

        class Undeclared(Query[None]):
            pass


def test_rows_are_cut_even_where_visible_was_forgotten(engine: Engine) -> None:
    mine, theirs = a_reseller(engine), a_reseller(engine)
    own = a_customer(engine, reseller_id=mine)
    a_customer(engine, reseller_id=theirs)

    @dataclass(frozen=True)
    class Forgetful(Query[list[int]]):
        needs: ClassVar = Permission.CUSTOMER_READ

        def run(self, reader: Reader) -> list[int]:
            return list(reader.session.scalars(select(Customer.id)))

    access = access_for(engine, Role.MANAGER, reseller_id=mine)
    assert access.fetch(Forgetful()) == [own]


def test_a_table_without_a_scope_is_seen_by_nobody(engine: Engine) -> None:
    access = access_for(engine, Role.ADMIN)
    with pytest.raises(KeyError):
        visible(Draft, access.actor)


@pytest.mark.parametrize("draft", [Draft, aliased(Draft)])
def test_nor_when_its_columns_are_asked_for_without_visible(engine: Engine, draft: Any) -> None:
    @dataclass(frozen=True)
    class Curious(Query[list[int]]):
        needs: ClassVar = Permission.CUSTOMER_READ

        def run(self, reader: Reader) -> list[int]:
            return list(reader.session.scalars(select(draft.id)))

    with pytest.raises(KeyError):
        access_for(engine, Role.ADMIN).fetch(Curious())


def test_what_every_command_costs_is_few_statements(engine: Engine) -> None:
    """Was it done before, where does the chain end, the entry; two locks more where many write at once."""
    access, asked = access_for(engine, Role.ADMIN), []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", note)
    access.execute(DoThis(this=lambda work: work.now, command_id=new_command_id()))
    event.remove(engine, "before_cursor_execute", note)
    locks = ["SELECT"] if engine.dialect.name == "postgresql" else []
    begins = [] if locks else ["BEGIN"]
    assert asked == [*begins, *locks, "SELECT", *locks, "SELECT", "INSERT"]
