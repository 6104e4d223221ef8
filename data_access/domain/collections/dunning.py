"""Dunning: the steps about an unpaid invoice, each on the day that its terms specify."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from data_access.base.clock import time_zone
from data_access.domain.collections.calendars import working_day_from
from data_access.domain.collections.policy import Policy
from data_access.models.collection import Step

_LAST_MINUTE = 24 * 60 - 1
ORDER = tuple(Step)
NOTICES = "collection/"  # the keys of all messages about steps begin with it
STAGES = (Step.LIMIT, Step.SUSPEND, Step.TERMINATE)  # none comes before the one that stands before it
WARNS_OF = {
    Step.WARN_LIMIT: Step.LIMIT,
    Step.WARN_SUSPEND: Step.SUSPEND,
    Step.WARN_TERMINATE: Step.TERMINATE,
}


@dataclass(frozen=True, slots=True)
class StepCalendar:
    """Where and when steps are taken: the customer's zone, the company's holidays, and a number that spreads them."""

    zone: str
    holidays: Set[date] = frozenset()
    spread: int = 0


@dataclass(frozen=True, slots=True)
class DunnedInvoice:
    """An invoice that is not fully paid and is to be collected, under the terms it was issued with."""

    invoice_id: int
    number: str
    issued_on: date
    due_on: date
    overdue_from: datetime
    open: Decimal
    policy: Policy

    def is_overdue(self, now: datetime) -> bool:
        """Whether its due day has ended."""
        return self.overdue_from <= now

    @property
    def counts_from(self) -> date:
        """The day from which its days to pay are counted; nothing about it can have been said before.

        One issued after its due day keeps that of the invoice that it replaces, and is owed the same notices.
        """
        first = self.due_on - timedelta(days=self.policy.net_days)
        return max(self.issued_on, first) if self.issued_on <= self.due_on else first


def due_day(issued_on: date, made_on: date, net_days: int) -> date:
    """The last day to pay. An invoice made later than it is dated leaves all of its days: nobody had it before."""
    return max(issued_on, made_on) + timedelta(days=net_days)


@dataclass(frozen=True, slots=True)
class Dated:
    """One step with its instant. `days` tells the steps of a kind apart; `day` is its day in the customer's zone."""

    at: datetime
    step: Step
    days: int
    day: date


Taken = Mapping[tuple[Step, int], date]


@dataclass(frozen=True, slots=True)
class InvoiceCase:
    """An invoice in collection: all its steps in the order of the terms, and the last day on which each was taken."""

    bill: DunnedInvoice
    place: StepCalendar
    steps: tuple[Dated, ...]
    taken: Taken = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """A step that is to be taken, and about which invoice. Not told: it is done without a message of its own."""

    case: InvoiceCase
    dated: Dated
    is_told: bool = True

    @property
    def bill(self) -> DunnedInvoice:
        return self.case.bill

    @property
    def step(self) -> Step:
        return self.dated.step

    @property
    def action_day(self) -> date:
        """The day of the action that a notice in advance tells of."""
        return self.dated.day + timedelta(days=self.dated.days)


def notice_key(command_id: str, invoice_id: int, step: Step, days: int) -> str:
    """The key of the message by which a step about an invoice was told."""
    return f"{NOTICES}{command_id}/{invoice_id}/{step}/{days}"


def case_of(bill: DunnedInvoice, place: StepCalendar, taken: Taken | None = None) -> InvoiceCase:
    """The case of an invoice, with its steps dated."""
    return InvoiceCase(bill, place, steps_of(bill, place), taken or {})


def steps_of(bill: DunnedInvoice, place: StepCalendar) -> tuple[Dated, ...]:
    """Every step that the terms hold for an invoice that stays unpaid, in the order in which they are taken."""
    policy = bill.policy
    overdue = Dated(bill.overdue_from, Step.OVERDUE, 0, bill.due_on + timedelta(days=1))
    notices = [
        *((Step.REMIND, days, bill.due_on - timedelta(days=days)) for days in policy.reminders),
        *((Step.RESEND, days, bill.due_on + timedelta(days=days)) for days in policy.resends),
        *_warnings(bill, place),
    ]
    dated = [
        Dated(step_at(day, policy, place), step, days, day) for step, days, day in notices if day >= bill.counts_from
    ]
    actions = [
        Dated(max(step_at(day, policy, place), bill.overdue_from), step, days, day)
        for step, days, day in _actions(bill, place)
    ]
    return tuple(sorted([overdue, *dated, *actions], key=lambda row: (row.at, ORDER.index(row.step), row.days)))


def _actions(bill: DunnedInvoice, place: StepCalendar) -> list[tuple[Step, int, date]]:
    """Limiting and suspending wait for a working day where the terms say so; terminating does not."""
    policy = bill.policy
    wanted = (
        (Step.LIMIT, policy.limit_after, policy.working_days_only),
        (Step.SUSPEND, policy.suspend_after, policy.working_days_only),
        (Step.TERMINATE, policy.terminate_after, False),
    )
    dated = (
        (step, after, bill.due_on + timedelta(days=max(after, 1)), waits)
        for step, after, waits in wanted
        if after is not None
    )
    return [(step, after, working_day_from(day, place.holidays) if waits else day) for step, after, day, waits in dated]


def _warnings(bill: DunnedInvoice, place: StepCalendar) -> list[tuple[Step, int, date]]:
    """The notices in advance of each action, counted from the day on which it is really taken."""
    policy = bill.policy
    ahead = {
        Step.WARN_LIMIT: policy.limit_notices,
        Step.WARN_SUSPEND: policy.suspend_notices,
        Step.WARN_TERMINATE: policy.terminate_notices,
    }
    days_of = {step: day for step, _, day in _actions(bill, place)}
    return [
        (warning, days, days_of[action] - timedelta(days=days))
        for warning, action in WARNS_OF.items()
        if action in days_of
        for days in ahead[warning]
    ]


def step_at(day: date, policy: Policy, place: StepCalendar) -> datetime:
    """The terms' hour of a day in the customer's zone, later by a spread of its own, and never on the next day."""
    minutes = policy.hour * 60 + (place.spread % (policy.spread_minutes + 1))
    return _at(day, min(minutes, _LAST_MINUTE), place.zone)


@lru_cache(maxsize=16_384)  # a list of those who are late asks for the same days again and again
def _at(day: date, minutes: int, zone: str) -> datetime:
    return datetime.combine(day, time(*divmod(minutes, 60)), time_zone(zone)).astimezone(UTC)
