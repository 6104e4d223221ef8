"""Closing billing periods: what is charged, what is invoiced, and what follows when the run is late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.engine import make_engine
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.invoices import VoidInvoice
from data_access.commands.billing.money import BookTransaction
from data_access.commands.billing.periods import ChangeBillingPeriod, ChargeFees, CheckFunds, ClosePeriod
from data_access.commands.collections.collection import Collect
from data_access.commands.customers.customers import CreateCustomer
from data_access.commands.customers.lifecycle import EndLife
from data_access.commands.customers.status import ChangeStatus
from data_access.domain.validation import CustomerInput
from data_access.models.card.additional import AdditionalInfo
from data_access.models.customers import BalanceControl, BillingPeriod, Customer
from data_access.models.history import StatusEvent
from data_access.models.money import Invoice, InvoiceLine, InvoiceType, PaymentStatus, Transaction
from data_access.models.numbers import Did
from data_access.models.outbox import Message
from data_access.models.services import Adjustment, ChargeModel, Subscription
from data_access.queries.billing.periods import DueFees, DueFundChecks, DuePeriods
from data_access.queries.collections.collection_due import DueCollection
from data_access.queries.status.why import WhyThisState
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_did, a_plan, a_reseller, a_subscription
from tests.support.people import access_for
from tests.support.rows import insert

BEGAN = datetime(2025, 9, 1, 8, tzinfo=UTC)
MARCH = {"period_from": date(2026, 3, 1), "period_to": date(2026, 3, 31)}
CLOSES = datetime(2026, 4, 1, 6, tzinfo=UTC)


def system(engine: Engine, now: datetime) -> Access:
    return Access(engine, SYSTEM, lambda: now)


def in_march(engine: Engine, **over: Any) -> int:
    """A customer whose period is March and closes on 1 April at six."""
    return a_customer(engine, **(MARCH | {"closes_at": CLOSES} | over))


def close(engine: Engine, customer_id: int, now: datetime = CLOSES) -> None:
    system(engine, now).execute(ClosePeriod(customer_id=customer_id, command_id=new_command_id()))


def rows(engine: Engine, model: Any, customer_id: int) -> list[Any]:
    with Session(engine) as session:
        return list(session.scalars(select(model).where(model.customer_id == customer_id).order_by(model.id)))


def customer_of(engine: Engine, customer_id: int) -> Any:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


def booked(engine: Engine, customer_id: int) -> list[tuple[Kind, Any]]:
    return [(row.kind, row.amount) for row in rows(engine, Transaction, customer_id)]


def happened(engine: Engine, customer_id: int, move: str, status: BillStatus, at: datetime, **over: Any) -> None:
    row = {
        "customer_id": customer_id, "command_id": rows(engine, StatusEvent, customer_id)[0].command_id, "at": at,
        "move": move, "status_from": BillStatus.OPEN, "status_to": status, "blocked": False, "login": "system",
    }  # fmt: skip
    insert(engine, StatusEvent, row | over)


def pay(engine: Engine, customer_id: int, amount: int, now: datetime, kind: Kind = Kind.MANUAL_PAYMENT) -> None:
    service = "Internet access" if BOOKINGS[kind].has_service else None
    access_for(engine, Role.ADMIN, now).execute(
        BookTransaction(
            customer_id=customer_id, kind=kind, amount=Decimal(amount), command_id=new_command_id(),
            reason="because", service=service,
        )
    )  # fmt: skip


def test_a_period_that_is_due_closes_with_its_invoice_and_the_next_one_begins(engine: Engine) -> None:
    customer = in_march(engine)
    a_subscription(engine, customer, plan_id=a_plan(engine, charge_model=ChargeModel.AT_THE_END))
    close(engine, customer)
    (invoice,) = rows(engine, Invoice, customer)
    after = customer_of(engine, customer)
    assert (invoice.type, invoice.total, invoice.issued_on) == (
        InvoiceType.REGULAR,
        Decimal("29.90"),
        date(2026, 4, 1),
    )
    assert (invoice.period_from, invoice.period_to) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (after.period_from, after.period_to) == (date(2026, 4, 1), date(2026, 4, 30))
    assert after.balance == Decimal("29.90")
    assert after.outstanding == Decimal("29.90")


def test_nothing_happens_to_a_period_that_is_not_due(engine: Engine) -> None:
    customer = in_march(engine)
    a_did(engine, customer)
    close(engine, customer, CLOSES - timedelta(seconds=1))
    assert customer_of(engine, customer).period_to == date(2026, 3, 31)
    assert booked(engine, customer) == []


def test_a_second_run_closes_nothing_again(engine: Engine) -> None:
    customer = in_march(engine)
    a_did(engine, customer)
    close(engine, customer)
    close(engine, customer)
    assert len(rows(engine, Invoice, customer)) == 1


def test_periods_missed_are_closed_one_after_the_other_with_their_own_dates(engine: Engine) -> None:
    customer = in_march(engine)
    a_did(engine, customer)
    close(engine, customer, datetime(2026, 6, 1, 6, tzinfo=UTC))
    made = rows(engine, Invoice, customer)
    assert [(row.period_from.month, row.issued_on) for row in made] == [
        (3, date(2026, 4, 1)), (4, date(2026, 5, 1)), (5, date(2026, 6, 1)),
    ]  # fmt: skip
    assert [row.total for row in made] == [2, 2, 2]


def test_a_customer_without_a_period_gets_one_from_today(engine: Engine) -> None:
    customer = a_customer(engine)
    close(engine, customer, datetime(2026, 3, 16, 9, tzinfo=UTC))
    after = customer_of(engine, customer)
    assert (after.period_from, after.period_to, after.closes_at) == (date(2026, 3, 16), date(2026, 3, 31), CLOSES)


def test_a_fee_in_advance_is_charged_when_the_period_begins(engine: Engine) -> None:
    customer = in_march(engine)
    subscription = a_subscription(engine, customer, charged_until=date(2026, 3, 31))
    close(engine, customer)
    (fee,) = rows(engine, Transaction, customer)
    assert (fee.kind, fee.amount, fee.value_on) == (Kind.SUBSCRIPTION_FEE, Decimal("29.90"), date(2026, 4, 1))
    assert next(r for r in rows(engine, Subscription, customer) if r.id == subscription).charged_until == date(
        2026, 4, 30
    )
    assert rows(engine, Invoice, customer) == []


def test_a_part_of_a_period_costs_a_part_of_the_fee(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, fee=Decimal(31), charge_model=ChargeModel.AT_THE_END)
    a_subscription(engine, customer, plan_id=plan, activated_on=date(2026, 3, 22))
    close(engine, customer)
    assert booked(engine, customer) == [(Kind.SUBSCRIPTION_FEE, 10)]


def test_the_discount_rate_of_a_customer_is_taken_off_each_subscription_without_an_adjustment_of_its_own(
    engine: Engine,
) -> None:
    customer = in_march(engine)
    insert(engine, AdditionalInfo, {"customer_id": customer, "discount_rate": Decimal(10), "reference_number_key": ""})
    plan = a_plan(engine, fee=Decimal(31), charge_model=ChargeModel.AT_THE_END)
    for adjustment, percent in (
        (Adjustment.NOT_SET, 100), (Adjustment.DEFAULT, 100), (Adjustment.NONE, 100), (Adjustment.DISCOUNT, 50),
        (Adjustment.UPCHARGE, 120), (Adjustment.DISCOUNT, 0),
    ):  # fmt: skip
        adjusted = {"adjustment": adjustment, "fee_percent": percent}
        a_subscription(engine, customer, plan_id=plan, activated_on=date(2026, 3, 1), **adjusted)
    close(engine, customer)
    fees = ("27.9", "27.9", "31", "15.5", "37.2")
    assert booked(engine, customer) == [(Kind.SUBSCRIPTION_FEE, Decimal(fee)) for fee in fees]


def test_a_discount_of_a_hundred_percent_books_nothing(engine: Engine) -> None:
    customer = in_march(engine)
    a_subscription(engine, customer, plan_id=a_plan(engine, charge_model=ChargeModel.AT_THE_END), fee_percent=0)
    close(engine, customer)
    assert booked(engine, customer) == []


@pytest.mark.parametrize(
    ("status", "fees", "numbers"),
    [
        (BillStatus.OPEN, 31, 2),
        (BillStatus.PROVISIONALLY_TERMINATED, 0, 0),
        (BillStatus.PERMANENTLY_TERMINATED, 0, 0),
        (BillStatus.EXPORTED, 0, 0),
    ],
)
def test_only_who_is_with_us_is_charged(engine: Engine, status: BillStatus, fees: int, numbers: int) -> None:
    customer = in_march(engine, bill_status=status)
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal(31), charge_model=ChargeModel.AT_THE_END))
    a_did(engine, customer)
    close(engine, customer)
    assert sum(amount for _, amount in booked(engine, customer)) == fees + numbers


def test_a_blocked_customer_is_charged_and_invoiced(engine: Engine) -> None:
    customer = in_march(engine)
    happened(engine, customer, "block", BillStatus.OPEN, datetime(2026, 3, 1, 5, tzinfo=UTC), blocked=True)
    a_subscription(engine, customer, plan_id=a_plan(engine, charge_model=ChargeModel.AT_THE_END))
    close(engine, customer)
    assert booked(engine, customer) == [(Kind.SUBSCRIPTION_FEE, Decimal("29.90"))]


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({}, [(Kind.SUBSCRIPTION_FEE, 31)]),
        ({"charge_while_suspended": False}, [(Kind.SUBSCRIPTION_FEE, 10)]),
        ({"credit_suspended": True}, [(Kind.SUBSCRIPTION_FEE, 31), (Kind.FEE_CREDIT, -21)]),
    ],
)
def test_the_plan_says_what_suspended_days_cost(
    engine: Engine, over: dict[str, bool], expected: list[tuple[Kind, int]]
) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, fee=Decimal(31), charge_model=ChargeModel.AT_THE_END, **over)
    a_subscription(engine, customer, plan_id=plan)
    happened(engine, customer, "suspend", BillStatus.SUSPENDED, datetime(2026, 3, 5, 12, tzinfo=UTC))
    happened(engine, customer, "resume", BillStatus.OPEN, datetime(2026, 3, 26, 12, tzinfo=UTC))
    close(engine, customer)
    assert booked(engine, customer) == expected


def test_days_of_a_lift_are_no_suspended_days(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, fee=Decimal(31), charge_model=ChargeModel.AT_THE_END, charge_while_suspended=False)
    a_subscription(engine, customer, plan_id=plan)
    happened(engine, customer, "suspend", BillStatus.SUSPENDED, datetime(2026, 3, 5, 12, tzinfo=UTC))
    lift = {"until": date(2026, 3, 11)}
    happened(engine, customer, "lift_suspension", BillStatus.SUSPENDED, datetime(2026, 3, 6, 12, tzinfo=UTC), **lift)
    happened(engine, customer, "suspend_again", BillStatus.SUSPENDED, datetime(2026, 3, 11, tzinfo=UTC))
    happened(engine, customer, "resume", BillStatus.OPEN, datetime(2026, 3, 21, 12, tzinfo=UTC))
    close(engine, customer)
    assert booked(engine, customer) == [(Kind.SUBSCRIPTION_FEE, 20)]  # 5 March and 11 to 20 March are left out


def test_a_number_costs_nothing_while_its_holder_is_provisionally_terminated(engine: Engine) -> None:
    customer = in_march(engine)
    a_did(engine, customer, fee=Decimal(31))
    happened(
        engine, customer, "provisionally_terminate", BillStatus.PROVISIONALLY_TERMINATED,
        datetime(2026, 3, 11, 15, tzinfo=UTC),
    )  # fmt: skip
    close(engine, customer)
    assert booked(engine, customer) == [(Kind.DID_FEE, 10)]


def test_a_number_free_of_charge_costs_nothing(engine: Engine) -> None:
    customer = in_march(engine)
    a_did(engine, customer, free_of_charge=True)
    close(engine, customer)
    assert booked(engine, customer) == []


def test_what_was_charged_in_advance_is_credited_for_the_days_after_a_termination(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, fee=Decimal(31))
    a_subscription(engine, customer, plan_id=plan)
    system(engine, datetime(2026, 3, 1, 1, tzinfo=UTC)).execute(
        ChargeFees(customer_id=customer, command_id=new_command_id())
    )
    happened(
        engine, customer, "provisionally_terminate", BillStatus.PROVISIONALLY_TERMINATED,
        datetime(2026, 3, 11, 15, tzinfo=UTC),
    )  # fmt: skip
    close(engine, customer)
    assert booked(engine, customer)[:2] == [(Kind.SUBSCRIPTION_FEE, 31), (Kind.FEE_CREDIT, -21)]


def test_progressive_fees_are_booked_day_by_day_and_add_up(engine: Engine) -> None:
    customer = in_march(engine)
    a_subscription(engine, customer, plan_id=a_plan(engine, charge_model=ChargeModel.PROGRESSIVELY))
    for day in (2, 3, 10):
        access = system(engine, datetime(2026, 3, day, 1, tzinfo=UTC))
        assert access.fetch(DueFees()) == [customer]
        access.execute(ChargeFees(customer_id=customer, command_id=new_command_id()))
        assert access.fetch(DueFees()) == []
    assert len(rows(engine, Transaction, customer)) == 3
    close(engine, customer)
    assert customer_of(engine, customer).balance == Decimal("29.90")


def test_the_last_regular_invoice_of_a_terminated_customer_ends_its_periods(engine: Engine) -> None:
    customer = in_march(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED, balance=Decimal(40))
    close(engine, customer)
    assert [row.total for row in rows(engine, Invoice, customer)] == [40]
    assert customer_of(engine, customer).closes_at is None


def test_an_invoice_holds_every_booking_and_the_rounding(engine: Engine) -> None:
    of_class = a_class(engine, rounding_decimals=1)
    customer = in_march(engine, customer_class_id=of_class, balance=Decimal("12.34567"))
    close(engine, customer)
    (invoice,) = rows(engine, Invoice, customer)
    lines = rows(engine, InvoiceLine, customer)
    assert invoice.total == Decimal("12.4")
    assert [(row.transaction_id is None, row.amount) for row in lines] == [
        (False, Decimal("12.34567")),
        (True, Decimal("0.05433")),
    ]
    assert (lines[1].service, lines[1].says) == ("Rounding", "To the next invoice")
    assert customer_of(engine, customer).balance == Decimal("12.34567")


def test_what_counts_for_a_day_after_the_period_waits_for_the_next_invoice(engine: Engine) -> None:
    customer = in_march(engine)
    pay(engine, customer, 10, CLOSES - timedelta(hours=3), Kind.MANUAL_CREDIT)
    close(engine, customer)
    assert rows(engine, Invoice, customer) == []


def test_what_is_paid_in_advance_settles_the_new_invoice(engine: Engine) -> None:
    customer = in_march(engine, unallocated=Decimal(50), balance=Decimal(-20))
    close(engine, customer)
    (invoice,) = rows(engine, Invoice, customer)
    assert (invoice.total, invoice.paid, invoice.payment_status) == (30, 30, PaymentStatus.PAID)
    assert customer_of(engine, customer).unallocated == 20


MAY, JUNE = datetime(2026, 5, 1, 6, tzinfo=UTC), datetime(2026, 6, 1, 6, tzinfo=UTC)


def charge_and_close(engine: Engine, customer_id: int, amount: int, closes: datetime) -> Any:
    """A charge some days before a period closes, and the invoice that stands when it has."""
    pay(engine, customer_id, amount, closes - timedelta(days=5), Kind.MANUAL_CHARGE)
    close(engine, customer_id, closes)
    return rows(engine, Invoice, customer_id)[-1]


def test_credits_above_the_charges_ask_for_nothing_and_stay_in_the_balance(engine: Engine) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, zero_invoices=True), balance=Decimal(-15))
    close(engine, customer)
    (invoice,) = rows(engine, Invoice, customer)
    assert (invoice.total, invoice.payment_status) == (0, PaymentStatus.DO_NOT_PAY)
    assert [(row.service, row.amount) for row in rows(engine, InvoiceLine, customer)] == [
        ("Credits and promotions", -15), ("Carried over", 15),
    ]  # fmt: skip
    after = customer_of(engine, customer)
    assert (after.balance, after.outstanding, after.unallocated) == (-15, 0, 0)


def test_what_is_left_of_credits_comes_off_the_next_invoice_once(engine: Engine) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, zero_invoices=True), balance=Decimal(-15))
    close(engine, customer)
    second = charge_and_close(engine, customer, 40, MAY)
    assert (second.total, customer_of(engine, customer).outstanding, customer_of(engine, customer).balance) == (
        25, 25, 25,
    )  # fmt: skip
    assert charge_and_close(engine, customer, 10, JUNE).total == 10


def test_what_is_nothing_to_pay_waits_for_the_next_invoice_without_a_number_or_a_mail(engine: Engine) -> None:
    customer = in_march(engine, balance=Decimal(-50))
    close(engine, customer)
    pay(engine, customer, 20, MAY - timedelta(days=5), Kind.MANUAL_CHARGE)
    close(engine, customer, MAY)
    assert rows(engine, Invoice, customer) == rows(engine, Message, customer) == []
    third = charge_and_close(engine, customer, 40, JUNE)
    assert (third.number, third.total) == ("00000001", 10)
    assert sum(row.transaction_id is not None for row in rows(engine, InvoiceLine, customer)) == 3


def test_credits_last_over_several_invoices(engine: Engine) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, zero_invoices=True), balance=Decimal(-50))
    close(engine, customer)
    assert charge_and_close(engine, customer, 20, MAY).total == 0
    assert charge_and_close(engine, customer, 40, JUNE).total == 10
    assert customer_of(engine, customer).balance == 10


def test_credit_alone_makes_no_invoice(engine: Engine) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, zero_invoices=True), balance=Decimal(-15))
    close(engine, customer)
    close(engine, customer, MAY)
    assert len(rows(engine, Invoice, customer)) == 1


@pytest.mark.parametrize("which", [0, 1])
def test_a_credit_counts_once_whichever_invoice_becomes_void(engine: Engine, which: int) -> None:
    customer = in_march(engine, customer_class_id=a_class(engine, zero_invoices=True), balance=Decimal(-15))
    close(engine, customer)
    charge_and_close(engine, customer, 40, MAY)
    order = VoidInvoice(invoice_id=rows(engine, Invoice, customer)[which].id, command_id=new_command_id())
    access_for(engine, Role.MANAGER, MAY).execute(order)
    charge_and_close(engine, customer, 10, JUNE)
    standing = [row.total for row in rows(engine, Invoice, customer) if row.payment_status is not PaymentStatus.VOID]
    assert sum(standing) == customer_of(engine, customer).balance == 35


def test_another_billing_period_begins_when_the_running_one_ends(engine: Engine) -> None:
    customer = in_march(engine)
    a_subscription(engine, customer, plan_id=a_plan(engine, charge_model=ChargeModel.AT_THE_END))
    order = ChangeBillingPeriod(customer_id=customer, billing_period=BillingPeriod.WEEKLY, command_id=new_command_id())
    access_for(engine, Role.SUPPORT).execute(order)
    close(engine, customer)
    after = customer_of(engine, customer)
    assert (after.period_from, after.period_to) == (date(2026, 4, 1), date(2026, 4, 5))
    assert after.balance == Decimal("29.90")


def test_who_is_gone_keeps_the_billing_period(engine: Engine) -> None:
    customer = in_march(engine, bill_status=BillStatus.EXPORTED)
    order = ChangeBillingPeriod(customer_id=customer, billing_period=BillingPeriod.DAILY, command_id=new_command_id())
    with pytest.raises(Rejected, match="exported"):
        access_for(engine, Role.SUPPORT).execute(order)


def test_only_the_system_closes_periods(engine: Engine) -> None:
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ADMIN).execute(ClosePeriod(customer_id=1, command_id=new_command_id()))


def test_the_periods_that_are_due_are_found(engine: Engine) -> None:
    due, without = in_march(engine), a_customer(engine)
    in_march(engine, closes_at=CLOSES + timedelta(seconds=1))
    a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    access = system(engine, CLOSES)
    assert access.fetch(DuePeriods()) == [due, without]
    assert access.fetch(DuePeriods(limit=1)) == [due]
    assert access.fetch(DuePeriods(after=due)) == [without]


NOVEMBER = {
    "period_from": date(2026, 10, 1), "period_to": date(2026, 10, 31),
    "closes_at": datetime(2026, 11, 1, 6, tzinfo=UTC), "balance_control": BalanceControl.PREPAID,
}  # fmt: skip


def a_prepaid(engine: Engine, funds: int, **plan: Any) -> int:
    """Prepaid, suspended when funds do not suffice; a plan of 30 a month, paid until the end of October."""
    of_class = a_class(engine, suspend_on_insufficient_funds=True)
    customer = a_customer(engine, customer_class_id=of_class, **NOVEMBER)
    pay(engine, customer, funds, datetime(2026, 10, 5, tzinfo=UTC))
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal(30), **plan), charged_until=date(2026, 10, 31))
    return customer


def check(engine: Engine, customer_id: int, now: datetime) -> bool:
    access = system(engine, now)
    found = access.fetch(DueFundChecks()) == [customer_id]
    access.execute(CheckFunds(customer_id=customer_id, command_id=new_command_id()))
    return found


def test_a_fee_that_the_funds_do_not_cover_suspends_until_they_do(engine: Engine) -> None:
    customer = a_prepaid(engine, 20, credit_suspended=True)
    close(engine, customer, datetime(2026, 11, 1, 6, tzinfo=UTC))
    waiting = customer_of(engine, customer)
    assert (waiting.bill_status, waiting.suspension_cause) == (
        BillStatus.SUSPENDED,
        SuspensionCause.INSUFFICIENT_FUNDS,
    )
    assert waiting.balance == -20
    assert not any(check(engine, customer, datetime(2026, 11, day, 1, tzinfo=UTC)) for day in range(2, 11))
    assert check(engine, customer, datetime(2026, 11, 11, 1, tzinfo=UTC))
    back = customer_of(engine, customer)
    assert (back.bill_status, back.balance) == (BillStatus.OPEN, 0)
    assert booked(engine, customer)[1:] == [(Kind.SUBSCRIPTION_FEE, 30), (Kind.FEE_CREDIT, -10)]

    close(engine, customer, datetime(2026, 12, 1, 6, tzinfo=UTC))
    assert customer_of(engine, customer).bill_status is BillStatus.SUSPENDED
    assert len(booked(engine, customer)) == 3

    pay(engine, customer, 50, datetime(2026, 12, 5, 9, tzinfo=UTC))
    resumed = customer_of(engine, customer)
    assert (resumed.bill_status, resumed.suspension_cause) == (BillStatus.OPEN, None)
    assert booked(engine, customer)[4:] == [
        (Kind.SUBSCRIPTION_FEE, 30), (Kind.FEE_CREDIT, Decimal("-3.87097")),
    ]  # fmt: skip


def test_a_payment_that_is_too_small_does_not_resume(engine: Engine) -> None:
    customer = a_prepaid(engine, 20)
    close(engine, customer, datetime(2026, 11, 1, 6, tzinfo=UTC))
    pay(engine, customer, 9, datetime(2026, 11, 3, tzinfo=UTC))
    assert customer_of(engine, customer).bill_status is BillStatus.SUSPENDED
    pay(engine, customer, 1, datetime(2026, 11, 4, tzinfo=UTC))
    assert customer_of(engine, customer).bill_status is BillStatus.OPEN


def test_a_credit_resumes_with_the_next_period_only(engine: Engine) -> None:
    customer = a_prepaid(engine, 20)
    close(engine, customer, datetime(2026, 11, 1, 6, tzinfo=UTC))
    pay(engine, customer, 10, datetime(2026, 11, 3, tzinfo=UTC), Kind.MANUAL_CREDIT)
    assert not check(engine, customer, datetime(2026, 11, 4, tzinfo=UTC))
    assert customer_of(engine, customer).bill_status is BillStatus.SUSPENDED
    close(engine, customer, datetime(2026, 12, 1, 6, tzinfo=UTC))
    after = customer_of(engine, customer)
    assert (after.bill_status, after.balance) == (BillStatus.OPEN, 0)


def test_without_the_option_the_fee_is_charged_whatever_the_funds_are(engine: Engine) -> None:
    customer = a_customer(engine, suspend_on_insufficient_funds=False, **NOVEMBER)
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal(30)), charged_until=date(2026, 10, 31))
    close(engine, customer, datetime(2026, 11, 1, 6, tzinfo=UTC))
    after = customer_of(engine, customer)
    assert (after.bill_status, after.balance) == (BillStatus.OPEN, 30)


def test_the_customers_own_option_stands_above_that_of_the_class(engine: Engine) -> None:
    customer = a_customer(engine, suspend_on_insufficient_funds=True, **NOVEMBER)
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal(30)), charged_until=date(2026, 10, 31))
    close(engine, customer, datetime(2026, 11, 1, 6, tzinfo=UTC))
    assert customer_of(engine, customer).bill_status is BillStatus.SUSPENDED


def test_numbers_are_counted_in_scope_without_a_gap(engine: Engine) -> None:
    one, other = (in_march(engine, balance=Decimal(10), reseller_id=a_reseller(engine)) for _ in range(2))
    per_reseller = a_class(engine, number_scope="reseller")
    third = in_march(engine, balance=Decimal(10), customer_class_id=per_reseller, reseller_id=a_reseller(engine))
    for customer in (one, other, third):
        close(engine, customer)
    numbers = [rows(engine, Invoice, customer)[0].number for customer in (one, other, third)]
    assert numbers[:2] == ["00000001", "00000002"]
    assert numbers[2].endswith("-00000001")


def test_did_fees_are_charged_from_the_day_of_assignment(engine: Engine) -> None:
    customer = in_march(engine)
    did = a_did(engine, customer, fee=Decimal(31), assigned_on=date(2026, 3, 22))
    close(engine, customer)
    assert booked(engine, customer) == [(Kind.DID_FEE, 10)]
    with Session(engine) as session:
        assert session.get_one(Did, did).charged_until == date(2026, 3, 31)


def test_a_new_customer_has_a_running_period(engine: Engine) -> None:
    order = CreateCustomer(
        customer=CustomerInput(
            customer_code="NEW", customer_class_id=str(a_class(engine, closing_delay_hours=2)), currency="EUR",
            balance_control="postpaid", credit_limit="100", billing_zone="Asia/Tokyo", billing_period="weekly",
        ),
        command_id=new_command_id(),
    )  # fmt: skip
    saved = access_for(engine, Role.ADMIN, datetime(2026, 3, 18, 20, tzinfo=UTC)).execute(order)
    made = customer_of(engine, saved.customer_id)
    assert (made.period_from, made.period_to) == (date(2026, 3, 19), date(2026, 3, 22))
    assert made.closes_at == datetime(2026, 3, 22, 17, tzinfo=UTC)


def test_a_number_is_charged_until_the_day_before_its_holder_is_gone_for_good(engine: Engine) -> None:
    customer = in_march(engine)
    a_did(engine, customer, fee=Decimal(31))
    order = ChangeStatus(
        customer_id=customer, move="permanently_terminate", day=date(2026, 3, 16), reason="gone",
        confirm_customer_code=customer_of(engine, customer).customer_code, command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, Role.ADMIN).execute(order)
    assert booked(engine, customer) == [(Kind.DID_FEE, 15)]


def test_a_planned_end_charges_the_number_when_it_comes(engine: Engine) -> None:
    customer = in_march(engine, terminate_on=date(2026, 3, 16))
    a_did(engine, customer, fee=Decimal(31))
    system(engine, datetime(2026, 3, 16, 1, tzinfo=UTC)).execute(
        EndLife(customer_id=customer, command_id=new_command_id())
    )
    assert booked(engine, customer) == [(Kind.DID_FEE, 15)]


def test_days_blocked_are_credited_where_the_plan_says_so(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, fee=Decimal(31), charge_model=ChargeModel.AT_THE_END, credit_blocked=True)
    a_subscription(engine, customer, plan_id=plan)
    happened(engine, customer, "block", BillStatus.OPEN, datetime(2026, 3, 10, 12, tzinfo=UTC), blocked=True)
    happened(engine, customer, "unblock", BillStatus.OPEN, datetime(2026, 3, 14, 12, tzinfo=UTC))
    close(engine, customer)
    assert booked(engine, customer) == [(Kind.SUBSCRIPTION_FEE, 31), (Kind.FEE_CREDIT, -4)]


def test_days_without_funds_are_credited_where_the_plan_says_so(engine: Engine) -> None:
    customer = in_march(engine, balance_control=BalanceControl.PREPAID)
    plan = a_plan(engine, fee=Decimal(31), charge_model=ChargeModel.AT_THE_END, credit_no_funds=True)
    a_subscription(engine, customer, plan_id=plan)
    pay(engine, customer, 5, datetime(2026, 3, 11, 12, tzinfo=UTC))
    close(engine, customer)
    assert booked(engine, customer)[1:] == [(Kind.SUBSCRIPTION_FEE, 31), (Kind.FEE_CREDIT, -10)]


def test_what_was_credited_once_is_not_credited_again_by_the_close(engine: Engine) -> None:
    customer = a_prepaid(engine, 20, credit_suspended=True)
    close(engine, customer, datetime(2026, 11, 1, 6, tzinfo=UTC))
    pay(engine, customer, 40, datetime(2026, 11, 11, 9, tzinfo=UTC))
    close(engine, customer, datetime(2026, 12, 1, 6, tzinfo=UTC))
    credits = [amount for kind, amount in booked(engine, customer) if kind is Kind.FEE_CREDIT]
    assert credits == [-10]


def test_a_fee_that_was_reversed_is_not_credited_besides(engine: Engine) -> None:
    customer = in_march(engine)
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal(31), credit_blocked=True))
    system(engine, datetime(2026, 3, 1, 1, tzinfo=UTC)).execute(
        ChargeFees(customer_id=customer, command_id=new_command_id())
    )
    (fee,) = rows(engine, Transaction, customer)
    access_for(engine, Role.ADMIN).execute(
        ReverseTransaction(transaction_id=fee.id, reason="wrong", command_id=new_command_id())
    )
    happened(engine, customer, "block", BillStatus.OPEN, datetime(2026, 3, 20, 12, tzinfo=UTC), blocked=True)
    close(engine, customer)
    assert [amount for _, amount in booked(engine, customer)][:2] == [31, -31]
    assert Kind.FEE_CREDIT not in [kind for kind, _ in booked(engine, customer)]


def test_a_late_run_invoices_what_daily_runs_would_have_and_leaves_the_days_to_pay(engine: Engine) -> None:
    daily, late = (in_march(engine) for _ in range(2))
    for customer in (daily, late):
        for model in ChargeModel:
            plan = a_plan(engine, fee=Decimal("29.90"), charge_model=model, charge_while_suspended=False)
            a_subscription(engine, customer, plan_id=plan, charged_until=date(2026, 3, 9))
        a_did(engine, customer)
        happened(engine, customer, "suspend", BillStatus.SUSPENDED, datetime(2026, 3, 5, 12, tzinfo=UTC))
        happened(engine, customer, "resume", BillStatus.OPEN, datetime(2026, 3, 26, 12, tzinfo=UTC))
    mornings = [datetime(2026, 3, 27, 7, tzinfo=UTC) + timedelta(days=ahead) for ahead in range(68)]
    for customer, moments in ((daily, mornings), (late, mornings[-1:])):
        for now in moments:
            close(engine, customer, now)
            system(engine, now).execute(ChargeFees(customer_id=customer, command_id=new_command_id()))
    of_daily, of_late = (rows(engine, Invoice, customer) for customer in (daily, late))
    told = [
        [(row.period_from, row.period_to, row.issued_on, row.total) for row in invoices]
        for invoices in (of_daily, of_late)
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 3
    assert customer_of(engine, daily).balance == customer_of(engine, late).balance
    assert [row.due_on - row.issued_on for row in of_daily] == [timedelta(days=14)] * 3
    assert {row.due_on for row in of_late} == {mornings[-1].date() + timedelta(days=14)}


def end(engine: Engine, customer_id: int, now: datetime) -> None:
    order = ChangeStatus(
        customer_id=customer_id, move="permanently_terminate", day=now.date(), reason="gone",
        confirm_customer_code=customer_of(engine, customer_id).customer_code, command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, Role.ADMIN, now).execute(order)


def not_invoiced(engine: Engine, customer_id: int) -> list[Any]:
    held = {row.transaction_id for row in rows(engine, InvoiceLine, customer_id)}
    return [row for row in rows(engine, Transaction, customer_id) if row.id not in held]


def test_the_last_invoice_asks_for_what_came_between_the_period_and_the_end(engine: Engine) -> None:
    customer = in_march(engine)
    pay(engine, customer, 10, CLOSES - timedelta(hours=3), Kind.MANUAL_CHARGE)
    end(engine, customer, CLOSES - timedelta(hours=2))
    close(engine, customer)
    assert customer_of(engine, customer).period_to == date(2026, 4, 30)
    close(engine, customer, datetime(2026, 5, 1, 6, tzinfo=UTC))
    assert [row.total for row in rows(engine, Invoice, customer)] == [10]
    assert customer_of(engine, customer).period_to is None


def test_whoever_ends_while_nothing_runs_is_invoiced_up_to_the_end(engine: Engine) -> None:
    daily, late = (in_march(engine) for _ in range(2))
    for customer in (daily, late):
        for model in ChargeModel:
            a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal("29.90"), charge_model=model))
        a_did(engine, customer)
    for day in range(65):
        now = datetime(2026, 3, 17, 7, tzinfo=UTC) + timedelta(days=day)
        close(engine, daily, now)
        system(engine, now).execute(ChargeFees(customer_id=daily, command_id=new_command_id()))
    for customer in (daily, late):
        end(engine, customer, datetime(2026, 5, 20, 12, tzinfo=UTC))
        close(engine, customer, datetime(2026, 6, 2, 7, tzinfo=UTC))
        assert not_invoiced(engine, customer) == []
        assert customer_of(engine, customer).period_to is None
    of_daily, of_late = (
        [(row.period_from, row.period_to, row.issued_on, row.total) for row in rows(engine, Invoice, customer)]
        for customer in (daily, late)
    )
    assert of_daily == of_late
    assert len(of_daily) == 3


def test_credit_that_became_money_is_invoiced_with_the_credit_it_came_from(engine: Engine) -> None:
    customer = in_march(engine)
    pay(engine, customer, 50, CLOSES - timedelta(days=5), Kind.MANUAL_CHARGE)
    close(engine, customer)
    (charge,) = rows(engine, Transaction, customer)
    admin = access_for(engine, Role.ADMIN, datetime(2026, 5, 1, 3, tzinfo=UTC))
    admin.execute(ReverseTransaction(transaction_id=charge.id, reason="wrong", command_id=new_command_id()))
    for move in ("mark_exported", "clear_exported"):
        order = ChangeStatus(
            customer_id=customer, move=move, reason="there and back",
            confirm_customer_code=customer_of(engine, customer).customer_code, command_id=new_command_id(),
        )  # fmt: skip
        admin.execute(order)
    assert [row.amount for row in rows(engine, Transaction, customer) if row.kind is Kind.CREDIT_TAKEN] == [50]
    close(engine, customer, datetime(2026, 6, 2, 7, tzinfo=UTC))
    assert [row.total for row in rows(engine, Invoice, customer)] == [50]


def test_an_invoice_made_late_leaves_all_its_days_to_pay_where_the_customer_is_billed(engine: Engine) -> None:
    of_class = a_class(
        engine, net_days=3, suspend_after=1, suspend_notices=[60], late_fee=Decimal(5), working_days_only=False
    )
    customer = in_march(engine, customer_class_id=of_class, billing_zone="Asia/Tokyo", balance=Decimal(40))
    late = datetime(2026, 5, 11, 20, tzinfo=UTC)  # the 12th in Tokyo
    close(engine, customer, late)
    assert system(engine, late).fetch(DueCollection()) == []
    assert [(row.issued_on, row.due_on, row.overdue_from) for row in rows(engine, Invoice, customer)] == [
        (date(2026, 4, 1), date(2026, 5, 15), datetime(2026, 5, 15, 15, tzinfo=UTC)),
    ]  # fmt: skip

    ends = datetime(2026, 5, 15, 15, tzinfo=UTC)
    assert system(engine, ends - timedelta(seconds=1)).fetch(DueCollection()) == []
    system(engine, ends).execute(Collect(customer_id=customer, command_id=new_command_id()))
    assert customer_of(engine, customer).bill_status is BillStatus.SUSPENDED
    assert customer_of(engine, customer).balance == 45


def test_two_that_begin_a_series_at_once_leave_no_gap(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url)
    customers = [in_march(engine, balance=Decimal(10)) for _ in range(6)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda customer: close(engine, customer), customers))
    numbers = sorted(rows(engine, Invoice, customer)[0].number for customer in customers)
    assert numbers == [f"{number:08}" for number in range(1, 7)]
    engine.dispose()


def why_suspended(engine: Engine, customer_id: int, now: datetime) -> tuple[str, Any, str]:
    """What the payment that ends it is called, its amount, and what comes without one."""
    (cause, *_) = access_for(engine, Role.SUPPORT, now).fetch(WhyThisState(customer_id)).causes
    return cause.ways[0].says, cause.ways[0].amount, cause.then


def test_who_waits_for_funds_is_told_how_much_is_missing_and_when_it_ends(engine: Engine) -> None:
    customer = a_prepaid(engine, 20, credit_suspended=True)
    close(engine, customer, datetime(2026, 11, 1, 6, tzinfo=UTC))
    says, amount, without = why_suspended(engine, customer, datetime(2026, 11, 4, 9, tzinfo=UTC))
    assert amount == 7  # three days have gone by
    assert "credit counts from the next billing period" in says
    assert "11 November 2026" in without
    assert check(engine, customer, datetime(2026, 11, 11, 1, tzinfo=UTC))


def test_a_fee_that_does_not_fall_is_waited_for_until_it_is_paid(engine: Engine) -> None:
    customer = a_prepaid(engine, 20)
    close(engine, customer, datetime(2026, 11, 1, 6, tzinfo=UTC))
    _, amount, without = why_suspended(engine, customer, datetime(2026, 11, 4, 9, tzinfo=UTC))
    assert amount == 10
    assert "stays suspended" in without
