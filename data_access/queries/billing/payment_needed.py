"""What is awaited of a customer: the payment that ends a suspension for missing funds, whenever it comes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.errors import NotFound
from data_access.base.money import to_be_paid
from data_access.base.permissions import Permission
from data_access.models.customers import Customer
from data_access.queries.customer_context import CALLED
from data_access.services.facts.fees_of_customer import Wait, wait_of, waits_for_funds
from data_access.services.facts.open_invoices import open_invoices, payment_that_clears
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True)
class PaymentAwaited(Query[Decimal | None]):
    """The least payment that brings a customer back today that is suspended for missing funds; None: it needs none."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> Decimal | None:
        mine = visible(Customer, reader.actor).where(Customer.id == self.customer_id)
        customer = reader.session.scalars(mine).one_or_none()
        if customer is None:
            raise NotFound(CALLED)
        if not waits_for_funds(customer):
            return None
        return payment_that_ends(reader, customer) or None


def payment_that_ends(reader: Reader, customer: Customer) -> Decimal:
    """The least payment that ends a suspension today, whatever its cause; zero if the next one ends it."""
    clears_overdue = payment_that_clears(open_invoices(reader, customer.id), customer.currency)
    if not waits_for_funds(customer):
        return clears_overdue
    return payment_that_resumes(wait_of(reader, customer), clears_overdue, customer.currency)


def payment_that_resumes(wait: Wait, clears_overdue: Decimal, currency: str) -> Decimal:
    """It covers the fees that are charged in advance, and leaves nothing overdue."""
    return max(to_be_paid(wait.missing, currency), clears_overdue)
