"""The way back: suspended is whoever was and has not paid, or whom the terms suspend; nobody for being late alone."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import Refusal
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.domain.moves import MOVES
from data_access.models.customers import Customer
from data_access.queries.status.status import StatusChoices
from data_access.store.access import Access
from tests.data_access.test_collection import DUE, a_debtor, at, booked, collect, pay, row
from tests.data_access.test_status import change
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.people import access_for

OUT_AND_BACK = (
    ("block", "unblock"), ("provisionally_terminate", "reactivate"), ("mark_exported", "clear_exported"),
)  # fmt: skip
BY_PERSON = [name for name, move in MOVES.items() if not move.by_system]
SUSPENDS = at(30)  # 14 days after the due day
SECOND = timedelta(seconds=1)


def admin(engine: Engine, now: datetime) -> Access:
    return access_for(engine, Role.ADMIN, now)


def make(engine: Engine, customer: int, moves: tuple[str, ...], now: datetime) -> Customer:
    """These moves at a moment, each if it is possible."""
    access = admin(engine, now)
    for name in moves:
        offered = {choice.name: choice for choice in access.fetch(StatusChoices(customer)).possible}
        if name in offered:
            code = row(engine, customer).customer_code
            access.execute(change(customer, name, day=offered[name].days.earliest, confirm_customer_code=code))
    return row(engine, customer)


@pytest.mark.parametrize("terms", [{}, {"suspend_after": 14}])
def test_no_pair_of_moves_suspends_whoever_is_only_late(engine: Engine, terms: dict[str, Any]) -> None:
    of_class, access = a_class(engine, **terms), admin(engine, at(17))

    def late() -> int:
        customer = a_customer(engine, customer_class_id=of_class)
        an_invoice(engine, customer, issued_on=date(2026, 6, 1), due_on=DUE)
        return customer

    possible = [choice.name for choice in access.fetch(StatusChoices(late())).possible]
    assert len(possible) > 3
    for pair in product(possible, BY_PERSON):  # after a first move that is refused, the second is the first
        customer = late()
        code = row(engine, customer).customer_code
        for name in pair:
            try:
                access.execute(change(customer, name, day=date(2026, 6, 18), confirm_customer_code=code))
            except Refusal:
                continue
        assert row(engine, customer).bill_status is not BillStatus.SUSPENDED, pair


@pytest.mark.parametrize("moves", OUT_AND_BACK)
def test_a_class_that_never_suspends_suspends_nobody_by_a_way_out_and_back(
    engine: Engine, moves: tuple[str, str]
) -> None:
    customer = a_debtor(engine, late_fee=Decimal(5), reactivation_fee=Decimal(7))
    assert make(engine, customer, moves, at(1, 12)).bill_status is BillStatus.OPEN
    pay(engine, customer, "100", at(2, 12))
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == []


@pytest.mark.parametrize("moves", OUT_AND_BACK)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "Pacific/Honolulu"])
def test_the_terms_suspend_on_the_way_back_from_their_instant_on(
    engine: Engine, moves: tuple[str, str], zone: str
) -> None:
    for before, status in ((SECOND, BillStatus.OPEN), (timedelta(), BillStatus.SUSPENDED)):
        customer = a_customer(engine, customer_class_id=a_class(engine, suspend_after=14), billing_zone=zone)
        an_invoice(engine, customer, issued_on=date(2026, 6, 1), due_on=DUE)
        make(engine, customer, moves[:1], at(20))
        collect(engine, customer, at(20))
        away = {"UTC": 0, "Pacific/Auckland": -12, "Pacific/Honolulu": 10}[zone]
        instant = SUSPENDS + timedelta(hours=away) - before
        assert make(engine, customer, moves[1:], instant).bill_status is status


@pytest.mark.parametrize("moves", OUT_AND_BACK)
def test_whoever_left_suspended_comes_back_so_until_that_invoice_is_paid(
    engine: Engine, moves: tuple[str, str]
) -> None:
    customer = a_debtor(engine, suspend_after=3)
    collect(engine, customer, at(19))
    assert make(engine, customer, moves, at(22)).bill_status is BillStatus.SUSPENDED


@pytest.mark.parametrize("moves", OUT_AND_BACK[1:2])
def test_what_suspended_is_paid_and_another_invoice_is_late_only(engine: Engine, moves: tuple[str, str]) -> None:
    customer = a_debtor(engine, suspend_after=14, reactivation_fee=Decimal(7))
    collect(engine, customer, SUSPENDS)
    an_invoice(engine, customer, issued_on=date(2026, 6, 12), due_on=date(2026, 6, 28))
    make(engine, customer, moves[:1], at(1, 7))
    pay(engine, customer, "100", at(2, 7))
    assert make(engine, customer, moves[1:], at(3, 7)).bill_status is BillStatus.OPEN
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == []


def test_a_lift_does_not_outlive_the_way_out_and_back(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3)
    collect(engine, customer, at(19))
    make(engine, customer, ("lift_suspension",), at(20))
    back = make(engine, customer, OUT_AND_BACK[1], at(20))
    assert (back.bill_status, back.suspension_lifted_until) == (BillStatus.SUSPENDED, None)
    assert back.first_lifted_on == date(2026, 6, 20)


def test_who_ought_to_have_been_warned_first_is_not_suspended_by_coming_back(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=14, suspend_notices=[5])
    assert make(engine, customer, OUT_AND_BACK[0], at(10, 7)).bill_status is BillStatus.OPEN
    collect(engine, customer, at(10, 7))
    assert make(engine, customer, OUT_AND_BACK[0], at(14, 7)).bill_status is BillStatus.OPEN
    assert make(engine, customer, OUT_AND_BACK[0], at(15, 7)).bill_status is BillStatus.SUSPENDED
