"""A worker is killed at every commit that it makes, and two at once are killed again and again, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from sqlalchemy import Engine

from data_access.base.engine import make_engine
from tests.support.databases import PostgresqlDatabases, SqliteDatabases
from tests.support.doomed import Death, arrange, commits_of, end, invoice_numbers, left_behind, start
from tests.support.ledgers import read_ledgers

CUSTOMERS = 40
ROUNDS = 40
Databases = SqliteDatabases | PostgresqlDatabases


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


@contextmanager
def scene(databases: Databases) -> Iterator[tuple[Engine, str]]:
    with databases.fresh() as url:
        engine = make_engine(url)
        arrange(engine, CUSTOMERS)
        yield engine, url
        engine.dispose()


def left(engine: Engine) -> tuple[object, list[str]]:
    assert read_ledgers(engine).breaches() == []
    return left_behind(engine), invoice_numbers(engine)


def undisturbed(databases: Databases) -> tuple[object, int]:
    with scene(databases) as (engine, _):
        commits = commits_of(engine, commands_only=False)
        return left(engine), commits


def test_killed_before_every_commit(databases: Databases) -> None:
    expected, commits = undisturbed(databases)
    for at in range(1, commits + 1):
        with scene(databases) as (engine, url):
            assert end(start(url, 0.1, Death(at, commands_only=False)))
            assert not end(start(url, 0.1))
            assert left(engine) == expected, f"killed before commit {at}"


def test_two_at_once_killed_at_random_moments(databases: Databases) -> None:
    expected, _ = undisturbed(databases)
    draw = Random("two at once")
    for _ in range(ROUNDS):
        with scene(databases) as (engine, url):
            for _ in range(3):
                workers = [start(url, 2) for _ in range(2)]
                for worker in workers:
                    worker.join(draw.uniform(0.05, 2))
                    worker.kill()
                    end(worker)
            assert not end(start(url, 2))
            assert left(engine) == expected
