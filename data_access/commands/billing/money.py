"""Manual bookings on a customer's balance: charges, credits, payments, refunds."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import BOOKINGS, METHODS, SERVICES, Booking, Kind
from data_access.base.clock import Days, day_in, in_words
from data_access.base.errors import Invalid, Rejected
from data_access.base.money import ZERO, cash, exact_money, positive, to_be_paid
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.models.customers import Customer
from data_access.services.entering import Texts, book
from data_access.services.facts.own_limits import refuse_beyond_own_limits
from data_access.services.facts.repeats import ask_about_repeat
from data_access.services.facts.spending_limits import most_given_back
from data_access.services.settlement import give_back, settle
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_LONGEST = 400
_EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Booked:
    """Amounts as text with five decimals."""

    transaction_id: int
    customer_id: int
    balance_after: str
    unallocated: str
    bill_status: str


@dataclass(frozen=True, kw_only=True)
class BookTransaction(Command[Booked]):
    """Writes one transaction: the balance moves; a payment settles invoices, and resumes service if none is overdue.

    `knows_of`: the transaction of an earlier payment like this one that whoever books has seen; Repeated without it.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    result_type: ClassVar = Booked

    customer_id: int
    kind: Kind
    amount: Decimal
    value_on: date | None = None
    service: str | None = None
    method: str | None = None
    reference: str = ""
    visible_comment: str = ""
    internal_comment: str = ""
    knows_of: int | None = None

    def permission(self) -> Permission:
        return BOOKINGS[self.kind].permission or Permission.SYSTEM_RUN

    def apply(self, work: UnitOfWork) -> Booked:
        row = BOOKINGS[self.kind]
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refuse_by_status(row, customer)
        amount = _checked_amount(row, self.amount, customer)
        today = day_in(customer.billing_zone, work.now)
        _refuse_input(self, row, today)
        if row.gives_back:
            held = f"Unallocated payments hold {_say(customer.unallocated, customer)}"
            refuse_beyond_funds(customer, amount, customer.unallocated, f"{held}: no more can be refunded.")
        if row.writes_off:
            _refuse_beyond_debt(customer, amount)
        if row.within_own_limits:
            refuse_beyond_own_limits(work, amount, customer.currency, self.permission())
        if row.is_received:
            ask_about_repeat(work, customer, amount, self.reference, knows_of=self.knows_of)
        texts = Texts(
            self.service, self.reference.strip(), self.visible_comment.strip(), self.internal_comment.strip(),
            self.method,
        )  # fmt: skip
        transaction = book(work, customer, self.kind, amount, value_on=self.value_on or today, texts=texts)
        if row.settles:
            settle(work, customer, transaction)
        elif row.gives_back:
            give_back(work, customer, transaction)
        return Booked(
            transaction.id,
            customer.id,
            f"{customer.balance:f}",
            f"{customer.unallocated:f}",
            customer.bill_status.value,
        )


def refuse_by_status(row: Booking, customer: Customer) -> None:
    """Rejected when nothing of this kind can be booked in the customer's status."""
    refusal = status_refusal(row, customer.bill_status)
    if refusal is not None:
        raise Rejected(refusal)


def status_refusal(row: Booking, status: BillStatus) -> str | None:
    """Why nothing of this kind can be booked in a status, as a sentence; None if it can."""
    if status is BillStatus.EXPORTED:
        return "The customer is exported: its money is kept at the new installation. Clear Exported first."
    if status is BillStatus.PERMANENTLY_TERMINATED and not row.after_the_end:
        return (
            f"The customer is permanently terminated: {row.label.lower()} is no longer possible, "
            "payments, refunds and write-offs are."
        )
    return None


def refuse_beyond_funds(customer: Customer, amount: Decimal, unused: Decimal, beyond: str) -> None:
    """Invalid when more is given back than is unused of what was paid; of prepaid, more than is available."""
    most = most_given_back(customer, unused)
    if amount > most:
        funds = f"The available funds are {_say(most, customer)}: no more can be given back."
        raise Invalid({"amount": beyond if most == unused else funds})


def _refuse_beyond_debt(customer: Customer, amount: Decimal) -> None:
    """Of a balance that rounding left between two amounts that can be paid, the upper one can go."""
    owed = to_be_paid(max(customer.balance, ZERO), customer.currency)
    if amount > min(owed, customer.outstanding):
        unpaid = f"Invoices of {_say(customer.outstanding, customer)} are unpaid"
        in_all = f" and {_say(owed, customer)} is owed in all" if owed < customer.outstanding else ""
        raise Invalid({"amount": f"{unpaid}{in_all}: no more can be written off."})


def _say(amount: Decimal, customer: Customer) -> str:
    return exact_money(amount, customer.currency)


def _checked_amount(row: Booking, amount: Decimal, customer: Customer) -> Decimal:
    """What is left of an invoice can be paid to the last digit, so a part that is written off can be cash too."""
    is_all = row.writes_off and amount == customer.outstanding
    try:
        return positive(amount) if row.finer or is_all else cash(amount, customer.currency)
    except Rejected as wrong:
        raise Invalid({"amount": f"{wrong}"}) from wrong


def _refuse_input(order: BookTransaction, row: Booking, today: date) -> None:
    complaints = {}
    misfit = None if order.value_on is None else money_days(today).misfit(order.value_on)
    if misfit is not None:
        complaints["value_on"] = misfit
    if row.has_service and order.service not in SERVICES:
        complaints["service"] = "Choose the service."
    if not row.has_service and order.service is not None:
        complaints["service"] = f"A {row.label.lower()} belongs to no service: leave it blank."
    if order.method is not None and (not row.has_method or order.method not in METHODS):
        complaints["method"] = "Choose how the payment was made." if row.settles else "Only a payment has a method."
    if row.needs_reason and not order.reason.strip():
        complaints["reason"] = "Give the reason: credits, refunds and write-offs are not booked without one."
    for name, text, longest in (
        ("visible_comment", order.visible_comment, _LONGEST),
        ("internal_comment", order.internal_comment, _LONGEST),
        ("reference", order.reference, 80),
    ):
        if len(text.strip()) > longest:
            complaints[name] = f"At most {longest} characters; this has {len(text.strip())}."
    if complaints:
        raise Invalid(complaints)


def money_days(today: date) -> Days:
    """The days on which money can have come in or gone out, where it is `today` now."""
    return Days(
        _EARLIEST, today, f"The date of the money cannot lie before {_EARLIEST.year}.",
        f"The date of the money cannot lie in the future: nobody can book a day after {in_words(today)}, which is "
        "today where the customer is billed.",
    )  # fmt: skip
