"""The one cache: quick for who asks again, never wrong."""

from dataclasses import dataclass, replace
from datetime import date
from threading import Event, Thread
from typing import ClassVar

import pytest
from cachetools import TTLCache
from sqlalchemy import func

from dashboard.kit import cache
from dashboard.kit.context import _OneRun as OneRun
from data_access.base.errors import NotPermitted
from data_access.base.permissions import Permission, Role
from data_access.commands.classes.policies import AddHoliday
from data_access.commands.customers.notes import AddNote
from data_access.commands.customers.status import ChangeStatus
from data_access.models.people import Reseller
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.lists.counts import BlockedCount
from data_access.services.facts.cases import holidays
from data_access.store.access import Access, Command, Query
from data_access.store.scope import visible
from tests.support.builders import a_customer, a_reseller
from tests.support.people import NOW, a_person, access_for

READS: list[str] = []


@dataclass(frozen=True)
class CountResellers(Query[int]):
    """How many resellers the actor sees."""

    needs: ClassVar = Permission.CUSTOMER_READ
    named: str = ""

    def run(self, reader):
        READS.append(self.named)
        asked = visible(Reseller, reader.actor).with_only_columns(func.count(Reseller.id))
        return reader.session.execute(asked).scalar_one()


@dataclass(frozen=True)
class CountSecretly(CountResellers):
    """The same by name and fields, with another right and another answer."""

    needs: ClassVar = Permission.PEOPLE_MANAGE

    def run(self, reader):
        return -1 - super().run(reader)


@dataclass(frozen=True)
class ListResellers(CountResellers):
    """A list that whoever gets it may change."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader):
        return [None] * super().run(reader)


@dataclass(frozen=True)
class Added:
    reseller_id: int


@dataclass(frozen=True, kw_only=True)
class AddReseller(Command[Added]):
    """Adds a reseller."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = Added

    def apply(self, work):
        return Added(work.add(Reseller(name=self.command_id, name_key=self.command_id)).id)


@pytest.fixture(autouse=True)
def _nothing_read():
    READS.clear()


def test_the_same_question_is_read_once(engine):
    access = access_for(engine, Role.MANAGER)
    assert [cache.fetch(access, CountResellers()) for _ in range(3)] == [0, 0, 0]
    assert len(READS) == 1


def test_what_is_older_than_its_time_is_read_again(engine, monkeypatch):
    access, seconds = access_for(engine), [0.0]
    monkeypatch.setattr(cache, "_KEPT", TTLCache(cache.MOST, cache.TTL_SECONDS, timer=lambda: seconds[0]))
    reads = []
    for seconds[0] in (0.0, 9.9, 10.1):
        cache.fetch(access, CountResellers())
        reads.append(len(READS))
    assert reads == [1, 1, 2]


def test_the_oldest_makes_room(engine, monkeypatch):
    monkeypatch.setattr(cache, "_KEPT", TTLCache(2, cache.TTL_SECONDS))
    access = access_for(engine)
    for named in ("a", "b", "c", "b", "a"):
        cache.fetch(access, CountResellers(named))
    assert READS == ["a", "b", "c", "a"]


def test_what_one_page_does_to_its_answer_no_other_sees(engine):
    access = access_for(engine)
    for _ in range(2):
        answer = cache.fetch(access, ListResellers())
        assert answer == []
        answer.append("mine")


def test_after_a_command_everyone_sees_what_holds_now(engine):
    mine, theirs = access_for(engine, Role.MANAGER), access_for(engine, Role.SUPPORT)
    assert (cache.fetch(mine, CountResellers()), cache.fetch(theirs, CountResellers())) == (0, 0)
    mine.execute(AddReseller(command_id="a"))
    assert (cache.fetch(mine, CountResellers()), cache.fetch(theirs, CountResellers())) == (1, 1)


def test_another_person_is_another_entry(engine):
    everyone = [access_for(engine, role) for role in (Role.MANAGER, Role.SUPPORT)]
    for access in everyone:
        cache.fetch(access, CountResellers())
    assert len(READS) == 2


def test_other_fields_are_another_entry(engine):
    access = access_for(engine)
    for named in ("a", "b", "a"):
        cache.fetch(access, CountResellers(named))
    assert READS == ["a", "b"]


