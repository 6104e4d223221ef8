"""One customer: what the head of its page shows, with every figure that differs from customer to customer."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import RECEIVED
from data_access.base.clock import day_in
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.masking import shown as shown_text
from data_access.base.text.masking import shown_name
from data_access.domain.lifecycle import STATUS_FACTS, StatusFacts, facts_of
from data_access.domain.shown_status import Shown, also_holds, effective_limit, shown_status
from data_access.models.customers import BalanceControl, BillingPeriod, Customer, CustomerClass, Note
from data_access.models.history import InvoiceRequest, PlannedMove, PlanState, RequestState
from data_access.models.money import Transaction
from data_access.queries.customer_context import CALLED, SHOWN, AnyRow
from data_access.queries.forecast.customer_forecast import ahead_of
from data_access.queries.forecast.next_step import NextStep, next_step
from data_access.services.facts.open_invoices import OpenInvoice, open_invoices, payment_that_clears
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_STICKY_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is late: the sum, how many invoices, the oldest due day and how many days it has passed.

    `to_pay`: what must be paid now to leave nothing late; a payment settles older invoices first, also those not due.
    """

    amount: Decimal
    to_pay: Decimal
    invoices: int
    oldest_due_on: date
    days: int


@dataclass(frozen=True, slots=True)
class LastPayment:
    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class StickyNote:
    """A remark that stands under the head of the page."""

    note_id: int
    version: int
    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """Everything the head of the page shows. Balance: positive when the customer owes.

    `credit_limit` is the one in force: raised for a time until `raised_until`, if that is not None.
    """

    customer_id: int
    customer_code: str
    name: str
    version: int
    shown: Shown
    also: tuple[Shown, ...]
    facts: StatusFacts
    class_id: int
    class_name: str
    business_model: str
    currency: str
    balance_control: BalanceControl
    balance: Decimal
    credit_limit: Decimal | None
    raised_until: datetime | None
    outstanding: Decimal
    unallocated: Decimal
    overdue: Overdue | None
    last_payment: LastPayment | None
    next_step: NextStep | None
    zone: str
    billing_period: BillingPeriod
    created_on: date
    today: date
    notes: tuple[StickyNote, ...]
    invoices_requested_at: tuple[datetime, ...]
    legal_hold: bool

    @property
    def is_prepaid(self) -> bool:
        return self.balance_control is BalanceControl.PREPAID

    @property
    def is_closed(self) -> bool:
        return self.facts.bill_status is BillStatus.PERMANENTLY_TERMINATED

    @property
    def available(self) -> Decimal | None:
        """What is left to spend; None: no limit."""
        if self.is_prepaid:
            return -self.balance
        return None if self.credit_limit is None else self.credit_limit - self.balance

    @property
    def utilisation(self) -> Decimal | None:
        """The share of the credit limit in use; None where there is no limit above zero."""
        return self.balance / self.credit_limit if self.credit_limit else None


