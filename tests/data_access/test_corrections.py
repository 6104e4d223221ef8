"""Corrections: the opposite booking, what the money did taken back, write-offs, and what was paid on a past day."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.models.customers import Customer
from data_access.models.money import Invoice, PaymentStatus, Transaction
from data_access.queries.billing.paid_by_day import PaidAsOf
from data_access.queries.customers.customer import CustomerHead
from data_access.store.access import Access, new_command_id
from tests.data_access.test_money import booking
from tests.data_access.test_usage import usage
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer, an_invoice
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, access_for

D = Decimal


def manager(engine: Engine, now: datetime = NOW) -> Access:
    return access_for(engine, Role.MANAGER, now, credit_per_booking=D(500), credit_per_day=D(1000))


def undoing(transaction_id: int, reason: str = "booked by mistake") -> ReverseTransaction:
    return ReverseTransaction(transaction_id=transaction_id, reason=reason, command_id=new_command_id())


def booked(engine: Engine, customer_id: int, kind: Kind, amount: str, now: datetime = NOW) -> int:
    return manager(engine, now).execute(booking(customer_id, kind, amount)).transaction_id


def row_of(engine: Engine, customer_id: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


def first_of(engine: Engine, customer_id: int) -> int:
    with Session(engine) as session:
        mine = select(Transaction.id).where(Transaction.customer_id == customer_id).order_by(Transaction.id)
        return session.scalars(mine).first() or 0


def statuses(engine: Engine) -> list[PaymentStatus]:
    with Session(engine) as session:
        return list(session.scalars(select(Invoice.payment_status).order_by(Invoice.issued_on, Invoice.id)))


def sound(engine: Engine) -> bool:
    books = read_ledgers(engine)
    return not (
        books.unlike_their_transactions()
        or books.summaries_gone_wrong()
        or books.payments_overspent()
        or books.invoices_unlike_their_allocations()
        or books.invoices_of_wrong_payment_status()
    )


@pytest.mark.parametrize(
    "kind", [Kind.MANUAL_CHARGE, Kind.MANUAL_CREDIT, Kind.PROMOTIONAL_CREDIT, Kind.MANUAL_PAYMENT, Kind.REFUND]
)
def test_the_opposite_is_linked_and_brings_the_balance_back(engine: Engine, kind: Kind) -> None:
    customer = a_customer(engine, balance=D(100), unallocated=D(50))
    wrong = booked(engine, customer, kind, "30")
    done = manager(engine).execute(undoing(wrong))
    row = row_of(engine, customer)
    assert (row.balance, row.unallocated, D(done.balance_after)) == (D(100), D(50), D(100))
    with Session(engine) as session:
        opposite = session.get_one(Transaction, done.transaction_id)
        assert (opposite.reverses_id, opposite.kind, opposite.internal_comment) == (wrong, kind, "booked by mistake")
        assert opposite.amount == -session.get_one(Transaction, wrong).amount
    assert sound(engine)


def test_a_reversed_payment_opens_its_invoices_again_the_last_one_first(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=D(30), issued_on=date(2026, 1, 1))
    an_invoice(engine, customer, total=D(50), issued_on=date(2026, 2, 1))
    booked(engine, customer, Kind.MANUAL_PAYMENT, "10")
    wrong = booked(engine, customer, Kind.MANUAL_PAYMENT, "60")
    manager(engine).execute(undoing(wrong))
    assert statuses(engine) == [PaymentStatus.PARTLY_PAID, PaymentStatus.UNPAID]
    row = row_of(engine, customer)
    assert (row.outstanding, row.unallocated, row.balance) == (D(70), D(0), D(70))
    assert row.first_overdue_from is not None
    assert sound(engine)


def test_an_invoice_opened_again_is_paid_by_money_that_lies_unused(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=D(30))
    wrong = booked(engine, customer, Kind.MANUAL_PAYMENT, "30")
    booked(engine, customer, Kind.MANUAL_PAYMENT, "20")
    manager(engine).execute(undoing(wrong))
    row = row_of(engine, customer)
    assert (row.outstanding, row.unallocated) == (D(10), D(0))
    assert sound(engine)


def test_a_reversed_refund_gives_its_money_back_to_what_is_unallocated(engine: Engine) -> None:
    customer = a_customer(engine, unallocated=D(50))
    manager(engine).execute(undoing(booked(engine, customer, Kind.REFUND, "30")))
    assert row_of(engine, customer).unallocated == D(50)
    booked(engine, customer, Kind.REFUND, "50")
    assert sound(engine)


def test_an_invoice_that_the_money_of_a_reversed_refund_pays_late_costs_its_late_fee(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, late_fee=D(5)), unallocated=D(100))
    refund = booked(engine, customer, Kind.REFUND, "100")
    an_invoice(engine, customer, issued_on=NOW.date(), due_on=NOW.date(), at=NOW)
    manager(engine, NOW + timedelta(days=1)).execute(undoing(refund))
    row = row_of(engine, customer)
    assert (row.outstanding, row.balance) == (D(0), D(105))
    assert sound(engine)


def test_a_payment_of_which_part_was_refunded_is_not_reversed_before_the_refund(engine: Engine) -> None:
    customer = a_customer(engine)
    wrong = booked(engine, customer, Kind.MANUAL_PAYMENT, "30")
    refund = booked(engine, customer, Kind.REFUND, "10")
    with pytest.raises(Rejected, match="reverse the refund first"):
        manager(engine).execute(undoing(wrong))
    manager(engine).execute(undoing(refund))
    manager(engine).execute(undoing(wrong))
    assert (row_of(engine, customer).balance, row_of(engine, customer).unallocated) == (D(0), D(0))


def test_a_reversed_payment_is_not_refunded(engine: Engine) -> None:
    customer = a_customer(engine)
    manager(engine).execute(undoing(booked(engine, customer, Kind.MANUAL_PAYMENT, "30")))
    with pytest.raises(Invalid, match="hold 0"):
        booked(engine, customer, Kind.REFUND, "1")


def test_reversing_the_payment_that_ended_a_suspension_leaves_it_to_the_next_collection(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    wrong = booked(engine, customer, Kind.MANUAL_PAYMENT, "100")
    manager(engine).execute(undoing(wrong))
    row = row_of(engine, customer)
    assert row.bill_status is BillStatus.OPEN
    assert row.first_overdue_from is not None
    assert row.first_overdue_from < NOW


def test_a_reversed_usage_charge_comes_again_under_another_reference_only(engine: Engine) -> None:
    customer, admin = a_customer(engine), access_for(engine, Role.ADMIN)
    first = admin.execute(usage(customer, "3"))
    admin.execute(undoing(first.transaction_id))
    assert not admin.execute(usage(customer, "3")).is_new
    with pytest.raises(Rejected, match="a reference of its own"):
        admin.execute(usage(customer, "4"))
    assert admin.execute(usage(customer, "4", "cdr-1-corrected")).is_new


def test_nothing_is_reversed_twice(engine: Engine) -> None:
    wrong = booked(engine, a_customer(engine), Kind.MANUAL_PAYMENT, "30")
    done = manager(engine).execute(undoing(wrong))
    with pytest.raises(Rejected, match="already reversed"):
        manager(engine).execute(undoing(wrong))
    with pytest.raises(Rejected, match="a reversal itself"):
        manager(engine).execute(undoing(done.transaction_id))


def test_what_came_with_an_invoice_is_not_reversed_beside_it(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer)
    with pytest.raises(Rejected, match="void the invoice, or write the debt off"):
        manager(engine).execute(undoing(first_of(engine, customer)))


def test_every_kind_that_cannot_be_reversed_says_why() -> None:
    told = {kind for kind, row in BOOKINGS.items() if row.stays}
    closing = {Kind.CLOSING_DEBIT, Kind.CLOSING_CREDIT, Kind.CREDIT_TAKEN, Kind.CREDIT_PAYMENT, Kind.ROUNDING, Kind.TAX}
    assert told == {Kind.OPENING_DEBT, Kind.INVOICED_CHARGE, Kind.ECOMMERCE_REFUND} | closing


def test_a_reversal_needs_a_reason_and_the_right(engine: Engine) -> None:
    wrong = booked(engine, a_customer(engine), Kind.MANUAL_PAYMENT, "30")
    with pytest.raises(Invalid, match="Give the reason"):
        manager(engine).execute(undoing(wrong, " "))
    with pytest.raises(NotPermitted, match="A manager or an admin can"):
        access_for(engine, Role.SUPPORT).execute(undoing(wrong))


@pytest.mark.parametrize(
    ("status", "why"), [(BillStatus.PERMANENTLY_TERMINATED, ""), (BillStatus.EXPORTED, "exported")]
)
def test_a_booking_is_corrected_after_the_end_but_not_where_the_money_is_elsewhere(
    engine: Engine, status: BillStatus, why: str
) -> None:
    customer = a_customer(engine, balance=D(20), bill_status=status)
    try:
        manager(engine).execute(undoing(first_of(engine, customer)))
        refused = ""
    except Rejected as refusal:
        refused = str(refusal)
    assert (why in refused, row_of(engine, customer).balance) == (True, D(20) if why else D(0))


def test_transactions_of_another_reseller_are_not_found(engine: Engine) -> None:
    wrong = booked(engine, a_customer(engine, reseller_id=a_reseller(engine)), Kind.MANUAL_PAYMENT, "30")
    own = access_for(engine, Role.MANAGER, reseller_id=a_reseller(engine))
    with pytest.raises(NotFound):
        own.execute(undoing(wrong))


def test_a_write_off_ends_what_is_outstanding_and_never_more(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    with pytest.raises(Invalid, match="Invoices of 100"):
        booked(engine, customer, Kind.WRITE_OFF, "100.01")
    booked(engine, customer, Kind.WRITE_OFF, "100")
    row = row_of(engine, customer)
    assert (row.outstanding, row.balance, row.unallocated) == (D(0), D(0), D(0))
    assert manager(engine).fetch(CustomerHead(customer)).last_payment is None
    assert sound(engine)


def test_a_write_off_needs_a_reason_and_is_no_business_of_support(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    with pytest.raises(Invalid, match="write-offs are not booked without"):
        manager(engine).execute(booking(customer, Kind.WRITE_OFF, "5", reason=""))
    with pytest.raises(NotPermitted, match="A manager or an admin can"):
        access_for(engine, Role.SUPPORT).execute(booking(customer, Kind.WRITE_OFF, "5"))


def test_what_was_paid_on_a_past_day_is_rebuilt_after_late_money_and_a_reversal(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=D(30), issued_on=date(2026, 3, 1))
    an_invoice(engine, customer, total=D(50), issued_on=date(2026, 3, 18))

    def on(days: int) -> datetime:
        return NOW + timedelta(days=days)

    first = booked(engine, customer, Kind.MANUAL_PAYMENT, "10", on(0))
    booked(engine, customer, Kind.MANUAL_PAYMENT, "25", on(2))
    manager(engine, on(4)).execute(undoing(first))
    asked = manager(engine, on(10))

    def paid(days: int) -> list[Decimal]:
        return [invoice.paid for invoice in asked.fetch(PaidAsOf(customer, on(days).date()))]

    assert [paid(days) for days in (-1, 0, 1, 2, 3, 4)] == [
        [D(0)], [D(10)], [D(10)], [D(30), D(5)], [D(30), D(5)], [D(20), D(5)],
    ]  # fmt: skip


def test_a_day_ends_where_the_customer_is_billed(engine: Engine) -> None:
    customer = a_customer(engine, billing_zone="Pacific/Auckland")
    an_invoice(engine, customer, total=D(30), issued_on=date(2026, 3, 1))
    booked(engine, customer, Kind.MANUAL_PAYMENT, "30", NOW.replace(hour=12))  # 17 March, 01:00 in Auckland
    days = (date(2026, 3, 16), date(2026, 3, 17))
    asked = manager(engine)
    assert [asked.fetch(PaidAsOf(customer, day))[0].paid for day in days] == [D(0), D(30)]
