"""Whatever invoice the bookings of a void one stand on next, it is due when that one was; new ones get their days."""

from collections.abc import Callable
from datetime import date
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
    IssueInitial,
    IssueMidterm,
    IssueOutOfTurn,
    RequestMidterm,
    VoidInvoice,
)
from data_access.commands.billing.money import BookTransaction
from data_access.commands.billing.periods import ClosePeriod
from data_access.models.history import InvoiceRequest
from data_access.models.money import Invoice, InvoiceType, PaymentStatus
from tests.data_access.test_collection import DUE, at, booked, collect, moves, row
from tests.data_access.test_lateness import FEES, charge, done
from tests.support.builders import a_class, a_customer
from tests.support.ledgers import read_ledgers
from tests.support.visits import visited_too_late

CLOSES = at(1, 7, hour=6)
Way = Callable[[Engine, int], Any]


def close(engine: Engine, customer: int) -> Any:
    return done(engine, CLOSES, ClosePeriod, customer_id=customer)


def midterm(engine: Engine, customer: int, day: int = 25) -> Any:
    asked = done(engine, at(day), RequestMidterm, customer_id=customer).request_id
    issued = done(engine, at(day), IssueMidterm, request_id=asked)
    with Session(engine) as session:
        assert session.get_one(InvoiceRequest, asked).invoice_id == issued.invoice_id
    return issued


def initial(engine: Engine, customer: int) -> Any:
    return done(engine, at(25), IssueInitial, customer_id=customer)


def a_payer(engine: Engine, *, zero_invoices: bool = False, **over: Any) -> int:
    of_class = a_class(engine, zero_invoices=zero_invoices, working_days_only=False, **FEES)
    june = {"period_from": date(2026, 6, 1), "period_to": date(2026, 6, 30), "closes_at": CLOSES}
    return a_customer(engine, customer_class_id=of_class, created_at=at(1), **(june | over))


def invoiced(engine: Engine, customer: int, *bookings: int, day: int = 1) -> int:
    return int(done(engine, at(day), IssueOutOfTurn, customer_id=customer, transaction_ids=bookings).invoice_id)


def void(engine: Engine, invoice: int, day: int = 10) -> None:
    done(engine, at(day), VoidInvoice, invoice_id=invoice)


def standing(engine: Engine, customer: int) -> list[tuple[InvoiceType, date, Decimal]]:
    with Session(engine) as session:
        mine = select(Invoice).where(Invoice.customer_id == customer, Invoice.payment_status != PaymentStatus.VOID)
        return [(one.type, one.due_on, one.total) for one in session.scalars(mine.order_by(Invoice.id))]


def credit(engine: Engine, customer: int, amount: str) -> None:
    order = {"customer_id": customer, "kind": Kind.MANUAL_CREDIT, "service": "Calls", "amount": Decimal(amount)}
    done(engine, at(11), BookTransaction, **order)


@pytest.mark.parametrize(
    ("way", "of_type", "due_on"),
    [
        (close, InvoiceType.REGULAR, date(2026, 7, 16)),
        (midterm, InvoiceType.MIDTERM, date(2026, 7, 10)),
        (initial, InvoiceType.INITIAL, date(2026, 7, 10)),
    ],
)
def test_what_stood_on_a_void_invoice_keeps_its_due_day_and_new_charges_get_theirs(
    engine: Engine, way: Way, of_type: InvoiceType, due_on: date
) -> None:
    customer = a_payer(engine)
    void(engine, invoiced(engine, customer, charge(engine, customer, "100")))
    charge(engine, customer, "7")
    way(engine, customer)
    assert standing(engine, customer) == [(InvoiceType.OUT_OF_TURN, DUE, 100), (of_type, due_on, 7)]
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED
    assert sum(booked(engine, customer, Kind.LATE_FEE)) == 5
    assert read_ledgers(engine).breaches() == []
    assert not visited_too_late(engine, CLOSES)


@pytest.mark.parametrize("way", [close, midterm, initial])
def test_a_void_that_ended_a_suspension_ends_it_until_the_next_invoice_alone(engine: Engine, way: Way) -> None:
    customer = a_payer(engine)
    invoice = invoiced(engine, customer, charge(engine, customer, "100"))
    for day in (17, 19):
        collect(engine, customer, at(day))
    void(engine, invoice, 20)
    assert row(engine, customer).bill_status is BillStatus.OPEN
    issued = way(engine, customer)
    assert moves(engine, customer) == ["suspend", "resume", "suspend"]
    assert sum(booked(engine, customer, Kind.LATE_FEE)) == 5
    assert getattr(issued, "bill_status", "suspended") == "suspended"


