"""Dunning: when each step about an unpaid invoice is due, and which steps are to be taken at an instant."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from data_access.calendars import working_day_from
from data_access.lifecycle import BillStatus, Facts
from data_access.models.collection import Step
from data_access.policy import Policy

_LAST_MINUTE = 24 * 60 - 1
_ORDER = tuple(Step)
ACTIONS = (Step.TERMINATE, Step.SUSPEND, Step.LIMIT)  # the strongest first
_WARNS_OF = {
    Step.WARN_LIMIT: Step.LIMIT,
    Step.WARN_SUSPEND: Step.SUSPEND,
    Step.WARN_TERMINATE: Step.TERMINATE,
}
_OPEN = frozenset({BillStatus.OPEN})
_RUNNING = frozenset({BillStatus.OPEN, BillStatus.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when steps are taken: the customer's zone, the company's holidays, and a number that spreads them."""

    zone: str
    holidays: Set[date] = frozenset()
    spread: int = 0


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice that is not fully paid and is to be collected, under the terms it was issued with."""

    invoice_id: int
    number: str
    issued_on: date
    due_on: date
    overdue_from: datetime
    open: Decimal
    policy: Policy

    @property
    def counts_from(self) -> date:
        """The day from which its days to pay are counted; nothing about it can have been said before."""
        return max(self.issued_on, self.due_on - timedelta(days=self.policy.net_days))


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


@dataclass(frozen=True, slots=True)
class Case:
    """An invoice in collection: all its steps in order, and which of them were taken."""

    bill: Bill
    steps: tuple[Dated, ...]
    taken: frozenset[tuple[Step, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """A step that is to be taken, and about which invoice."""

    case: Case
    dated: Dated

    @property
    def bill(self) -> Bill:
        return self.case.bill

    @property
    def step(self) -> Step:
        return self.dated.step

    @property
    def action_day(self) -> date:
        """The day of the action that a notice in advance tells of."""
        return self.dated.day + timedelta(days=self.dated.days)


def case_of(bill: Bill, place: Place, taken: Iterable[tuple[Step, int]] = ()) -> Case:
    """The case of an invoice, with its steps dated."""
    return Case(bill, steps_of(bill, place), frozenset(taken))


def steps_of(bill: Bill, place: Place) -> tuple[Dated, ...]:
    """Every step that the terms hold for an invoice that stays unpaid, in the order in which they are taken."""
    policy = bill.policy
    overdue = Dated(bill.overdue_from, Step.OVERDUE, 0, bill.due_on + timedelta(days=1))
    notices = [
        *((Step.REMIND, days, bill.due_on - timedelta(days=days)) for days in policy.reminders),
        *((Step.RESEND, days, bill.due_on + timedelta(days=days)) for days in policy.resends),
        *_warnings(bill, place),
    ]
    dated = [
        Dated(_instant(day, policy, place), step, days, day) for step, days, day in notices if day >= bill.counts_from
    ]
    actions = [
        Dated(max(_instant(day, policy, place), bill.overdue_from), step, days, day)
        for step, days, day in _actions(bill, place)
    ]
    return tuple(sorted([overdue, *dated, *actions], key=lambda row: (row.at, _ORDER.index(row.step), row.days)))


def _actions(bill: Bill, place: Place) -> list[tuple[Step, int, date]]:
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


def _warnings(bill: Bill, place: Place) -> list[tuple[Step, int, date]]:
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
        for warning, action in _WARNS_OF.items()
        if action in days_of
        for days in ahead[warning]
    ]


def _instant(day: date, policy: Policy, place: Place) -> datetime:
    """The terms' hour of a day in the customer's zone, later by a spread of its own, and never on the next day."""
    minutes = policy.hour * 60 + (place.spread % (policy.spread_minutes + 1))
    hours, minutes = divmod(min(minutes, _LAST_MINUTE), 60)
    return datetime.combine(day, time(hours, minutes), ZoneInfo(place.zone)).astimezone(UTC)


def due(cases: Sequence[Case], facts: Facts, now: datetime) -> list[Due]:
    """What is to be taken now, in order: notices and lateness of every invoice, then the one action that is left.

    A notice that was missed is not sent after its action, nor beside a later one of its kind. An action is asked of
    the present facts: whoever is back in service unpaid is suspended again. Only termination is taken once an invoice.
    """
    if facts.bill_status not in _RUNNING:
        return []
    told = [Due(case, dated) for case in cases for dated in _notices(case, facts, now)]
    return [
        *sorted(told, key=lambda one: (one.dated.at, _ORDER.index(one.step), one.bill.invoice_id)),
        *_action(cases, facts, now),
    ]


def _notices(case: Case, facts: Facts, now: datetime) -> list[Dated]:
    come = [dated for dated in case.steps if dated.at <= now]
    kinds = {dated.step for dated in come}
    latest = {dated.step: dated for dated in come}  # in order of time: the last of a kind stands
    return [
        dated
        for dated in latest.values()
        if dated.step not in ACTIONS
        and (dated.step, dated.days) not in case.taken
        and not (dated.step is Step.REMIND and Step.OVERDUE in kinds)
        and (dated.step not in _WARNS_OF or _is_ahead(_WARNS_OF[dated.step], kinds, case, facts, now))
    ]


def _is_ahead(action: Step, come: Set[Step], case: Case, facts: Facts, now: datetime) -> bool:
    """Whether an action is still to come, and would change something."""
    return action not in come and _changes(action, case, facts, now)


def _action(cases: Sequence[Case], facts: Facts, now: datetime) -> list[Due]:
    for action in ACTIONS:
        for case in cases:
            for dated in case.steps:
                if dated.step is action and dated.at <= now and _changes(action, case, facts, now):
                    return [Due(case, dated)]
    return []


def _changes(action: Step, case: Case, facts: Facts, now: datetime) -> bool:
    """Whether an action would change these facts."""
    if action is Step.TERMINATE:
        return facts.bill_status in _RUNNING and (action, _days(case, action)) not in case.taken
    return facts.bill_status in _OPEN and not (action is Step.LIMIT and _is_limited_or_lifted(facts, now))


def _is_limited_or_lifted(facts: Facts, now: datetime) -> bool:
    """A lift of the limitation keeps it away until its moment; then the service is limited as it was at first."""
    until = facts.limitation_lifted_until
    return facts.service_limited or (until is not None and until > now)


def _days(case: Case, action: Step) -> int:
    return next(dated.days for dated in case.steps if dated.step is action)


def with_taken(cases: Sequence[Case], one: Due) -> list[Case]:
    """The cases after a step was taken."""
    taken = (one.dated.step, one.dated.days)
    return [
        replace(case, taken=case.taken | {taken}) if case.bill.invoice_id == one.bill.invoice_id else case
        for case in cases
    ]


def lift_ends(facts: Facts, now: datetime) -> bool:
    """Whether the suspension was lifted until a moment that has come."""
    until = facts.suspension_lifted_until
    return facts.bill_status is BillStatus.SUSPENDED and until is not None and until <= now


def next_visit(cases: Sequence[Case], facts: Facts, now: datetime) -> datetime | None:
    """The next instant at which collection has something to do, which may be past; None: nothing, as things stand."""
    until = facts.suspension_lifted_until
    lift = [until] if facts.bill_status is BillStatus.SUSPENDED and until is not None else []
    waiting = [one.dated.at for one in due(cases, facts, now)]
    if waiting:
        return min(waiting + lift)
    whole_until = [facts.limitation_lifted_until] if facts.limitation_lifted_until is not None else []
    moments = {*whole_until, *(dated.at for case in cases for dated in case.steps)}
    coming = sorted(at for at in moments if at > now)
    step = next((at for at in coming if due(cases, facts, at)), None)
    return min([*lift, *([step] if step is not None else [])], default=None)


def safe_visit(cases: Sequence[Case], facts: Facts, place: Place, now: datetime) -> datetime | None:
    """The next visit; before it, the one that would be if a holiday ahead were taken out of the calendar."""
    without_holidays = replace(place, holidays=frozenset())
    no_holidays = [case_of(case.bill, without_holidays, case.taken) for case in cases]
    real, without = next_visit(cases, facts, now), next_visit(no_holidays, facts, now)
    return without if real is not None and without is not None and now < without < real else real
