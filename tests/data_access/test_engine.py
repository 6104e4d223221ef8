"""Turns at the database: fair, bounded, and given back whatever happens."""

import os
import threading
import time
from dataclasses import dataclass
from typing import ClassVar

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from data_access.base.engine import DatabaseLimits, Turnstile, make_engine, pool_state, read_turn, write_turn
from data_access.base.errors import Busy, Rejected, TooSlow
from data_access.base.permissions import Permission, Role
from data_access.queries.lists.customers import FindCustomers
from data_access.store.access import Query, Reader
from tests.support.builders import a_customer
from tests.support.people import access_for


def test_those_who_wait_come_in_order_of_arrival() -> None:
    gate, order = Turnstile(1), list[int]()
    inside = threading.Event()

    def wait_and_enter(number: int) -> None:
        with gate.turn():
            order.append(number)

    def hold() -> None:
        with gate.turn():
            inside.set()
            time.sleep(0.3)

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    inside.wait(5)
    for number in range(5):
        threads.append(threading.Thread(target=wait_and_enter, args=(number,)))
        threads[-1].start()
        time.sleep(0.02)
    for thread in threads:
        thread.join(5)
    assert order == [0, 1, 2, 3, 4]


def test_who_waits_too_long_is_told_and_leaves_the_line() -> None:
    gate = Turnstile(1, patience_seconds=0.05)
    with gate.turn(), pytest.raises(Busy, match="Nothing was written"), gate.turn():
        pass
    with gate.turn():
        pass


def test_a_turn_is_given_back_after_an_error() -> None:
    gate = Turnstile(1, patience_seconds=0.05)
    with pytest.raises(ValueError, match="inside"), gate.turn():
        raise ValueError("inside")
    with gate.turn():
        pass


def test_never_more_inside_than_places() -> None:
    gate, now, most, lock = Turnstile(3), 0, 0, threading.Lock()

    def enter() -> None:
        nonlocal now, most
        with gate.turn():
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.01)
            with lock:
                now -= 1

    threads = [threading.Thread(target=enter) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (now, most) == (0, 3)


def test_foreign_keys_are_checked_on_every_connection(engine: Engine) -> None:
    asked = "PRAGMA foreign_keys" if engine.dialect.name == "sqlite" else "SELECT 1"
    for _ in range(3):
        with engine.connect() as connection:
            assert connection.execute(text(asked)).scalar_one() == 1


def test_a_sqlite_file_is_written_durably_and_read_while_written(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
    engine.dispose()


def test_the_folder_of_a_new_sqlite_file_is_made(tmp_path: object) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/deep/down/desk.db")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


def test_every_engine_has_its_own_line(sqlite_url: str) -> None:
    one, other = make_engine(sqlite_url), make_engine(sqlite_url)
    with write_turn(one), write_turn(other):
        pass
    one.dispose()
    other.dispose()


def test_an_engine_keeps_its_line_when_its_connections_are_disposed_of(engine: Engine) -> None:
    engine.dispose()
    with write_turn(engine), read_turn(engine.execution_options(door=None)):
        assert pool_state(engine)["waiting_to_write"] == 0


@dataclass(frozen=True)
class CountFarTooFar(Query[int]):
    """A question that takes minutes."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> int:
        far = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT max(i) FROM n"
        )
        return int(reader.session.execute(text(far)).scalar_one())


def test_a_read_that_takes_too_long_is_stopped_with_a_sentence(database_url: str) -> None:
    engine = make_engine(database_url, DatabaseLimits(statement_seconds=0.2))
    access = access_for(engine, Role.ANALYST)
    with pytest.raises(TooSlow, match="Narrow"):
        access.fetch(CountFarTooFar())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


def test_a_database_error_shows_no_values(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as trouble:
        connection.execute(text("SELECT :secret FROM no_such_table"), {"secret": "Anna Kowalska"})
    assert "Kowalska" not in str(trouble.value)


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_file_of_the_database_is_read_by_its_owner_alone(tmp_path, umask):
    before = os.umask(umask)
    try:
        file = tmp_path / "desk.db"
        file.touch(0o644)
        for path in (file, tmp_path / "new.db"):
            engine = make_engine(f"sqlite:///{path}")
            with engine.connect() as connection:
                connection.execute(text("PRAGMA user_version"))
                assert {one.stat().st_mode & 0o777 for one in tmp_path.glob(f"{path.name}*")} == {0o600}
            engine.dispose()
    finally:
        os.umask(before)


def test_a_file_that_cannot_be_made_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Rejected, match="cannot be used: "):
        make_engine(f"sqlite:///{tmp_path / 'file' / 'desk.db'}")


def test_what_is_read_again_and_again_is_prepared(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url)
    access = access_for(engine)
    a_customer(engine)
    for _ in range(8):
        access.fetch(FindCustomers())
        access.last_command()
    prepared = select(func.count()).select_from(text("pg_prepared_statements WHERE statement LIKE '%customers%'"))
    with engine.connect() as connection:
        assert connection.scalar(prepared) > 1
    engine.dispose()
