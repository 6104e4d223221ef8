"""Bookings that can be invoiced out of turn, and what the invoice over some of them would be."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import BOOKINGS, ON_DEMAND
from data_access.base.clock import day_in
from data_access.base.errors import Rejected
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.domain.collections.dunning import due_day
from data_access.models.money import InvoiceType
from data_access.queries.customer_context import customer_context
from data_access.services.billing.invoicing import out_of_turn, why_none, why_not_out_of_turn
from data_access.services.billing.reissuing import void_of
from data_access.services.facts.asking import InvoiceAmounts, asked, free_bookings
from data_access.services.facts.cases import terms_in_force
from data_access.store.access import Query, Reader


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
        customer_context(reader, self.customer_id)
        return tuple(
            FreeBooking(
                row.id, row.value_on, BOOKINGS[row.kind].label, row.service or "", row.visible_comment, row.amount
            )
            for row in free_bookings(reader, self.customer_id)
            if row.kind in ON_DEMAND
        )


@dataclass(frozen=True, slots=True)
class InvoicePreview:
    """An invoice before it is issued; `paid_at_once` comes out of unallocated payments.

    `keeps_due_day_of`: the number of the void invoice on which the bookings stood, which was due on that day already.
    `refusal`: why it cannot be issued, as a sentence; empty where it can.
    """

    asked: InvoiceAmounts
    refusal: str
    paid_at_once: Decimal
    issued_on: date
    due_on: date
    net_days: int
    currency: str
    keeps_due_day_of: str = ""


@dataclass(frozen=True)
class OutOfTurnPreview(Query[InvoicePreview]):
    """What an out-of-turn invoice over these bookings would be if it were issued now."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int
    transaction_ids: tuple[int, ...]

    def run(self, reader: Reader) -> InvoicePreview:
        of = customer_context(reader, self.customer_id)
        customer = of.customer
        chosen = out_of_turn(free_bookings(reader, customer.id), self.transaction_ids)
        its_class = of.of_class
        told = asked(reader, customer, its_class, InvoiceType.OUT_OF_TURN, chosen)
        refusal = why_not_out_of_turn(chosen, self.transaction_ids) or why_none(told, its_class, chosen)
        try:
            old = void_of(reader, chosen)
        except Rejected as mixed:
            old, refusal = None, refusal or str(mixed)
        today, of_class = day_in(customer.billing_zone, reader.now), customer.customer_class_id
        terms = terms_in_force(
            reader.session, reader.actor, of_class=of_class, of_type=InvoiceType.OUT_OF_TURN, at=reader.now
        )
        due_on, keeps = (old.due_on, old.number) if old else (due_day(today, today, terms.net_days), "")
        paid = max(min(customer.unallocated, told.total), ZERO)
        return InvoicePreview(told, refusal, paid, today, due_on, terms.net_days, customer.currency, keeps)


@dataclass(frozen=True)
class NotInvoiced(Query[Decimal]):
    """What was booked and stands on no invoice yet. Positive: the next invoice asks for it."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> Decimal:
        customer_context(reader, self.customer_id)
        return sum((row.amount for row in free_bookings(reader, self.customer_id)), ZERO)
