"""The forecast: the future automatic steps of one customer, simulated with the code that takes them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from data_access.base.clock import day_in, long_day, start_of
from data_access.base.labelled import Labelled
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.domain.collections.dunning import Due, InvoiceCase
from data_access.domain.collections.pacing import due, has_come_to_suspend, with_taken
from data_access.domain.collections.visiting import lift_ends, next_visit
from data_access.domain.lifecycle import MoveTerms, StatusFacts
from data_access.domain.moves import MOVES, OF_STEP, Move
from data_access.models.collection import Step

_FARTHEST = 500  # steps; no customer has so many ahead


class Foreseen(Labelled):
    """What kind of thing is ahead."""

    NOTICE = "notice", "Notice"
    OVERDUE = "overdue", "Invoice overdue"
    LIMITATION = "limitation", "Service limited"
    SUSPENSION = "suspension", "Suspension"
    LIFT_END = "lift_end", "Lift of the suspension ends"
    RESUME = "resume", "End of the suspension"
    TERMINATION = "termination", "Provisional termination"
    END = "end", "Permanent termination"
    PLAN = "plan", "Planned change"
    PERIOD = "period", "Billing period closes"
    INVOICE = "invoice", "Midterm invoice"
    LIMIT_END = "limit_end", "Temporary limit ends"
    PROMISE = "promise", "Promise falls due"


TOLD = frozenset({Foreseen.NOTICE, Foreseen.OVERDUE})  # of collection alone: they change no status
OF_STATUS = frozenset(
    {
        Foreseen.LIMITATION, Foreseen.SUSPENSION, Foreseen.LIFT_END, Foreseen.RESUME, Foreseen.TERMINATION,
        Foreseen.END, Foreseen.PLAN,
    }
)  # fmt: skip
_STAGES = {Step.LIMIT: Foreseen.LIMITATION, Step.SUSPEND: Foreseen.SUSPENSION, Step.TERMINATE: Foreseen.TERMINATION}
BY_DEBT: dict[Foreseen, Move] = {_STAGES[step]: move for step, move in OF_STEP.items()}


class ForecastStep(NamedTuple):
    """One thing ahead, on its day where the customer is billed. `{amount}` in the sentence stands for the amount.

    `plan_id`: of the planned change that it is, which can be moved and cancelled.
    """

    at: datetime
    on: date
    kind: Foreseen
    says: str
    amount: Decimal | None = None
    number: str | None = None
    plan_id: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A move that someone planned."""

    plan_id: int
    move: str
    due_on: date
    login: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the steps ahead of a customer follow from. `funded_on`: when its funds cover the fees without a payment."""

    facts: StatusFacts
    cases: Sequence[InvoiceCase]
    zone: str
    window_days: int
    now: datetime
    plans: Sequence[Plan] = ()
    funded_on: date | None = None

    def terms(self, at: datetime) -> MoveTerms:
        late = any(case.bill.is_overdue(at) for case in self.cases)
        suspends = late and has_come_to_suspend(self.cases, self.facts, at)
        return MoveTerms(at, day_in(self.zone, at), self.zone, late, self.window_days, suspends)

    def after(self, move: str, at: datetime) -> "Outlook":
        return replace(self, facts=MOVES[move].becomes(self.facts, self.terms(at)))

    def told(
        self, at: datetime, kind: Foreseen, says: str, *, amount: Decimal | None = None, number: str | None = None
    ) -> ForecastStep:
        return ForecastStep(at, day_in(self.zone, at), kind, says, amount, number)


_Play = Callable[[Outlook, datetime], tuple[Outlook, list[ForecastStep]]]


def steps_ahead(outlook: Outlook, until: datetime | None = None) -> list[ForecastStep]:
    """Everything that happens to the status and in collection if nobody does anything, in order of time."""
    return list(islice(played(outlook, until), _FARTHEST))


def played(outlook: Outlook, until: datetime | None = None) -> Iterator[ForecastStep]:
    """The same step by step: whoever wants the next one plays no farther."""
    now = outlook.now
    while (coming := _coming(outlook, now)) is not None:
        at, play = coming
        if until is not None and at > until:
            break
        now = max(at, now)
        outlook, steps = play(outlook, now)
        yield from steps


def first_moment(outlook: Outlook) -> datetime | None:
    """When the first thing ahead happens, told or not; what is ahead stays as it is until then."""
    coming = _coming(outlook, outlook.now)
    return coming and coming[0]


def _coming(outlook: Outlook, now: datetime) -> tuple[datetime, _Play] | None:
    moments = [(at, play) for asks, play in _SOURCES if (at := asks(outlook, now)) is not None]
    return min(moments, key=lambda moment: moment[0], default=None)


def _visit(outlook: Outlook, now: datetime) -> datetime | None:
    return next_visit(outlook.cases, outlook.facts, now)


def _collect(outlook: Outlook, at: datetime) -> tuple[Outlook, list[ForecastStep]]:
    told = []
    if lift_ends(outlook.facts, at):
        outlook, lift = _lift_ended(outlook, at)
        told.append(lift)
    for one in due(outlook.cases, outlook.facts, at):
        told.append(outlook.told(at, *_said(one, at), amount=_amount(one), number=one.bill.number))
        if one.step in OF_STEP:
            outlook = outlook.after(OF_STEP[one.step].name, at)
        outlook = replace(outlook, cases=with_taken(outlook.cases, one, at))
    return outlook, told


def _lift_ended(outlook: Outlook, at: datetime) -> tuple[Outlook, ForecastStep]:
    """As collection ends a lift: suspended again while something is overdue, or funds are missing."""
    by_debt = outlook.facts.suspension_cause is SuspensionCause.COLLECTION
    if by_debt and not outlook.terms(at).overdue:
        return outlook.after("resume", at), outlook.told(
            at, Foreseen.RESUME, "The suspension ends: nothing is overdue."
        )
    move = MOVES["suspend_again"]
    text = f"{move.ahead.capitalize()}, unless {'what is overdue is paid' if by_debt else 'funds arrive'}."
    return outlook.after(move.name, at), outlook.told(at, Foreseen.LIFT_END, text)


def _amount(one: Due) -> Decimal | None:
    fee = one.bill.policy.late_fee
    return fee if one.step is Step.OVERDUE and fee > 0 else None


def _overdue(one: Due) -> tuple[Foreseen, str]:
    fee = "; a late payment fee of {amount} is booked" if _amount(one) is not None else ""
    return Foreseen.OVERDUE, f"Invoice {one.bill.number} becomes overdue{fee}."


def _said(one: Due, at: datetime) -> tuple[Foreseen, str]:
    """An invoice that is overdue since long does not become so: what is left is to tell of it."""
    if one.step in OF_STEP:
        return _STAGES[one.step], f"{OF_STEP[one.step].ahead.capitalize()}, unless invoice {one.bill.number} is paid."
    kind, says = _SAYS[one.step](one)
    return kind, says.replace("becomes", "is") if one.step is Step.OVERDUE and one.dated.at < at else says


def _ahead(what: str, one: Due) -> tuple[Foreseen, str]:
    day = long_day(one.action_day)
    return Foreseen.NOTICE, f"The customer is notified of the {what} on {day} for invoice {one.bill.number}."


_SAYS: dict[Step, Callable[[Due], tuple[Foreseen, str]]] = {
    Step.REMIND: lambda one: (
        Foreseen.NOTICE,
        f"The customer is reminded of invoice {one.bill.number}, due on {long_day(one.bill.due_on)}.",
    ),
    Step.OVERDUE: _overdue,
    Step.RESEND: lambda one: (Foreseen.NOTICE, f"Invoice {one.bill.number} is sent again."),
    Step.WARN_LIMIT: lambda one: _ahead("limitation", one),
    Step.WARN_SUSPEND: lambda one: _ahead("suspension", one),
    Step.WARN_TERMINATE: lambda one: _ahead("termination", one),
}


def _ending(outlook: Outlook, _now: datetime) -> datetime | None:
    facts = outlook.facts
    if facts.terminate_on is None or facts.bill_status is BillStatus.PERMANENTLY_TERMINATED:
        return None
    return start_of(facts.terminate_on, outlook.zone)


def _closes(outlook: Outlook, at: datetime) -> tuple[Outlook, list[ForecastStep]]:
    provisional = outlook.facts.bill_status is BillStatus.PROVISIONALLY_TERMINATED
    move, under = MOVES["close"], "unless reactivated before" if provisional else "as planned"
    return outlook.after(move.name, at), [outlook.told(at, Foreseen.END, f"{move.ahead.capitalize()}, {under}.")]


def _planned(outlook: Outlook, _now: datetime) -> datetime | None:
    return min((start_of(plan.due_on, outlook.zone) for plan in outlook.plans), default=None)


def _carries_out(outlook: Outlook, at: datetime) -> tuple[Outlook, list[ForecastStep]]:
    """The earliest plan; one that does not fit any more by then is dropped without a word."""
    plan = min(outlook.plans, key=lambda one: one.due_on)
    outlook = replace(outlook, plans=[one for one in outlook.plans if one is not plan])
    move = MOVES[plan.move]
    if move.misfit(outlook.facts) is not None:
        return outlook, []
    told = outlook.told(at, Foreseen.PLAN, f"{move.label}, as planned by {plan.login}.")
    return outlook.after(move.name, at), [told._replace(plan_id=plan.plan_id)]


def _funded(outlook: Outlook, now: datetime) -> datetime | None:
    """A wait for funds ends by itself while the fee for the rest of the period falls, unless something is overdue."""
    waits = outlook.facts.suspension_cause is SuspensionCause.INSUFFICIENT_FUNDS
    if outlook.funded_on is None or not waits or outlook.terms(now).overdue:
        return None
    return max(start_of(outlook.funded_on, outlook.zone), now)


def _resumes(outlook: Outlook, at: datetime) -> tuple[Outlook, list[ForecastStep]]:
    told = outlook.told(at, Foreseen.RESUME, "Services resume: the funds cover the fee for the rest of the period.")
    outlook = replace(outlook, funded_on=None)
    return (outlook, []) if outlook.terms(at).overdue else (outlook.after("resume", at), [told])


_SOURCES = (  # when is the next, and what it does
    (_visit, _collect), (_ending, _closes), (_planned, _carries_out), (_funded, _resumes),
)  # fmt: skip
