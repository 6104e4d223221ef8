"""Numbers released by their holder: the fee booked, the number free or frozen."""

from datetime import timedelta

from data_access.base.clock import day_in
from data_access.base.events import Event
from data_access.base.statuses import BillStatus, NumbersAtEnd
from data_access.models.customers import Account, Customer
from data_access.models.numbers import Did
from data_access.services.billing.closing import close_due
from data_access.services.billing.recurring_charges import charge_number
from data_access.services.outbox import announce
from data_access.store.unit_of_work import UnitOfWork


def release(work: UnitOfWork, customer: Customer, did: Did, *, freeze: bool) -> None:
    """Takes a number back from a customer: its fee is booked until yesterday."""
    if customer.bill_status is not BillStatus.EXPORTED:
        close_due(work, customer)
        charge_number(work, customer, did, day_in(customer.billing_zone, work.now) - timedelta(days=1))
    did.customer_id = did.account_id = did.assigned_on = did.charged_until = None
    did.frozen = freeze
    announce(work, customer, Event.DID_UNASSIGNED, number=did.number)


def take_numbers_off(work: UnitOfWork, customer: Customer, account: Account) -> int:
    """What becomes of the numbers on an account that has ended, as was said when it was closed; how many there were."""
    numbers = work.session.scalars(work.select(Did).where(Did.account_id == account.id).order_by(Did.id)).all()
    for did in numbers:
        if account.numbers_at_end is NumbersAtEnd.KEPT:
            did.account_id = None
            announce(work, customer, Event.DID_MOVED, number=did.number)
        else:
            release(work, customer, did, freeze=account.numbers_at_end is NumbersAtEnd.FROZEN)
    return len(numbers)