def test_a_credit_comes_off_the_oldest_debt(engine: Engine) -> None:
    customer = a_payer(engine)
    void(engine, invoiced(engine, customer, charge(engine, customer, "100")))
    charge(engine, customer, "7")
    credit(engine, customer, "30")
    close(engine, customer)
    assert [(due, total) for _, due, total in standing(engine, customer)] == [(DUE, 70), (date(2026, 7, 16), 7)]


@pytest.mark.parametrize(("amount", "total"), [("100", 7), ("103", 4)])
def test_where_credits_leave_nothing_of_it_one_invoice_is_issued_by_its_own_day(
    engine: Engine, amount: str, total: int
) -> None:
    customer = a_payer(engine)
    void(engine, invoiced(engine, customer, charge(engine, customer, "100")))
    charge(engine, customer, "7")
    credit(engine, customer, amount)
    close(engine, customer)
    assert standing(engine, customer) == [(InvoiceType.REGULAR, date(2026, 7, 16), total)]
    assert row(engine, customer).bill_status is BillStatus.OPEN
    assert read_ledgers(engine).breaches() == []


def test_a_class_that_wants_invoices_of_zero_carries_the_credit_on(engine: Engine) -> None:
    customer = a_payer(engine, zero_invoices=True)
    void(engine, invoiced(engine, customer, charge(engine, customer, "100")))
    charge(engine, customer, "7")
    credit(engine, customer, "103")
    close(engine, customer)
    assert [total for _, _, total in standing(engine, customer)] == [0, 4]
    assert read_ledgers(engine).breaches() == []


def test_a_booking_reversed_since_is_on_no_invoice(engine: Engine) -> None:
    customer = a_payer(engine)
    wrong, right = charge(engine, customer, "100"), charge(engine, customer, "20")
    void(engine, invoiced(engine, customer, wrong, right))
    done(engine, at(11), ReverseTransaction, transaction_id=wrong)
    close(engine, customer)
    assert standing(engine, customer) == [(InvoiceType.OUT_OF_TURN, DUE, 20)]


def test_each_due_day_has_an_invoice_of_its_own(engine: Engine) -> None:
    customer = a_payer(engine)
    later = invoiced(engine, customer, charge(engine, customer, "30"), day=5)
    sooner = invoiced(engine, customer, charge(engine, customer, "100"))
    for invoice in (later, sooner):
        void(engine, invoice)
    issued = midterm(engine, customer)
    assert [(due, total) for _, due, total in standing(engine, customer)] == [(DUE, 100), (date(2026, 6, 20), 30)]
    assert issued.number == "00000003 and 00000004"


def test_bookings_of_two_due_days_are_never_put_on_the_later_one(engine: Engine) -> None:
    customer = a_payer(engine)
    bookings = charge(engine, customer, "100"), charge(engine, customer, "30")
    for day, one in zip((1, 5), bookings, strict=True):
        void(engine, invoiced(engine, customer, one, day=day))
    with pytest.raises(Rejected, match="00000001, which is void"):
        invoiced(engine, customer, *bookings, day=11)
    for one in bookings:
        invoiced(engine, customer, one, day=11)
    assert [due for _, due, _ in standing(engine, customer)] == [DUE, date(2026, 6, 20)]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Honolulu"])
@pytest.mark.parametrize(("currency", "amount"), [("JPY", "100"), ("KWD", "0.001")])
def test_void_again_and_again_the_day_stays(engine: Engine, zone: str, currency: str, amount: str) -> None:
    customer = a_payer(engine, billing_zone=zone, currency=currency)
    order = {"customer_id": customer, "kind": Kind.MANUAL_CHARGE, "service": "Calls"}
    booking = done(engine, at(1, hour=12), BookTransaction, amount=Decimal(amount), **order).transaction_id
    invoice = invoiced(engine, customer, booking, day=2)
    due = standing(engine, customer)[0][1]
    for day in (10, 12, 17):
        void(engine, invoice, day)
        invoice = midterm(engine, customer, day).invoice_id
    assert standing(engine, customer) == [(InvoiceType.OUT_OF_TURN, due, Decimal(amount))]
    with Session(engine) as session:
        chain = session.execute(select(Invoice.id, Invoice.replaces_id).order_by(Invoice.id)).all()
    assert [one.replaces_id for one in chain] == [None, *(one.id for one in chain[:-1])]
