"""Correcting a wrong booking: by a reversal, never by changing it."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.bookings import BOOKINGS
from data_access.base.errors import Invalid, NotFound, Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.commands.billing.reversal import take_back_booking
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.services.collecting import collect
from data_access.services.facts.own_limits import is_regret, refuse_beyond_own_limits
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Reversed:
    """Amounts as text with five decimals."""

    transaction_id: int
    reverses_id: int
    customer_id: int
    balance_after: str
    unallocated: str


@dataclass(frozen=True, kw_only=True)
class ReverseTransaction(Command[Reversed]):
    """Books the opposite of a transaction, linked to it, once. Invoices that a reversed payment paid are open again,
    and collection judges them at once.

    The reversal of a charge is as good as a credit: the person's own limits hold for it. One's own booking can be taken
    back for ten minutes, if nothing was built on it, whatever right or limit one has.
    """

    needs: ClassVar = Permission.CUSTOMER_READ  # enough for one's own booking, as long as it can be regretted
    result_type: ClassVar = Reversed

    transaction_id: int

    def apply(self, work: UnitOfWork) -> Reversed:
        mine = work.select(Transaction).where(Transaction.id == self.transaction_id)
        booked = work.session.scalars(mine).one_or_none()
        if booked is None:
            raise NotFound("The transaction")
        customer = work.lock(Customer, booked.customer_id, called="The transaction")
        if customer.bill_status is BillStatus.EXPORTED:
            raise Rejected("The customer is exported: its money is kept at the new installation. Clear Exported first.")
        self._refuse_who(work, booked)
        if not self.reason.strip():
            raise Invalid({"reason": "Give the reason: nothing is reversed without one."})
        opposite = take_back_booking(work, customer, booked)
        if BOOKINGS[booked.kind].settles:
            collect(work, customer)
        balance, unallocated = f"{customer.balance:f}", f"{customer.unallocated:f}"
        return Reversed(opposite.id, booked.id, customer.id, balance, unallocated)

    def _refuse_who(self, work: UnitOfWork, booked: Transaction) -> None:
        if is_regret(work.session, work.actor, booked, work.now):
            return
        work.actor.require(Permission.MONEY_CORRECT)
        if BOOKINGS[booked.kind].is_charge and booked.amount > 0:
            refuse_beyond_own_limits(work, booked.amount, booked.currency, Permission.MONEY_CORRECT)
