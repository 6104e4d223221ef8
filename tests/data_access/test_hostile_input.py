"""Hostile input: what no form would send is refused in a sentence, and never a crash of one of the databases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Role
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.limits import RaiseLimit
from data_access.commands.customers.status import ChangeStatus, MovePlan, PlanMove
from data_access.queries.billing.ledger import BalanceHistory
from data_access.queries.billing.paid_by_day import PaidAsOf
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.finder.find import FindQuick
from data_access.store.access import new_command_id
from tests.data_access.test_corrections import row_of
from tests.support.builders import a_customer, an_invoice
from tests.support.people import NOW, access_for

D = Decimal
HUGE = "999999999999"


def blocking(customer_id: int, reason: str) -> ChangeStatus:
    return ChangeStatus(customer_id=customer_id, move="block", reason=reason, command_id=new_command_id())


def paying(customer_id: int, **over: object) -> BookTransaction:
    told = {"kind": Kind.MANUAL_PAYMENT, "amount": D(1), "command_id": new_command_id()} | over
    return BookTransaction(customer_id=customer_id, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_a_reason_that_a_database_cannot_take_is_refused_at_its_field(engine: Engine, text: str) -> None:
    with pytest.raises(Invalid, match="control character") as caught:
        access_for(engine).execute(blocking(a_customer(engine), text))
    assert set(caught.value.complaints) == {"reason"}


@pytest.mark.parametrize("field", ["reference", "visible_comment", "internal_comment"])
def test_a_comment_that_a_database_cannot_take_is_refused_at_its_field(engine: Engine, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        access_for(engine).execute(paying(a_customer(engine), **{field: "a\x00b"}))
    assert set(caught.value.complaints) == {field}


def test_a_search_for_what_no_database_can_hold_is_refused(engine: Engine) -> None:
    with pytest.raises(Invalid, match="type it again"):
        access_for(engine).fetch(FindQuick("a\x00b"))


def test_a_reason_of_ten_thousand_signs_is_kept_whole(engine: Engine) -> None:
    customer = a_customer(engine)
    access_for(engine).execute(blocking(customer, "<b>'; DROP TABLE customers; --" + "x" * 10_000))
    assert row_of(engine, customer).blocked


def test_a_percentage_beyond_all_numbers_is_refused(engine: Engine) -> None:
    order = RaiseLimit(
        customer_id=a_customer(engine), percent=D("1E+30"), until=NOW + timedelta(days=1), reason="asked for",
        command_id=new_command_id(),
    )  # fmt: skip
    with pytest.raises(Invalid, match="percentage"):
        access_for(engine, Role.ADMIN).execute(order)


def test_a_balance_that_cannot_be_stored_is_refused_and_the_first_booking_stands(engine: Engine) -> None:
    customer, access = a_customer(engine), access_for(engine, Role.ADMIN)
    access.execute(paying(customer, amount=D(HUGE)))
    with pytest.raises(Rejected, match="twelve digits"):
        access.execute(paying(customer, amount=D(HUGE) - 1))
    assert row_of(engine, customer).balance == -D(HUGE)


def test_a_payment_for_a_service_is_refused_at_its_field(engine: Engine) -> None:
    with pytest.raises(Invalid) as caught:
        access_for(engine).execute(paying(a_customer(engine), service="x" * 10_000))
    assert set(caught.value.complaints) == {"service"}


@pytest.mark.parametrize("day", [date.max, date(2036, 3, 17)])
def test_nothing_is_planned_for_a_day_that_nobody_can_reckon_from(engine: Engine, day: date) -> None:
    customer, access = a_customer(engine), access_for(engine, Role.MANAGER)
    order = PlanMove(
        customer_id=customer, move="provisionally_terminate", due_on=day, reason="r", command_id=new_command_id()
    )
    with pytest.raises(Invalid, match="ten years"):
        access.execute(order)
    near = replace(order, due_on=date(2036, 3, 16), command_id=new_command_id())
    plan_id = access.execute(near).plan_id
    with pytest.raises(Invalid, match="ten years"):
        access.execute(MovePlan(plan_id=plan_id, due_on=day, command_id=new_command_id()))
    assert access.fetch(CustomerHead(customer)).customer_id == customer


@pytest.mark.parametrize("kind", [Kind.MANUAL_PAYMENT, Kind.PROMOTIONAL_CREDIT])
def test_money_is_not_dated_before_there_were_any_books(engine: Engine, kind: Kind) -> None:
    customer, access = a_customer(engine, billing_zone="Pacific/Auckland"), access_for(engine, Role.ADMIN)
    with pytest.raises(Invalid, match="1970") as caught:
        access.execute(paying(customer, kind=kind, value_on=date.min, reason="r"))
    assert set(caught.value.complaints) == {"value_on"}
    access.execute(paying(customer, kind=kind, value_on=date(1970, 1, 1), reason="r"))
    assert len(access.fetch(BalanceHistory(customer))) == 1


def test_what_was_paid_by_the_last_of_all_days_is_what_is_paid_today(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, paid=D(40))
    (invoice,) = access_for(engine).fetch(PaidAsOf(customer, date.max))
    assert invoice.paid == 40
