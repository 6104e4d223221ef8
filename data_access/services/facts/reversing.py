"""Reversing: what prevents a booking from being reversed."""

from sqlalchemy import func

from data_access.base.bookings import BOOKINGS, Kind
from data_access.models.money import Allocation, Transaction
from data_access.services.facts.fees_of_customer import Looks
from data_access.services.facts.invoicing import why_no_correction
from data_access.services.facts.plans.wallets_of_customer import is_used
from data_access.store.scope import visible


def why_not_reversed(look: Looks, booked: Transaction) -> str:
    """Why a booking cannot be reversed, as a sentence; empty if it can."""
    row = BOOKINGS[booked.kind]
    if row.stays:
        return f"This {row.label.lower()} cannot be reversed. {row.stays}"
    if booked.reverses_id is not None:
        return "This is a reversal itself: book again what was reversed by mistake."
    if look.session.scalars(visible(Transaction, look.actor).where(Transaction.reverses_id == booked.id)).first():
        return "This transaction is already reversed."
    if booked.kind is Kind.WALLET_TOP_UP and is_used(look, booked):
        return "Part of what was topped up has been used: reverse that usage first."
    return why_no_correction(look, booked.customer_id) or why_not_taken_back(look, booked)


def why_not_taken_back(look: Looks, booked: Transaction) -> str:
    """Why the money of a payment cannot be taken back from its uses, as a sentence; empty if it can."""
    given_back = visible(Allocation, look.actor).where(
        Allocation.payment_id == booked.id, Allocation.refund_id.is_not(None)
    )
    refunded = look.session.scalar(given_back.with_only_columns(func.sum(Allocation.amount)))
    return "Part of this payment was refunded: reverse the refund first." if refunded else ""
