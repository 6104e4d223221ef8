"""The lifecycle: the stored facts about a customer's status, and what each move makes of them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from data_access.clock import start_of
from data_access.errors import Rejected


class BillStatus(StrEnum):
    """The stored billing status; what is shown is computed in `standing`."""

    label: str

    def __new__(cls, value: str, label: str) -> "BillStatus":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    OPEN = "open", "Active"
    SUSPENDED = "suspended", "Suspended"
    PROVISIONALLY_TERMINATED = "provisionally_terminated", "Provisionally terminated"
    PERMANENTLY_TERMINATED = "permanently_terminated", "Permanently terminated"
    EXPORTED = "exported", "Exported"


class SuspensionCause(StrEnum):
    COLLECTION = "collection"
    INSUFFICIENT_FUNDS = "insufficient_funds"


class Need(StrEnum):
    """What a person has to hand in with a move."""

    REASON = "reason"
    DATE = "date"
    CUSTOMER_ID = "customer_id"


S = BillStatus


@dataclass(frozen=True, slots=True)
class Facts:
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


@dataclass(frozen=True, slots=True)
class Terms:
    """What a move is judged by: the moment, the customer's zone and debt, the class's window, what was handed in."""

    now: datetime
    today: date
    zone: str
    overdue: bool
    window_days: int
    day: date | None = None
    horizon_days: int = 0
    cause: SuspensionCause = SuspensionCause.COLLECTION


Bounds = tuple[date, date | None]


def judged(facts: Facts, terms: Terms) -> Facts:
    """No way round Suspended: whoever comes back with something overdue comes back suspended."""
    if facts.bill_status is not S.OPEN:
        return facts
    if not terms.overdue:
        return replace(facts, first_lifted_on=None)
    return suspended(facts, replace(terms, cause=SuspensionCause.COLLECTION))


def suspended(facts: Facts, terms: Terms) -> Facts:
    return replace(
        facts, bill_status=S.SUSPENDED, suspension_cause=terms.cause, suspended_at=terms.now,
        suspension_lifted_until=None, limitation_lifted_until=None,
    )  # fmt: skip


def stopped(facts: Facts, bill_status: BillStatus) -> Facts:
    """Out of the suspension, yet not out of the debt: the day of the first lift is kept until that is paid."""
    return replace(
        facts, bill_status=bill_status, suspension_cause=None, suspended_at=None, suspension_lifted_until=None,
        service_limited=False, limitation_lifted_until=None,
    )  # fmt: skip


def resumed(facts: Facts, terms: Terms) -> Facts:
    return judged(stopped(facts, S.OPEN), terms)


def lift_bounds(facts: Facts, terms: Terms) -> Bounds:
    first = facts.first_lifted_on or terms.today
    return terms.today + timedelta(days=1), first + timedelta(days=terms.horizon_days)


def lifted(facts: Facts, terms: Terms) -> Facts:
    until = _lifted_until(facts, terms, "suspension")
    return replace(facts, suspension_lifted_until=until, first_lifted_on=facts.first_lifted_on or terms.today)


def limitation_lifted(facts: Facts, terms: Terms) -> Facts:
    until = _lifted_until(facts, terms, "limitation")
    return replace(
        facts, service_limited=False, limitation_lifted_until=until,
        first_lifted_on=facts.first_lifted_on or terms.today,
    )  # fmt: skip


def limited(facts: Facts, _terms: Terms) -> Facts:
    return replace(facts, service_limited=True, limitation_lifted_until=None)


def limitation_ended(facts: Facts, _terms: Terms) -> Facts:
    return replace(facts, service_limited=False, limitation_lifted_until=None, first_lifted_on=None)


def _lifted_until(facts: Facts, terms: Terms, what: str) -> datetime:
    until = _handed_in(terms)
    earliest, latest = lift_bounds(facts, terms)
    if until < earliest:
        raise Rejected(f"The {what} can be lifted until a day in the future only.")
    if latest is not None and until > latest:
        raise Rejected(
            f"You can lift this {what} until {latest:%-d %B %Y} at the latest: {terms.horizon_days} days from the "
            f"day of its first lift. A manager can lift for longer than support can."
        )
    return start_of(until, terms.zone)


def provisionally_terminated(facts: Facts, terms: Terms) -> Facts:
    ends = terms.today + timedelta(days=terms.window_days)
    last = min(ends, facts.terminate_on) if facts.terminate_on else ends
    return replace(stopped(facts, S.PROVISIONALLY_TERMINATED), provisionally_terminated_at=terms.now, terminate_on=last)


def reactivated(facts: Facts, terms: Terms) -> Facts:
    if facts.terminate_on is not None and facts.terminate_on <= terms.today:
        raise Rejected("The time for reactivation has run out: the customer becomes permanently terminated.")
    back = replace(facts, bill_status=S.OPEN, provisionally_terminated_at=None, terminate_on=None)
    return judged(back, terms)


def forward_bounds(facts: Facts, terms: Terms) -> Bounds:
    return terms.today + timedelta(days=1), facts.terminate_on and facts.terminate_on - timedelta(days=1)


def brought_forward(facts: Facts, terms: Terms) -> Facts:
    day = _handed_in(terms)
    earliest, latest = forward_bounds(facts, terms)
    if day < earliest:
        raise Rejected("Choose a day in the future; to end it today, terminate permanently.")
    if latest is not None and day > latest:
        raise Rejected(f"The termination date can only be moved earlier than {facts.terminate_on:%-d %B %Y}.")
    return replace(facts, terminate_on=day)


def end_bounds(facts: Facts, terms: Terms) -> Bounds:
    return terms.today, facts.terminate_on if facts.bill_status is S.PROVISIONALLY_TERMINATED else None


def permanently_terminated(facts: Facts, terms: Terms) -> Facts:
    day = _handed_in(terms)
    earliest, latest = end_bounds(facts, terms)
    if day < earliest:
        raise Rejected("The permanent termination date cannot lie in the past.")
    if latest is not None and day > latest:
        raise Rejected(f"The termination date can only be moved earlier than {latest:%-d %B %Y}.")
    planned = replace(facts, terminate_on=day)
    return closed(planned, terms) if day == terms.today else planned


def closed(facts: Facts, terms: Terms) -> Facts:
    ended = stopped(facts, S.PERMANENTLY_TERMINATED)
    return replace(ended, terminated_at=terms.now, terminate_on=facts.terminate_on or terms.today)


def _handed_in(terms: Terms) -> date:
    if terms.day is None:
        raise Rejected("Give the date.")
    return terms.day
