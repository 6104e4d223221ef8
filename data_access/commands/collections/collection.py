"""Automatic collection: the due steps about one customer's invoices."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.models.customers import Customer
from data_access.services.collecting import collect
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Collected:
    """`steps` holds the names of the steps that were taken, in order, with commas; empty: nothing was due any more."""

    customer_id: int
    steps: str
    bill_status: str


@dataclass(frozen=True, kw_only=True)
class Collect(Command[Collected]):
    """Takes the steps due about a customer's invoices, judged again under the lock; ends a lift whose day came."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = Collected

    customer_id: int

    def apply(self, work: UnitOfWork) -> Collected:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        steps = collect(work, customer)
        return Collected(customer.id, ",".join(steps), customer.bill_status.value)
