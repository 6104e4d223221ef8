"""The cases of collection as they stand in the database: invoices under their terms, and the steps taken."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, or_
from sqlalchemy.orm import Session

from data_access.base.clock import day_in
from data_access.base.permissions import Actor
from data_access.base.statuses import BillStatus
from data_access.domain.collections.dunning import DunnedInvoice, InvoiceCase, StepCalendar, case_of
from data_access.domain.collections.policy import POLICY_FIELDS, Policy, section_of
from data_access.models.collection import CollectionPolicy, CollectionStep, Holiday, Step
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import Allocation, Invoice, InvoiceType
from data_access.services.facts.steps_taken import steps_taken
from data_access.store.scope import visible

_HERE = (BillStatus.OPEN, BillStatus.SUSPENDED)
_SUSPENDS = "suspend"
_COLUMNS = (
    Invoice.customer_id,
    Invoice.id,
    Invoice.replaces_id,
    Invoice.number,
    Invoice.issued_on,
    Invoice.due_on,
    Invoice.overdue_from,
    Invoice.open.label("open"),
    Customer.billing_zone,
    *(getattr(CollectionPolicy, name) for name in POLICY_FIELDS),
)


def cases_of(
    session: Session, actor: Actor, customer_ids: Sequence[int], now: datetime
) -> dict[int, list[InvoiceCase]]:
    """By customer, the cases in the order in which a payment settles them; customers without one are left out."""
    query = (
        visible(Invoice, actor)
        .join(CollectionPolicy, CollectionPolicy.id == Invoice.policy_id)
        .join(Customer, Customer.id == Invoice.customer_id)
        .where(
            Invoice.customer_id.in_(customer_ids),
            Invoice.is_dunned,
        )
        .with_only_columns(*_COLUMNS)
        .order_by(Invoice.issued_on, Invoice.id)
    )
    rows = session.execute(query).all()
    if not rows:
        return {}
    holidays = holidays_of(session, actor)
    taken = steps_taken(session, actor, rows, now)
    cases: defaultdict[int, list[InvoiceCase]] = defaultdict(list)
    for row in rows:
        policy = Policy(**{name: getattr(row, name) for name in POLICY_FIELDS})
        bill = DunnedInvoice(row.id, row.number, row.issued_on, row.due_on, row.overdue_from, row.open, policy)
        place = StepCalendar(row.billing_zone, holidays, row.customer_id)
        last = {key: day_in(row.billing_zone, at) for key, at in taken[row.id].items()}
        cases[row.customer_id].append(case_of(bill, place, last))
    return dict(cases)


def holidays_of(session: Session, actor: Actor) -> frozenset[date]:
    """The days on which the company does not work."""
    kept = visible(Holiday, actor).where(Holiday.removed_at.is_(None))
    return frozenset(session.scalars(kept.with_only_columns(Holiday.day)))


def left_for_what_is_unpaid(session: Session, actor: Actor, customer: Customer) -> bool:
    """Whether a customer that is away was suspended when it left, and an invoice that suspended it is not paid.

    One that came here suspended has no such step: there, all that was overdue did.
    """
    events = visible(StatusEvent, actor).where(StatusEvent.customer_id == customer.id)
    left = session.scalars(
        events.where(StatusEvent.status_from.in_(_HERE), StatusEvent.status_to == customer.bill_status)
        .order_by(StatusEvent.at.desc(), StatusEvent.id.desc())
        .limit(1)
    ).first()
    if left is None or left.status_from is not BillStatus.SUSPENDED:
        return False
    unpaid = visible(Invoice, actor).where(
        Invoice.customer_id == customer.id,
        Invoice.is_overdue(left.at),
    )
    late = session.execute(unpaid.with_only_columns(Invoice.id, Invoice.replaces_id)).all()
    if session.scalars(events.where(StatusEvent.move == _SUSPENDS).limit(1)).first() is None:
        return bool(late)
    taken = steps_taken(session, actor, late, left.at)
    return any(step is Step.SUSPEND and at <= left.at for steps in taken.values() for (step, _), at in steps.items())


def terms_in_force(
    session: Session, actor: Actor, *, of_class: int, of_type: InvoiceType, at: datetime
) -> CollectionPolicy:
    """The version of a class's terms that held at an instant for invoices of a type; the first one before it held."""
    versions = visible(CollectionPolicy, actor).where(
        CollectionPolicy.customer_class_id == of_class, CollectionPolicy.section == section_of(of_type)
    )
    held = versions.where(CollectionPolicy.at <= at).order_by(CollectionPolicy.number.desc()).limit(1)
    first = versions.order_by(CollectionPolicy.number).limit(1)
    return session.scalars(held).one_or_none() or session.scalars(first).one()


def terms_of_suspension(session: Session, actor: Actor, customer: Customer) -> CollectionPolicy:
    """The terms of the invoice for which the customer is suspended, maybe again after it was suspended for it before.

    Where no such step was written down, those that held for the class when the suspension began.
    """
    since = customer.suspended_at or customer.created_at
    paid_later = exists().where(Allocation.invoice_id == Invoice.id, Allocation.at >= since).correlate(Invoice)
    led_here = (
        visible(CollectionPolicy, actor)
        .join(Invoice, Invoice.policy_id == CollectionPolicy.id)
        .join(CollectionStep, CollectionStep.invoice_id == Invoice.id)
        .where(
            CollectionStep.customer_id == customer.id,
            CollectionStep.step == Step.SUSPEND,
            CollectionStep.at <= since,
            or_(Invoice.is_open, Invoice.voided_at >= since, paid_later),
        )
        .order_by(CollectionStep.at.desc(), CollectionStep.id.desc())
        .limit(1)
    )
    found = session.scalars(led_here).one_or_none()
    return found or terms_in_force(
        session, actor, of_class=customer.customer_class_id, of_type=InvoiceType.REGULAR, at=since
    )
