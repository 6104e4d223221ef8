"""Two thousand lives of a customer, each another one in every run, beside the reference in plain words."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.life_machine import OneLife


@pytest.mark.parametrize(("kind", "runs"), [("sqlite", 2000), ("postgresql", 300)])
def test_two_thousand_lives_are_as_the_reference_says(kind: str, runs: int, request: pytest.FixtureRequest) -> None:
    databases: Any = request.getfixturevalue(f"{kind}_databases")
    OneLife.engine, OneLife.empty = databases.kept, databases.empty
    chosen = settings(
        max_examples=runs, stateful_step_count=50, suppress_health_check=list(HealthCheck),
        print_blob=True, database=None,
    )  # fmt: skip
    run_state_machine_as_test(OneLife, settings=chosen)
