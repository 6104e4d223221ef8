"""Reversals: the opposite of a booking, and undoing what its money did."""

from data_access.base.bookings import BOOKINGS
from data_access.base.clock import day_in
from data_access.base.errors import Rejected
from data_access.base.statuses import GONE
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.services.ending import reckon
from data_access.services.entering import Texts, reverse
from data_access.services.facts.reversing import why_not_reversed
from data_access.services.lateness import undo_what_followed
from data_access.services.settlement import recover, unsettle
from data_access.store.unit_of_work import UnitOfWork


def take_back_booking(work: UnitOfWork, customer: Customer, booked: Transaction) -> Transaction:
    """Reverses a booking, once: a payment un-pays its invoices, a refund gives its money back, a charge is no more.

    With a payment goes the fee for the service that it brought back.

    An issued invoice stays as it is; a reversed charge of it comes off the next one.
    """
    obstacle = why_not_reversed(work, booked)
    if obstacle:
        raise Rejected(obstacle)
    row = BOOKINGS[booked.kind]
    texts = Texts(booked.service, booked.reference, f"Reversal: {row.label}"[:400], work.order.reason[:400])
    today = day_in(customer.billing_zone, work.now)
    opposite = reverse(work, customer, booked, value_on=today, texts=texts)
    if row.settles:
        unsettle(work, customer, booked)
        undo_what_followed(work, customer, booked)
    elif row.gives_back:
        recover(work, customer, booked)
    if customer.bill_status in GONE:
        reckon(work, customer)
    return opposite
