"""Pacing: which collection steps are taken at an instant; none comes before its notices or its previous stage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from data_access.base.clock import day_in
from data_access.base.statuses import RUNNING, BillStatus
from data_access.domain.collections.calendars import working_day_from
from data_access.domain.collections.dunning import ORDER, STAGES, WARNS_OF, Dated, Due, InvoiceCase, step_at
from data_access.domain.lifecycle import StatusFacts
from data_access.models.collection import Step

_ONE_DAY = timedelta(days=1)
_AFTER_A_PAUSE = (*WARNS_OF, Step.OVERDUE, Step.RESEND, Step.REMIND)  # what is told first when one message may go


@dataclass(frozen=True, slots=True)
class Paced:
    """A case as it stands on a day: its steps on the days on which they are really taken."""

    case: InvoiceCase
    today: date
    steps: tuple[Dated, ...]

    @property
    def was_told_today(self) -> bool:
        return self.today in self.case.taken.values()

    @property
    def waits_until(self) -> datetime | None:
        """The hour of collection of the day after the last news: what was missed waits for it."""
        told_on = max(self.case.taken.values(), default=None)
        return None if told_on is None else step_at(told_on + _ONE_DAY, self.case.bill.policy, self.case.place)

    def waits(self, dated: Dated, now: datetime) -> bool:
        """Whether what was missed has to wait at this instant."""
        until = self.waits_until
        return until is not None and now < until and self.is_missed(dated)

    def is_missed(self, dated: Dated) -> bool:
        """Whether the terms wanted the step on a day that has passed, and it was not taken."""
        wanted = (own.day for own in self.case.steps if _key(own) == _key(dated))
        return _key(dated) not in self.case.taken and any(day < self.today for day in wanted)

    def come(self, now: datetime) -> list[Dated]:
        return [dated for dated in self.steps if dated.at <= now]


def paced_on(case: InvoiceCase, facts: StatusFacts, now: datetime) -> Paced:
    """Each stage waits until all of its notices have been given as many days before, and comes after the one before."""
    today = day_in(case.place.zone, now)
    if all(dated.step not in WARNS_OF for dated in case.steps) and _count_of_stages(case) < 2:
        return Paced(case, today, case.steps)  # nothing to wait for: the usual case
    steps = [dated for dated in case.steps if dated.step not in STAGES and dated.step not in WARNS_OF]
    before: tuple[int, date] | None = None  # of the stage before this one: its days by the terms, and its real day
    for own in sorted((one for one in case.steps if one.step in STAGES), key=lambda one: STAGES.index(one.step)):
        notices = [dated for dated in case.steps if WARNS_OF.get(dated.step) is own.step]
        after = before[1] + _ONE_DAY if before is not None and _comes_after(own, before[0]) else own.day
        stage = own if _key(own) in case.taken else _postponed(own, case, notices, max(after, own.day), today)
        steps.extend([stage, *(_ahead_of(stage, own, one, case) for one in notices)])
        before = own.days, _done_on(stage, case, facts, today)
    return Paced(case, today, tuple(sorted(steps, key=lambda one: (one.at, ORDER.index(one.step), one.days))))


def _count_of_stages(case: InvoiceCase) -> int:
    return sum(dated.step in STAGES for dated in case.steps)


def _comes_after(own: Dated, days_before: int) -> bool:
    """Terms that limit and suspend on one day suspend; a termination always presupposes the suspension."""
    return own.step is Step.TERMINATE or days_before < own.days


def _key(dated: Dated) -> tuple[Step, int]:
    return dated.step, dated.days


def _postponed(own: Dated, case: InvoiceCase, notices: Sequence[Dated], earliest: date, today: date) -> Dated:
    given = (case.taken.get(_key(one), max(one.day, today)) + timedelta(days=one.days) for one in notices)
    day = max(earliest, *given) if notices else earliest
    if day == own.day:
        return own
    if case.bill.policy.working_days_only and own.step is not Step.TERMINATE:
        day = working_day_from(day, case.place.holidays)
    return replace(own, day=day, at=max(step_at(day, case.bill.policy, case.place), case.bill.overdue_from))


def _ahead_of(stage: Dated, own: Dated, notice: Dated, case: InvoiceCase) -> Dated:
    if stage.day == own.day or _key(notice) in case.taken:
        return notice
    day = stage.day - timedelta(days=notice.days)
    return replace(notice, day=day, at=step_at(day, case.bill.policy, case.place))


def _done_on(stage: Dated, case: InvoiceCase, facts: StatusFacts, today: date) -> date:
    """The day on which a stage was reached, for whichever invoice; at the earliest today if it is still ahead."""
    if facts.bill_status is BillStatus.SUSPENDED:
        is_there = stage.step is Step.SUSPEND and facts.suspended_at is not None
        return day_in(case.place.zone, facts.suspended_at) if is_there and facts.suspended_at else date.min
    if stage.step is Step.LIMIT and (facts.service_limited or facts.limitation_lifted_until is not None):
        return case.taken.get(_key(stage), date.min)
    return max(stage.day, today)


def due(cases: Sequence[InvoiceCase], facts: StatusFacts, now: datetime) -> list[Due]:
    """What is to be taken now, in order: notices and lateness of every invoice, then the one action that is left.

    After a pause one message a case and day is enough: that of the action, or of the next one ahead. An action is
    asked of the present facts: whoever is back in service unpaid is suspended again. Only termination is taken once
    an invoice.
    """
    if facts.bill_status not in RUNNING:
        return []
    paced = [paced_on(case, facts, now) for case in cases]
    actions = _action(paced, facts, now)
    told = [one for each in paced for one in _notices(each, facts, now, actions)]
    return [*sorted(told, key=lambda one: (one.dated.at, ORDER.index(one.step), one.bill.invoice_id)), *actions]


def _notices(each: Paced, facts: StatusFacts, now: datetime, actions: list[Due]) -> Iterator[Due]:
    coming = list(_untold(each, facts, now))
    acting = [one.dated for one in actions if one.case is each.case]
    if not any(each.is_missed(dated) for dated in (*coming, *acting)):
        yield from (Due(each.case, dated) for dated in coming)
        return
    first = min(coming, key=lambda one: _AFTER_A_PAUSE.index(one.step), default=None)
    is_silent = bool(acting) or each.was_told_today
    for dated in coming:
        if dated is first and not is_silent:
            yield Due(each.case, dated)
        elif dated.step is Step.OVERDUE:
            yield Due(each.case, dated, is_told=False)


def _untold(each: Paced, facts: StatusFacts, now: datetime) -> Iterator[Dated]:
    """The last notice of each kind that has come, unless it was given, or says nothing any more."""
    come = each.come(now)
    kinds = {dated.step for dated in come}
    for dated in {dated.step: dated for dated in come}.values():  # in order of time: the last of a kind stands
        if dated.step in STAGES or _key(dated) in each.case.taken:
            continue
        if dated.step in WARNS_OF:
            is_wanted = WARNS_OF[dated.step] not in kinds and _changes(WARNS_OF[dated.step], each.case, facts, now)
        elif dated.step is Step.OVERDUE:
            is_wanted = True
        else:
            is_old = dated.day < each.today and any(day >= dated.day for day in each.case.taken.values())
            is_wanted = not is_old and not (dated.step is Step.REMIND and Step.OVERDUE in kinds)
        if is_wanted:
            yield dated


def _action(paced: Sequence[Paced], facts: StatusFacts, now: datetime) -> list[Due]:
    """The strongest stage that has come. One that was missed waits for the hour of the day after the last news."""
    for stage in reversed(STAGES):
        for each in paced:
            for dated in each.come(now):
                if dated.step is stage and not each.waits(dated, now) and _changes(stage, each.case, facts, now):
                    return [Due(each.case, dated)]
    return []


def _changes(action: Step, case: InvoiceCase, facts: StatusFacts, now: datetime) -> bool:
    """Whether an action would change these facts."""
    if action is Step.TERMINATE:
        return all(step is not action for step, _ in case.taken)
    return facts.bill_status is BillStatus.OPEN and not (action is Step.LIMIT and _is_limited_or_lifted(facts, now))


def _is_limited_or_lifted(facts: StatusFacts, now: datetime) -> bool:
    """A lift of the limitation keeps it away until its moment; then the service is limited as it was at first."""
    until = facts.limitation_lifted_until
    return facts.service_limited or (until is not None and until > now)


def has_come_to_suspend(cases: Sequence[InvoiceCase], facts: StatusFacts, now: datetime) -> bool:
    """Whether the terms of an open invoice suspend whoever is in service now."""
    in_service = replace(facts, bill_status=BillStatus.OPEN, suspended_at=None)
    come = (dated for case in cases for dated in paced_on(case, in_service, now).come(now))
    return any(dated.step is Step.SUSPEND for dated in come)


def with_taken(cases: Sequence[InvoiceCase], one: Due, now: datetime) -> list[InvoiceCase]:
    """The cases after a step was taken at an instant."""
    taken = {_key(one.dated): day_in(one.case.place.zone, now)}
    return [
        replace(case, taken={**case.taken, **taken}) if case.bill.invoice_id == one.bill.invoice_id else case
        for case in cases
    ]
