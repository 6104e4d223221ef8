"""The timeline of a policy: what happens, step by step, to an invoice that stays unpaid, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboard.kit.formats import counted, exact_money
from dashboard.kit.look.palette import STATUSES
from dashboard.kit.tables.table import Chip, Column, Columns, table
from data_access.domain.collections.policy import Policy
from data_access.domain.shown_status import Shown

_ISSUED = -10_000  # before anything that is counted from the due date


@dataclass(frozen=True, slots=True)
class Moment:
    """One step. `day` counts from the due date; `becomes`: the status that holds from then on."""

    day: int
    says: str
    becomes: Shown | None = None


def draw(policy: Policy, window_days: int, currency: str | None, *, of: str) -> None:
    """The steps as a table. `of`: what it is the timeline of, which tells the tables of a page apart."""
    steps = moments(policy, window_days, currency)
    columns: Columns[Moment] = (
        Column("When", lambda step: when(step.day), width=126),
        Column("What happens while nobody pays", lambda step: step.says, width=252),
        Column("Status", lambda step: _chips(step.becomes), "chips", 166),
    )
    table(steps, columns, key=f"timeline-{of}", alt=f"{of}: what happens while nobody pays, in order of time")


def when(day: int) -> str:
    """The day of a step, as people count it."""
    if day == _ISSUED:
        return "Issue"
    if day < 0:
        return f"{counted(-day, 'day')} before due"
    return f"{counted(day, 'day')} past due" if day else "Due date"


def moments(policy: Policy, window_days: int, currency: str | None) -> list[Moment]:
    """Every step, the first first."""
    return sorted([*_late(policy, currency), *_told(policy), *_actions(policy, window_days)], key=lambda step: step.day)


def _told(policy: Policy) -> Iterator[Moment]:
    due = f"due {counted(policy.net_days, 'day')} later" if policy.net_days else "due on the same day"
    yield Moment(_ISSUED, f"Issued, {due}.")
    for days in policy.reminders:
        yield Moment(-days, "Reminder that it falls due.")
    yield Moment(0, "Last day to pay; sent again." if 0 in policy.resends else "Last day to pay.")
    for days in policy.resends:
        if days:
            yield Moment(days, "Sent again.")


def _late(policy: Policy, currency: str | None) -> Iterator[Moment]:
    fee = f", with a late fee of {amount(policy.late_fee, currency)}" if policy.late_fee else ""
    yield Moment(1, f"Overdue{fee}.")


def _actions(policy: Policy, window_days: int) -> Iterator[Moment]:
    """A step on the due date itself waits for its end; nothing is told before the invoice is issued."""
    wanted = (
        (policy.limit_after, policy.limit_notices, "limitation", "Some services stop.", Shown.SERVICE_LIMITED),
        (policy.suspend_after, policy.suspend_notices, "suspension", "All services stop.", Shown.SUSPENDED),
        (policy.terminate_after, policy.terminate_notices, "termination", "Can still be reactivated.",
         Shown.PROVISIONALLY_TERMINATED),
    )  # fmt: skip
    for after, notices, what, says, becomes in wanted:
        if after is None:
            continue
        day = max(after, 1)
        ahead = [days for days in notices if day - days >= -policy.net_days]
        yield from (Moment(day - days, f"Notice of the {what} in {counted(days, 'day')}.") for days in ahead)
        yield Moment(day, says, becomes)
    if policy.terminate_after is not None:
        end = max(policy.terminate_after, 1) + window_days
        yield Moment(end, "The time for reactivation is over.", Shown.PERMANENTLY_TERMINATED)


def beside(policy: Policy, currency: str | None) -> list[str]:
    """What the terms say beside the steps, a sentence each."""
    return [*_threshold(policy, currency), *_coming_back(policy, currency), *_hours(policy)]


def _threshold(policy: Policy, currency: str | None) -> Iterator[str]:
    if not policy.threshold:
        yield "Every unpaid amount is collected, however small."
        return
    least = amount(policy.threshold, currency)
    yield f"What is left of an invoice is not collected at {least} or less."
    if policy.resume_at_threshold:
        yield f"Service is restored once {least} or less is overdue."


def _coming_back(policy: Policy, currency: str | None) -> Iterator[str]:
    if policy.reactivation_fee:
        yield f"Coming back from a suspension costs {amount(policy.reactivation_fee, currency)}."


def _hours(policy: Policy) -> Iterator[str]:
    spread = f", spread over {counted(policy.spread_minutes, 'minute')}" if policy.spread_minutes else ""
    yield f"Steps are taken at {policy.hour:02}:00 where the customer is billed{spread}."
    acts = policy.limit_after is not None or policy.suspend_after is not None
    if policy.working_days_only and acts:
        yield "Limiting and suspending wait for the next working day; terminating does not."


def in_short(policy: Policy) -> Sequence[str]:
    """The days after which the service is limited, services stop and the customer is terminated; “never” where not."""
    after = (policy.limit_after, policy.suspend_after, policy.terminate_after)
    return ["never" if days is None else when(max(days, 1)) for days in after]


def amount(value: Decimal, currency: str | None) -> str:
    """With its currency; where the class fits every currency, in the customer's own."""
    return exact_money(value, currency) if currency else f"{exact_money(value, '').strip()} of the customer's currency"


def _chips(status: Shown | None) -> list[Chip]:
    return [] if status is None else [Chip(STATUSES[status].chip, STATUSES[status])]
