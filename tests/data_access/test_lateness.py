"""What was late and what it costs: value dates, reversals, void invoices and those in their place, write-offs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Rejected
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.invoices import (
    IssueMidterm,
    IssueOutOfTurn,
    ReissueInvoice,
    RequestMidterm,
    VoidInvoice,
)
from data_access.commands.billing.money import BookTransaction
from data_access.models.history import InvoiceRequest
from data_access.models.money import CollectionStatus, Invoice, Transaction
from data_access.models.outbox import Message
from data_access.queries.billing.free_bookings import OutOfTurnPreview
from data_access.store.access import Command, new_command_id
from tests.data_access.test_collection import DUE, at, booked, collect, lift, moves, pay, row, system
from tests.support.builders import a_class, a_customer
from tests.support.ledgers import read_ledgers

FEES: dict[str, Any] = {"suspend_after": 3, "late_fee": Decimal(5), "reactivation_fee": Decimal(7), "net_days": 15}


def done(engine: Engine, now: datetime, order: type[Command[Any]], **fields: Any) -> Any:
    return system(engine, now).execute(order(reason="because", command_id=new_command_id(), **fields))


def charge(engine: Engine, customer: int, amount: str = "100") -> int:
    order = {"customer_id": customer, "kind": Kind.MANUAL_CHARGE, "amount": Decimal(amount), "service": "Calls"}
    return int(done(engine, at(1), BookTransaction, **order).transaction_id)


def invoiced(engine: Engine, **terms: Any) -> tuple[int, int, int]:
    """A customer with one charge of 100 on one invoice of 1 June, due on the 16th; and the ids of both."""
    customer = a_customer(
        engine, customer_class_id=a_class(engine, **(FEES | terms)), email="a@example.org", created_at=at(1, 5)
    )
    booking = charge(engine, customer)
    invoice = done(engine, at(1), IssueOutOfTurn, customer_id=customer, transaction_ids=(booking,)).invoice_id
    return customer, invoice, booking


def suspended(engine: Engine, **terms: Any) -> tuple[int, int, int]:
    ids = invoiced(engine, **terms)
    collect(engine, ids[0], at(17))
    collect(engine, ids[0], at(19))
    assert row(engine, ids[0]).bill_status is BillStatus.SUSPENDED
    return ids


def invoice_of(engine: Engine, invoice_id: int) -> Invoice:
    with Session(engine) as session:
        return session.get_one(Invoice, invoice_id)


def reverse(engine: Engine, transaction_id: int, now: datetime) -> None:
    done(engine, now, ReverseTransaction, transaction_id=transaction_id)


def paid_on(engine: Engine, customer: int, value_on: date, now: datetime, amount: str = "100") -> int:
    order = {"customer_id": customer, "kind": Kind.MANUAL_PAYMENT, "amount": Decimal(amount), "value_on": value_on}
    return int(done(engine, now, BookTransaction, **order).transaction_id)


@pytest.mark.parametrize("has_run", [True, False])
def test_a_payment_whose_value_date_is_in_time_costs_no_late_fee(engine: Engine, *, has_run: bool) -> None:
    customer, _, _ = suspended(engine) if has_run else invoiced(engine)
    paid_on(engine, customer, DUE, at(20))
    assert sum(booked(engine, customer, Kind.LATE_FEE)) == 0
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == []
    assert (row(engine, customer).balance, row(engine, customer).bill_status) == (0, BillStatus.OPEN)


def test_a_value_date_a_day_too_late_costs_the_late_fee(engine: Engine) -> None:
    customer, _, _ = invoiced(engine)
    paid_on(engine, customer, date(2026, 6, 17), at(20))
    assert booked(engine, customer, Kind.LATE_FEE) == [Decimal(5)]


def test_a_part_in_time_spares_no_late_fee_until_the_whole_was(engine: Engine) -> None:
    customer, _, _ = invoiced(engine)
    paid_on(engine, customer, DUE, at(20), "60")
    assert booked(engine, customer, Kind.LATE_FEE) == [Decimal(5)]
    paid_on(engine, customer, DUE, at(21), "40")
    assert sum(booked(engine, customer, Kind.LATE_FEE)) == 0


@pytest.mark.parametrize("has_run", [True, False])
def test_a_payment_in_time_that_bounces_costs_the_late_fee_after_all(engine: Engine, *, has_run: bool) -> None:
    customer, _, _ = suspended(engine) if has_run else invoiced(engine)
    reverse(engine, paid_on(engine, customer, DUE, at(20)), at(22))
    assert sum(booked(engine, customer, Kind.LATE_FEE)) == 5
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED


def test_a_payment_reversed_and_entered_again_costs_one_reactivation_fee_and_suspends_in_between(
    engine: Engine,
) -> None:
    customer, _, _ = suspended(engine)
    payment = pay(engine, customer, "100", at(20))
    reverse(engine, payment, at(20, hour=1))
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED
    assert sum(booked(engine, customer, Kind.REACTIVATION_FEE)) == 0
    pay(engine, customer, "100", at(20, hour=2))
    assert sum(booked(engine, customer, Kind.REACTIVATION_FEE)) == 7
    assert moves(engine, customer) == ["suspend", "resume", "suspend", "resume"]
    assert read_ledgers(engine).breaches() == []


def test_a_void_invoice_takes_its_late_fee_along_and_costs_no_reactivation(engine: Engine) -> None:
    customer, invoice, _ = suspended(engine)
    done(engine, at(20), VoidInvoice, invoice_id=invoice)
    assert row(engine, customer).bill_status is BillStatus.OPEN
    assert sum(booked(engine, customer, Kind.LATE_FEE)) == 0
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == []
    assert read_ledgers(engine).breaches() == []


@pytest.mark.parametrize("is_void", [True, False])
def test_an_invoice_issued_again_keeps_its_due_day_and_the_suspension(engine: Engine, *, is_void: bool) -> None:
    customer, invoice, _ = suspended(engine)
    for day in (20, 21, 22):
        if is_void:
            done(engine, at(day), VoidInvoice, invoice_id=invoice)
        invoice = done(engine, at(day), ReissueInvoice, invoice_id=invoice).invoice_id
        assert invoice_of(engine, invoice).due_on == DUE
        assert row(engine, customer).bill_status is BillStatus.SUSPENDED
        assert sum(booked(engine, customer, Kind.LATE_FEE)) == 5
        assert booked(engine, customer, Kind.REACTIVATION_FEE) == []
    pay(engine, customer, "100", at(23))
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == [Decimal(7)]
    assert read_ledgers(engine).breaches() == []


def test_the_booking_of_a_void_invoice_is_issued_out_of_turn_by_its_due_day(engine: Engine) -> None:
    customer, invoice, booking = suspended(engine)
    done(engine, at(20), VoidInvoice, invoice_id=invoice)
    other = charge(engine, customer, "0.01")
    with pytest.raises(Rejected, match="is void, and keep its due day"):
        done(engine, at(20), IssueOutOfTurn, customer_id=customer, transaction_ids=(booking, other))
    again = done(engine, at(20), IssueOutOfTurn, customer_id=customer, transaction_ids=(booking,)).invoice_id
    assert invoice_of(engine, again).due_on == DUE
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED


def test_the_preview_of_an_invoice_out_of_turn_keeps_the_due_day_as_the_invoice_does(engine: Engine) -> None:
    customer, invoice, booking = suspended(engine)
    done(engine, at(20), VoidInvoice, invoice_id=invoice)
    other = charge(engine, customer, "3")
    look = system(engine, at(20))
    alone, new, mixed = (
        look.fetch(OutOfTurnPreview(customer, ids)) for ids in ((booking,), (other,), (booking, other))
    )
    assert (alone.due_on, alone.keeps_due_day_of, alone.refusal) == (DUE, invoice_of(engine, invoice).number, "")
    assert (new.due_on, new.keeps_due_day_of, new.refusal) == (date(2026, 7, 5), "", "")
    assert "is void, and keep its due day" in mixed.refusal


def test_what_an_invoice_in_place_of_a_void_one_left_out_keeps_the_due_day_too_and_costs_one_fee(
    engine: Engine,
) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, **FEES), created_at=at(1, 5))
    bookings = tuple(charge(engine, customer, amount) for amount in ("100", "3"))
    old = done(engine, at(1), IssueOutOfTurn, customer_id=customer, transaction_ids=bookings).invoice_id
    collect(engine, customer, at(17))
    done(engine, at(20), VoidInvoice, invoice_id=old)
    parts = [done(engine, at(20), IssueOutOfTurn, customer_id=customer, transaction_ids=(one,)) for one in bookings]
    assert [invoice_of(engine, one.invoice_id).due_on for one in parts] == [DUE, DUE]
    assert sum(booked(engine, customer, Kind.LATE_FEE)) == 5
    for part in parts:
        done(engine, at(20), VoidInvoice, invoice_id=part.invoice_id)
    whole = done(engine, at(20), IssueOutOfTurn, customer_id=customer, transaction_ids=bookings).invoice_id
    assert (invoice_of(engine, whole).due_on, invoice_of(engine, whole).total) == (DUE, 103)
    assert sum(booked(engine, customer, Kind.LATE_FEE)) == 5
    assert read_ledgers(engine).breaches() == []


def test_a_void_invoice_gives_back_no_days_of_a_lift(engine: Engine) -> None:
    customer, invoice, _ = suspended(engine)
    lift(engine, customer, date(2026, 6, 22), at(20))
    done(engine, at(21), VoidInvoice, invoice_id=invoice)
    done(engine, at(21), ReissueInvoice, invoice_id=invoice)
    assert row(engine, customer).first_lifted_on == date(2026, 6, 20)
    pay(engine, customer, "100", at(22))
    assert row(engine, customer).first_lifted_on is None


def test_a_write_off_ends_the_suspension_without_a_fee(engine: Engine) -> None:
    customer, _, _ = suspended(engine)
    done(engine, at(20), BookTransaction, customer_id=customer, kind=Kind.WRITE_OFF, amount=Decimal(100))
    assert row(engine, customer).bill_status is BillStatus.OPEN
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == []


def test_a_reversal_judges_again_at_once_and_tells_it(engine: Engine) -> None:
    customer, _, _ = invoiced(engine, suspend_notices=[2])
    payment = pay(engine, customer, "100", at(10))
    reverse(engine, payment, at(25, 7))
    assert booked(engine, customer, Kind.LATE_FEE) == [Decimal(5)]
    assert row(engine, customer).bill_status is BillStatus.OPEN
    with Session(engine) as session:
        last = session.scalars(select(Message.event).order_by(Message.id.desc())).first()
        assert last == "suspension_ahead"
        assert session.scalars(select(Transaction.id).where(Transaction.kind == Kind.LATE_FEE)).all()
    collect(engine, customer, at(27, 7))
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED


@pytest.mark.parametrize(("fees_on_fees", "fees"), [(False, 1), (True, 2)])
def test_an_invoice_of_fees_alone_costs_a_late_fee_only_where_the_class_says_so(
    engine: Engine, *, fees_on_fees: bool, fees: int
) -> None:
    customer, _, _ = invoiced(engine, fees_on_fees=fees_on_fees, net_days=1, suspend_after=None)
    collect(engine, customer, at(3))
    assert booked(engine, customer, Kind.LATE_FEE) == [Decimal(5)]
    done(engine, at(4), RequestMidterm, customer_id=customer)
    with Session(engine) as session:
        request = session.scalars(select(InvoiceRequest.id)).one()
    done(engine, at(4), IssueMidterm, request_id=request)
    collect(engine, customer, at(20))
    assert len(booked(engine, customer, Kind.LATE_FEE)) == fees


SMALL: dict[str, Any] = {"net_days": 0, "threshold": Decimal(20), "suspend_after": 3, "working_days_only": False}


def small_invoices(engine: Engine, *amounts: str) -> tuple[int, list[int]]:
    customer = a_customer(engine, customer_class_id=a_class(engine, **SMALL), created_at=at(1, 5))
    bookings = [charge(engine, customer, amount) for amount in amounts]
    order = {"order": IssueOutOfTurn, "customer_id": customer}
    return customer, [done(engine, at(1), transaction_ids=(one,), **order).invoice_id for one in bookings]


def collected(engine: Engine, invoices: list[int]) -> list[bool]:
    return [invoice_of(engine, one).collection_status is CollectionStatus.COLLECT for one in invoices]


def test_small_invoices_that_pass_the_threshold_together_are_all_collected(engine: Engine) -> None:
    _, two = small_invoices(engine, "12", "8")
    assert collected(engine, two) == [False, False]
    customer, three = small_invoices(engine, "12", "8", "0.01")
    assert collected(engine, three) == [True, True, True]
    collect(engine, customer, at(2))
    assert collect(engine, customer, at(4)).bill_status == "suspended"


def test_a_threshold_is_judged_again_after_a_void(engine: Engine) -> None:
    customer, invoices = small_invoices(engine, "12", "9")
    done(engine, at(1, hour=1), VoidInvoice, invoice_id=invoices[1])
    assert collected(engine, invoices[:1]) == [False]
    assert row(engine, customer).first_overdue_from is None
    assert collect(engine, customer, at(10)).steps == ""
