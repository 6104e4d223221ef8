"""Status history of a customer, and what is scheduled to change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import ClassVar

from data_access.base.clock import short_day, time_in_words
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.labels import word
from data_access.base.text.masking import reason_of
from data_access.domain.moves import CREATED, MOVES
from data_access.models.history import PlannedMove, PlanState, StatusEvent
from data_access.queries.customer_context import customer_context
from data_access.queries.customer_situation import CustomerSituation, situation_of
from data_access.queries.forecast.customer_forecast import WITHIN, steps_of
from data_access.queries.forecast.forecast_steps import BY_DEBT, ForecastStep
from data_access.queries.forecast.next_step import next_step
from data_access.queries.pagination.newest_first import LIMIT
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One status change; of a new customer there is none before it. `blocked`: whether they were blocked after it."""

    at: datetime
    what: str
    status_from: str
    status_to: str
    blocked: bool
    login: str
    reason: str


def event_words(move: str, status_from: BillStatus, status_to: BillStatus, until: date | None) -> str:
    """What happened; an unblocking or return that ended in a suspension says so."""
    if move == CREATED:
        return "Created"
    row = MOVES[move]
    day = f" {row.day_word} {short_day(until)}" if until and row.day_word else ""
    came_back_suspended = status_to is BillStatus.SUSPENDED and status_from is not status_to and row.returns
    return row.done + day + (", and suspended for what is overdue" if came_back_suspended else "")


@dataclass(frozen=True)
class StatusHistory(Query[tuple[HistoryRow, ...]]):
    """The status changes of a customer, newest first; the last 200."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[HistoryRow, ...]:
        customer_context(reader, self.customer_id)
        events = (
            visible(StatusEvent, reader.actor)
            .where(StatusEvent.customer_id == self.customer_id)
            .with_only_columns(
                StatusEvent.at, StatusEvent.move, StatusEvent.status_from, StatusEvent.status_to, StatusEvent.blocked,
                StatusEvent.until, StatusEvent.login, reason_of(StatusEvent),
            )
            .order_by(StatusEvent.at.desc(), StatusEvent.id.desc())
            .limit(LIMIT)
        )  # fmt: skip
        return tuple(
            HistoryRow(
                row.at, event_words(row.move, row.status_from, row.status_to, row.until),
                "" if row.move == CREATED else row.status_from.label, row.status_to.label,
                row.blocked, row.login, row.reason,
            )
            for row in reader.session.execute(events)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What will happen, or would have: a plan that was cancelled or became impossible is kept and says so."""

    on: date | None
    what: str
    state: str
    login: str
    reason: str
    plan_id: int | None = None


@dataclass(frozen=True)
class ScheduledChanges(Query[tuple[Scheduled, ...]]):
    """What happens to the customer by itself or by plan, then the plans that are over, newest first; at most 200."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[Scheduled, ...]:
        case = situation_of(reader, self.customer_id)
        return (
            *_by_itself(case, steps_of(reader, self.customer_id)),
            *_requests(case),
            *_plans(reader, self.customer_id),
        )


def _by_itself(case: CustomerSituation, ahead: Sequence[ForecastStep]) -> list[Scheduled]:
    own = case.of.customer
    step = partial(next_step, bill_status=own.bill_status, zone=own.billing_zone, now=case.of.now)
    steps = (
        step(lifted_until=own.suspension_lifted_until, terminate_on=None),
        step(lifted_until=None, terminate_on=own.terminate_on),
    )
    stored = [Scheduled(step.on, step.says.capitalize(), "Planned", "", "") for step in steps if step is not None]
    unless_paid = (Scheduled(told.on, told.says, "Unless paid", "", "") for told in ahead if told.kind in BY_DEBT)
    return [*stored, *unless_paid]


def _requests(case: CustomerSituation) -> list[Scheduled]:
    zone = case.of.customer.billing_zone
    return [
        Scheduled(None, f"Midterm invoice: comes by {time_in_words(one.at + WITHIN, zone)}", "Requested", one.login, "")
        for one in case.beside["requests"]
    ]


def _plans(reader: Reader, customer_id: int) -> list[Scheduled]:
    plans = (
        visible(PlannedMove, reader.actor)
        .where(PlannedMove.customer_id == customer_id)
        .with_only_columns(
            PlannedMove.id, PlannedMove.move, PlannedMove.due_on, PlannedMove.state, PlannedMove.login,
            PlannedMove.reason, PlannedMove.why_impossible,
        )
        .order_by(PlannedMove.state != PlanState.PLANNED, PlannedMove.due_on.desc(), PlannedMove.id.desc())
        .limit(LIMIT)
    )  # fmt: skip
    return [
        Scheduled(
            row.due_on, MOVES[row.move].label, word(row.state), row.login,
            " ".join(filter(None, (row.reason, row.why_impossible))),
            row.id if row.state is PlanState.PLANNED else None,
        )
        for row in reader.session.execute(plans)
    ]  # fmt: skip
