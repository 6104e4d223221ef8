"""The next change of a customer's status, by itself or by plan, in a few words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from data_access.base.clock import day_in
from data_access.base.statuses import BillStatus
from data_access.domain.moves import MOVES
from data_access.queries.forecast.forecast_steps import ForecastStep, Foreseen

_OF_COLLECTION = {
    Foreseen.LIMITATION: "service limited unless paid",
    Foreseen.SUSPENSION: "suspended unless paid",
    Foreseen.TERMINATION: "provisionally terminated unless paid",
}


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
    ahead: Iterable[ForecastStep] = (),
) -> NextStep | None:
    """The earliest of what is stored and of what collection will do; None when nothing is.

    `plans`: names of moves and their days.
    """
    steps = [NextStep(due_on, f"{MOVES[move].label}, as planned") for move, due_on in plans]
    if lifted_until is not None and lifted_until > now:
        steps.append(NextStep(day_in(zone, lifted_until), "suspended again unless paid"))
    if terminate_on is not None and bill_status is BillStatus.PROVISIONALLY_TERMINATED:
        steps.append(NextStep(terminate_on, "permanently terminated unless reactivated"))
    elif terminate_on is not None and bill_status is not BillStatus.PERMANENTLY_TERMINATED:
        steps.append(NextStep(terminate_on, "permanently terminated, as planned"))
    steps.extend(NextStep(told.on, _OF_COLLECTION[told.kind]) for told in ahead if told.kind in _OF_COLLECTION)
    return min(steps, key=lambda step: step.on, default=None)
