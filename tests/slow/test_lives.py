"""Lives of a customer in any order of events, killed commands included, beside a reference in plain words."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.databases import SqliteDatabases
from tests.support.life_machine import BIRTHS, OneLife

INVARIANTS = (
    "the_customer_is_as_the_reference_says", "the_books_are_as_the_reference_says", "every_rule_of_the_ledgers_holds",
    "collection_knows_when_to_come", "the_line_under_the_figures_comes_to_the_balance",
    "what_is_asked_of_all_is_what_is_foretold_of_it",
)  # fmt: skip
TERMS = {
    "period": "weekly", "delay": 0, "net": 0, "late_fee": Decimal(0), "reactivation_fee": Decimal(0), "limit": 1,
    "suspend": 3, "terminate": 7, "working_days": False, "hour": 7, "window": 30, "horizon": 30, "taxes": (),
}  # fmt: skip
LIVES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "suspended at the hour of the day after a limitation that came late": [
        ("the_next_turn_comes", {"which": 0, "seconds": -1}),
        ("falls_into_debt", {"amount": Decimal("13.49"), "step": "", "seconds": -1}),
        ("hours_go_by", {"hours": 14}),
        ("nothing_runs_for_days", {"days": 28}),
        ("hours_go_by", {"hours": 26}),
        ("hours_go_by", {"hours": 7}),
    ],
    "limited again before it is suspended for a payment that bounced": [
        ("falls_into_debt", {"amount": Decimal(20), "step": "", "seconds": 0}),
        ("hours_go_by", {"hours": 25}),
        ("pays", {"amount": Decimal(20)}),
        ("hours_go_by", {"hours": 300}),
        ("is_reversed", {"which": 0}),
        ("hours_go_by", {"hours": 30}),
    ],
    "terminated at the hour of the day after the last news": [
        ("the_next_turn_comes", {"which": 0, "seconds": -1}),
        ("falls_into_debt", {"amount": Decimal("13.49"), "step": "", "seconds": -1}),
        ("is_charged", {"amount": Decimal("0.01")}),
        ("hours_go_by", {"hours": 46}),
        ("is_lifted", {"days": 4, "amount": None, "runs_out": True}),
        ("is_moved", {"name": "reactivate", "days": 0}),
        ("hours_go_by", {"hours": 24}),
        ("hours_go_by", {"hours": 24}),
        ("hours_go_by", {"hours": 7}),
    ],
}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("kind", "runs"), [("sqlite", 5), ("postgresql", 1)])  # thousands in make test-long
def test_every_life_is_as_the_reference_says(kind: str, runs: int, request: pytest.FixtureRequest) -> None:
    databases: Any = request.getfixturevalue(f"{kind}_databases")
    OneLife.engine = databases.kept
    OneLife.empty = databases.empty
    chosen = settings(
        max_examples=runs, stateful_step_count=50, suppress_health_check=list(HealthCheck),
        print_blob=True, derandomize=True, database=None,
    )  # fmt: skip
    run_state_machine_as_test(OneLife, settings=chosen)


@pytest.mark.parametrize("called", LIVES)
def test_a_life_that_once_differed_is_as_the_reference_says(called: str, sqlite_databases: SqliteDatabases) -> None:
    OneLife.engine, OneLife.empty = sqlite_databases.kept, sqlite_databases.empty
    life = OneLife()
    life.is_created("UTC", BIRTHS[0], TERMS)
    for rule, given in LIVES[called]:
        getattr(life, rule)(**given)
        for invariant in INVARIANTS:
            getattr(life, invariant)()
    life.teardown()
