"""The cases of collection as they stand in the database: open invoices under their terms, and the steps taken."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from data_access.dunning import Bill, Case, Place, case_of
from data_access.models.collection import CollectionPolicy, CollectionStep, Holiday, Step
from data_access.models.customers import Customer
from data_access.models.money import OPEN, CollectionStatus, Invoice
from data_access.permissions import Actor
from data_access.policy import POLICY_FIELDS, Policy
from data_access.scope import visible

_COLUMNS = (
    Invoice.customer_id,
    Invoice.id,
    Invoice.number,
    Invoice.issued_on,
    Invoice.due_on,
    Invoice.overdue_from,
    (Invoice.total - Invoice.paid).label("open"),
    Customer.billing_zone,
    *(getattr(CollectionPolicy, name) for name in POLICY_FIELDS),
)


def cases_of(session: Session, actor: Actor, customer_ids: Sequence[int]) -> dict[int, list[Case]]:
    """By customer, the cases in the order in which a payment settles them; customers without one are left out."""
    asked = (
        visible(Invoice, actor)
        .join(CollectionPolicy, CollectionPolicy.id == Invoice.policy_id)
        .join(Customer, Customer.id == Invoice.customer_id)
        .where(
            Invoice.customer_id.in_(customer_ids),
            Invoice.payment_status.in_(OPEN),
            Invoice.collection_status == CollectionStatus.COLLECT,
        )
        .with_only_columns(*_COLUMNS)
        .order_by(Invoice.issued_on, Invoice.id)
    )
    rows = session.execute(asked).all()
    if not rows:
        return {}
    holidays = holidays_of(session, actor)
    taken = _taken(session, actor, [row.id for row in rows])
    cases: defaultdict[int, list[Case]] = defaultdict(list)
    for row in rows:
        policy = Policy(**{name: getattr(row, name) for name in POLICY_FIELDS})
        bill = Bill(row.id, row.number, row.issued_on, row.due_on, row.overdue_from, row.open, policy)
        cases[row.customer_id].append(case_of(bill, Place(row.billing_zone, holidays, row.customer_id), taken[row.id]))
    return dict(cases)


def holidays_of(session: Session, actor: Actor) -> frozenset[date]:
    """The days on which the company does not work."""
    kept = visible(Holiday, actor).where(Holiday.removed_at.is_(None))
    return frozenset(session.scalars(kept.with_only_columns(Holiday.day)))


def _taken(session: Session, actor: Actor, invoice_ids: list[int]) -> defaultdict[int, list[tuple[Step, int]]]:
    asked = visible(CollectionStep, actor).where(CollectionStep.invoice_id.in_(invoice_ids))
    taken: defaultdict[int, list[tuple[Step, int]]] = defaultdict(list)
    columns = (CollectionStep.invoice_id, CollectionStep.step, CollectionStep.days)
    for row in session.execute(asked.with_only_columns(*columns)):
        taken[row.invoice_id].append((row.step, row.days))
    return taken
