"""Why a customer is in its state: the rules that hold, since when, which invoices, what ends it and what comes next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from data_access.base.clock import day_in
from data_access.base.errors import NotFound
from data_access.base.money import ZERO
from data_access.base.permissions import GRANTS, PEOPLE_ROLES, Permission, Role, temporary_cap
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.base.text.masking import reason_of
from data_access.domain.lifecycle import STATUS_FACTS, facts_of
from data_access.domain.shown_status import Shown, also_holds, effective_limit, raised_since, shown_status
from data_access.models.collection import CollectionPolicy, CollectionStep, Section, Step
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import Invoice
from data_access.queries.customer_context import CALLED, AnyRow
from data_access.queries.forecast.customer_forecast import ahead_of
from data_access.queries.forecast.forecast_steps import BY_DEBT, ForecastStep
from data_access.queries.status.old_terms import OldTerms, old_terms
from data_access.queries.status.reasons import REASONS, LedBy, Reason, Situation, WayOut, overdue_only, planned_end
from data_access.services.facts.fees_of_customer import Wait, wait_of
from data_access.services.facts.open_invoices import OpenInvoice, open_invoices, payment_that_clears
from data_access.services.status_changes import is_suspended_on_return
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

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
        row = _row(reader, self.customer_id)
        invoices = open_invoices(reader, self.customer_id)
        case = _case(reader, row, invoices, ahead_of(reader, [self.customer_id])[self.customer_id])
        late = tuple(
            LateInvoice(invoice.number, invoice.due_on, (case.today - invoice.due_on).days, invoice.open)
            for invoice in invoices
            if invoice.is_overdue
        )
        reasons = list(_reasons(row, case))
        events = _events(reader, self.customer_id, [reason.by_move for _, _, reason in reasons if reason.by_move])
        causes = tuple(_cause(case, status, title, reason, events) for status, title, reason in reasons)
        terms = old_terms(reader, self.customer_id, row.billing_zone) if late else None
        return Why(row.currency, row.billing_zone, causes, late, terms)


def _row(reader: Reader, customer_id: int) -> AnyRow:
    query = (
        visible(Customer, reader.actor)
        .join(CollectionPolicy, CollectionPolicy.customer_class_id == Customer.customer_class_id)
        .where(Customer.id == customer_id, CollectionPolicy.section == Section.REGULAR)
        .order_by(CollectionPolicy.number.desc(), CollectionPolicy.id)
        .limit(1)
        .with_only_columns(
            *(getattr(Customer, name) for name in STATUS_FACTS),
            Customer.id,
            Customer.currency,
            Customer.billing_zone,
            Customer.balance,
            effective_limit(reader.now).label("credit_limit"),
            CollectionPolicy.suspend_after,
            shown_status(reader.now),
            *also_holds(reader.now),
        )
    )
    row = reader.session.execute(query).one_or_none()
    if row is None:
        raise NotFound(CALLED)
    return row


def _case(reader: Reader, row: AnyRow, invoices: list[OpenInvoice], ahead: list[ForecastStep]) -> Situation:
    return Situation(
        facts=facts_of(row),
        zone=row.billing_zone,
        today=day_in(row.billing_zone, reader.now),
        currency=row.currency,
        balance=row.balance,
        credit_limit=row.credit_limit,
        suspend_after=row.suspend_after,
        overdue_invoices=sum(invoice.is_overdue for invoice in invoices),
        clears_overdue=payment_that_clears(invoices, row.currency),
        led_by=_led_by(reader, row),
        ahead=tuple(told for told in ahead if told.kind in BY_DEBT),
        wait=_wait(reader, row),
        returns_suspended=_returns_suspended(reader, row),
        raisers=_raisers(reader, row),
    )


def _raisers(reader: Reader, row: AnyRow) -> tuple[Role, ...]:
    """The roles whose share and days are enough to bring the balance within the limit."""
    if not row.is_credit_exceeded:
        return ()
    customer = _customer(reader, row)
    permanent, since = customer.credit_limit or ZERO, raised_since(customer, reader.now)
    return tuple(role for role in PEOPLE_ROLES if _raises(role, permanent, customer, since, reader.now))


def _raises(role: Role, permanent: Decimal, customer: Customer, since: datetime, now: datetime) -> bool:
    cap = temporary_cap(role)
    is_enough = customer.balance - permanent <= permanent * cap.percent / 100
    return Permission.LIMIT_TEMPORARY in GRANTS[role] and is_enough and since + timedelta(days=cap.days) > now


def _returns_suspended(reader: Reader, row: AnyRow) -> bool:
    if row.bill_status is BillStatus.SUSPENDED:
        return True
    is_held = row.blocked or row.bill_status is BillStatus.PROVISIONALLY_TERMINATED
    return is_held and is_suspended_on_return(reader, _customer(reader, row))


def _customer(reader: Reader, row: AnyRow) -> Customer:
    return reader.session.scalars(visible(Customer, reader.actor).where(Customer.id == row.id)).one()


def _wait(reader: Reader, row: AnyRow) -> Wait | None:
    if row.suspension_cause is not SuspensionCause.INSUFFICIENT_FUNDS:
        return None
    return wait_of(reader, _customer(reader, row))


def _led_by(reader: Reader, row: AnyRow) -> LedBy | None:
    """The invoice about which collection took the step that led to the present suspension."""
    query = (
        visible(CollectionStep, reader.actor)
        .join(Invoice, Invoice.id == CollectionStep.invoice_id)
        .where(
            CollectionStep.customer_id == row.id,
            CollectionStep.step == Step.SUSPEND,
            CollectionStep.at == row.suspended_at,
        )
        .with_only_columns(Invoice.number, Invoice.due_on, CollectionStep.days)
        .limit(1)
    )
    found = reader.session.execute(query).one_or_none()
    return None if found is None else LedBy(found.number, found.due_on, found.days)


def _reasons(row: AnyRow, case: Situation) -> list[tuple[Shown, str, Reason]]:
    holding = [status for status in REASONS if getattr(row, f"is_{status.value}")]
    reasons = [(status, status.label, REASONS[status](case)) for status in holding]
    in_service = case.facts.bill_status in (BillStatus.OPEN, BillStatus.SUSPENDED)
    if in_service and case.overdue_invoices and not any(status in _TIED_TO_OVERDUE for status in holding):
        reasons.append((Shown.ACTIVE, "Overdue", overdue_only(case)))
    if in_service and case.facts.terminate_on is not None:
        reasons.append((Shown.ACTIVE, "Planned termination", planned_end(case)))
    return reasons


def _events(reader: Reader, customer_id: int, moves: list[str]) -> dict[str, ChangedBy]:
    """The last event of each of these status changes."""
    last = (
        visible(StatusEvent, reader.actor)
        .where(StatusEvent.customer_id == customer_id, StatusEvent.move.in_(moves))
        .with_only_columns(StatusEvent.move, StatusEvent.at, StatusEvent.login, reason_of(StatusEvent))
        .order_by(StatusEvent.at.desc(), StatusEvent.id.desc())
        .limit(len(moves) * 20)
    )
    told: dict[str, ChangedBy] = {}
    for event in reader.session.execute(last):
        told.setdefault(event.move, ChangedBy(event.at, event.login, event.reason))
    return told


def _cause(case: Situation, status: Shown, title: str, reason: Reason, events: dict[str, ChangedBy]) -> Cause:
    told = events.get(reason.by_move)
    since = reason.since or (told.at if told and status is not Shown.ACTIVE else None)
    day = None if since is None else day_in(case.zone, since)
    return Cause(status, title, day, reason.rule, reason.ways, reason.then, told)
