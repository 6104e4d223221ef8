"""A worker killed by SIGKILL and started again leaves what an undisturbed one leaves; so do two at once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM
from data_access.queries.audit.verify import VerifyChain
from data_access.store.access import Access
from tests.support.doomed import (
    LATER,
    Death,
    arrange,
    commits_of,
    end,
    invoice_numbers,
    left_behind,
    run_to_the_end,
    start,
)
from tests.support.ledgers import read_ledgers

CUSTOMERS = 12


@dataclass(frozen=True, slots=True)
class End:
    """What is left when nothing is due any more."""

    rows: dict[str, Counter[tuple[str, ...]]]
    numbers: list[str]


def left(engine: Engine) -> End:
    assert read_ledgers(engine).breaches() == []
    assert Access(engine, SYSTEM, lambda: LATER).fetch(VerifyChain()).holds
    return End(left_behind(engine), invoice_numbers(engine))


@pytest.fixture
def scene(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    arrange(engine, CUSTOMERS)
    yield engine
    engine.dispose()


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def undisturbed(sqlite_databases: Any) -> tuple[End, int]:
    """What a worker leaves that nobody disturbs, and its commits."""
    with sqlite_databases.fresh() as url:
        engine = make_engine(url)
        arrange(engine, CUSTOMERS)
        commits = commits_of(engine)
        told = left(engine)
        engine.dispose()
    return told, commits


def test_both_databases_come_to_the_same_end(scene: Engine, undisturbed: tuple[End, int]) -> None:
    assert run_to_the_end(scene) > CUSTOMERS
    assert left(scene) == undisturbed[0]
    assert run_to_the_end(scene) == 0


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])  # make test-long dies before each
def test_killed_before_a_commit_and_started_again(scene: Engine, undisturbed: tuple[End, int], share: float) -> None:
    told, commits = undisturbed
    assert end(start(address(scene), 0.2, Death(round(share * commits))))
    assert not end(start(address(scene), 0.2))
    assert left(scene) == told


def test_killed_again_and_again(scene: Engine, undisturbed: tuple[End, int]) -> None:
    kills = 0
    while end(start(address(scene), 0.1, Death(2))):
        kills += 1
    assert kills > 4
    assert left(scene) == undisturbed[0]


def test_killed_at_random_moments(scene: Engine, undisturbed: tuple[End, int]) -> None:
    draw = Random("moments")
    for _ in range(6):
        worker = start(address(scene), 0.1)
        worker.join(draw.uniform(0.05, 0.8))
        worker.kill()
        end(worker)
    assert not end(start(address(scene), 0.1))
    assert left(scene) == undisturbed[0]


def test_two_at_once_of_which_one_is_killed(scene: Engine, undisturbed: tuple[End, int]) -> None:
    one, other = start(address(scene), 2, Death(2)), start(address(scene), 2)
    end(one)  # killed, if the other left it two things to do
    assert not end(other)
    assert left(scene) == undisturbed[0]


def test_two_at_once_whom_no_lease_keeps_apart(scene: Engine, undisturbed: tuple[End, int]) -> None:
    workers = [start(address(scene), 0) for _ in range(2)]
    assert [end(worker) for worker in workers] == [False, False]
    assert left(scene) == undisturbed[0]
