"""Reasons: one row a status that says which rule brought it about, what ends it, who can, and what comes next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from data_access.base.clock import day_in, long_day
from data_access.base.money import ZERO, to_be_paid
from data_access.base.permissions import GRANTS, LIFT_HORIZON_DAYS, PEOPLE_ROLES, Role, either, someone_of, who_can
from data_access.base.permissions import Permission as P
from data_access.base.statuses import SuspensionCause
from data_access.base.text.numerals import counted
from data_access.domain.lifecycle import StatusFacts
from data_access.domain.shown_status import Shown
from data_access.queries.billing.payment_needed import payment_that_resumes
from data_access.queries.forecast.forecast_steps import BY_DEBT, ForecastStep
from data_access.services.facts.fees_of_customer import Wait


@dataclass(frozen=True, slots=True)
class LedBy:
    """The invoice that led to a suspension; `days`: after how many days past due its terms suspend."""

    number: str
    due_on: date
    days: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at. `ahead`: what collection will do to the status if nobody pays, soonest first.

    `wait`: of one suspended because its funds did not cover a fee. `returns_suspended`: if it came back now.
    `raisers`: the roles that may raise its limit far enough.
    """

    facts: StatusFacts
    zone: str
    today: date
    currency: str
    balance: Decimal
    credit_limit: Decimal | None
    suspend_after: int | None
    overdue_invoices: int
    clears_overdue: Decimal
    led_by: LedBy | None = None
    ahead: tuple[ForecastStep, ...] = ()
    wait: Wait | None = None
    returns_suspended: bool = False
    raisers: tuple[Role, ...] = ()

    def say(self, at: datetime | None) -> str:
        """The day of an instant where the customer is billed."""
        return "" if at is None else long_day(day_in(self.zone, at))


