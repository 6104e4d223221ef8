"""The next invoice foretold: with nothing happening in between, the close books and asks for exactly what it said."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.measured_parameters import ChargeBasis
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.invoices import IssueOutOfTurn, VoidInvoice
from data_access.commands.billing.money import BookTransaction
from data_access.commands.billing.periods import ChargeFees
from data_access.commands.customers.lifecycle import EndLife
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.services.services import FinishSubscription
from data_access.commands.services.usage import BookCharges, Charge
from data_access.models.card.invoicing import BillingLock, InvoicingSettings, OwnInvoices
from data_access.models.classes.customer_classes import Rounding
from data_access.models.money import Invoice, Transaction
from data_access.models.services import ChargeModel, Subscription
from data_access.models.taxation import TaxWay
from data_access.queries.forecast.next_invoice import ForeseenInvoice, NextInvoiceOf
from data_access.store.access import new_command_id
from tests.data_access.test_measured_services import counted, measured
from tests.data_access.test_periods_closing import close, customer_of, happened, in_march, rows, system
from tests.support.builders import a_class, a_did, a_discount, a_discount_plan, a_plan, a_subscription
from tests.support.examples import examples
from tests.support.people import NOW, access_for
from tests.support.rows import insert
from tests.support.taxes import VAT_19, a_profile

D = Decimal
DAYS = st.integers(1, 31)
AMOUNTS = st.integers(1, 9_000_000).map(lambda parts: D(parts).scaleb(-4))
DAY_OF = itemgetter(0)
SUBSCRIPTIONS = st.fixed_dictionaries(
    {
        "model": st.sampled_from(ChargeModel),
        "fee": AMOUNTS,
        "percent": st.sampled_from([100, 90, 150]),
        "begins": DAYS,
        "ends": st.none() | st.integers(16, 40),
        "kept": st.booleans(),
    }
)
MONTHS = st.fixed_dictionaries(
    {
        "subscriptions": st.lists(SUBSCRIPTIONS, max_size=3),
        "calls": st.lists(AMOUNTS, max_size=4),
        "charges": st.lists(AMOUNTS, max_size=2),
        "credits": st.lists(AMOUNTS, max_size=1),
        "samples": st.lists(st.tuples(st.integers(-5, 15), st.integers(0, 30)), max_size=3, unique_by=DAY_OF),
        "basis": st.sampled_from(ChargeBasis),
        "way": st.sampled_from([TaxWay.ADDED, TaxWay.INCLUDED]),
        "rounding": st.sampled_from(Rounding),
        "begun": st.booleans(),
        "state": st.sampled_from(["", "block", "suspend"]),
        "numbers": st.integers(0, 2),
    }
)  # fmt: skip


def told(engine: Engine, customer: int) -> ForeseenInvoice:
    found = access_for(engine).fetch(NextInvoiceOf(customer))
    assert found is not None
    return found


def in_a_month(engine: Engine, month: dict[str, Any]) -> int:
    """On 16 March, with all that can recur, be used and be measured."""
    of_class = a_class(engine, rounding=month["rounding"], tax_profile_id=a_profile(engine, VAT_19, way=month["way"]))
    status = BillStatus.SUSPENDED if month["state"] == "suspend" else BillStatus.OPEN
    customer = in_march(engine, customer_class_id=of_class, bill_status=status, credit_limit=None)
    if month["state"]:
        at = datetime(2026, 3, 11, 12, tzinfo=UTC)
        happened(engine, customer, month["state"], status, at, blocked=month["state"] == "block")
    for one in month["subscriptions"]:
        own = a_plan(
            engine, fee=one["fee"], charge_model=one["model"], credit_blocked=not one["kept"],
            charge_while_suspended=one["kept"],
        )  # fmt: skip
        begins = date(2026, 3, one["begins"])
        ends = date(2026, 3, 1) + timedelta(days=one["ends"]) if one["ends"] else None
        a_subscription(
            engine, customer, plan_id=own, fee_percent=one["percent"], started_on=begins, activated_on=begins,
            finished_on=None if ends is None else max(begins, ends),
        )  # fmt: skip
    if month["begun"]:  # some of it was charged before the status changed, and one was finished since
        at = datetime(2026, 3, 6, 12, tzinfo=UTC)
        system(engine, at).execute(ChargeFees(customer_id=customer, command_id=new_command_id()))
        finishes(engine, customer)
    for _ in range(month["numbers"]):
        a_did(engine, customer, fee=D("1.99999"))
    a_discount(engine, customer, plan_id=a_discount_plan(engine, ("Calls", "amount", "50", "7.5")))
    measured(engine, customer, basis=month["basis"])
    counted(engine, customer, *month["samples"])
    used = tuple((customer, Charge(new_command_id(), one, "Calls", NOW.date())) for one in month["calls"])
    if used:
        access_for(engine, Role.ADMIN).execute(BookCharges(charges=used, command_id=new_command_id()))
    for kind, amounts in ((Kind.MANUAL_CHARGE, month["charges"]), (Kind.MANUAL_CREDIT, month["credits"])):
        for amount in amounts:
            books(engine, customer, kind, amount.quantize(D("0.01")))
    return customer


def finishes(engine: Engine, customer: int) -> None:
    for one in rows(engine, Subscription, customer)[:1]:
        if one.finished_on is None or one.finished_on >= NOW.date():
            order = FinishSubscription(subscription_id=one.id, command_id=new_command_id())
            access_for(engine, Role.ADMIN).execute(order)


def books(engine: Engine, customer: int, kind: Kind, amount: Decimal, now: datetime = NOW) -> None:
    if amount:
        order = BookTransaction(
            customer_id=customer, kind=kind, amount=amount, service="Calls", reason="because", knows_of=0,
            command_id=new_command_id(),
        )  # fmt: skip
        access_for(engine, Role.ADMIN, now, credit_per_booking=D(10**6), credit_per_day=D(10**6)).execute(order)


def days_go_by(engine: Engine, customer: int) -> None:
    """Every job on every day, and the close."""
    for day in range(NOW.day, 32):
        at = datetime(2026, 3, day, 13, tzinfo=UTC)
        system(engine, at).execute(ChargeFees(customer_id=customer, command_id=new_command_id()))
    close(engine, customer)


def by_kind(charges: list[tuple[Kind, Decimal]]) -> dict[Kind, Decimal]:
    sums: defaultdict[Kind, Decimal] = defaultdict(Decimal)
    for kind, amount in charges:
        sums[kind] += amount
    return {kind: amount for kind, amount in sums.items() if amount}


def assert_as_foretold(engine: Engine, customer: int) -> ForeseenInvoice:
    said, before = told(engine, customer), len(rows(engine, Transaction, customer))
    asked = len(rows(engine, Invoice, customer))
    days_go_by(engine, customer)
    found = rows(engine, Transaction, customer)[before:]
    of_march = [row for row in found if row.kind is not Kind.TAX and row.value_on <= date(2026, 3, 31)]
    assert by_kind([(row.kind, row.amount) for row in of_march]) == by_kind(
        [(one.kind, one.amount) for one in said.charges]
    )
    issued = rows(engine, Invoice, customer)[asked:]
    assert [row.total for row in issued] == [one.total for one in said.amounts]
    assert sum((row.amount for row in found if row.kind is Kind.TAX), D(0)) == sum(
        (sum(one.untaxed.values(), D(0)) for one in said.amounts), D(0)
    )
    return said


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(month=MONTHS)
def test_a_close_books_and_asks_for_what_was_foretold(sqlite_engine: Engine, month: dict[str, Any]) -> None:
    assert_as_foretold(sqlite_engine, in_a_month(sqlite_engine, month))


def test_discounts_and_measured_services_are_named_with_what_they_come_to(engine: Engine) -> None:
    customer = in_march(engine)
    a_discount(engine, customer)
    measured(engine, customer, (1, 10), price=D("3.10"))
    charge = Charge(new_command_id(), D(150), "Calls", NOW.date())
    access_for(engine, Role.ADMIN).execute(BookCharges(charges=((customer, charge),), command_id=new_command_id()))
    said = assert_as_foretold(engine, customer)
    assert [(one.kind, one.amount, one.grows) for one in said.charges] == [
        (Kind.MEASURED_CHARGE, D(31), True), (Kind.VOLUME_DISCOUNT, D(-5), True),
    ]  # fmt: skip
    assert (said.booked, said.total) == (D(150), D(176))


def test_what_stood_on_a_void_invoice_is_asked_for_by_itself(engine: Engine) -> None:
    customer = in_march(engine)
    books(engine, customer, Kind.MANUAL_CHARGE, D("20.50"))
    order = IssueOutOfTurn(
        customer_id=customer, transaction_ids=(rows(engine, Transaction, customer)[0].id,), command_id=new_command_id()
    )
    invoice = access_for(engine, Role.ADMIN).execute(order).invoice_id
    access_for(engine, Role.ADMIN).execute(VoidInvoice(invoice_id=invoice, reason="wrong", command_id=new_command_id()))
    a_did(engine, customer, fee=D("1.99999"))
    said = assert_as_foretold(engine, customer)
    assert [one.total for one in said.amounts] == [D("20.50"), D("2.00")]


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({"billing_lock": BillingLock.CLOSING}, "locked"),
        ({"invoices": OwnInvoices.NONE}, "No invoice is issued"),
    ],
)
def test_where_no_invoice_follows_it_is_said_and_charges_are_told_all_the_same(
    sqlite_engine: Engine, own: dict[str, Any], says: str
) -> None:
    customer = in_march(sqlite_engine)
    a_did(sqlite_engine, customer)
    insert(sqlite_engine, InvoicingSettings, {"customer_id": customer} | own)
    said = told(sqlite_engine, customer)
    assert says in said.refusal
    assert ([one.amount for one in said.charges], said.amounts, said.total) == ([D(2)], (), D(0))


@pytest.mark.parametrize("over", [{"bill_status": BillStatus.EXPORTED}, {"period_from": None, "period_to": None}])
def test_where_no_period_closes_nothing_is_foretold(sqlite_engine: Engine, over: dict[str, Any]) -> None:
    customer = in_march(sqlite_engine, **over)
    assert access_for(sqlite_engine).fetch(NextInvoiceOf(customer)) is None


def test_nothing_is_charged_beyond_a_planned_end(engine: Engine) -> None:
    customer = in_march(engine, credit_limit=None)
    a_did(engine, customer, fee=D(31))
    measured(engine, customer, (1, 10), price=D("3.10"))
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=D(62)))
    system(engine, datetime(2026, 3, 1, 12, tzinfo=UTC)).execute(
        ChargeFees(customer_id=customer, command_id=new_command_id())
    )
    status = ChangeStatus(
        customer_id=customer,
        move="permanently_terminate",
        day=date(2026, 3, 21),
        reason="asked",
        command_id=new_command_id(),
        confirm_customer_code=customer_of(engine, customer).customer_code,
    )
    access_for(engine, Role.ADMIN).execute(status)
    said = told(engine, customer)
    assert [(one.kind, one.amount) for one in said.charges] == [
        (Kind.DID_FEE, D(20)),
        (Kind.FEE_CREDIT, D(-22)),
        (Kind.MEASURED_CHARGE, D(20)),
    ]
    system(engine, datetime(2026, 3, 21, 1, tzinfo=UTC)).execute(
        EndLife(customer_id=customer, command_id=new_command_id())
    )
    close(engine, customer)
    assert [row.total for row in rows(engine, Invoice, customer)] == [said.total] == [D(80)]
