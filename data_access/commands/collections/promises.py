"""Promises to pay: made by a person for a customer, cancelled, and decided automatically when they fall due."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from data_access.base.clock import day_in, start_of
from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import LEFT
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Customer
from data_access.services.promising import decide, promise, promised_amount
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Promised:
    customer_id: int
    promise_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class MakePromise(Command[Promised]):
    """Writes down that a customer promised to pay an amount before a day begins; payments until then count for it."""

    needs: ClassVar = Permission.CUSTOMER_LIFT
    result_type: ClassVar = Promised

    customer_id: int
    amount: Decimal
    due_on: date

    def apply(self, work: UnitOfWork) -> Promised:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        _refuse(self, customer, day_in(customer.billing_zone, work.now))
        due_at = start_of(self.due_on, customer.billing_zone)
        made = promise(work, customer, promised_amount(self.amount, customer, "amount"), due_at)
        return Promised(customer.id, made.id, made.state.value)


def _refuse(order: MakePromise, customer: Customer, today: date) -> None:
    if customer.bill_status in LEFT:
        raise Rejected(f"The customer is {customer.bill_status.label.lower()}: no promise is kept for it any more.")
    if order.due_on <= today:
        raise Invalid({"due_on": "Choose a day in the future: the money must arrive before it begins."})


@dataclass(frozen=True, kw_only=True)
class CancelPromise(Command[Promised]):
    """Takes an open promise off the books: it is neither kept nor broken."""

    needs: ClassVar = Permission.CUSTOMER_LIFT
    result_type: ClassVar = Promised

    promise_id: int

    def apply(self, work: UnitOfWork) -> Promised:
        one, customer = _lock_promise(work, self.promise_id)
        if one.state is not PromiseState.OPEN:
            raise Rejected(f"This promise is already {one.state}.")
        if not work.order.reason.strip():
            raise Invalid({"reason": "Give the reason: it is kept in the audit."})
        one.state, one.decided_at = PromiseState.CANCELLED, work.now
        return Promised(customer.id, one.id, one.state.value)


@dataclass(frozen=True, kw_only=True)
class DecidePromise(Command[Promised]):
    """Decides a promise that has fallen due, kept or broken; one that is decided stays as it is."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = Promised

    promise_id: int

    def apply(self, work: UnitOfWork) -> Promised:
        one, customer = _lock_promise(work, self.promise_id)
        decide(work, customer, one)
        return Promised(customer.id, one.id, one.state.value)


def _lock_promise(work: UnitOfWork, promise_id: int) -> tuple[Promise, Customer]:
    seen = work.session.scalars(work.select(Promise).where(Promise.id == promise_id)).one_or_none()
    customer = work.lock(Customer, seen.customer_id if seen else 0, called="The promise")
    return work.lock(Promise, promise_id, called="The promise"), customer
