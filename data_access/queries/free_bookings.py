"""Bookings that can be invoiced out of turn, and what the invoice over some of them would be."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from data_access.access import Query, Reader
from data_access.bookings import BOOKINGS
from data_access.cases import terms_in_force
from data_access.clock import day_in
from data_access.errors import NotFound
from data_access.invoicing import ON_DEMAND, asked_for, free_bookings
from data_access.models.customers import Customer, CustomerClass
from data_access.models.money import InvoiceType
from data_access.money import ZERO
from data_access.permissions import Permission
from data_access.queries.seen import CALLED, see
from data_access.scope import visible


@dataclass(frozen=True, slots=True)
class FreeBooking:
    """A charge or credit made by hand that stands on no invoice. Positive: the customer owes more."""

    transaction_id: int
    value_on: date
    label: str
    service: str
    comment: str
    amount: Decimal


@dataclass(frozen=True)
class InvoiceableBookings(Query[tuple[FreeBooking, ...]]):
    """The bookings of a customer that can be invoiced out of turn, by value date."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[FreeBooking, ...]:
        see(reader, self.customer_id)
        return tuple(
            FreeBooking(
                row.id, row.value_on, BOOKINGS[row.kind].label, row.service or "", row.visible_comment, row.amount
            )
            for row in free_bookings(reader, self.customer_id)
            if row.kind in ON_DEMAND
        )


@dataclass(frozen=True, slots=True)
class InvoicePreview:
    """An invoice before it is issued; `paid_at_once` comes out of unallocated payments, `carried_on` is credit."""

    exact: Decimal
    total: Decimal
    carried_on: Decimal
    paid_at_once: Decimal
    issued_on: date
    due_on: date
    net_days: int
    currency: str


@dataclass(frozen=True)
class OutOfTurnPreview(Query[InvoicePreview]):
    """What an out-of-turn invoice over these bookings would be if it were issued now."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int
    transaction_ids: tuple[int, ...]

    def run(self, reader: Reader) -> InvoicePreview:
        customer = reader.session.scalar(visible(Customer, reader.actor).where(Customer.id == self.customer_id))
        if customer is None:
            raise NotFound(CALLED)
        chosen = [row for row in free_bookings(reader, customer.id) if row.id in self.transaction_ids]
        exact = sum((row.amount for row in chosen), ZERO)
        asked = asked_for(exact, _class_of(reader, customer), customer.currency)
        today, of_class = day_in(customer.billing_zone, reader.now), customer.customer_class_id
        terms = terms_in_force(
            reader.session, reader.actor, of_class=of_class, of_type=InvoiceType.OUT_OF_TURN, at=reader.now
        )
        due_on = today + timedelta(days=terms.net_days)
        paid = max(min(customer.unallocated, asked.total), ZERO)
        return InvoicePreview(
            exact, asked.total, asked.carried_on, paid, today, due_on, terms.net_days, customer.currency
        )


def _class_of(reader: Reader, customer: Customer) -> CustomerClass:
    asked = visible(CustomerClass, reader.actor).where(CustomerClass.id == customer.customer_class_id)
    return reader.session.scalars(asked).one()
