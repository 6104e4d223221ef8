"""Why a customer is in its state: the rules that hold, since when, which invoices, what ends it and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from data_access.base.clock import day_in
from data_access.base.money import ZERO
from data_access.base.permissions import GRANTS, PEOPLE_ROLES, Permission, Role, temporary_cap
from data_access.base.statuses import RUNNING, BillStatus
from data_access.domain.shown_status import Shown, raised_since
from data_access.models.customers import Customer
from data_access.queries.customer_situation import CustomerSituation, situation_of
from data_access.queries.forecast.customer_forecast import steps_of
from data_access.queries.forecast.forecast_steps import BY_DEBT, ForecastStep
from data_access.queries.status.reasons import REASONS, LedBy, Reason, Situation, WayOut, overdue_only, planned_end
from data_access.services.status_changes import debt_suspends
from data_access.store.access import Query, Reader

_TIED_TO_OVERDUE = (Shown.SUSPENDED, Shown.SUSPENSION_LIFTED, Shown.SERVICE_LIMITED)


@dataclass(frozen=True, slots=True)
class ChangedBy:
    """Who made the status change that led here, when, and the reason they gave."""

    at: datetime
    login: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One status that holds, with the rule behind it."""

    status: Shown
    title: str
    since: date | None
    rule: str
    ways: tuple[WayOut, ...]
    then: str
    told: ChangedBy | None


@dataclass(frozen=True, slots=True)
class LateInvoice:
    number: str
    due_on: date
    days: int
    open: Decimal


@dataclass(frozen=True, slots=True)
class OldTerms:
    """The terms of an overdue invoice and the day from which they held; the class has had others since."""

    number: str
    since: date
    class_id: int


@dataclass(frozen=True, slots=True)
class Why:
    """The causes, the shown status first; none for a customer that is plainly active.

    `old_terms`: where what happens is not what the class says by now.
    """

    currency: str
    zone: str
    causes: tuple[Cause, ...]
    invoices: tuple[LateInvoice, ...]
    old_terms: OldTerms | None = None


@dataclass(frozen=True)
class WhyThisState(Query[Why]):
    """Every status that holds, in order of priority, each with its rule, and the overdue invoices, oldest first."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> Why:
        loaded = situation_of(reader, self.customer_id)
        case = _case(loaded, steps_of(reader, self.customer_id))
        late = tuple(
            LateInvoice(invoice.number, invoice.due_on, (case.today - invoice.due_on).days, invoice.open)
            for invoice in loaded.debt.invoices
            if invoice.is_overdue
        )
        events = {event.move: ChangedBy(event.at, event.login, event.reason) for event in loaded.beside["events"]}
        causes = tuple(_cause(case, *reason, events) for reason in _reasons(loaded.of.holds, case))
        olds = (
            OldTerms(one.number, day_in(case.zone, one.at), one.customer_class_id) for one in loaded.beside["old_terms"]
        )
        return Why(case.currency, case.zone, causes, late, next(olds, None))


def _case(loaded: CustomerSituation, ahead: Sequence[ForecastStep]) -> Situation:
    customer = loaded.of.customer
    return Situation(
        facts=loaded.facts,
        zone=customer.billing_zone,
        today=loaded.of.today,
        currency=customer.currency,
        balance=customer.balance,
        credit_limit=loaded.of.credit_limit,
        suspend_after=loaded.of.suspend_after,
        overdue_invoices=sum(invoice.is_overdue for invoice in loaded.debt.invoices),
        clears_overdue=loaded.clears_overdue,
        led_by=next((LedBy(one.number, one.due_on, one.days) for one in loaded.beside["led_by"]), None),
        ahead=tuple(told for told in ahead if told.kind in BY_DEBT),
        wait=loaded.wait,
        returns_suspended=_returns_suspended(loaded),
        raisers=_raisers(loaded),
    )


def _raisers(loaded: CustomerSituation) -> tuple[Role, ...]:
    """The roles whose share and days are enough to bring the balance within the limit."""
    if Shown.CREDIT_EXCEEDED not in loaded.of.holds:
        return ()
    customer, now = loaded.of.customer, loaded.of.now
    permanent, since = customer.credit_limit or ZERO, raised_since(customer, now)
    return tuple(role for role in PEOPLE_ROLES if _raises(role, permanent, customer, since, now))


def _raises(role: Role, permanent: Decimal, customer: Customer, since: datetime, now: datetime) -> bool:
    cap = temporary_cap(role)
    is_enough = customer.balance - permanent <= permanent * cap.percent / 100
    return Permission.LIMIT_TEMPORARY in GRANTS[role] and is_enough and since + timedelta(days=cap.days) > now


def _returns_suspended(loaded: CustomerSituation) -> bool:
    customer = loaded.of.customer
    if customer.bill_status is BillStatus.SUSPENDED:
        return True
    is_held = customer.blocked or customer.bill_status is BillStatus.PROVISIONALLY_TERMINATED
    if not is_held or not customer.is_overdue(loaded.of.now):
        return False
    return debt_suspends(customer, loaded.debt, loaded.beside["events"], loaded.of.now)


def _reasons(holds: Sequence[Shown], case: Situation) -> list[tuple[Shown, str, Reason]]:
    reasons = [(status, status.label, REASONS[status](case)) for status in holds if status in REASONS]
    in_service = case.facts.bill_status in RUNNING
    if in_service and case.overdue_invoices and not any(status in _TIED_TO_OVERDUE for status in holds):
        reasons.append((Shown.ACTIVE, "Overdue", overdue_only(case)))
    if in_service and case.facts.terminate_on is not None:
        reasons.append((Shown.ACTIVE, "Planned termination", planned_end(case)))
    return reasons


def _cause(case: Situation, status: Shown, title: str, reason: Reason, events: dict[str, ChangedBy]) -> Cause:
    told = events.get(reason.by_move)
    since = reason.since or (told.at if told and status is not Shown.ACTIVE else None)
    day = None if since is None else day_in(case.zone, since)
    return Cause(status, title, day, reason.rule, reason.ways, reason.then, told)
