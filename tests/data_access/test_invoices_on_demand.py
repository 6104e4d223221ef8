"""Invoices on demand: midterm, out of turn, initial; void, and issued again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import NotFound, NotPermitted, Refusal, Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.invoices import (
    InvoiceIssued,
    IssueInitial,
    IssueMidterm,
    IssueOutOfTurn,
    ReissueInvoice,
    RequestMidterm,
    VoidInvoice,
)
from data_access.domain.billing.ledger import Books
from data_access.models.history import InvoiceRequest, RequestState
from data_access.models.money import CollectionStatus, Invoice, InvoiceLine, InvoiceType, PaymentStatus, Transaction
from data_access.models.services import ChargeModel
from data_access.queries.billing.free_bookings import InvoiceableBookings, OutOfTurnPreview
from data_access.queries.billing.paper import InvoicePaper
from data_access.queries.billing.periods import DueInvoiceRequests
from data_access.store.access import new_command_id
from data_access.store.bulk import bulk_load
from tests.data_access.test_periods_closing import CLOSES, close, customer_of, in_march, pay, rows, system
from tests.support.builders import a_class, a_customer, a_plan, a_subscription, an_invoice
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, access_for
from tests.support.rows import arrangement


def charge(engine: Engine, customer_id: int, amount: int, now: datetime = NOW) -> int:
    pay(engine, customer_id, amount, now, Kind.MANUAL_CHARGE)
    return int(rows(engine, Transaction, customer_id)[-1].id)


def out_of_turn(engine: Engine, customer_id: int, *ids: int) -> InvoiceIssued:
    order = IssueOutOfTurn(customer_id=customer_id, transaction_ids=ids, command_id=new_command_id())
    return access_for(engine, Role.SUPPORT).execute(order)


def request(engine: Engine, customer_id: int) -> int:
    order = RequestMidterm(customer_id=customer_id, command_id=new_command_id())
    return access_for(engine, Role.SUPPORT).execute(order).request_id


def midterm(engine: Engine, request_id: int, now: datetime = NOW) -> InvoiceIssued:
    return system(engine, now).execute(IssueMidterm(request_id=request_id, command_id=new_command_id()))


def void(engine: Engine, invoice_id: int, role: Role = Role.MANAGER, now: datetime = NOW) -> None:
    access_for(engine, role, now).execute(VoidInvoice(invoice_id=invoice_id, command_id=new_command_id()))


def reissue(engine: Engine, invoice_id: int) -> InvoiceIssued:
    order = ReissueInvoice(invoice_id=invoice_id, command_id=new_command_id())
    return access_for(engine, Role.MANAGER).execute(order)


def invoice(engine: Engine, invoice_id: int) -> Any:
    with Session(engine) as session:
        return session.get_one(Invoice, invoice_id)


def lines(engine: Engine, invoice_id: int) -> list[Any]:
    with Session(engine) as session:
        return list(session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)))


def test_a_midterm_invoice_covers_the_period_so_far(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, fee=Decimal(31), charge_model=ChargeModel.AT_THE_END)
    a_subscription(engine, customer, plan_id=plan)
    charge(engine, customer, 9)
    asked = request(engine, customer)
    assert system(engine, NOW).fetch(DueInvoiceRequests()) == [asked]
    issued = midterm(engine, asked)
    found = invoice(engine, issued.invoice_id)
    assert (found.type, found.total) == (InvoiceType.MIDTERM, 24)  # 15 days that have ended, and the charge
    assert (found.period_from, found.period_to) == (date(2026, 3, 1), date(2026, 3, 16))
    assert system(engine, NOW).fetch(DueInvoiceRequests()) == []


def test_the_rest_of_the_period_stands_on_the_regular_invoice(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, fee=Decimal(31), charge_model=ChargeModel.AT_THE_END)
    a_subscription(engine, customer, plan_id=plan)
    midterm(engine, request(engine, customer))
    close(engine, customer)
    assert [row.total for row in rows(engine, Invoice, customer)] == [15, 16]


def test_a_request_is_carried_out_once(engine: Engine) -> None:
    customer = in_march(engine, balance=Decimal(10))
    asked = request(engine, customer)
    midterm(engine, asked)
    assert midterm(engine, asked).invoice_id == 0
    assert len(rows(engine, Invoice, customer)) == 1


def test_a_request_with_nothing_to_invoice_is_cancelled(engine: Engine) -> None:
    customer = in_march(engine)
    asked = request(engine, customer)
    assert midterm(engine, asked).invoice_id == 0
    assert rows(engine, InvoiceRequest, customer)[0].state is RequestState.CANCELLED


def test_a_second_request_is_refused_while_the_first_one_waits(engine: Engine) -> None:
    customer = in_march(engine)
    request(engine, customer)
    with pytest.raises(Rejected, match="on its way"):
        request(engine, customer)


def test_a_permanently_terminated_customer_gets_its_midterm_invoice(engine: Engine) -> None:
    customer = in_march(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED, balance=Decimal(10))
    assert invoice(engine, midterm(engine, request(engine, customer)).invoice_id).total == 10


def test_chosen_charges_are_invoiced_out_of_turn_by_their_own_terms(engine: Engine) -> None:
    customer = in_march(engine)
    chosen, left = charge(engine, customer, 20), charge(engine, customer, 30)
    issued = out_of_turn(engine, customer, chosen)
    found = invoice(engine, issued.invoice_id)
    assert (found.type, found.total, found.due_on) == (InvoiceType.OUT_OF_TURN, 20, date(2026, 3, 30))
    assert [row.transaction_id for row in lines(engine, found.id)] == [chosen]
    close(engine, customer)
    assert [row.transaction_id for row in lines(engine, rows(engine, Invoice, customer)[-1].id)] == [left]


def test_an_invoice_does_not_change_the_balance(engine: Engine) -> None:
    customer = in_march(engine)
    out_of_turn(engine, customer, charge(engine, customer, 20))
    after = customer_of(engine, customer)
    assert (after.balance, after.outstanding) == (20, 20)


def test_what_stands_on_an_invoice_cannot_be_invoiced_again(engine: Engine) -> None:
    customer = in_march(engine)
    chosen = charge(engine, customer, 20)
    out_of_turn(engine, customer, chosen)
    with pytest.raises(Rejected, match="Choose again"):
        out_of_turn(engine, customer, chosen)


def test_a_fee_cannot_be_invoiced_out_of_turn(engine: Engine) -> None:
    customer = in_march(engine)
    a_subscription(engine, customer, charged_until=date(2026, 3, 31))
    close(engine, customer)
    fee = rows(engine, Transaction, customer)[0].id
    with pytest.raises(Rejected, match="by hand"):
        out_of_turn(engine, customer, fee)


def test_nothing_chosen_is_refused(engine: Engine) -> None:
    with pytest.raises(Rejected, match="nothing to invoice"):
        out_of_turn(engine, in_march(engine))


def test_bookings_are_offered_until_they_stand_on_an_invoice(engine: Engine) -> None:
    customer = in_march(engine)
    one, other = charge(engine, customer, 20), charge(engine, customer, 30)
    out_of_turn(engine, customer, one)
    offered = access_for(engine, Role.SUPPORT).fetch(InvoiceableBookings(customer))
    assert [(row.transaction_id, row.amount, row.service) for row in offered] == [
        (other, Decimal(30), "Internet access")
    ]


def test_the_preview_tells_what_the_invoice_will_be(engine: Engine) -> None:
    customer = in_march(engine, unallocated=Decimal(5), balance=Decimal(-5))
    chosen = charge(engine, customer, 20)
    preview = access_for(engine, Role.SUPPORT).fetch(OutOfTurnPreview(customer, (chosen,)))
    found = invoice(engine, out_of_turn(engine, customer, chosen).invoice_id)
    assert (preview.asked.total, preview.due_on, preview.paid_at_once) == (found.total, found.due_on, found.paid)


def test_credits_above_the_charges_of_an_invoice_out_of_turn_come_off_the_regular_one(engine: Engine) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, zero_invoices=True))
    chosen = charge(engine, customer, 20)
    pay(engine, customer, 50, NOW, Kind.MANUAL_CREDIT)
    credit = int(rows(engine, Transaction, customer)[-1].id)
    preview = access_for(engine, Role.SUPPORT).fetch(OutOfTurnPreview(customer, (chosen, credit)))
    assert (preview.asked.total, preview.asked.carried_on) == (0, 30)
    assert invoice(engine, out_of_turn(engine, customer, chosen, credit).invoice_id).total == 0

    other = charge(engine, customer, 5)
    assert invoice(engine, out_of_turn(engine, customer, other).invoice_id).total == 5
    charge(engine, customer, 40)
    close(engine, customer)
    assert rows(engine, Invoice, customer)[-1].total == 10
    assert customer_of(engine, customer).balance == 15


def test_bookings_that_come_to_nothing_are_refused_at_the_review_and_stay(engine: Engine) -> None:
    customer = in_march(engine)
    chosen = (charge(engine, customer, 20), credit(engine, customer, 20))
    preview = access_for(engine, Role.SUPPORT).fetch(OutOfTurnPreview(customer, chosen))
    with pytest.raises(Rejected) as refused:
        out_of_turn(engine, customer, *chosen)
    assert preview.refusal == str(refused.value)
    assert "invoices of zero" in preview.refusal
    assert len(access_for(engine, Role.SUPPORT).fetch(InvoiceableBookings(customer))) == 2


def credit(engine: Engine, customer_id: int, amount: int) -> int:
    pay(engine, customer_id, amount, NOW, Kind.MANUAL_CREDIT)
    return int(rows(engine, Transaction, customer_id)[-1].id)


def test_the_paper_says_what_is_carried_over(engine: Engine) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, zero_invoices=True), balance=Decimal(-15))
    issued = midterm(engine, request(engine, customer))
    paper = access_for(engine, Role.SUPPORT).fetch(InvoicePaper(issued.invoice_id))
    assert [(one.service, one.lines[0].says, one.total) for one in paper.sections] == [
        ("Credits and promotions", "Promotional credit", -15),
        ("Carried over", "To the next invoice", 15),
    ]


def test_an_initial_invoice_covers_the_first_period(engine: Engine) -> None:
    customer = in_march(
        engine, created_at=datetime(2026, 3, 10, tzinfo=UTC), period_from=date(2026, 3, 10), balance=Decimal(10)
    )
    order = IssueInitial(customer_id=customer, command_id=new_command_id())
    found = invoice(engine, access_for(engine, Role.SUPPORT).execute(order).invoice_id)
    assert (found.type, found.total, found.period_to) == (InvoiceType.INITIAL, 10, date(2026, 3, 16))


def test_after_the_first_period_an_initial_invoice_is_refused(engine: Engine) -> None:
    order = IssueInitial(customer_id=in_march(engine, balance=Decimal(10)), command_id=new_command_id())
    with pytest.raises(Rejected, match="first billing period"):
        access_for(engine, Role.SUPPORT).execute(order)


def test_a_void_invoice_keeps_its_number_and_gives_its_money_and_bookings_back(engine: Engine) -> None:
    customer = in_march(engine)
    paid = out_of_turn(engine, customer, charge(engine, customer, 20))
    pay(engine, customer, 20, NOW)
    void(engine, paid.invoice_id)
    found, after = invoice(engine, paid.invoice_id), customer_of(engine, customer)
    assert (found.payment_status, found.number, found.paid, found.voided_at) == (
        PaymentStatus.VOID, paid.number, 0, NOW,
    )  # fmt: skip
    assert (after.unallocated, after.outstanding, after.balance) == (20, 0, 0)
    assert len(access_for(engine, Role.SUPPORT).fetch(InvoiceableBookings(customer))) == 1


def test_an_invoice_that_the_money_of_a_void_one_pays_late_costs_its_late_fee(engine: Engine) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, late_fee=Decimal(5)))
    paid = out_of_turn(engine, customer, charge(engine, customer, 20))
    pay(engine, customer, 20, NOW)
    an_invoice(engine, customer, total=Decimal(20), issued_on=NOW.date(), due_on=NOW.date(), at=NOW)
    void(engine, paid.invoice_id, now=NOW + timedelta(days=1))
    after = customer_of(engine, customer)
    assert (after.outstanding, after.unallocated, after.balance) == (0, 0, 25)
    assert [row.amount for row in rows(engine, Transaction, customer) if row.kind is Kind.LATE_FEE] == [5]


def test_a_void_overdue_invoice_ends_the_suspension(engine: Engine) -> None:
    customer = in_march(engine, bill_status=BillStatus.SUSPENDED)
    late = out_of_turn(engine, customer, charge(engine, customer, 20))
    void(engine, late.invoice_id)
    assert customer_of(engine, customer).bill_status is BillStatus.OPEN


def test_an_invoice_is_void_once(engine: Engine) -> None:
    customer = in_march(engine)
    issued = out_of_turn(engine, customer, charge(engine, customer, 20))
    void(engine, issued.invoice_id)
    with pytest.raises(Rejected, match="already void"):
        void(engine, issued.invoice_id)


def test_an_invoice_without_bookings_cannot_be_void(engine: Engine) -> None:
    customer = a_customer(engine)
    with pytest.raises(Rejected, match="came from outside"):
        void(engine, an_invoice(engine, customer))


def test_an_invoice_with_a_charge_that_came_with_it_cannot_be_void(engine: Engine) -> None:
    """Its other charges could be invoiced again, that one never."""
    customer, number = in_march(engine), "OLD-1"
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        books = Books(customer, "EUR", "UTC", load.order.command_id, count(1), 1)
        when: dict[str, Any] = {"value_on": NOW.date(), "at": NOW, "reference": number}
        books.book(Kind.INVOICED_CHARGE, Decimal(30), **when)
        books.book(Kind.MANUAL_CHARGE, Decimal(10), **when)
        books.issue(number, Decimal(40), issued_on=NOW.date(), due_on=NOW.date(), at=NOW)
        load.keep([books])
        load.summarise(customer, books.summaries())
        load.complete({})
    with pytest.raises(Rejected, match="came from outside"):
        void(engine, rows(engine, Invoice, customer)[0].id)
    assert read_ledgers(engine).breaches() == []


def test_support_cannot_void_an_invoice(engine: Engine) -> None:
    with pytest.raises(NotPermitted, match="manager"):
        void(engine, 1, Role.SUPPORT)


def test_an_invoice_that_does_not_exist_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        void(engine, 1)


def test_an_invoice_issued_again_replaces_the_void_one(engine: Engine) -> None:
    customer = in_march(engine)
    first = out_of_turn(engine, customer, charge(engine, customer, 20))
    again = reissue(engine, first.invoice_id)
    old, new = invoice(engine, first.invoice_id), invoice(engine, again.invoice_id)
    assert old.payment_status is PaymentStatus.VOID
    assert (new.replaces_id, new.total, new.type) == (old.id, 20, InvoiceType.OUT_OF_TURN)
    assert new.number == f"{int(old.number) + 1:08}"
    with pytest.raises(Rejected, match=new.number):
        reissue(engine, first.invoice_id)


def test_what_was_paid_pays_the_invoice_issued_again(engine: Engine) -> None:
    customer = in_march(engine)
    first = out_of_turn(engine, customer, charge(engine, customer, 20))
    pay(engine, customer, 20, NOW)
    assert invoice(engine, reissue(engine, first.invoice_id).invoice_id).payment_status is PaymentStatus.PAID


def test_numbers_leave_no_gap_when_an_invoice_fails(engine: Engine) -> None:
    customer = in_march(engine)
    one, other = charge(engine, customer, 20), charge(engine, customer, 30)
    out_of_turn(engine, customer, one)
    with pytest.raises(Refusal):
        out_of_turn(engine, customer, one)
    assert out_of_turn(engine, customer, other).number == "00000002"


@pytest.mark.parametrize(("total", "status"), [(20, CollectionStatus.DO_NOT_COLLECT), (21, CollectionStatus.COLLECT)])
def test_an_amount_due_up_to_the_threshold_is_not_collected(
    engine: Engine, total: int, status: CollectionStatus
) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, threshold=Decimal(20)))
    issued = out_of_turn(engine, customer, charge(engine, customer, total))
    assert invoice(engine, issued.invoice_id).collection_status is status


def test_small_amounts_add_up_to_the_threshold(engine: Engine) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, threshold=Decimal(20)))
    out_of_turn(engine, customer, charge(engine, customer, 15))
    second = out_of_turn(engine, customer, charge(engine, customer, 15))
    assert invoice(engine, second.invoice_id).collection_status is CollectionStatus.COLLECT


def test_an_exported_customer_is_not_invoiced(engine: Engine) -> None:
    customer = in_march(engine, bill_status=BillStatus.EXPORTED, balance=Decimal(10))
    with pytest.raises(Rejected, match="exported"):
        request(engine, customer)
    close(engine, customer, CLOSES + timedelta(days=1))
    assert rows(engine, Invoice, customer) == []


def test_a_charge_reversed_before_it_was_invoiced_stands_on_no_invoice(engine: Engine) -> None:
    customer = in_march(engine)
    reverse(engine, charge(engine, customer, 20))
    assert access_for(engine, Role.SUPPORT).fetch(InvoiceableBookings(customer)) == ()
    close(engine, customer)
    assert rows(engine, Invoice, customer) == []


def test_a_charge_reversed_after_it_was_invoiced_is_given_back_on_the_next_invoice(engine: Engine) -> None:
    customer = in_march(engine)
    wrong = charge(engine, customer, 20)
    out_of_turn(engine, customer, wrong)
    reverse(engine, wrong)
    charge(engine, customer, 50)
    close(engine, customer)
    assert [row.total for row in rows(engine, Invoice, customer)] == [20, 30]


def test_an_invoice_whose_charges_were_all_reversed_is_not_issued_again(engine: Engine) -> None:
    customer = in_march(engine)
    wrong = charge(engine, customer, 20)
    issued = out_of_turn(engine, customer, wrong)
    reverse(engine, wrong)
    with pytest.raises(Rejected, match="nothing to invoice"):
        reissue(engine, issued.invoice_id)
    assert invoice(engine, issued.invoice_id).payment_status is PaymentStatus.UNPAID


def reverse(engine: Engine, transaction_id: int) -> None:
    order = ReverseTransaction(transaction_id=transaction_id, reason="wrong", command_id=new_command_id())
    access_for(engine, Role.ADMIN).execute(order)


def test_a_number_that_came_along_from_another_desk_is_not_given_again(engine: Engine) -> None:
    customer_id, other = in_march(engine), in_march(engine)
    for number in ("00000001", "00000002"):
        an_invoice(engine, customer_id, number=number, total=Decimal(5))
    issued = [out_of_turn(engine, each, charge(engine, each, 10)).invoice_id for each in (customer_id, other)]
    assert [invoice(engine, each).number for each in issued] == ["00000003", "00000004"]
