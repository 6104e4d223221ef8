"""The table of jobs: what each finds and what it does."""

from data_access.access import Access
from data_access.clock import system_clock
from data_access.commands.lifecycle import CarryOutPlan, EndLife
from data_access.commands.limits import EndTemporaryLimit
from data_access.jobs.sending import SENDING
from data_access.jobs.work import Work, ordered
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove
from data_access.models.running import JobRun
from data_access.queries.lifecycle_due import DuePlans, DueTerminations
from data_access.queries.limits import DueLimitEnds
from data_access.running import count_stale, prune
from data_access.schedule import Job


def _anything_stale(access: Access, after: int, _limit: int) -> list[int]:
    return [1] if after < 1 and count_stale(access.engine, system_clock()) else []


WORK: dict[Job, Work] = {
    Job.END_TEMPORARY_LIMITS: ordered(
        Customer, DueLimitEnds, lambda key, command_id: EndTemporaryLimit(customer_id=key, command_id=command_id)
    ),
    Job.CARRY_OUT_PLANS: ordered(
        PlannedMove, DuePlans, lambda key, command_id: CarryOutPlan(plan_id=key, command_id=command_id)
    ),
    Job.END_LIVES: ordered(
        Customer, DueTerminations, lambda key, command_id: EndLife(customer_id=key, command_id=command_id)
    ),
    Job.SEND_MESSAGES: SENDING,
    Job.TIDY: Work(JobRun, _anything_stale, lambda access, _key: prune(access.engine, system_clock())),
}