def test_queries_alike_in_their_fields_are_not_mixed_up(engine):
    access = access_for(engine, Role.ADMIN)
    assert (cache.fetch(access, CountResellers()), cache.fetch(access, CountSecretly())) == (0, -1)


def test_a_right_is_asked_even_when_the_answer_is_at_hand(engine):
    admin = a_person(engine, Role.ADMIN)
    assert cache.fetch(Access(engine, admin, lambda: NOW), CountSecretly()) == -1
    with pytest.raises(NotPermitted):
        cache.fetch(Access(engine, replace(admin, role=Role.SUPPORT), lambda: NOW), CountSecretly())


def test_a_right_taken_away_is_asked_again(engine, monkeypatch):
    access = access_for(engine, Role.ADMIN)
    cache.fetch(access, CountSecretly())
    monkeypatch.setattr(CountSecretly, "needs", Permission.SYSTEM_RUN)
    with pytest.raises(NotPermitted):
        cache.fetch(access, CountSecretly())


def test_a_read_begun_before_a_commit_does_not_fill_the_cache_after_it(engine):
    has_read, may_return = Event(), Event()

    @dataclass(frozen=True)
    class SlowCount(CountResellers):
        """Reads, then takes its time to hand it over."""

        needs: ClassVar = Permission.CUSTOMER_READ

        def run(self, reader):
            count = super().run(reader)
            if not has_read.is_set():
                has_read.set()
                may_return.wait(10)
            return count

    access = access_for(engine, Role.MANAGER)
    early: list[int] = []
    reading = Thread(target=lambda: early.append(cache.fetch(access, SlowCount())))
    reading.start()
    assert has_read.wait(10)
    access.execute(AddReseller(command_id="b"))
    may_return.set()
    reading.join(10)
    assert early == [0]
    assert cache.fetch(access, SlowCount()) == 1


@dataclass(frozen=True)
class ListHolidays(CountResellers):
    """The days on which nobody works, as text."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader):
        READS.append("holidays")
        return [str(day) for day in reader.session.scalars(holidays(reader.actor))]


def test_what_others_write_elsewhere_leaves_an_answer(engine):
    mine, theirs = access_for(engine, Role.ADMIN), access_for(engine, Role.MANAGER)
    for number in range(3):
        cache.fetch(mine, ListHolidays())
        theirs.execute(AddReseller(command_id=f"r{number}"))
    assert READS == ["holidays"]
    mine.execute(AddHoliday(day=date(2026, 12, 24), name="Eve", command_id="h"))
    assert cache.fetch(mine, ListHolidays()) == ["2026-12-24"]


def test_what_a_bulk_load_writes_is_seen_at_once(engine):
    access = access_for(engine, Role.MANAGER)
    assert cache.fetch(access, CountResellers()) == 0
    a_reseller(engine)
    assert cache.fetch(access, CountResellers()) == 1


def test_after_too_many_commands_nothing_is_taken_to_hold(engine, monkeypatch):
    monkeypatch.setattr(cache, "_MOST_COMMANDS", 2)
    access = access_for(engine, Role.ADMIN)
    cache.fetch(access, ListHolidays())
    for number in range(2):
        access.execute(AddReseller(command_id=f"r{number}"))
    cache.fetch(access, ListHolidays())
    assert READS == ["holidays"] * 2
    access.execute(AddReseller(command_id="one more"))
    cache.fetch(access, ListHolidays())
    assert READS == ["holidays"] * 2


def test_counts_that_the_database_keeps_follow_the_customers(engine):
    access = access_for(engine, Role.ADMIN)
    customer = a_customer(engine)
    assert cache.fetch(access, BlockedCount()) == 0
    access.execute(ChangeStatus(customer_id=customer, move="block", reason="fraud", command_id="b"))
    assert cache.fetch(access, BlockedCount()) == 1


def test_what_a_run_knows_already_is_noted_all_the_same(engine):
    customer, other = a_customer(engine), access_for(engine, Role.ADMIN)
    run = OneRun(engine, a_person(engine))
    run.fetch(CustomerHead(customer))
    assert cache.fetch(run, CustomerHead(customer)).notes == ()
    other.execute(AddNote(customer_id=customer, text="Called.", sticky=True, command_id="n"))
    later = OneRun(engine, run.actor)
    assert [note.text for note in cache.fetch(later, CustomerHead(customer)).notes] == ["Called."]
