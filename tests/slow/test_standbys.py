"""Standbys: what is read from them, one's own writes, and a promotion under load that loses nothing."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from dashboard.kit import cache
from data_access.base.bookings import Kind
from data_access.base.clock import system_clock
from data_access.base.permissions import SYSTEM, Permission, Role
from data_access.base.running.databases import Standbys, open_database, standbys_of
from data_access.base.settings import Settings
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.notes import AddNote
from data_access.migrations import upgrade
from data_access.models.customers import Note
from data_access.models.history import CommandLog
from data_access.queries.audit.verify import VerifyChain
from data_access.store import access as access_module
from data_access.store.access import Access, Query, Reader, new_command_id
from tests.support.builders import a_customer
from tests.support.ledgers import read_ledgers
from tests.support.people import access_for
from tests.support.standbys import Cluster, Node, a_primary_with_standbys, pause, resume

TELLERS, AT_LEAST = 4, 15


@dataclass(frozen=True)
class WhoAnswers(Query[str]):
    """The name of the server that a query ran on."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> str:
        return str(reader.session.execute(text("SELECT current_setting('cluster_name')")).scalar_one())


@dataclass(frozen=True)
class CountNotes(Query[int]):
    """How many notes there are."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> int:
        return int(reader.session.execute(select(func.count(Note.id))).scalar_one())


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with a_primary_with_standbys() as made:
        made.primary.order("CREATE DATABASE desk")
        yield made
        made.primary.orders.close()


@pytest.fixture(scope="module")
def desk(cluster: Cluster) -> Iterator[Engine]:
    settings = Settings(
        database_url=cluster.url("desk", "read-write"), database_read_url=cluster.url("desk", "prefer-standby")
    )
    engine = open_database(settings)
    upgrade(engine)
    yield engine
    standbys(engine).engine.dispose()
    engine.dispose()


def standbys(engine: Engine) -> Standbys:
    found = standbys_of(engine)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ann(desk: Engine) -> Access:
    return access_for(desk, Role.ADMIN)


@pytest.fixture(scope="module")
def bob(desk: Engine) -> Access:
    return access_for(desk, Role.ADMIN)


@pytest.fixture(scope="module")
def customer(desk: Engine) -> int:
    return a_customer(desk)


def note(access: Access, customer_id: int) -> None:
    access.execute(AddNote(command_id=new_command_id(), customer_id=customer_id, text="Called back."))


def test_lists_are_read_from_every_standby_and_the_customer_page_from_the_primary(cluster, desk, ann, customer):
    note(ann, customer)
    resume(cluster)
    asked = set()
    for _ in range(16):
        asked.add(ann.look(WhoAnswers()))
        standbys(desk).engine.pool.dispose()  # the next one connects again
    assert asked == {"one", "two"}
    assert ann.fetch(WhoAnswers()) == "primary"


def test_one_reads_ones_own_write_at_once_and_those_of_others_when_they_have_arrived(cluster, ann, bob, customer):
    note(bob, customer)
    resume(cluster)
    before = ann.fetch(CountNotes())
    pause(cluster.standbys)
    note(ann, customer)
    assert [ann.look(CountNotes()), cache.fetch(ann, CountNotes())] == [before + 1] * 2
    assert [bob.look(CountNotes()), cache.fetch(bob, CountNotes())] == [before] * 2
    resume(cluster)
    assert [who.look(WhoAnswers()) for who in (ann, bob)] != ["primary"] * 2
    assert cache.fetch(bob, CountNotes()) == before + 1  # what was kept is known to be older than the last command


def test_a_standby_that_is_too_far_behind_is_not_asked(cluster, ann, bob, customer, monkeypatch):
    monkeypatch.setattr(access_module, "MOST_BEHIND_SECONDS", 0.0)
    resume(cluster)
    pause(cluster.standbys)
    note(ann, customer)
    assert bob.look(WhoAnswers()) == "primary"
    resume(cluster)
    assert bob.look(WhoAnswers()) in {"one", "two"}


def test_without_standbys_the_primary_answers(cluster, ann):
    nowhere = "postgresql+psycopg://desk@/desk?host=/nowhere"
    engine = open_database(Settings(database_url=cluster.url("desk", "read-write"), database_read_url=nowhere))
    alone = Access(engine, ann.actor, ann.now)
    assert (alone.look(WhoAnswers()), standbys(engine).are_resting) == ("primary", True)
    assert alone.look(WhoAnswers()) == "primary"
    engine.dispose()


class Teller(threading.Thread):
    """Books payments until told to stop; what was not acknowledged is sent again under the same id."""

    def __init__(self, desk: Engine, person: Access, customer_id: int) -> None:
        super().__init__()
        self.access = Access(desk, person.actor, system_clock)
        self.customer_id, self.acknowledged, self.sent_again = customer_id, list[str](), 0
        self.is_over = threading.Event()
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.is_over.is_set():
                self._book(new_command_id(), Decimal(len(self.acknowledged) + 1))
        except BaseException as fault:  # told by the test, not by a thread
            self.fault = fault

    def _book(self, command_id: str, amount: Decimal) -> None:
        order = BookTransaction(
            command_id=command_id, customer_id=self.customer_id, kind=Kind.MANUAL_PAYMENT,
            reference=f"slip {command_id}", amount=amount,
        )  # fmt: skip
        while True:
            try:
                self.access.execute(order)
                self.acknowledged.append(command_id)
                return
            except DBAPIError:
                self.sent_again += 1
                self.is_over.wait(0.05)


def wait_for(tellers: list[Teller], more: int) -> None:
    """Until each has got so many more acknowledged."""
    wanted = [len(teller.acknowledged) + more for teller in tellers]
    deadline = threading.Event()
    for _ in range(600):
        if all(len(teller.acknowledged) >= most for teller, most in zip(tellers, wanted, strict=True)):
            return
        assert [teller.fault for teller in tellers] == [None] * len(tellers)
        deadline.wait(0.05)
    raise TimeoutError("the tellers have stopped")


def promoted(cluster: Cluster) -> Node:
    """The standby that has most becomes the primary; the other one is left behind, as it is."""
    chosen = cluster.furthest()
    assert chosen.ask("SELECT pg_promote()") == "True"
    return chosen


def test_a_promotion_under_load_loses_nothing_that_was_acknowledged(cluster, desk, ann):
    people = [access_for(desk, Role.ADMIN) for _ in range(TELLERS)]
    tellers = [Teller(desk, person, a_customer(desk)) for person in people]
    for teller in tellers:
        teller.start()
    wait_for(tellers, AT_LEAST)
    cluster.primary.kill()
    chosen = promoted(cluster)
    wait_for(tellers, AT_LEAST)
    for teller in tellers:
        teller.is_over.set()
    for teller in tellers:
        teller.join(30)
    sent = [one for teller in tellers for one in teller.acknowledged]
    assert sum(teller.sent_again for teller in tellers) > 0
    assert kept(desk, sent) == set(sent)
    assert ann.fetch(WhoAnswers()) == chosen.ask("SHOW cluster_name")
    assert people[0].look(CountNotes()) == ann.fetch(CountNotes())
    assert read_ledgers(desk).breaches() == []
    assert Access(desk, SYSTEM, system_clock).fetch(VerifyChain()).holds


def kept(desk: Engine, sent: list[str]) -> set[Any]:
    with desk.connect() as connection:
        return set(connection.scalars(select(CommandLog.id).where(CommandLog.id.in_(sent))))
