"""The table of jobs: for each, what is due, what is done about one of them, and whom that is about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data_access.access import Access, Command, Query, new_command_id
from data_access.clock import system_clock
from data_access.commands.lifecycle import CarryOutPlan, EndLife
from data_access.models.base import Base
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove
from data_access.models.running import JobRun
from data_access.queries.lifecycle_due import DuePlans, DueTerminations
from data_access.running import count_stale, prune
from data_access.schedule import Job

BATCH = 500


@dataclass(frozen=True, slots=True)
class Work:
    """How a job works. `due` gives at most so many ids above one, ascending; `do` does one of them.

    `about`: the table whose ids they are, so that a trouble finds its customer.
    """

    about: type[Base]
    due: Callable[[Access, int, int], list[int]]
    do: Callable[[Access, int], object]


def _ordered(
    about: type[Base], due: Callable[[int, int], Query[list[int]]], order: Callable[[int, str], Command[Any]]
) -> Work:
    """The usual kind: a query finds them, a command each."""
    return Work(
        about,
        lambda access, after, limit: access.fetch(due(after, limit)),
        lambda access, key: access.execute(order(key, new_command_id())),
    )


def _anything_stale(access: Access, after: int, _limit: int) -> list[int]:
    return [1] if after < 1 and count_stale(access.engine, system_clock()) else []


WORK: dict[Job, Work] = {
    Job.CARRY_OUT_PLANS: _ordered(
        PlannedMove, DuePlans, lambda key, command_id: CarryOutPlan(plan_id=key, command_id=command_id)
    ),
    Job.END_LIVES: _ordered(
        Customer, DueTerminations, lambda key, command_id: EndLife(customer_id=key, command_id=command_id)
    ),
    Job.TIDY: Work(JobRun, _anything_stale, lambda access, _key: prune(access.engine, system_clock())),
}
