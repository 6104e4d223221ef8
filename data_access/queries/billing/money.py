"""What a booking would do, before it is made: computed by the code that makes it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.money import ZERO, to_be_paid
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.domain.billing.sharing import Share, share_out
from data_access.domain.shown_status import over_limit_with
from data_access.models.customers import Customer
from data_access.models.money import Invoice
from data_access.queries.billing.payment_needed import payment_that_ends
from data_access.queries.customer_situation import situation_of
from data_access.services.allocating import owed_on
from data_access.services.facts.own_limits import Own, own_limits
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class Settled:
    """One invoice and the part of the payment that goes to it."""

    number: str
    due_on: date
    open_before: Decimal
    part: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """Balances are positive when the customer owes. `own` None: no limit of the person holds for this.

    `over_limit`: how far the balance afterwards is above the credit limit in force; zero if it is not.
    `still_to_pay`: the least payment after this booking that ends a suspension.
    """

    currency: str
    balance_before: Decimal
    balance_after: Decimal
    settles: tuple[Settled, ...]
    unallocated_before: Decimal
    unallocated_after: Decimal
    over_limit: Decimal
    still_to_pay: Decimal
    ends_suspension: bool
    own: Own | None


@dataclass(frozen=True)
class BookingPreview(Query[Preview]):
    """The balance before and after, the invoices that a payment settles, and what is left of the person's limits."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int
    kind: Kind
    amount: Decimal

    def run(self, reader: Reader) -> Preview:
        case = situation_of(reader, self.customer_id)
        customer = case.of.customer
        row = BOOKINGS[self.kind]
        invoices = _open_invoices(reader, customer)
        money = customer.unallocated + self.amount if row.settles else ZERO
        shares = share_out([(self.kind, money)], owed_on(invoices))
        ends = payment_that_ends(case) - (self.amount if row.settles else ZERO)
        still_to_pay = to_be_paid(max(ends, ZERO), customer.currency)
        after = customer.balance + row.signed(self.amount)
        return Preview(
            currency=customer.currency,
            balance_before=customer.balance,
            balance_after=after,
            settles=tuple(_settled(share) for share in shares),
            unallocated_before=customer.unallocated,
            unallocated_after=_unallocated_after(
                customer, self.kind, self.amount, sum((s.amount for s in shares), ZERO)
            ),
            over_limit=over_limit_with(customer, after, reader.now),
            still_to_pay=still_to_pay,
            ends_suspension=row.settles and customer.bill_status is BillStatus.SUSPENDED and not still_to_pay,
            own=own_limits(reader.session, reader.actor, customer.currency, reader.now)
            if row.within_own_limits
            else None,
        )


def _settled(share: Share[Kind, Invoice]) -> Settled:
    bill = share.bill
    return Settled(bill.number, bill.due_on, bill.open, share.amount)


def _open_invoices(reader: Reader, customer: Customer) -> list[Invoice]:
    unpaid = visible(Invoice, reader.actor).where(Invoice.customer_id == customer.id, Invoice.is_open)
    return list(reader.session.scalars(unpaid.order_by(Invoice.issued_on, Invoice.id)))


def _unallocated_after(customer: Customer, kind: Kind, amount: Decimal, settled: Decimal) -> Decimal:
    if BOOKINGS[kind].settles:
        return customer.unallocated + amount - settled
    return customer.unallocated - amount if BOOKINGS[kind].gives_back else customer.unallocated
