"""The situation of one customer: everything that its status, its reason and its next steps follow from, read once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, or_

from data_access.base.bookings import INVOICED, RECEIVED
from data_access.base.clock import NOW, UtcDateTime
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.base.text.masking import reason_of
from data_access.domain.lifecycle import StatusFacts, facts_of
from data_access.models.card.additional import AdditionalInfo
from data_access.models.card.callers import CallerVerification
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.collection import CollectionPolicy, CollectionStep, Promise, PromiseState, Step
from data_access.models.customers import Customer, Note
from data_access.models.history import InvoiceRequest, PlannedMove, PlanState, RequestState, StatusEvent
from data_access.models.money import Invoice, InvoiceLine, PaymentStatus, Transaction
from data_access.models.plans.discounts import DiscountAssignment
from data_access.models.usage.measuring import MeasuredService
from data_access.queries.customer_context import CUSTOMER_ID, CustomerContext, customer_context
from data_access.services.facts.cases import OpenDebt, debt_of, holidays
from data_access.services.facts.fees_of_customer import Wait, wait_of, waits_for_funds
from data_access.services.facts.open_invoices import payment_that_clears
from data_access.services.facts.together import apart, together
from data_access.store.access import Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

_STICKY, _MOST = 10, 100
_ORDERS: dict[str, Callable[[Any], Any]] = {
    "plans": lambda row: (row.due_on, row.id),
    "promises": lambda row: row.due_at,
    "requests": lambda row: (row.at, row.id),
    "tags": lambda row: row.name_key,
    "notes": lambda row: (-row.at.timestamp(), -row.id),
    "events": lambda row: (row.at, row.id),
}
_SUSPENDED_AT: BindParameter[datetime] = bindparam("suspended_at", type_=UtcDateTime())


@dataclass(frozen=True, slots=True)
class CustomerSituation:
    """A customer with its debt and what else is known. `beside` are the rows of `_beside` by name, each in its order.

    `wait`: of one that is suspended until its funds cover what is charged in advance.
    """

    of: CustomerContext
    debt: OpenDebt
    beside: Mapping[str, list[Any]]
    wait: Wait | None

    @property
    def facts(self) -> StatusFacts:
        return facts_of(self.of.customer)

    @property
    def not_invoiced(self) -> Decimal:
        """What was booked, less what invoices ask for: rounding and credit that wait for the next one included.

        Of a customer whose details were archived, their sum is a part of it.
        """
        customer = self.of.customer
        if customer.archived_at is not None:
            return customer.balance - customer.outstanding + customer.unallocated
        booked, invoiced = (self.beside[part][0].amount or ZERO for part in ("booked", "invoiced"))
        return booked - invoiced

    @property
    def clears_overdue(self) -> Decimal:
        """The least payment that leaves nothing overdue."""
        return payment_that_clears(self.debt.invoices, self.of.currency)


def situation_of(reader: Reader, customer_id: int) -> CustomerSituation:
    """NotFound for a customer that does not exist for this actor. Read once a run, however many parts of it ask."""
    return reader.once(_read, customer_id)


def _read(reader: Reader, customer_id: int) -> CustomerSituation:
    of = customer_context(reader, customer_id)
    asked = {"customer_id": customer_id, "now": of.now, "suspended_at": of.customer.suspended_at}
    beside = apart(reader.session.execute(_beside(reader.actor), asked))
    for part, place in _ORDERS.items():
        beside[part].sort(key=place)
    debt = debt_of(reader, of.customer, frozenset(one.day for one in beside["holidays"]))
    wait = wait_of(reader, of.customer, beside["events"]) if waits_for_funds(of.customer) else None
    return CustomerSituation(of, debt, beside, wait)


@made_once
def _beside(actor: Actor) -> Select[*tuple[Any, ...]]:
    """What is planned, promised, requested and noted, what happened to the status, and what led to it."""
    plans = (
        visible(PlannedMove, actor)
        .where(PlannedMove.customer_id == CUSTOMER_ID, PlannedMove.state == PlanState.PLANNED)
        .with_only_columns(PlannedMove.id, PlannedMove.move, PlannedMove.due_on, PlannedMove.login)
    )
    promises = (
        visible(Promise, actor)
        .where(Promise.customer_id == CUSTOMER_ID, Promise.state == PromiseState.OPEN, Promise.due_at > NOW)
        .with_only_columns(Promise.due_at, Promise.amount, Promise.received)
        .order_by(Promise.due_at)
        .limit(_MOST)
    )
    requests = (
        visible(InvoiceRequest, actor)
        .where(InvoiceRequest.customer_id == CUSTOMER_ID, InvoiceRequest.state == RequestState.REQUESTED)
        .with_only_columns(InvoiceRequest.id, InvoiceRequest.requested_at.label("at"), InvoiceRequest.login)
        .order_by(InvoiceRequest.requested_at, InvoiceRequest.id)
        .limit(_MOST)
    )
    notes = (
        visible(Note, actor)
        .where(Note.customer_id == CUSTOMER_ID, Note.sticky)
        .with_only_columns(Note.id, Note.version, Note.at, Note.author, Note.text)
        .order_by(Note.at.desc(), Note.id.desc())
        .limit(_STICKY)
    )
    events = (
        visible(StatusEvent, actor)
        .where(StatusEvent.customer_id == CUSTOMER_ID)
        .with_only_columns(
            StatusEvent.id, StatusEvent.at, StatusEvent.move, StatusEvent.status_from, StatusEvent.status_to,
            StatusEvent.blocked, StatusEvent.until, StatusEvent.login, reason_of(StatusEvent),
        )
    )  # fmt: skip
    tags = (
        visible(CustomerTag, actor)
        .join(Tag, Tag.id == CustomerTag.tag_id)
        .where(CustomerTag.customer_id == CUSTOMER_ID, CustomerTag.removed_at.is_(None))
        .with_only_columns(Tag.id, Tag.name, Tag.name_key)
    )
    overrides = (
        visible(AdditionalInfo, actor)
        .where(AdditionalInfo.customer_id == CUSTOMER_ID, AdditionalInfo.override_tariffs_enabled)
        .with_only_columns(AdditionalInfo.id)
    )
    return together(
        {
            "tags": tags, "overrides": overrides, "plans": plans, "promises": promises, "requests": requests,
            "notes": notes, "events": events,
            "holidays": holidays(actor), "led_by": _led_by(actor), "payments": _last_payment(actor),
            "old_terms": _old_terms(actor), "verified": _verified(actor), "booked": _booked(actor),
            "invoiced": _invoiced(actor), "discounts": _discounts(actor), "measured": _measured(actor),
        }
    )  # fmt: skip


def _led_by(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The invoice about which collection took the step that led to the present suspension."""
    return (
        visible(CollectionStep, actor)
        .join(Invoice, Invoice.id == CollectionStep.invoice_id)
        .where(CollectionStep.customer_id == CUSTOMER_ID, CollectionStep.at == _SUSPENDED_AT)
        .where(CollectionStep.step == Step.SUSPEND)
        .with_only_columns(Invoice.number, Invoice.due_on, CollectionStep.days)
        .limit(1)
    )


