"""The cases of collection as stored in the database: invoices under their terms, and the steps taken."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, exists, label, or_
from sqlalchemy.orm import Session

from data_access.base.clock import NOW, day_in
from data_access.base.permissions import Actor
from data_access.base.statuses import RUNNING, BillStatus
from data_access.domain.collections.dunning import DunnedInvoice, InvoiceCase, StepCalendar, case_of
from data_access.domain.collections.policy import POLICY_FIELDS, Policy, policy_of, section_of
from data_access.models.collection import CollectionPolicy, CollectionStep, Holiday, Step
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import Allocation, Invoice, InvoiceType
from data_access.services.facts.fees_of_customer import Looks
from data_access.services.facts.open_invoices import OpenInvoice
from data_access.services.facts.steps_taken import Moments, steps_taken
from data_access.services.facts.together import apart, together
from data_access.store.confined import made_once
from data_access.store.scope import visible

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
    Invoice.is_dunned.label("is_dunned"),
    Invoice.policy_id,
    Customer.billing_zone,
)


@dataclass(frozen=True, slots=True)
class OpenDebt:
    """The open invoices of a customer in the order in which a payment settles them, whether they are collected or not.

    `cases`: those in collection. `taken`: by invoice, when each step about it was last taken.
    """

    invoices: Sequence[OpenInvoice] = ()
    cases: Sequence[InvoiceCase] = ()
    taken: Mapping[int, Moments] = field(default_factory=dict)


NO_DEBT = OpenDebt()


def debts_of(look: Looks, customer_ids: Sequence[int], holidays: frozenset[date] | None = None) -> dict[int, OpenDebt]:
    """By customer; who has no open invoice is left out."""
    opened = apart(look.session.execute(_open(look.actor), {"ids": customer_ids, "now": look.now}))
    return debts_in(look, opened, holidays)


def debts_in(
    look: Looks, opened: Mapping[str, Sequence[Any]], holidays: frozenset[date] | None = None
) -> dict[int, OpenDebt]:
    """The same from rows that are read: those of `open_parts`."""
    rows = sorted(opened["invoices"], key=lambda row: (row.issued_on, row.id))  # in SQL, all would be read for it
    terms = {row.id: policy_of(row) for row in opened["terms"]}
    pursued = [row for row in rows if row.is_dunned]
    if pursued and holidays is None:
        holidays = holidays_of(look)
    taken = steps_taken(look.session, look.actor, pursued, look.now) if pursued else {}
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(row)
    return {key: _debt(own, terms, taken, holidays or frozenset()) for key, own in found.items()}


@made_once
def _open(actor: Actor) -> Select[*tuple[Any, ...]]:
    return together(open_parts(actor))


def open_parts(actor: Actor) -> dict[str, Select[*tuple[Any, ...]]]:
    """The open invoices of customers by `ids`, and their terms, each once: they hold lists, which take long to read."""
    own = visible(Invoice, actor).where(Invoice.customer_id.in_(bindparam("ids", expanding=True)), Invoice.is_open)
    invoices = own.join(Customer, Customer.id == Invoice.customer_id).with_only_columns(
        *_COLUMNS, label("is_overdue", Invoice.is_overdue(NOW))
    )
    terms = (
        visible(CollectionPolicy, actor)
        .where(CollectionPolicy.id.in_(own.with_only_columns(Invoice.policy_id)))
        .with_only_columns(CollectionPolicy.id, *(getattr(CollectionPolicy, name) for name in POLICY_FIELDS))
    )
    return {"invoices": invoices, "terms": terms}


def debt_of(look: Looks, customer: Customer, holidays: frozenset[date] | None = None) -> OpenDebt:
    """Of one customer; its sum of open invoices tells whether there are any."""
    return debts_of(look, [customer.id], holidays).get(customer.id, NO_DEBT) if customer.outstanding else NO_DEBT


def _debt(
    rows: list[Any], terms: Mapping[int, Policy], taken: dict[int, Moments], holidays: frozenset[date]
) -> OpenDebt:
    invoices = [OpenInvoice(row.id, row.number, row.issued_on, row.due_on, row.open, row.is_overdue) for row in rows]
    return OpenDebt(
        invoices, [_case(row, terms[row.policy_id], taken[row.id], holidays) for row in rows if row.id in taken], taken
    )


def _case(row: Any, policy: Policy, taken: Moments, holidays: frozenset[date]) -> InvoiceCase:
    bill = DunnedInvoice(row.id, row.number, row.issued_on, row.due_on, row.overdue_from, row.open, policy)
    place = StepCalendar(row.billing_zone, holidays, row.customer_id)
    return case_of(bill, place, {key: day_in(row.billing_zone, at) for key, at in taken.items()})


def holidays_of(look: Looks) -> frozenset[date]:
    """The days on which the company does not work."""
    info = look.session.info
    if "holidays" not in info:
        info["holidays"] = frozenset(look.session.scalars(holidays(look.actor)))
    known: frozenset[date] = info["holidays"]
    return known


@made_once
def holidays(actor: Actor) -> Select[date]:
    return visible(Holiday, actor).where(Holiday.removed_at.is_(None)).with_only_columns(Holiday.day)


def left_for_what_is_unpaid(debt: OpenDebt, events: Sequence[StatusEvent], bill_status: BillStatus) -> bool:
    """Whether a customer that is away was suspended when it left, and an invoice that suspended it is not paid.

    One that came here suspended has no such step: there, all that was overdue did. Events in the order of time.
    """
    left = next((one for one in reversed(events) if one.status_from in RUNNING and one.status_to is bill_status), None)
    if left is None or left.status_from is not BillStatus.SUSPENDED:
        return False
    late = [case.bill.invoice_id for case in debt.cases if case.bill.is_overdue(left.at)]
    if all(one.move != _SUSPENDS for one in events):
        return bool(late)
    taken = (moment for key in late for moment in debt.taken[key].items())
    return any(step is Step.SUSPEND and at <= left.at for (step, _), at in taken)


def terms_in_force(
    session: Session, actor: Actor, *, of_class: int, of_type: InvoiceType, at: datetime
) -> CollectionPolicy:
    """The version of a class's terms that held at an instant for invoices of a type."""
    held = visible(CollectionPolicy, actor).where(
        CollectionPolicy.customer_class_id == of_class,
        CollectionPolicy.section == section_of(of_type),
        CollectionPolicy.in_force(at),
    )
    return session.scalars(held).one()


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
