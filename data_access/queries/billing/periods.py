"""Due billing work: periods to close, requested invoices, fees that have begun, funds to check."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_

from data_access.base.clock import day_in
from data_access.base.permissions import Permission
from data_access.base.statuses import RUNNING, BillStatus, SuspensionCause
from data_access.models.base import Record
from data_access.models.card.invoicing import BillingLock, InvoicingSettings
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.history import InvoiceRequest, RequestState
from data_access.models.services import ChargeModel, Subscription, SubscriptionPlan
from data_access.queries.due import DueIds
from data_access.services.facts.fees_of_customer import covers, fees_to_resume, running_fees
from data_access.store.access import Reader
from data_access.store.scope import visible

_BATCH = 500


@dataclass(frozen=True)
class DuePeriods(DueIds):
    """Customers with a billing period to close, or without one though it should run; none whose billing is locked."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def run(self, reader: Reader) -> list[int]:
        locked = visible(InvoicingSettings, reader.actor).where(InvoicingSettings.billing_lock != BillingLock.FREE)
        held = locked.with_only_columns(InvoicingSettings.customer_id)
        customers = visible(Customer, reader.actor).where(Customer.id.not_in(held))
        closing = customers.where(Customer.closes_at <= reader.now)
        without = customers.where(
            Customer.closes_at.is_(None), Customer.bill_status != BillStatus.PERMANENTLY_TERMINATED
        )
        found = {key for asked in (closing, without) for key in self.first(reader, asked)}
        return sorted(found)[: self.limit]


@dataclass(frozen=True)
class DueInvoiceRequests(DueIds):
    """Requests of midterm invoices that are not issued yet."""

    needs: ClassVar = Permission.SYSTEM_RUN
    about: ClassVar[type[Record]] = InvoiceRequest

    def rows(self, reader: Reader) -> Select[Any]:
        return visible(InvoiceRequest, reader.actor).where(InvoiceRequest.state == RequestState.REQUESTED)


@dataclass(frozen=True)
class DueFees(DueIds):
    """Customers with fees to book within the running period: day by day, or in advance since something began."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def rows(self, reader: Reader) -> Select[Any]:
        return visible(Customer, reader.actor).where(
            Customer.bill_status.in_(RUNNING),
            Customer.suspension_cause.is_distinct_from(SuspensionCause.INSUFFICIENT_FUNDS),
            Customer.id.in_(_with_fees(reader)),
        )

    def run(self, reader: Reader) -> list[int]:
        return list(islice(_holding(reader, self.rows(reader), self.after, _has_fees), self.limit))


def _with_fees(reader: Reader) -> Select[Subscription]:
    """Whose subscriptions have something to charge, unless their status is against it."""
    model, until = SubscriptionPlan.charge_model, Subscription.charged_until
    finished = Subscription.finished_on
    tomorrow = (reader.now + timedelta(days=1)).date()
    return (
        visible(Subscription, reader.actor)
        .join(SubscriptionPlan, SubscriptionPlan.id == Subscription.plan_id)
        .join(Customer, Customer.id == Subscription.customer_id)
        .where(Subscription.activated_on <= tomorrow)
        .where(or_(finished.is_(None), and_(finished >= Customer.period_from, or_(until.is_(None), until < finished))))
        .where(
            or_(
                and_(model == ChargeModel.IN_ADVANCE, or_(until.is_(None), until < Customer.period_to)),
                and_(model == ChargeModel.PROGRESSIVELY, or_(until.is_(None), _lags(reader))),
            )
        )
        .with_only_columns(Subscription.customer_id)
    )


def _lags(reader: Reader) -> ColumnElement[bool]:
    """Whether a subscription is not charged until yesterday, as it is where its customer is billed."""
    zones = visible(Customer, reader.actor).with_only_columns(Customer.billing_zone).distinct()
    yesterdays = {zone: day_in(zone, reader.now) - timedelta(days=1) for zone in reader.session.scalars(zones)}
    return or_(
        false(),
        *(
            and_(
                Customer.billing_zone.in_([zone for zone, its in yesterdays.items() if its == day]),
                Subscription.charged_until < day,
            )
            for day in set(yesterdays.values())
        ),
    )


def _has_fees(reader: Reader, customer: Customer, of_class: CustomerClass) -> bool:
    running = running_fees(reader, customer)
    if running is None:
        return False
    ahead = running.in_advance()
    may = customer.bill_status is BillStatus.OPEN or covers(customer, of_class, ahead)
    return bool(running.progressive()) or (bool(ahead) and may)


@dataclass(frozen=True)
class DueFundChecks(DueIds):
    """Customers that waited for funds, and whose funds cover what is charged in advance now."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def rows(self, reader: Reader) -> Select[Any]:
        return visible(Customer, reader.actor).where(
            Customer.suspension_cause == SuspensionCause.INSUFFICIENT_FUNDS,
            not_(Customer.is_overdue(reader.now)),
        )

    def run(self, reader: Reader) -> list[int]:
        return list(islice(_holding(reader, self.rows(reader), self.after, _can_resume), self.limit))


def _can_resume(reader: Reader, customer: Customer, _of_class: CustomerClass) -> bool:
    return fees_to_resume(reader, customer) is not None


def _holding(
    reader: Reader, customers: Select[Customer], after: int, holds: Callable[[Reader, Customer, CustomerClass], bool]
) -> Iterator[int]:
    """The ids above one of those customers of whom something holds, read by the batch."""
    classes = {row.id: row for row in reader.session.scalars(visible(CustomerClass, reader.actor))}
    while True:
        batch = reader.session.scalars(customers.where(Customer.id > after).order_by(Customer.id).limit(_BATCH)).all()
        yield from (one.id for one in batch if holds(reader, one, classes[one.customer_class_id]))
        if len(batch) < _BATCH:
            return
        after = batch[-1].id
        reader.session.expunge_all()
