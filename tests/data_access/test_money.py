"""Booking by hand: where the balance goes, what a payment settles, who may book how much, and once only."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import Booked, BookTransaction
from data_access.models.customers import BalanceControl, Customer
from data_access.models.history import StatusEvent
from data_access.models.money import Allocation, Invoice, PaymentStatus, Transaction
from data_access.queries.billing.money import BookingPreview
from data_access.services.facts.own_limits import Own
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_reseller, a_suspended_customer, an_invoice
from tests.support.people import NOW, a_person, access_for


def booking(customer_id: int, kind: Kind, amount: str, **over: object) -> BookTransaction:
    service = "Calls" if kind in (Kind.MANUAL_CHARGE, Kind.MANUAL_CREDIT) else None
    defaults = {"service": service, "reason": "asked for by the customer", "command_id": new_command_id()}
    return BookTransaction(customer_id=customer_id, kind=kind, amount=Decimal(amount), **(defaults | over))  # type: ignore[arg-type]


def row_of(engine: Engine, customer_id: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


def invoices_of(engine: Engine, customer_id: int) -> list[Invoice]:
    with Session(engine) as session:
        mine = select(Invoice).where(Invoice.customer_id == customer_id).order_by(Invoice.issued_on, Invoice.id)
        return list(session.scalars(mine))


def generous(engine: Engine, role: Role = Role.MANAGER) -> Access:
    return access_for(engine, role, credit_per_booking=Decimal(500), credit_per_day=Decimal(1000))


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        (Kind.MANUAL_CHARGE, "-70"),
        (Kind.MANUAL_CREDIT, "-130"),
        (Kind.PROMOTIONAL_CREDIT, "-130"),
        (Kind.MANUAL_PAYMENT, "-130"),
        (Kind.REFUND, "-70"),
    ],
)
@pytest.mark.parametrize("control", BalanceControl)
def test_the_balance_moves_the_same_way_for_both_controls(
    engine: Engine, kind: Kind, after: str, control: BalanceControl
) -> None:
    customer = a_customer(engine, balance=Decimal(-100), unallocated=Decimal(30), balance_control=control)
    generous(engine).execute(booking(customer, kind, "30"))
    assert row_of(engine, customer).balance == Decimal(after)


def test_a_payment_settles_the_oldest_invoice_first_and_keeps_the_rest(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=Decimal(30), issued_on=date(2026, 2, 1))
    an_invoice(engine, customer, total=Decimal(50), issued_on=date(2026, 1, 1))
    generous(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, "60"))
    older, newer = invoices_of(engine, customer)
    assert (older.paid, older.payment_status) == (Decimal(50), PaymentStatus.PAID)
    assert (newer.paid, newer.payment_status) == (Decimal(10), PaymentStatus.PARTLY_PAID)
    generous(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, "25"))
    assert (row_of(engine, customer).outstanding, row_of(engine, customer).unallocated) == (Decimal(0), Decimal(5))


def test_three_part_payments_pay_an_invoice(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=Decimal(30))
    statuses = []
    for amount in ("10", "15", "5"):
        generous(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, amount))
        statuses.append(invoices_of(engine, customer)[0].payment_status)
    assert statuses == [PaymentStatus.PARTLY_PAID, PaymentStatus.PARTLY_PAID, PaymentStatus.PAID]


def test_a_payment_that_leaves_nothing_overdue_resumes_service_at_once(engine: Engine) -> None:
    customer = a_suspended_customer(engine, suspension_lifted_until=NOW + timedelta(days=2), first_lifted_on=NOW.date())
    done = generous(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, "100"))
    row = row_of(engine, customer)
    assert done.bill_status == "open"
    assert (row.bill_status, row.suspension_lifted_until, row.first_lifted_on) == (BillStatus.OPEN, None, None)
    with Session(engine) as session:
        event = session.scalars(select(StatusEvent).where(StatusEvent.move == "resume")).one()
    assert event.login == "system"


def test_a_payment_short_of_what_is_overdue_leaves_the_customer_suspended(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    generous(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, "99.99"))
    assert row_of(engine, customer).bill_status is BillStatus.SUSPENDED


@pytest.mark.parametrize("kind", [Kind.MANUAL_CREDIT, Kind.PROMOTIONAL_CREDIT])
def test_a_credit_pays_no_invoice_and_ends_no_suspension(engine: Engine, kind: Kind) -> None:
    customer = a_suspended_customer(engine)
    generous(engine).execute(booking(customer, kind, "100"))
    row = row_of(engine, customer)
    assert (row.balance, row.outstanding, row.bill_status) == (Decimal(0), Decimal(100), BillStatus.SUSPENDED)


def test_a_refund_comes_out_of_unallocated_payments(engine: Engine) -> None:
    customer = a_customer(engine)
    for amount in ("20", "30"):
        generous(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, amount))
    generous(engine).execute(booking(customer, Kind.REFUND, "35"))
    assert row_of(engine, customer).unallocated == Decimal(15)
    with Session(engine) as session:
        parts = [row.amount for row in session.scalars(select(Allocation).order_by(Allocation.id))]
    assert parts == [Decimal(20), Decimal(15)]
    with pytest.raises(Invalid, match="Unallocated payments hold 15"):
        generous(engine).execute(booking(customer, Kind.REFUND, "15.01"))


@pytest.mark.parametrize("amount", ["0", "-5", "1.001", "NaN", "Infinity", "1000000000000"])
def test_an_amount_that_cannot_be_paid_is_refused_at_its_field(engine: Engine, amount: str) -> None:
    customer = a_customer(engine)
    with pytest.raises(Invalid) as refused:
        generous(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, amount))
    assert "amount" in refused.value.complaints


def test_yen_have_no_decimals_and_dinars_three(engine: Engine) -> None:
    yen, dinar = a_customer(engine, currency="JPY"), a_customer(engine, currency="KWD")
    with pytest.raises(Invalid, match="JPY has no decimals"):
        generous(engine).execute(booking(yen, Kind.MANUAL_PAYMENT, "1.5"))
    generous(engine).execute(booking(dinar, Kind.MANUAL_PAYMENT, "1.555"))
    assert row_of(engine, dinar).balance == Decimal("-1.555")


def test_a_charge_may_be_smaller_than_a_cent_but_never_has_six_decimals(engine: Engine) -> None:
    customer = a_customer(engine)
    generous(engine).execute(booking(customer, Kind.MANUAL_CHARGE, "0.00001"))
    assert row_of(engine, customer).balance == Decimal("0.00001")
    with pytest.raises(Invalid, match="decimals"):
        generous(engine).execute(booking(customer, Kind.MANUAL_CHARGE, "0.000001"))


def test_all_complaints_come_at_once(engine: Engine) -> None:
    customer = a_customer(engine)
    order = booking(
        customer,
        Kind.MANUAL_CREDIT,
        "5",
        service=None,
        reason=" ",
        value_on=NOW.date() + timedelta(days=1),
        visible_comment="x" * 10_000,
    )
    with pytest.raises(Invalid) as refused:
        generous(engine).execute(order)
    assert set(refused.value.complaints) == {"service", "reason", "value_on", "visible_comment"}


def test_nothing_is_allowed_until_a_limit_is_granted(engine: Engine) -> None:
    customer = a_customer(engine)
    with pytest.raises(Rejected, match="You have no limit in EUR for credits, refunds"):
        access_for(engine, Role.SUPPORT).execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "1"))


def test_the_24_hour_limit_counts_credits_and_refunds_of_one_currency_and_frees_itself(engine: Engine) -> None:
    person = a_person(engine, Role.SUPPORT, credit_per_booking=Decimal(60), credit_per_day=Decimal(100))
    now = NOW
    access = Access(engine, person, lambda: now)
    euro, dollar = a_customer(engine), a_customer(engine, currency="USD")
    access.execute(booking(euro, Kind.PROMOTIONAL_CREDIT, "60"))
    with pytest.raises(Rejected, match=r"40\.00 EUR is left"):
        access.execute(booking(euro, Kind.MANUAL_CREDIT, "41"))
    access.execute(booking(dollar, Kind.MANUAL_CREDIT, "60"))
    access.execute(booking(euro, Kind.MANUAL_PAYMENT, "500"))
    now = NOW + timedelta(hours=24)
    access.execute(booking(euro, Kind.MANUAL_CREDIT, "60"))


def test_an_analyst_books_nothing(engine: Engine) -> None:
    customer = a_customer(engine)
    for kind in (Kind.MANUAL_PAYMENT, Kind.MANUAL_CHARGE, Kind.REFUND, Kind.PROMOTIONAL_CREDIT):
        with pytest.raises(NotPermitted, match="Support, a manager or an admin can"):
            access_for(engine, Role.ANALYST).execute(booking(customer, kind, "1"))


@pytest.mark.parametrize("kind", [Kind.OPENING_DEBT, Kind.OPENING_CREDIT, Kind.INVOICED_CHARGE])
def test_what_is_not_booked_by_hand_is_booked_by_nobody(engine: Engine, kind: Kind) -> None:
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ADMIN).execute(booking(a_customer(engine), kind, "1"))


def test_a_permanently_terminated_customer_can_still_pay_and_be_refunded(engine: Engine) -> None:
    customer = a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    an_invoice(engine, customer, total=Decimal(40))
    generous(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, "50"))
    generous(engine).execute(booking(customer, Kind.REFUND, "10"))
    row = row_of(engine, customer)
    assert (row.balance, row.bill_status) == (Decimal(0), BillStatus.PERMANENTLY_TERMINATED)
    for kind in (Kind.MANUAL_CHARGE, Kind.MANUAL_CREDIT, Kind.PROMOTIONAL_CREDIT):
        with pytest.raises(Rejected, match="permanently terminated"):
            generous(engine).execute(booking(customer, kind, "1"))


def test_an_exported_customer_takes_no_booking(engine: Engine) -> None:
    customer = a_customer(engine, bill_status=BillStatus.EXPORTED)
    with pytest.raises(Rejected, match="exported"):
        generous(engine).execute(booking(customer, Kind.MANUAL_PAYMENT, "1"))


def test_the_same_booking_twice_is_done_once_and_answered_twice(engine: Engine) -> None:
    customer, access = a_customer(engine), generous(engine)
    order = booking(customer, Kind.MANUAL_PAYMENT, "25")
    assert access.execute(order) == access.execute(order)
    assert row_of(engine, customer).balance == Decimal(-25)


def test_a_replay_is_answered_even_when_it_would_be_refused_by_now(engine: Engine) -> None:
    customer, access = a_customer(engine, unallocated=Decimal(20)), generous(engine)
    order = booking(customer, Kind.REFUND, "20")
    first = access.execute(order)
    assert access.execute(order) == first


def test_one_id_with_another_payload_or_person_is_refused(engine: Engine) -> None:
    customer, access = a_customer(engine), generous(engine)
    order = booking(customer, Kind.MANUAL_PAYMENT, "25")
    access.execute(order)
    with pytest.raises(Rejected, match="other content"):
        access.execute(replace(order, amount=Decimal(26)))
    with pytest.raises(Rejected, match="other content"):
        generous(engine).execute(order)
    assert row_of(engine, customer).balance == Decimal(-25)


def test_every_row_carries_the_balance_after_it(engine: Engine) -> None:
    customer, access = a_customer(engine), generous(engine)
    for kind, amount in ((Kind.MANUAL_CHARGE, "70"), (Kind.MANUAL_PAYMENT, "20"), (Kind.MANUAL_CREDIT, "5.5")):
        access.execute(booking(customer, kind, amount))
    with Session(engine) as session:
        rows = session.scalars(select(Transaction).order_by(Transaction.id)).all()
    assert [row.balance_after for row in rows] == [Decimal(70), Decimal(50), Decimal("44.5")]


@pytest.mark.parametrize("kind", [Kind.MANUAL_PAYMENT, Kind.MANUAL_CREDIT, Kind.REFUND, Kind.MANUAL_CHARGE])
def test_the_preview_foretells_what_the_booking_does(engine: Engine, kind: Kind) -> None:
    customer = a_suspended_customer(engine)
    access = generous(engine)
    access.execute(booking(customer, Kind.MANUAL_PAYMENT, "70"))
    if kind is Kind.REFUND:
        customer = a_customer(engine, unallocated=Decimal(45))
    foretold = access.fetch(BookingPreview(customer_id=customer, kind=kind, amount=Decimal(45)))
    done: Booked = access.execute(booking(customer, kind, "45"))
    assert Decimal(done.balance_after) == foretold.balance_after
    assert Decimal(done.unallocated) == foretold.unallocated_after
    assert (done.bill_status == "open") is (foretold.ends_suspension or kind is Kind.REFUND)
    if kind is Kind.MANUAL_PAYMENT:
        assert [part.part for part in foretold.settles] == [Decimal(30)]


def test_the_preview_tells_what_is_left_of_the_own_limit(engine: Engine) -> None:
    access = generous(engine)
    customer = a_customer(engine)
    access.execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "300"))
    preview = access.fetch(BookingPreview(customer_id=customer, kind=Kind.MANUAL_CREDIT, amount=Decimal(1)))
    assert preview.own == Own("EUR", Decimal(500), Decimal(1000), Decimal(700))


def test_a_reseller_cannot_book_on_a_customer_of_another(engine: Engine) -> None:
    mine, theirs = a_reseller(engine), a_reseller(engine)
    customer = a_customer(engine, reseller_id=theirs)
    access = access_for(engine, Role.MANAGER, reseller_id=mine)
    with pytest.raises(Exception, match="was not found"):
        access.execute(booking(customer, Kind.MANUAL_PAYMENT, "1"))


def test_money_is_dated_in_the_customers_zone(engine: Engine) -> None:
    customer = a_customer(engine, billing_zone="Pacific/Auckland")
    late = datetime(2026, 3, 16, 23, 0, tzinfo=NOW.tzinfo)
    access = Access(engine, a_person(engine, Role.MANAGER), lambda: late)
    access.execute(booking(customer, Kind.MANUAL_PAYMENT, "1", value_on=date(2026, 3, 17)))
    with pytest.raises(Invalid, match="future"):
        access.execute(booking(customer, Kind.MANUAL_PAYMENT, "1", value_on=date(2026, 3, 18)))


@pytest.mark.parametrize(
    ("kind", "method"),
    [(Kind.MANUAL_PAYMENT, "Seashells"), (Kind.MANUAL_PAYMENT, ""), (Kind.PROMOTIONAL_CREDIT, "Cash")],
)
def test_a_method_is_one_of_those_that_payments_have(engine: Engine, kind: Kind, method: str) -> None:
    with pytest.raises(Invalid) as refused:
        generous(engine).execute(booking(a_customer(engine), kind, "5", method=method))
    assert set(refused.value.complaints) == {"method"}
