"""Automatic payments: set for a customer, charged to its card by the system, and re-enabled after they were frozen."""

from dataclasses import dataclass
from typing import Any, ClassVar

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.errors import Rejected
from data_access.base.money import cash
from data_access.base.permissions import Permission
from data_access.commands.billing.money import refuse_by_status
from data_access.commands.cards.cards import CardAsked, ask_bank, refuse_under_way, refuse_without_system
from data_access.domain.sections import AUTO_PAYMENT
from data_access.models.cards import Asked, CardPayment
from data_access.models.customers import Customer
from data_access.services.facts.auto_payments import auto_payment_of, to_be_charged, usable_card
from data_access.services.section_edit import EditBeside, SectionSaved, Values
from data_access.services.section_records import owner_of
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_NOTHING = "Nothing is to be charged automatically now."


@dataclass(frozen=True, kw_only=True)
class EditAutoPayment(EditBeside):
    """Changes which card of a customer is charged automatically, how much and when. “Not set” ends it."""

    needs: ClassVar = Permission.MONEY_PAYMENT
    section: ClassVar = AUTO_PAYMENT
    called: ClassVar = "The automatic payment"

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        customer = owner_of(work, row)
        now = {name: values.get(name, getattr(row, name)) for name in AUTO_PAYMENT.names}
        complaints = {}
        if "method_id" in values and now["method_id"] and usable_card(work, customer, now["method_id"]) is None:
            complaints["method_id"] = "Choose a card of this customer that is still valid."
        if now["amount"] is not None and now["level"] is None:
            complaints["level"] = "Say when it is paid."
        if now["level"] is not None and now["amount"] is None:
            complaints["amount"] = "Give the amount of each payment."
        if now["amount"] is not None:
            try:
                cash(now["amount"], customer.currency)
            except Rejected as wrong:
                complaints["amount"] = f"{wrong}"
        return complaints


@dataclass(frozen=True, kw_only=True)
class EnableAutoPayment(Command[SectionSaved]):
    """Enables automatic payments again that were frozen after refusals."""

    needs: ClassVar = Permission.MONEY_PAYMENT
    result_type: ClassVar = SectionSaved

    customer_id: int

    def apply(self, work: UnitOfWork) -> SectionSaved:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        own = auto_payment_of(work, customer.id)
        if own is None or own.frozen_at is None:
            raise Rejected("Automatic payments of this customer are not frozen.")
        own.frozen_at, own.failures = None, 0
        own.version += 1
        return SectionSaved(customer.id, own.version, AUTO_PAYMENT.name)


@dataclass(frozen=True, kw_only=True)
class RequestAutoPayment(Command[CardAsked]):
    """Asks for an automatic payment of the stored card, judged again; Rejected where nothing is to be charged."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = CardAsked

    customer_id: int

    def apply(self, work: UnitOfWork) -> CardAsked:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refuse_by_status(BOOKINGS[Kind.ECOMMERCE_PAYMENT], customer)
        own = auto_payment_of(work, customer.id)
        if own is None or own.method_id is None or not (amount := to_be_charged(work, customer, own)):
            raise Rejected(_NOTHING)
        refuse_without_system(customer)
        refuse_under_way(work, customer)
        own.tried_at = work.now
        payment = work.add(
            CardPayment(
                customer_id=customer.id, method_id=own.method_id, key=self.command_id, amount=amount,
                currency=customer.currency, capture_at_once=True, requested_at=work.now, login=work.actor.login,
            )
        )  # fmt: skip
        return ask_bank(work, payment, Asked.CHARGE, amount)
