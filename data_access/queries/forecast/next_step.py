"""The next change of a customer's status, automatic or planned, in a few words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from data_access.base.clock import day_in
from data_access.base.statuses import BillStatus
from data_access.domain.moves import MOVES
from data_access.queries.forecast.forecast_steps import BY_DEBT, ForecastStep


@dataclass(frozen=True, slots=True)
class NextStep:
    """What happens, on which day in the customer's billing zone, and what would prevent it."""

    on: date
    what: str
    unless: str = ""

    @property
    def says(self) -> str:
        """All of it; what nothing but a person prevents was planned by one."""
        return f"{self.what} unless {self.unless}" if self.unless else f"{self.what}, as planned"


def next_step(
    *,
    bill_status: BillStatus,
    lifted_until: datetime | None,
    terminate_on: date | None,
    zone: str,
    now: datetime,
    plans: Iterable[tuple[str, date]] = (),
    by_debt: NextStep | None = None,
) -> NextStep | None:
    """The earliest of what is stored and of what collection will do; None when nothing is.

    `plans`: names of moves and their days. `by_debt`: what collection does next.
    """
    steps = [NextStep(due_on, MOVES[move].label) for move, due_on in plans]
    if lifted_until is not None and lifted_until > now:
        steps.append(NextStep(day_in(zone, lifted_until), MOVES["suspend_again"].ahead, "paid"))
    if terminate_on is not None and bill_status is not BillStatus.PERMANENTLY_TERMINATED:
        unless = "reactivated" if bill_status is BillStatus.PROVISIONALLY_TERMINATED else ""
        steps.append(NextStep(terminate_on, MOVES["close"].ahead, unless))
    steps.extend([by_debt] if by_debt else [])
    return min(steps, key=lambda step: step.on, default=None)


def first_by_debt(ahead: Iterable[ForecastStep]) -> NextStep | None:
    """What collection does next, of the steps ahead in order of time."""
    by_debt = (NextStep(told.on, BY_DEBT[told.kind].ahead, "paid") for told in ahead if told.kind in BY_DEBT)
    return next(by_debt, None)
