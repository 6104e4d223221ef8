"""Usage that arrives without a price: rated by the tariff in force, and booked like any other."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.usage.rated_usage import RateUsage, RecordUnratedUsage, UnratedUse, UsageRated
from data_access.commands.usage.tariffs import RemoveRate
from data_access.domain.usage.rating import Use
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Transaction
from data_access.models.quotas import Unit, WhenUsedUp
from data_access.store.access import new_command_id
from tests.data_access.test_corrections import sound
from tests.data_access.test_override_tariffs import priced
from tests.support.builders import a_class, a_customer, a_quota, an_account
from tests.support.people import NOW, access_for
from tests.support.tariffs import a_rate, a_tariff

D = Decimal


def with_tariff(engine: Engine) -> int:
    """A class whose minutes to Germany cost six cents, by the minute; messages seven cents."""
    tariff = a_tariff(engine, {"800": "0"}, name="Standard")
    a_rate(engine, tariff, price=D("0.06"), message_price=D("0.07"), first_seconds=60, next_seconds=60)
    return a_class(engine, currency="EUR", tariff_id=tariff)


def a_caller(engine: Engine) -> int:
    return a_customer(engine, customer_class_id=with_tariff(engine))


def a_call(
    customer: int | None, number: str = "+49 151 1", seconds: int | None = 61, **over: Any
) -> RecordUnratedUsage:
    told = {"customer_id": customer, "number": number, "seconds": seconds, "at": NOW, "reference": "r1"} | over
    return RecordUnratedUsage(**told, command_id=new_command_id())


def booked(engine: Engine) -> list[tuple[Any, ...]]:
    with Session(engine) as session:
        rows = session.scalars(select(Transaction).where(Transaction.reference != "").order_by(Transaction.id))
        return [(row.amount, row.service, row.visible_comment, row.internal_comment) for row in rows]


def test_a_call_and_messages_are_priced_and_say_by_which_rate(engine: Engine) -> None:
    customer, access = a_caller(engine), access_for(engine, Role.ADMIN)
    an_account(engine, customer, account_code="line-1")
    access.execute(a_call(None, account_code="line-1"))
    access.execute(a_call(customer, seconds=None, messages=3, reference="r2"))
    assert booked(engine) == [
        (D("0.12"), "Calls", "Account line-1",
         "61 seconds to 491511, Germany (49 of Standard), 0.06 EUR a minute"),
        (D("0.21"), "Messages", "", "3 messages to 491511, Germany (49 of Standard), 0.07 EUR a message"),
    ]  # fmt: skip
    assert sound(engine)


@pytest.mark.parametrize(
    ("number", "price"), [("1203 555 0100", "0.02"), ("1204 555 0100", "0.01"), ("420 123 456", "0.20")]
)
def test_usage_is_priced_by_the_look_up_of_the_tab(engine: Engine, number: str, price: str) -> None:
    access_for(engine, Role.ADMIN).execute(a_call(priced(engine), number, 60))
    assert [row[0] for row in booked(engine)] == [D(price)]


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({"number": "33 1"}, "No prefix of Standard fits 331."),
        ({"number": "800 1", "seconds": None, "messages": 1}, "Standard has no price of a message to Germany (800)."),
    ],
)
def test_what_no_rate_prices_is_refused(engine: Engine, order: dict[str, Any], says: str) -> None:
    customer = a_caller(engine)
    with pytest.raises(Rejected) as refused:
        access_for(engine, Role.ADMIN).execute(a_call(customer, **order))
    assert str(refused.value) == says


def test_without_a_tariff_nothing_is_rated_and_the_refusal_says_who_can_choose_one(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, name="Plain"))
    with pytest.raises(Rejected, match=r"Plain names no tariff: nothing can be rated\. An admin can choose one for it"):
        access_for(engine, Role.ADMIN).execute(a_call(customer))
    with pytest.raises(NotPermitted):
        access_for(engine, Role.MANAGER).execute(a_call(customer))


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"number": "ann"}, "number"),
        ({"seconds": 0}, "seconds"),
        ({"messages": 1}, "seconds"),
        ({"seconds": None}, "seconds"),
        ({"at": NOW + timedelta(seconds=1)}, "at"),
        ({"reference": " "}, "reference"),
    ],
)
def test_each_wrong_input_is_told_at_its_field(engine: Engine, order: dict[str, Any], field: str) -> None:
    customer = a_caller(engine)
    with pytest.raises(Invalid) as wrong:
        access_for(engine, Role.ADMIN).execute(a_call(customer, **order))
    assert list(wrong.value.complaints) == [field]


def test_a_reference_is_rated_once_also_after_its_rate_changed(engine: Engine) -> None:
    customer, access = a_caller(engine), access_for(engine, Role.ADMIN)
    first = access.execute(a_call(customer))
    again = access.execute(a_call(customer, "33 1"))
    assert (again.transaction_id, again.is_new) == (first.transaction_id, False)
    with pytest.raises(Rejected, match=r"The usage r1 is already booked, for 1\.01667 minutes: a corrected one needs"):
        access.execute(a_call(customer, seconds=62))


def test_limits_hold_for_what_is_rated_and_free_numbers_work_beyond_them(engine: Engine) -> None:
    """Free destinations still work: domain 1.3."""
    access = access_for(engine, Role.ADMIN)
    of_class = with_tariff(engine)
    over_limit = a_customer(engine, customer_class_id=of_class, credit_limit=D(1), balance=D(1))
    with pytest.raises(Rejected, match="The credit limit is"):
        access.execute(a_call(over_limit))
    prepaid = a_customer(engine, customer_class_id=of_class, balance_control=BalanceControl.PREPAID, balance=D("-0.11"))
    with pytest.raises(Rejected, match=r"0\.11 EUR of funds are available"):
        access.execute(a_call(prepaid))
    blocked = a_customer(engine, customer_class_id=of_class, blocked=True)
    with pytest.raises(Rejected, match="The customer is blocked"):
        access.execute(a_call(blocked, "800 1"))
    access.execute(a_call(over_limit, "800 1"))
    assert booked(engine) == [(D(0), "Calls", "", "61 seconds to 8001, Germany (800 of Standard), 0.00 EUR a minute")]


def test_quotas_cover_rated_minutes_and_a_free_call_takes_none_of_them(engine: Engine) -> None:
    customer, access = a_caller(engine), access_for(engine, Role.ADMIN)
    a_quota(
        engine, customer, service="Calls", unit=Unit.MINUTES, allowance=D(2), when_used_up=WhenUsedUp.BLOCK,
        started_on=date(2026, 3, 1),
    )  # fmt: skip
    access.execute(a_call(customer, "800 1", 600))
    access.execute(a_call(customer, seconds=120, reference="r2"))
    with pytest.raises(Rejected, match="is used up"):
        access.execute(a_call(customer, seconds=60, reference="r3"))
    assert [row[0] for row in booked(engine)] == [D(0), D(0)]


def unrated(reference: str, number: str = "491", seconds: int = 60) -> UnratedUse:
    return UnratedUse(reference, Use(number, seconds), NOW)


def test_many_are_rated_at_once_and_those_without_a_price_are_told(engine: Engine) -> None:
    of_class, plain = with_tariff(engine), a_customer(engine)
    customer, gone, suspended = (
        a_customer(engine, customer_class_id=of_class, bill_status=status)
        for status in (BillStatus.OPEN, BillStatus.PERMANENTLY_TERMINATED, BillStatus.SUSPENDED)
    )
    uses = (
        (customer, unrated("r1")), (customer, unrated("r1")), (customer, unrated("r2", "331")),
        (plain, unrated("r1")), (gone, unrated("r1")), (suspended, unrated("r1")),
    )  # fmt: skip
    order = RateUsage(uses=uses, command_id=new_command_id())
    access = access_for(engine, Role.ADMIN)
    why = ["No prefix of Standard fits 331.", "The class of the customer names no tariff."]
    assert access.execute(order) == UsageRated(2, 1, [gone], [2, 3], why)
    assert access.execute(replace(order, command_id="again")) == UsageRated(0, 3, [gone], [2, 3], why)
    with Session(engine) as session:
        assert session.get_one(Customer, customer).balance == D("0.06")


def test_a_removed_rate_prices_nothing_any_more(engine: Engine) -> None:
    tariff = a_tariff(engine, {"49": "0.60"})
    berlin = a_rate(engine, tariff, prefix="4930", price=D("0.06"))
    customer = a_customer(engine, customer_class_id=a_class(engine, currency="EUR", tariff_id=tariff))
    access = access_for(engine, Role.ADMIN)
    access.execute(a_call(customer, "+49 30 1234567", 60))
    access.execute(RemoveRate(record_id=berlin, version=1, command_id=new_command_id()))
    access.execute(a_call(customer, "+49 30 1234567", 60, reference="r2"))
    assert [amount for amount, *_ in booked(engine)] == [D("0.06"), D("0.60")]
