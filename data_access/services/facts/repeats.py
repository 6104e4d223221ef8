"""Repeats: the earlier payment that a new one may repeat, so that the person is asked about it (ruling 54)."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Select, bindparam

from data_access.base.bookings import RECEIVED
from data_access.base.clock import moment_in_words
from data_access.base.errors import Repeated
from data_access.base.money import exact_money
from data_access.base.permissions import Actor
from data_access.base.text.text_keys import fold
from data_access.models.customers import Customer
from data_access.models.history import CommandLog
from data_access.models.money import Transaction
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork

NEAR = timedelta(minutes=10)


def ask_about_repeat(
    work: UnitOfWork, customer: Customer, amount: Decimal, reference: str, *, knows_of: int | None
) -> None:
    """Repeated when the last payment like this one is not the one that whoever books it knows of.

    Like this one: the same amount with the same reference, or the same amount within ten minutes.
    """
    earlier = _earlier(work, customer, amount, reference)
    if earlier is None or earlier.id == knows_of:
        return
    log = work.session.scalar(work.select(CommandLog).where(CommandLog.id == earlier.command_id))
    said = earlier_payment(
        exact_money(amount, customer.currency), earlier.reference,
        moment_in_words(earlier.at, customer.billing_zone), log.login if log else "",
    )  # fmt: skip
    raise Repeated(f"{said} Nothing was booked now: say whether this is another one.", earlier.id)


def earlier_payment(amount: str, reference: str, when: str, login: str) -> str:
    """The payment that stands already, as a sentence."""
    about = f" with the reference {reference}" if reference else ""
    return f"A payment of {amount}{about} was booked on {when}{f' by {login}' if login else ''}."


def _earlier(work: UnitOfWork, customer: Customer, amount: Decimal, reference: str) -> Transaction | None:
    """The last payment that stands and is like this one."""
    for one in work.session.scalars(_received(work.actor), {"key": customer.id, "amount": -amount}):
        if one.at >= work.now - NEAR or (reference.strip() and fold(one.reference) == fold(reference)):
            return one
    return None


@made_once
def _received(actor: Actor) -> Select[Transaction]:
    """The payments of an amount that stand, the last first."""
    same = visible(Transaction, actor).where(
        Transaction.customer_id == bindparam("key"), Transaction.kind.in_(RECEIVED),
        Transaction.amount == bindparam("amount"), Transaction.unreversed(),
    )  # fmt: skip
    return same.order_by(Transaction.id.desc())
