"""The customers of a moving demo: some pay on time, some late, some never; the same ones in every run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from random import Random
from typing import ClassVar

from sqlalchemy import func

from data_access.base.bookings import Kind
from data_access.base.clock import day_in
from data_access.base.money import ZERO, decimals_of
from data_access.base.permissions import Permission
from data_access.base.statuses import BILLED
from data_access.commands.billing.money import BookTransaction
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Invoice
from data_access.store.access import Access, Query, Reader, new_command_id
from data_access.store.scope import visible

_BATCH = 500
_GIVEN_UP_AFTER = timedelta(days=45)
_COMES_BACK = 0.01
_FUNDS_WANTED = Decimal(10)
_TOP_UP = Decimal(40)


class Habit(StrEnum):
    """When a customer pays."""

    ON_TIME = "on_time"
    LATE = "late"
    NEVER = "never"


_SHARES = {Habit.ON_TIME: 82, Habit.LATE: 13, Habit.NEVER: 5}


@dataclass(frozen=True, slots=True)
class Purse:
    """What a customer has to think about: what is open, since when, and the funds of a prepaid one."""

    customer_id: int
    zone: str
    currency: str
    is_prepaid: bool
    balance: Decimal
    outstanding: Decimal
    oldest_due: date | None


@dataclass(frozen=True)
class Purses(Query[tuple[Purse, ...]]):
    """Customers in service who owe on invoices, and prepaid ones whose funds run low, by id."""

    needs: ClassVar = Permission.SYSTEM_RUN

    after: int = 0
    limit: int = _BATCH

    def run(self, reader: Reader) -> tuple[Purse, ...]:
        is_prepaid = Customer.balance_control == BalanceControl.PREPAID
        unpaid = (
            visible(Invoice, reader.actor)
            .where(Invoice.is_open)
            .with_only_columns(Invoice.customer_id, func.min(Invoice.due_on).label("oldest_due"))
            .group_by(Invoice.customer_id)
            .subquery()
        )
        query = (
            visible(Customer, reader.actor)
            .outerjoin(unpaid, unpaid.c.customer_id == Customer.id)
            .where(Customer.id > self.after, Customer.bill_status.in_(BILLED))
            .where((Customer.outstanding > ZERO) | (is_prepaid & (Customer.balance > -_FUNDS_WANTED)))
            .with_only_columns(
                Customer.id.label("customer_id"), Customer.billing_zone.label("zone"), Customer.currency,
                is_prepaid.label("is_prepaid"), Customer.balance, Customer.outstanding, unpaid.c.oldest_due,
            )
            .order_by(Customer.id)
            .limit(self.limit)
        )  # fmt: skip
        return tuple(Purse(**row) for row in reader.session.execute(query).mappings())


def pay(access: Access) -> int:
    """Everybody who would pay today does; how many did."""
    return sum(_pay(access, purse) for purse in _all(access))


def _all(access: Access) -> Iterator[Purse]:
    last = 0
    while purses := access.fetch(Purses(last)):
        yield from purses
        last = purses[-1].customer_id


def _pay(access: Access, purse: Purse) -> bool:
    today = day_in(purse.zone, access.now())
    amount = amount_today(purse, today)
    if amount <= 0:
        return False
    order = BookTransaction(
        command_id=new_command_id(), customer_id=purse.customer_id, kind=Kind.MANUAL_PAYMENT, amount=amount,
        visible_comment="Bank transfer", reason="A customer of the demo pays.",
    )  # fmt: skip
    access.execute(order)
    return True


def amount_today(purse: Purse, today: date) -> Decimal:
    """What the customer pays on this day; 0 when nothing."""
    smallest = Decimal(1).scaleb(-decimals_of(purse.currency))
    wanted = purse.outstanding if purse.outstanding > 0 and _pays_invoices(purse, today) else ZERO
    if purse.is_prepaid and habit_of(purse.customer_id) is not Habit.NEVER and purse.balance > -_FUNDS_WANTED:
        wanted = max(wanted, purse.balance + _TOP_UP)
    return wanted.quantize(smallest, ROUND_UP)


def habit_of(customer_id: int) -> Habit:
    """The same for a customer, always."""
    return Random(f"habit {customer_id}").choices(list(_SHARES), weights=list(_SHARES.values()))[0]


def _pays_invoices(purse: Purse, today: date) -> bool:
    if purse.oldest_due is None:
        return False
    if today > purse.oldest_due + _GIVEN_UP_AFTER:
        return Random(f"{purse.customer_id} comes back {today}").random() < _COMES_BACK
    days = Random(f"{purse.customer_id} pays {purse.oldest_due}")
    habit = habit_of(purse.customer_id)
    if habit is Habit.ON_TIME:
        return today >= purse.oldest_due - timedelta(days=days.randint(0, 6))
    return habit is Habit.LATE and today >= purse.oldest_due + timedelta(days=days.randint(3, 25))
