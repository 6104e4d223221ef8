"""The lifecycle: the stored facts about a customer's status, and what each move makes of them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from data_access.base.clock import Days, in_words, start_of
from data_access.base.errors import Rejected
from data_access.base.statuses import BillStatus, SuspensionCause


class Need(StrEnum):
    """What a person has to hand in with a move."""

    REASON = "reason"
    DATE = "date"
    CUSTOMER_ID = "customer_id"


S = BillStatus


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """The stored facts about a customer's status; nothing else about it is stored. Instants are in UTC.

    `first_lifted_on`: of the suspension or the limitation, whichever was lifted first for the present debt.
    `limitation_lifted_until`: the service is whole until then, and limited again unless the debt is paid.
    """

    bill_status: BillStatus = S.OPEN
    blocked: bool = False
    suspension_cause: SuspensionCause | None = None
    suspended_at: datetime | None = None
    suspension_lifted_until: datetime | None = None
    first_lifted_on: date | None = None
    service_limited: bool = False
    limitation_lifted_until: datetime | None = None
    provisionally_terminated_at: datetime | None = None
    terminate_on: date | None = None
    terminated_at: datetime | None = None
    exported_at: datetime | None = None


STATUS_FACTS = tuple(StatusFacts.__dataclass_fields__)  # the columns of a customer in which they are stored


def facts_of(row: object) -> StatusFacts:
    """Out of a customer, or out of a row with these columns."""
    return StatusFacts(**{name: getattr(row, name) for name in STATUS_FACTS})


@dataclass(frozen=True, slots=True)
class MoveTerms:
    """What a move is judged by: the moment, the customer's zone and debt, the class's window, what was handed in.

    `suspends`: whether the debt suspends whoever comes back into service now; to be overdue is not enough for it.
    `is_paid`: if nothing is overdue, whether that is so because it was paid.
    """

    now: datetime
    today: date
    zone: str
    overdue: bool
    window_days: int
    suspends: bool = False
    is_paid: bool = True
    day: date | None = None
    horizon_days: int = 0
    can_lift_longer: str = ""
    cause: SuspensionCause = SuspensionCause.COLLECTION


def status_words(facts: StatusFacts) -> str:
    """What a message about the status tells of, to be compared when it is sent."""
    lifted = facts.suspension_lifted_until or facts.limitation_lifted_until
    return f"{facts.bill_status.value}{' limited' * facts.service_limited}{' lifted' * (lifted is not None)}"


Bounds = Days


def suspended_if_due(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    """No way round Suspended: whoever left suspended and has not paid, or is due to be suspended, comes back so."""
    if facts.bill_status is not S.OPEN:
        return facts
    if terms.suspends:
        return suspended(facts, replace(terms, cause=SuspensionCause.COLLECTION))
    return facts if terms.overdue or not terms.is_paid else replace(facts, first_lifted_on=None)


def suspended(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    return replace(
        facts, bill_status=S.SUSPENDED, suspension_cause=terms.cause, suspended_at=terms.now,
        suspension_lifted_until=None, limitation_lifted_until=None,
    )  # fmt: skip


def stopped(facts: StatusFacts, bill_status: BillStatus) -> StatusFacts:
    """Out of the suspension, yet not out of the debt: the day of the first lift is kept until that is paid."""
    return replace(
        facts, bill_status=bill_status, suspension_cause=None, suspended_at=None, suspension_lifted_until=None,
        service_limited=False, limitation_lifted_until=None,
    )  # fmt: skip


def resumed(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    return suspended_if_due(stopped(facts, S.OPEN), terms)


def lift_bounds(facts: StatusFacts, terms: MoveTerms) -> Bounds:
    first = facts.first_lifted_on or terms.today
    latest = first + timedelta(days=terms.horizon_days)
    what = "suspension" if facts.bill_status is S.SUSPENDED else "limitation"
    return Days(
        terms.today + timedelta(days=1), latest,
        f"A lift ends on a day in the future: from {in_words(terms.today + timedelta(days=1))} on.",
        f"You can lift this {what} until {in_words(latest)} at the latest: {terms.horizon_days} days "
        f"from the day of the first lift, {in_words(first)}. {terms.can_lift_longer}".strip(),
    )  # fmt: skip


def lifted(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    until = start_of(_handed_in(terms, lift_bounds(facts, terms)), terms.zone)
    return replace(facts, suspension_lifted_until=until, first_lifted_on=facts.first_lifted_on or terms.today)


def limitation_lifted(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    until = start_of(_handed_in(terms, lift_bounds(facts, terms)), terms.zone)
    return replace(
        facts, service_limited=False, limitation_lifted_until=until,
        first_lifted_on=facts.first_lifted_on or terms.today,
    )  # fmt: skip


def limited(facts: StatusFacts, _terms: MoveTerms) -> StatusFacts:
    return replace(facts, service_limited=True, limitation_lifted_until=None)


def limitation_ended(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    return suspended_if_due(replace(facts, service_limited=False, limitation_lifted_until=None), terms)


def provisionally_terminated(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    ends = terms.today + timedelta(days=terms.window_days)
    last = min(ends, facts.terminate_on) if facts.terminate_on else ends
    return replace(stopped(facts, S.PROVISIONALLY_TERMINATED), provisionally_terminated_at=terms.now, terminate_on=last)


def reactivated(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    if facts.terminate_on is not None and facts.terminate_on <= terms.today:
        raise Rejected("The time for reactivation has run out: the customer becomes permanently terminated.")
    back = replace(facts, bill_status=S.OPEN, provisionally_terminated_at=None, terminate_on=None)
    return suspended_if_due(back, terms)


def forward_bounds(facts: StatusFacts, terms: MoveTerms) -> Bounds:
    return Days(
        terms.today + timedelta(days=1), facts.terminate_on and facts.terminate_on - timedelta(days=1),
        "Choose a day in the future; to end it today, terminate permanently.", _only_earlier(facts),
    )  # fmt: skip


def _only_earlier(facts: StatusFacts) -> str:
    if facts.terminate_on is None:
        return ""
    return (
        f"The customer ends on {in_words(facts.terminate_on)}: the date can only be moved earlier, never later. "
        "To keep the customer, reactivate it."
    )


def brought_forward(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    return replace(facts, terminate_on=_handed_in(terms, forward_bounds(facts, terms)))


def end_bounds(facts: StatusFacts, terms: MoveTerms) -> Bounds:
    is_provisional = facts.bill_status is S.PROVISIONALLY_TERMINATED
    return Days(
        terms.today, facts.terminate_on if is_provisional else None,
        f"A permanent termination cannot lie in the past: choose {in_words(terms.today)}, which is today where the "
        "customer is billed, or a later day.", _only_earlier(facts),
    )  # fmt: skip


def permanently_terminated(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    day = _handed_in(terms, end_bounds(facts, terms))
    planned = replace(facts, terminate_on=day)
    return closed(planned, terms) if day == terms.today else planned


def closed(facts: StatusFacts, terms: MoveTerms) -> StatusFacts:
    ended = stopped(facts, S.PERMANENTLY_TERMINATED)
    return replace(ended, terminated_at=terms.now, terminate_on=facts.terminate_on or terms.today)


def _handed_in(terms: MoveTerms, days: Days) -> date:
    if terms.day is None:
        raise Rejected("Give the date.")
    misfit = days.misfit(terms.day)
    if misfit is not None:
        raise Rejected(misfit)
    return terms.day
