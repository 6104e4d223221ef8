"""Visiting: when collection has to look at a customer again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from data_access.base.statuses import BillStatus
from data_access.domain.collections.dunning import InvoiceCase, StepCalendar, case_of
from data_access.domain.collections.pacing import due, paced_on
from data_access.domain.lifecycle import StatusFacts


def lift_ends(facts: StatusFacts, now: datetime) -> bool:
    """Whether the suspension was lifted until a moment that has come."""
    until = facts.suspension_lifted_until
    return facts.bill_status is BillStatus.SUSPENDED and until is not None and until <= now


def next_visit(cases: Sequence[InvoiceCase], facts: StatusFacts, now: datetime) -> datetime | None:
    """The next instant at which collection has something to do, which may be past; None: nothing, as things stand."""
    until = facts.suspension_lifted_until
    lift = [until] if facts.bill_status is BillStatus.SUSPENDED and until is not None else []
    waiting = [one.dated.at for one in due(cases, facts, now)]
    if waiting:
        return min(waiting + lift)
    whole_until = [facts.limitation_lifted_until] if facts.limitation_lifted_until is not None else []
    coming = sorted(at for at in {*whole_until, *_moments(cases, facts, now)} if at > now)
    step = next((at for at in coming if due(cases, facts, at)), None)
    return min([*lift, *([step] if step is not None else [])], default=None)


def _moments(cases: Sequence[InvoiceCase], facts: StatusFacts, now: datetime) -> Iterator[datetime]:
    """Of every step, and of what waits for the day after the last news."""
    for case in cases:
        each = paced_on(case, facts, now)
        yield from (dated.at for dated in each.steps)
        if each.waits_until is not None:
            yield each.waits_until


def safe_visit(cases: Sequence[InvoiceCase], facts: StatusFacts, place: StepCalendar, now: datetime) -> datetime | None:
    """The next visit; before it, the one that would be if a holiday ahead were taken out of the calendar."""
    without_holidays = replace(place, holidays=frozenset())
    no_holidays = [case_of(case.bill, without_holidays, case.taken) for case in cases]
    real, without = next_visit(cases, facts, now), next_visit(no_holidays, facts, now)
    return without if real is not None and without is not None and now < without < real else real
