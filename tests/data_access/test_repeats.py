"""The same payment twice: asked about with the earlier one shown, never refused for good or booked unseen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Repeated
from data_access.base.permissions import Role
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.models.money import Transaction
from data_access.store.access import Access, new_command_id
from tests.data_access.test_cards import desk
from tests.data_access.test_money import booking
from tests.support.builders import a_customer
from tests.support.people import NOW, a_person, access_for

TEN = timedelta(minutes=10)


def payments(engine: Engine) -> list[Decimal]:
    with Session(engine) as session:
        return [row.amount for row in session.scalars(select(Transaction).order_by(Transaction.id))]


def at(engine: Engine, now: datetime, login: str = "") -> Access:
    return access_for(engine, Role.MANAGER, now, **({"login": login} if login else {}))


def test_the_same_cheque_entered_by_two_people_is_asked_about_with_the_earlier_one_shown(engine: Engine) -> None:
    customer = a_customer(engine, billing_zone="Pacific/Auckland")
    at(engine, NOW, "ann").execute(booking(customer, Kind.MANUAL_PAYMENT, "50", reference="CHQ 1"))
    again = booking(customer, Kind.MANUAL_PAYMENT, "50", reference=" chq  1 ")
    later = at(engine, NOW + timedelta(days=400))
    with pytest.raises(Repeated) as asked:
        later.execute(again)
    said = "A payment of 50.00 EUR with the reference CHQ 1 was booked on 16 March 2026 at 22:00 by ann."
    assert str(asked.value).startswith(said)
    assert payments(engine) == [Decimal(-50)]
    later.execute(booking(customer, Kind.MANUAL_PAYMENT, "50", reference="CHQ 1", knows_of=asked.value.earlier_id))
    assert payments(engine) == [Decimal(-50), Decimal(-50)]


@pytest.mark.parametrize(
    ("after", "amount", "reference", "is_asked"),
    [
        (TEN, "50", "", True),
        (TEN, "50", "CHQ 2", True),
        (TEN + timedelta(microseconds=1), "50", "", False),
        (TEN + timedelta(microseconds=1), "50", "CHQ 2", False),
        (TEN + timedelta(microseconds=1), "50", "CHQ 1", True),
        (timedelta(0), "50.01", "CHQ 1", False),
    ],
)
def test_like_is_the_same_reference_or_ten_minutes(
    engine: Engine, after: timedelta, amount: str, reference: str, is_asked: bool
) -> None:
    customer = a_customer(engine)
    at(engine, NOW).execute(booking(customer, Kind.MANUAL_PAYMENT, "50", reference="CHQ 1"))
    again = booking(customer, Kind.MANUAL_PAYMENT, amount, reference=reference)
    if is_asked:
        with pytest.raises(Repeated):
            at(engine, NOW + after).execute(again)
    else:
        at(engine, NOW + after).execute(again)
    assert len(payments(engine)) == (1 if is_asked else 2)


def test_other_customers_and_payments_taken_back_are_not_asked_about(engine: Engine) -> None:
    one, other = a_customer(engine), a_customer(engine)
    first = at(engine, NOW).execute(booking(one, Kind.MANUAL_PAYMENT, "50", reference="CHQ 1"))
    at(engine, NOW).execute(booking(other, Kind.MANUAL_PAYMENT, "50", reference="CHQ 1"))
    undo = ReverseTransaction(transaction_id=first.transaction_id, reason="wrong", command_id=new_command_id())
    at(engine, NOW).execute(undo)
    at(engine, NOW).execute(booking(one, Kind.MANUAL_PAYMENT, "50", reference="CHQ 1"))


def test_one_that_was_booked_since_the_question_is_asked_about_too(engine: Engine) -> None:
    customer, access = a_customer(engine), at(engine, NOW)
    first = access.execute(booking(customer, Kind.MANUAL_PAYMENT, "50"))
    access.execute(booking(customer, Kind.MANUAL_PAYMENT, "50", knows_of=first.transaction_id))
    with pytest.raises(Repeated):
        access.execute(booking(customer, Kind.MANUAL_PAYMENT, "50", knows_of=first.transaction_id))


def test_a_card_is_asked_about_a_payment_by_hand_and_the_other_way_round(engine: Engine) -> None:
    desk_ = desk(engine)
    desk_.access.execute(booking(desk_.customer, Kind.MANUAL_PAYMENT, "50"))
    with pytest.raises(Repeated) as asked:
        desk_.pay("50")
    desk_.pay("50", knows_of=asked.value.earlier_id)
    with pytest.raises(Repeated):
        desk_.access.execute(booking(desk_.customer, Kind.MANUAL_PAYMENT, "50"))


def test_of_two_at_once_one_is_asked(engine: Engine) -> None:
    customer = a_customer(engine)
    people = [Access(engine, a_person(engine, Role.SUPPORT), lambda: NOW) for _ in range(2)]

    def pay(access: Access) -> str:
        try:
            access.execute(booking(customer, Kind.MANUAL_PAYMENT, "50", reference="CHQ 1"))
        except Repeated:
            return "asked"
        return "booked"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(pay, people)) == ["asked", "booked"]
    assert payments(engine) == [Decimal(-50)]


def test_a_rehearsal_leaves_nothing_behind(engine: Engine) -> None:
    customer, access = a_customer(engine), at(engine, NOW)
    order = booking(customer, Kind.MANUAL_PAYMENT, "50")
    before = access.last_command()
    foretold = access.rehearse(order)
    assert (payments(engine), access.last_command()) == ([], before)
    done = access.execute(order)
    assert (done.balance_after, done.unallocated) == (foretold.balance_after, foretold.unallocated)
    assert access.rehearse(order) == done