@dataclass(frozen=True)
class CustomerHead(Query[Head]):
    """The head of one customer's page; NotFound for a customer that this actor cannot see."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> Head:
        row = _row(reader, self.customer_id)
        facts = facts_of(row)
        today = day_in(row.billing_zone, reader.now)
        return Head(
            customer_id=row.id,
            customer_code=row.customer_code,
            name=shown_name(
                reader.actor,
                company_name=row.company_name,
                first_name=row.first_name,
                last_name=row.last_name,
                customer_code=row.customer_code,
            ),
            version=row.version,
            shown=SHOWN[row.shown],
            also=secondary(row),
            facts=facts,
            class_id=row.customer_class_id,
            class_name=row.class_name,
            business_model=row.business_model,
            currency=row.currency,
            balance_control=row.balance_control,
            balance=row.balance,
            credit_limit=row.credit_limit,
            raised_until=_while_it_runs(row.temporary_limit_until, reader.now),
            outstanding=row.outstanding,
            unallocated=row.unallocated,
            overdue=_overdue(open_invoices(reader, row.id), row.currency, today),
            last_payment=_last_payment(reader, row.id),
            next_step=_next_step(reader, row, facts),
            zone=row.billing_zone,
            billing_period=row.billing_period,
            created_on=day_in(row.billing_zone, row.created_at),
            today=today,
            notes=_sticky_notes(reader, row.id),
            invoices_requested_at=_requested(reader, row.id),
            legal_hold=row.legal_hold,
        )


_COLUMNS = (
    Customer.id, Customer.customer_code, Customer.version, Customer.customer_class_id, Customer.currency,
    Customer.balance_control, Customer.balance, Customer.outstanding, Customer.unallocated,
    Customer.billing_zone, Customer.billing_period, Customer.created_at, Customer.company_name, Customer.first_name,
    Customer.last_name, Customer.legal_hold,
)  # fmt: skip


def _while_it_runs(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None


def _row(reader: Reader, customer_id: int) -> AnyRow:
    query = (
        visible(Customer, reader.actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .where(Customer.id == customer_id)
        .with_only_columns(
            *_COLUMNS,
            effective_limit(reader.now).label("credit_limit"),
            Customer.temporary_limit_until,
            *(getattr(Customer, name) for name in STATUS_FACTS),
            CustomerClass.name.label("class_name"),
            CustomerClass.business_model,
            shown_status(reader.now),
            *also_holds(reader.now),
        )
    )
    row = reader.session.execute(query).one_or_none()
    if row is None:
        raise NotFound(CALLED)
    return row


def secondary(row: AnyRow) -> tuple[Shown, ...]:
    """The conditions that hold beside the shown one, in order of priority."""
    holding = (status for status in Shown if status is not Shown.ACTIVE and getattr(row, f"is_{status.value}"))
    return tuple(status for status in holding if status.value != row.shown)


def _overdue(invoices: list[OpenInvoice], currency: str, today: date) -> Overdue | None:
    late = [invoice for invoice in invoices if invoice.is_overdue]
    if not late:
        return None
    oldest = min(invoice.due_on for invoice in late)
    amount = sum((invoice.open for invoice in late), Decimal(0))
    return Overdue(amount, payment_that_clears(invoices, currency), len(late), oldest, (today - oldest).days)


def _last_payment(reader: Reader, customer_id: int) -> LastPayment | None:
    taken_back = visible(Transaction, reader.actor).where(
        Transaction.customer_id == customer_id, Transaction.reverses_id.is_not(None)
    )
    payments = (
        visible(Transaction, reader.actor)
        .where(Transaction.customer_id == customer_id, Transaction.kind.in_(RECEIVED))
        .where(Transaction.reverses_id.is_(None))
        .where(Transaction.id.not_in(taken_back.with_only_columns(Transaction.reverses_id)))
        .with_only_columns(Transaction.amount, Transaction.value_on)
        .order_by(Transaction.value_on.desc(), Transaction.id.desc())
        .limit(1)
    )
    row = reader.session.execute(payments).one_or_none()
    return None if row is None else LastPayment(-row.amount, row.value_on)


def _next_step(reader: Reader, row: AnyRow, facts: StatusFacts) -> NextStep | None:
    first = (
        visible(PlannedMove, reader.actor)
        .where(PlannedMove.customer_id == row.id, PlannedMove.state == PlanState.PLANNED)
        .with_only_columns(PlannedMove.move, PlannedMove.due_on)
        .order_by(PlannedMove.due_on, PlannedMove.id)
        .limit(1)
    )
    return next_step(
        bill_status=facts.bill_status,
        lifted_until=facts.suspension_lifted_until,
        terminate_on=facts.terminate_on,
        zone=row.billing_zone,
        now=reader.now,
        plans=[(plan.move, plan.due_on) for plan in reader.session.execute(first)],
        ahead=ahead_of(reader, [row.id])[row.id],
    )


def _sticky_notes(reader: Reader, customer_id: int) -> tuple[StickyNote, ...]:
    sticky = (
        visible(Note, reader.actor)
        .where(Note.customer_id == customer_id, Note.sticky)
        .with_only_columns(Note.id, Note.version, Note.at, Note.author, Note.text)
        .order_by(Note.at.desc(), Note.id.desc())
        .limit(_STICKY_LIMIT)
    )
    return tuple(
        StickyNote(note.id, note.version, note.at, note.author, shown_text(note.text, reader.actor))
        for note in reader.session.execute(sticky)
    )


def _requested(reader: Reader, customer_id: int) -> tuple[datetime, ...]:
    waiting = (
        visible(InvoiceRequest, reader.actor)
        .where(InvoiceRequest.customer_id == customer_id, InvoiceRequest.state == RequestState.REQUESTED)
        .with_only_columns(InvoiceRequest.requested_at)
        .order_by(InvoiceRequest.requested_at, InvoiceRequest.id)
        .limit(_STICKY_LIMIT)
    )
    return tuple(reader.session.scalars(waiting))
