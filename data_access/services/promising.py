"""Promises to pay: payments count for the oldest open promise first, and each is decided once, when it falls due."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, bindparam

from data_access.base.bookings import BOOKINGS
from data_access.base.clock import day_in
from data_access.base.errors import Invalid, Rejected
from data_access.base.money import ZERO, cash
from data_access.base.permissions import Actor
from data_access.domain.notices import Notice
from data_access.models.collection import Promise, PromisePayment, PromiseState
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.services.outbox import notify
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork


def promised_amount(amount: Decimal, customer: Customer, field: str) -> Decimal:
    """The amount, if it is one that can be paid in the customer's currency; Invalid at the field if not."""
    try:
        return cash(amount, customer.currency)
    except Rejected as wrong:
        raise Invalid({field: f"{wrong}"}) from wrong


def promise(work: UnitOfWork, customer: Customer, amount: Decimal, due_at: datetime) -> Promise:
    """Writes down what the customer promised to pay before an instant."""
    return work.add(
        Promise(
            customer_id=customer.id, amount=amount, due_at=due_at, made_at=work.now, login=work.actor.login,
            reason=work.order.reason,
        )
    )  # fmt: skip


def match(work: UnitOfWork, customer: Customer, payment: Transaction) -> None:
    """Counts a payment for the promises that are open now, the first one made first. A write-off keeps no promise."""
    money = -payment.amount if BOOKINGS[payment.kind].is_received else ZERO
    if money <= 0:
        return
    for one in work.session.scalars(_running(work.actor), {"key": customer.id, "now": work.now}).all():
        part = min(money, one.amount - one.received)
        if part > 0:
            _count(work, one, payment.id, part)
            money -= part


@made_once
def _running(actor: Actor) -> Select[Promise]:
    mine = visible(Promise, actor).where(Promise.customer_id == bindparam("key"), Promise.state == PromiseState.OPEN)
    return mine.where(Promise.due_at > bindparam("now")).order_by(Promise.id)


def unmatch(work: UnitOfWork, customer: Customer, payment: Transaction) -> None:
    """Takes a payment out of the promises it counted for. One that was kept by it is broken after all."""
    for row in reversed(_unreversed(work, customer, payment)):
        one = work.session.scalars(work.select(Promise).where(Promise.id == row.promise_id)).one()
        _count(work, one, payment.id, -row.amount, reverses_id=row.id)
        if one.state is PromiseState.KEPT and one.received < one.amount:
            _close(work, customer, one, PromiseState.BROKEN)


def _unreversed(work: UnitOfWork, customer: Customer, payment: Transaction) -> list[PromisePayment]:
    mine = work.select(PromisePayment).where(
        PromisePayment.customer_id == customer.id, PromisePayment.payment_id == payment.id
    )
    return list(work.session.scalars(mine.where(PromisePayment.unreversed()).order_by(PromisePayment.id)))


def _count(work: UnitOfWork, one: Promise, payment_id: int, part: Decimal, *, reverses_id: int | None = None) -> None:
    one.received += part
    work.add(
        PromisePayment(
            customer_id=one.customer_id, promise_id=one.id, payment_id=payment_id, command_id=work.order.command_id,
            amount=part, at=work.now, reverses_id=reverses_id,
        )
    )  # fmt: skip


def decide(work: UnitOfWork, customer: Customer, one: Promise) -> bool:
    """Kept or broken, once, by what was recorded before its instant: payments after it never counted for it."""
    if one.state is not PromiseState.OPEN or one.due_at > work.now:
        return False
    _close(work, customer, one, PromiseState.KEPT if one.received >= one.amount else PromiseState.BROKEN)
    return True


def _close(work: UnitOfWork, customer: Customer, one: Promise, state: PromiseState) -> None:
    one.state, one.decided_at = state, work.now
    if state is PromiseState.BROKEN:
        day = day_in(customer.billing_zone, one.due_at)
        notify(work, customer, Notice.PROMISE_BROKEN, key=f"promise/{one.id}", amount=one.amount, day=day)
