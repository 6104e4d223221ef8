"""Derived figures: what follows from the bookings, invoices and promises of a selected customer, in SQL."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select, type_coerce

from data_access.base.clock import Instant, Present
from data_access.base.money import ZERO, Amount
from data_access.domain.shown_status import effective_limit
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Invoice, Transaction

CHANGED_WITHIN = timedelta(days=30)


def overdue_amount(now: Instant) -> ColumnElement[Any]:
    """What is open on invoices that are late and to be collected: reckoned of those alone who have any."""
    late = _sum_of(Invoice.total - Invoice.paid, Invoice.customer_id == Customer.id, Invoice.is_overdue(now))
    return case((Customer.is_overdue(now), late), else_=literal(ZERO, Amount))


def balance_change(now: datetime | Present) -> ColumnElement[Any]:
    """How much more the customer owes than 30 days ago; below zero: less."""
    return _sum_of(
        Transaction.amount.expression, Transaction.customer_id == Customer.id, Transaction.at > now - CHANGED_WITHIN
    )


def broken_promises() -> ColumnElement[Any]:
    """How many promises to pay were not kept."""
    theirs = (Promise.customer_id == Customer.id, Promise.state == PromiseState.BROKEN)
    return select(func.count()).select_from(Promise).where(*theirs).correlate(Customer).scalar_subquery()


def available_funds(now: Instant) -> ColumnElement[Any]:
    """What is left to spend: prepaid funds, or what the credit limit in force leaves; NULL: no limit."""
    prepaid = Customer.balance_control == BalanceControl.PREPAID
    return case((prepaid, literal(ZERO, Amount) - Customer.balance), else_=effective_limit(now) - Customer.balance)


def _sum_of(amount: ColumnElement[Any], *where: Any) -> ColumnElement[Any]:
    total = select(type_coerce(func.sum(amount), Amount)).where(*where).correlate(Customer).scalar_subquery()
    return func.coalesce(total, literal(ZERO, Amount))
