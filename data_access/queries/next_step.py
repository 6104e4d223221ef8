"""The next thing that happens to a customer by itself or by plan, as far as stored facts tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from data_access.clock import day_in
from data_access.lifecycle import BillStatus
from data_access.moves import MOVES


@dataclass(frozen=True, slots=True)
class NextStep:
    """What happens, and on which day in the customer's billing zone."""

    on: date
    says: str


def next_step(
    *,
    bill_status: BillStatus,
    lifted_until: datetime | None,
    terminate_on: date | None,
    zone: str,
    now: datetime,
    plans: Iterable[tuple[str, date]] = (),
) -> NextStep | None:
    """The earliest of what is stored; None when nothing is. `plans`: names of moves and their days."""
    steps = [NextStep(due_on, f"{MOVES[move].label}, as planned") for move, due_on in plans]
    if lifted_until is not None and lifted_until > now:
        steps.append(NextStep(day_in(zone, lifted_until), "suspended again unless paid"))
    if terminate_on is not None and bill_status is BillStatus.PROVISIONALLY_TERMINATED:
        steps.append(NextStep(terminate_on, "permanently terminated unless reactivated"))
    elif terminate_on is not None and bill_status is not BillStatus.PERMANENTLY_TERMINATED:
        steps.append(NextStep(terminate_on, "permanently terminated, as planned"))
    return min(steps, key=lambda step: step.on, default=None)
