"""A hundred lives of a customer in any order of events, killed commands included, beside a reference in plain words."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.life_machine import OneLife


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("kind", "runs"), [("sqlite", 100), ("postgresql", 20)])
def test_every_life_is_as_the_reference_says(kind: str, runs: int, request: pytest.FixtureRequest) -> None:
    databases: Any = request.getfixturevalue(f"{kind}_databases")
    OneLife.engine = databases.kept
    OneLife.empty = databases.empty
    chosen = settings(
        max_examples=runs, stateful_step_count=50, suppress_health_check=list(HealthCheck),
        print_blob=True, derandomize=True, database=None,
    )  # fmt: skip
    run_state_machine_as_test(OneLife, settings=chosen)