def _old_terms(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The oldest overdue invoice that keeps terms which its class has no more."""
    return (
        visible(Invoice, actor)
        .join(CollectionPolicy, CollectionPolicy.id == Invoice.policy_id)
        .where(Invoice.customer_id == CUSTOMER_ID, Invoice.is_overdue(NOW), ~CollectionPolicy.in_force(NOW))
        .with_only_columns(Invoice.number, CollectionPolicy.at, CollectionPolicy.customer_class_id)
        .order_by(Invoice.issued_on, Invoice.id)
        .limit(1)
    )


def _last_payment(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The last one received that nobody took back."""
    mine = visible(Transaction, actor).where(Transaction.customer_id == CUSTOMER_ID)
    return (
        mine.where(Transaction.kind.in_(RECEIVED), Transaction.unreversed())
        .with_only_columns(Transaction.amount, Transaction.value_on)
        .order_by(Transaction.value_on.desc(), Transaction.id.desc())
        .limit(1)
    )


def _verified(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The last time that a caller was verified, while it holds."""
    return (
        visible(CallerVerification, actor)
        .where(CallerVerification.customer_id == CUSTOMER_ID, CallerVerification.until > NOW)
        .with_only_columns(
            CallerVerification.at, CallerVerification.until.label("holds_until"), CallerVerification.login
        )
        .order_by(CallerVerification.until.desc(), CallerVerification.id.desc())
        .limit(1)
    )


def _discounts(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The volume discount plans that count something in the running period."""
    row = DiscountAssignment
    mine = visible(row, actor).join(Customer, Customer.id == row.customer_id).where(row.customer_id == CUSTOMER_ID)
    counting = mine.where(
        row.started_on <= Customer.period_to, or_(row.ended_on.is_(None), row.ended_on >= Customer.period_from)
    )
    return counting.with_only_columns(row.id)


def _measured(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The parameters that the customer has terms of its own for."""
    row = MeasuredService
    mine = visible(row, actor).where(row.customer_id == CUSTOMER_ID, row.removed_at.is_(None))
    return mine.with_only_columns(row.parameter, row.basis)


def _booked(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The sum of all bookings that stand on invoices or are to stand on one."""
    mine = visible(Transaction, actor).where(Transaction.customer_id == CUSTOMER_ID, Transaction.kind.in_(INVOICED))
    return mine.with_only_columns(func.sum(Transaction.amount).label("amount"))


def _invoiced(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The sum of all lines of invoices that are not void."""
    lines = visible(InvoiceLine, actor).join(Invoice, Invoice.id == InvoiceLine.invoice_id)
    mine = lines.where(InvoiceLine.customer_id == CUSTOMER_ID, Invoice.payment_status != PaymentStatus.VOID)
    return mine.with_only_columns(func.sum(InvoiceLine.amount).label("amount"))
