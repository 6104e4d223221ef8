"""The timeline stands in the order in which things were caused, whatever the clock does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.permissions import Role
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.customers import EditCustomer
from data_access.commands.customers.notes import AddNote
from data_access.commands.customers.status import ChangeStatus
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.pagination.newest_first import PAGE
from data_access.store.access import Access, new_command_id
from tests.data_access.test_collection import a_debtor, at, collect
from tests.data_access.test_last_invoice import ELEVENTH, subscribed
from tests.data_access.test_timeline import lines
from tests.support.builders import a_customer
from tests.support.by_hand import behind
from tests.support.outbox import a_webhook
from tests.support.people import NOW, a_person, access_for, knowingly

Ticks = Callable[[datetime], Callable[[], datetime]]


def still(start: datetime) -> Callable[[], datetime]:
    return lambda: start


def forward(start: datetime) -> Callable[[], datetime]:
    return ticking(start, timedelta(milliseconds=1))


def back(start: datetime) -> Callable[[], datetime]:
    return ticking(start, timedelta(seconds=-7))


def ticking(start: datetime, step: timedelta) -> Callable[[], datetime]:
    moment = [start]

    def clock() -> datetime:
        moment[0] += step
        return moment[0]

    return clock


CLOCKS = pytest.mark.parametrize("clock", [still, forward, back])


def told(engine: Engine, customer: int, since: datetime) -> list[str]:
    """What happened since, the first first."""
    reader = access_for(engine, Role.ADMIN, since + timedelta(days=9))
    return [line.what for line in reversed(lines(reader, customer)) if line.at > since - timedelta(hours=1)]


def booked(access: Access, customer: int) -> int:
    order = BookTransaction(
        customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(100), command_id=new_command_id()
    )
    return knowingly(access, order).transaction_id


def reverse(access: Access, transaction: int) -> None:
    access.execute(ReverseTransaction(transaction_id=transaction, reason="bounced", command_id=new_command_id()))


@CLOCKS
def test_each_command_stands_behind_the_one_before_it(engine: Engine, clock: Ticks) -> None:
    customer = a_debtor(engine, suspend_after=3)
    collect(engine, customer, at(19))
    access = Access(engine, a_person(engine, Role.ADMIN), clock(at(20)))
    reverse(access, booked(access, customer))
    booked(access, customer)
    move(access, customer, "block")
    move(access, customer, "unblock")
    assert [what for what in told(engine, customer, at(20)) if not what.startswith("Mail")] == [
        "Manual payment", "Suspension ended", "Manual payment, taken back", "Collection: suspended",
        "Suspended", "Manual payment",
        "Suspension ended", "Blocked", "Unblocked",
    ]  # fmt: skip


def move(access: Access, customer: int, name: str, day: datetime | None = None) -> None:
    order = ChangeStatus(
        customer_id=customer, move=name, reason="r", day=day.date() if day else None, command_id=new_command_id()
    )
    access.execute(order)


@CLOCKS
def test_what_an_edit_tells_stands_behind_it(engine: Engine, clock: Ticks) -> None:
    customer = a_customer(engine)
    a_webhook(engine)
    access = Access(engine, a_person(engine, Role.ADMIN), clock(NOW))
    access.execute(
        EditCustomer(
            customer_id=customer, version=access.fetch(CustomerHead(customer)).version, shown={"city": ""},
            changes={"city": "Lyon"}, command_id=new_command_id(),
        )
    )  # fmt: skip
    assert told(engine, customer, NOW)[0] == "Edited"


@CLOCKS
def test_what_a_status_change_costs_or_gives_back_stands_behind_it(engine: Engine, clock: Ticks) -> None:
    customer = subscribed(engine)
    access = Access(engine, a_person(engine, Role.ADMIN), clock(ELEVENTH))
    move(access, customer, "provisionally_terminate")
    assert told(engine, customer, ELEVENTH)[:2] == ["Provisionally terminated", "Fee credited"]


@CLOCKS
def test_pages_hold_every_line_once_in_the_order_of_causing(engine: Engine, clock: Ticks) -> None:
    customer = a_customer(engine)
    access = Access(engine, a_person(engine, Role.SUPPORT), clock(NOW))
    for number in range(PAGE):
        access.execute(AddNote(customer_id=customer, text=f"note {number}", command_id=new_command_id()))
        if number % 2:
            booked(access, customer)
    found = [(line.kind, line.id) for line in lines(access_for(engine, now=NOW + timedelta(days=1)), customer)]
    assert len(found) == len(set(found)) == PAGE + PAGE // 2 + 1


def test_the_instant_of_a_command_cannot_be_altered_unseen(engine: Engine) -> None:
    customer = a_customer(engine)
    booked(access_for(engine), customer)
    reader = access_for(engine, Role.ADMIN)
    assert reader.fetch(VerifyChain()).holds
    behind(engine, "UPDATE command_log SET applied_at = NULL WHERE name = 'BookTransaction'")
    assert not reader.fetch(VerifyChain()).holds