@dataclass(frozen=True, slots=True)
class WayOut:
    """One way out; `{amount}` in the sentence stands for the amount, which is in the customer's currency."""

    says: str
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one status holds. `by_move`: the status change whose event tells who and why."""

    rule: str
    since: datetime | None
    ways: tuple[WayOut, ...]
    then: str
    by_move: str = ""


def _permanently_terminated(case: Situation) -> Reason:
    debt = (WayOut("What is still owed can be paid, refunded or corrected: {amount}.", case.balance),)
    return Reason(
        "No service, no edit and no status change is possible any more.",
        case.facts.terminated_at,
        (WayOut("Nobody can undo it."), *(debt if case.balance > 0 else ())),
        "Nothing more happens automatically.",
        "permanently_terminate",
    )


def _exported(case: Situation) -> Reason:
    return Reason(
        "All data was moved to another installation; accounts are not operational here.",
        case.facts.exported_at,
        (WayOut(f"Clearing Exported brings the customer back: {who_can(P.CUSTOMER_PORT)} can."),),
        "Nothing happens automatically.",
        "mark_exported",
    )


def _blocked(case: Situation) -> Reason:
    debt = "Unblocking alone does not bring the service back: what is overdue keeps it suspended."
    return Reason(
        "All accounts are unusable and self-care is closed. Fees go on, and invoices are still issued.",
        None,
        (
            WayOut(f"Unblocking is possible at any time: {who_can(P.CUSTOMER_BLOCK)} can."),
            *((WayOut(debt),) if case.returns_suspended else ()),
        ),
        "Nothing happens automatically: it stays blocked until someone unblocks it.",
        "block",
    )


def _suspended(case: Situation) -> Reason:
    if case.facts.suspension_cause is SuspensionCause.INSUFFICIENT_FUNDS:
        rule = "The available funds did not cover a subscription fee: all services stopped automatically."
    elif case.led_by is not None:
        rule = _led(case, case.led_by)
    elif case.suspend_after is None:
        rule = "An invoice is overdue: all services stopped automatically."
    else:
        after = counted(case.suspend_after, "day")
        rule = f"An invoice is overdue: the customer class stops all services {after} past due."
    return Reason(
        rule, case.facts.suspended_at, (_payment(case), WayOut(_who_lifts(case))),
        _without_funds(case.wait) or _without_payment(case, "it stays suspended"), "suspend",
    )  # fmt: skip


def _without_funds(wait: Wait | None) -> str:
    if wait is None or wait.ends_on is None:
        return ""
    return (
        f"Without a payment it ends on {long_day(wait.ends_on)}: the fee for the rest of the period falls day by day "
        "until the funds cover it."
    )


def _led(case: Situation, by: LedBy) -> str:
    past = (day_in(case.zone, case.facts.suspended_at) - by.due_on).days if case.facts.suspended_at else by.days
    return (
        f"Invoice {by.number}, due on {long_day(by.due_on)}, was {counted(past, 'day')} past due: its terms stop all "
        f"services after {counted(by.days, 'day')}."
    )


_TO_THE_LIMIT = "A payment or a credit of {amount} brings the balance to the limit, where nothing is left to spend."
_WITH_ROOM = "One of {amount} restores service with some room: a tenth of the limit can be spent."


def _without_payment(case: Situation, otherwise: str) -> str:
    """What collection does next, with its day; or what else holds."""
    told = next(iter(case.ahead), None)
    what = otherwise if told is None else f"{BY_DEBT[told.kind].then} on {long_day(told.on)}"
    return f"Without a payment {what}."


def _lifted(case: Situation) -> Reason:
    until = case.say(case.facts.suspension_lifted_until)
    return Reason(
        f"Suspended on {case.say(case.facts.suspended_at)} for an overdue invoice; services work until {until} begins.",
        None,
        (
            _payment(case),
            WayOut(f"The lift can be cleared or moved: {who_can(P.CUSTOMER_LIFT)} can. {_who_lifts(case)}"),
        ),
        f"On {until} it is suspended again, unless what is overdue is paid.",
        "lift_suspension",
    )


def _provisionally_terminated(case: Situation) -> Reason:
    end = long_day(case.facts.terminate_on) if case.facts.terminate_on else ""
    if case.facts.terminate_on is not None and case.facts.terminate_on <= case.today:
        way = "The time for reactivation has run out."
    else:
        debt = " What is overdue makes it come back suspended." if case.returns_suspended else ""
        way = f"Reactivation is possible until {end} begins: {who_can(P.CUSTOMER_TERMINATE)} can.{debt}"
    return Reason(
        "All services stop, all data is kept. Its DIDs are not charged, while the operator still pays for them.",
        case.facts.provisionally_terminated_at,
        (WayOut(way),),
        f"On {end} it automatically becomes permanently terminated.",
        "provisionally_terminate",
    )


def _service_limited(case: Situation) -> Reason:
    return Reason(
        "Unpaid invoices limit the service; emergency numbers and incoming calls keep working.",
        None,
        (_payment(case), WayOut(_who_lifts(case))),
        _without_payment(case, "the service stays limited"),
        "limit_service",
    )


def _credit_exceeded(case: Situation) -> Reason:
    over, room = case.balance - (case.credit_limit or ZERO), (case.credit_limit or ZERO) / 10
    return Reason(
        "The balance is above the credit limit: paid outgoing calls are refused, free destinations still work.",
        None,
        (
            WayOut(_TO_THE_LIMIT, to_be_paid(over, case.currency)),
            *((WayOut(_WITH_ROOM, to_be_paid(over + room, case.currency)),) if room else ()),
            WayOut(f"A higher permanent credit limit ends it too: {who_can(P.LIMIT_EDIT)} can set one."),
            *((WayOut(f"So does raising it temporarily: {either(case.raisers)} can."),) if case.raisers else ()),
        ),
        "Nothing happens automatically.",
    )


def _no_available_funds(case: Situation) -> Reason:
    needed = WayOut("A payment or a credit of more than {amount} brings them back at once.", case.balance)
    return Reason(
        "The available funds are used up: no service can be used.",
        None,
        (needed if case.balance > 0 else WayOut("Any payment or credit brings them back at once."),),
        "Nothing happens automatically.",
    )


REASONS: dict[Shown, Callable[[Situation], Reason]] = {
    Shown.PERMANENTLY_TERMINATED: _permanently_terminated,
    Shown.EXPORTED: _exported,
    Shown.BLOCKED: _blocked,
    Shown.SUSPENDED: _suspended,
    Shown.PROVISIONALLY_TERMINATED: _provisionally_terminated,
    Shown.SERVICE_LIMITED: _service_limited,
    Shown.CREDIT_EXCEEDED: _credit_exceeded,
    Shown.NO_AVAILABLE_FUNDS: _no_available_funds,
    Shown.SUSPENSION_LIFTED: _lifted,
}


def overdue_only(case: Situation) -> Reason:
    """Why an active customer is not plainly active: something is late, and nothing is stopped for it now."""
    if case.facts.limitation_lifted_until is not None:
        return _limitation_lifted(case)
    return Reason(
        "Active, with something overdue: nothing has been stopped for it so far.",
        None,
        (_payment(case),),
        _without_payment(case, "nothing follows automatically"),
    )


def _limitation_lifted(case: Situation) -> Reason:
    return Reason(
        f"The limitation of the service is lifted until {case.say(case.facts.limitation_lifted_until)} begins.",
        None,
        (
            _payment(case),
            WayOut(f"The lift can be cleared or moved: {who_can(P.CUSTOMER_LIFT)} can. {_who_lifts(case)}"),
        ),
        _without_payment(case, "the service is limited again"),
        "lift_limitation",
    )


def planned_end(case: Situation) -> Reason:
    """Why a customer in service is not plainly active: its end is confirmed for a day."""
    return Reason(
        "A permanent termination is planned.",
        None,
        (WayOut(f"Until then it can be cancelled: {who_can(P.CUSTOMER_TERMINATE)} can."),),
        f"On {long_day(case.facts.terminate_on)} it becomes permanently terminated." if case.facts.terminate_on else "",
        "permanently_terminate",
    )


def _payment(case: Situation) -> WayOut:
    if case.wait is not None:
        missing = payment_that_resumes(case.wait, case.clears_overdue, case.currency)
        return WayOut(
            "A payment of {amount} ends it at once; a credit counts from the next billing period on.", missing
        )
    if case.clears_overdue == 0:
        return WayOut("Nothing is overdue: the next payment ends it.")
    return WayOut(
        "A payment of {amount} ends it at once; a credit does not, because it pays no invoice.", case.clears_overdue
    )


def _who_lifts(case: Situation) -> str:
    """Until when each role can lift the suspension or the limitation, counted from the first lift."""
    first = case.facts.first_lifted_on or case.today
    lasts = [
        (first + timedelta(days=LIFT_HORIZON_DAYS[role]), role)
        for role in PEOPLE_ROLES
        if P.CUSTOMER_LIFT in GRANTS[role]
    ]
    open_to = sorted((last, role) for last, role in lasts if last > case.today)
    parts = [
        f"{' or '.join(someone_of(role) for _, role in roles)} until {long_day(last)}"
        for last, roles in groupby(open_to, key=lambda pair: pair[0])
    ]
    nobody = "Nobody can end it by hand, and the days for which it could be lifted are used up."
    return f"Nobody can end it by hand. It can be lifted by {', by '.join(parts)} at the latest." if parts else nobody
