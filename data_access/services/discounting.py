"""Volume discounts booked: what a plan deducts from the usage of the current period, each part of it once."""

from data_access.base.bookings import Kind
from data_access.models.customers import Customer
from data_access.services.entering import Texts, book
from data_access.services.facts.plans.discounts_of_customer import assignments, discounts_due
from data_access.store.unit_of_work import UnitOfWork


def take_off(work: UnitOfWork, customer: Customer) -> None:
    """Books what its plans take off by now and have not yet."""
    for off in discounts_due(work, customer):
        texts = Texts(service=off.service, reference=off.reference, visible_comment=off.says)
        book(work, customer, Kind.VOLUME_DISCOUNT, off.amount, value_on=off.value_on, texts=texts)


def stop_counting(work: UnitOfWork, customer: Customer) -> None:
    """The running period closes: of its days only what arrives later counts from now on, in the next one."""
    for row, _ in work.of(assignments, customer.id):
        if customer.period_to is not None and row.started_on <= customer.period_to:
            row.closed_at = work.now
