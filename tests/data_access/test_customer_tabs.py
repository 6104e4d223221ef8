"""What the tabs of a customer's page ask for: accounts, address, ledger, invoices, history, scheduled changes."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import NotFound
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.status import CancelPlan, ChangeStatus, PlanMove
from data_access.domain.sections import ADDRESS_INFO
from data_access.models.customers import AccountKind, BalanceControl
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.billing.free_bookings import NotInvoiced
from data_access.queries.billing.invoices import FindInvoices
from data_access.queries.billing.ledger import BalanceHistory, FindTransactions, InvoicePayments, PaymentUses
from data_access.queries.customers.accounts import AccountRow, ListAccounts
from data_access.queries.customers.section import SectionOf
from data_access.queries.customers.usability import IsUsable
from data_access.queries.pagination.newest_first import PAGE
from data_access.queries.timeline.history import ScheduledChanges, StatusHistory
from data_access.store.access import Query, new_command_id
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer, an_account, an_invoice, later
from tests.support.people import NOW, access_for


def the_account(engine: Engine, **customer: object) -> AccountRow:
    customer_id = a_customer(engine, **customer)
    an_account(engine, customer_id, kind=AccountKind.SIM)
    (account,) = access_for(engine).fetch(ListAccounts(customer_id))
    return account


def test_an_account_of_an_active_customer_is_usable(engine: Engine) -> None:
    account = the_account(engine)
    assert (account.kind, account.is_usable, account.why) == (AccountKind.SIM, True, "")


@pytest.mark.parametrize(
    ("customer", "why"),
    [
        ({"blocked": True}, "The customer is blocked: nothing can be used."),
        ({"bill_status": BillStatus.SUSPENDED}, "The customer is suspended because an invoice is overdue"),
        (
            {"bill_status": BillStatus.PROVISIONALLY_TERMINATED},
            "The customer is provisionally terminated: nothing can be used.",
        ),
        (
            {"bill_status": BillStatus.PERMANENTLY_TERMINATED},
            "The customer is permanently terminated: nothing can be used any more.",
        ),
        ({"bill_status": BillStatus.EXPORTED}, "The customer is exported: its services run at the new installation."),
        ({"balance_control": BalanceControl.PREPAID}, "No funds are available: a payment brings them back."),
    ],
)
def test_whether_an_account_is_usable_follows_from_its_customer(
    engine: Engine, customer: dict[str, object], why: str
) -> None:
    account = the_account(engine, **customer)
    assert not account.is_usable
    assert account.why.startswith(why)


def test_a_lifted_suspension_leaves_accounts_usable(engine: Engine) -> None:
    lifted = {"suspension_lifted_until": NOW + timedelta(days=2), "first_lifted_on": NOW.date()}
    assert the_account(engine, bill_status=BillStatus.SUSPENDED, **lifted).is_usable


def test_an_account_of_a_customer_over_the_limit_says_limit_and_balance(engine: Engine) -> None:
    account = the_account(engine, balance=Decimal(20), credit_limit=Decimal(10))
    assert not account.is_usable
    assert account.why.startswith("The credit limit is 10.00 EUR and the balance 20.00 EUR")


def test_what_is_told_of_an_account_is_what_its_usage_is_told(engine: Engine) -> None:
    customer = a_customer(engine, daily_spending_limit=Decimal(0), customer_class_id=a_class(engine, currency="EUR"))
    an_account(engine, customer, account_code="4930111")
    access = access_for(engine)
    (account,) = access.fetch(ListAccounts(customer))
    usability = access.fetch(IsUsable("4930111"))
    assert (account.is_usable, account.why) == (usability.is_usable, usability.why)
    assert account.why.startswith("The daily spending limit")


def test_an_account_of_a_limited_customer_is_usable_with_limits(engine: Engine) -> None:
    account = the_account(engine, service_limited=True)
    assert (account.is_usable, account.why) == (True, "With limits: the customer has unpaid invoices.")


def test_an_account_that_has_ended_or_not_begun_says_so(engine: Engine) -> None:
    customer = a_customer(engine)
    an_account(engine, customer, account_code="1", ended_on=NOW.date())
    an_account(engine, customer, account_code="2", activated_on=later(1))
    found = access_for(engine).fetch(ListAccounts(customer))
    assert [(account.account_code, account.why) for account in found] == [
        ("2", "Not activated yet."),
        ("1", "The account ended on 16 Mar 2026: it cannot be used any more."),
    ]


def test_the_address_comes_in_the_order_and_words_of_the_form(engine: Engine) -> None:
    customer = a_customer(engine, company_name="Blue Harbour", city="Kiel", country="DE", email="a@b.example")
    fields = access_for(engine).fetch(SectionOf(customer, ADDRESS_INFO.name)).said
    told = dict(fields)
    assert fields[0][0] == "Company name"
    assert (told["City"], told["Country"], told["Email"], told["Fax"]) == ("Kiel", "Germany", "a@b.example", "")


def test_the_address_is_masked_without_the_right_and_the_country_is_not(engine: Engine) -> None:
    customer = a_customer(engine, city="Kiel", country="DE", phone="+49 431 1234", email="nadia@b.example")
    told = dict(access_for(engine, Role.ANALYST).fetch(SectionOf(customer, ADDRESS_INFO.name)).said)
    assert (told["City"], told["Country"], told["Phone"], told["Fax"]) == ("K•••••", "Germany", "•••••", "")
    assert "nadia" not in told["Email"]


def test_the_ledger_runs_from_the_newest_with_the_balance_after_each(engine: Engine) -> None:
    customer = a_customer(engine, balance=Decimal(50))
    access = access_for(engine, Role.MANAGER, login="maria")
    access.execute(
        BookTransaction(
            customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(20), reference="R-1",
            visible_comment="Thank you", internal_comment="cash", command_id=new_command_id(),
        )
    )  # fmt: skip
    newest, oldest = access.fetch(FindTransactions(customer)).rows
    assert (newest.kind, newest.amount, newest.balance_after) == ("Manual payment", Decimal(-20), Decimal(30))
    assert (newest.login, newest.reference) == ("maria", "R-1")
    assert (newest.visible_comment, newest.internal_comment) == ("Thank you", "cash")
    assert oldest.balance_after == Decimal(50)


def test_pages_of_ledger_and_invoices_hold_every_row_once(engine: Engine) -> None:
    customer = a_customer(engine)
    for number in range(PAGE + 5):
        an_invoice(engine, customer, number=f"INV-{number}", total=Decimal(1))
    access = access_for(engine)
    for query in (FindTransactions, FindInvoices):
        first = access.fetch(query(customer))
        second = access.fetch(query(customer, first.older or ""))
        assert (len(first.rows), len(second.rows), second.older) == (PAGE, 5, None)
        assert len({*first.rows, *second.rows}) == PAGE + 5


def test_the_balance_history_runs_from_the_oldest(engine: Engine) -> None:
    customer = a_customer(engine, balance=Decimal(50))
    an_invoice(engine, customer, total=Decimal("10.5"))
    history = access_for(engine).fetch(BalanceHistory(customer))
    assert list(history.columns) == ["at", "balance_after"]
    assert list(history["balance_after"]) == [Decimal(50), Decimal("60.5")]


def test_the_balance_history_places_a_booking_at_its_value_date(engine: Engine) -> None:
    customer, access = a_customer(engine, billing_zone="Europe/Berlin"), access_for(engine, Role.ADMIN)
    for kind, amount, day in (
        (Kind.MANUAL_CHARGE, "10", date(2026, 3, 16)),
        (Kind.MANUAL_PAYMENT, "4", date(2026, 2, 1)),
        (Kind.MANUAL_CHARGE, "3", date(2026, 1, 1)),
    ):
        order = BookTransaction(
            customer_id=customer, kind=kind, amount=Decimal(amount), value_on=day, command_id=new_command_id(),
            service="Calls" if kind is Kind.MANUAL_CHARGE else None,
        )  # fmt: skip
        access.execute(order)
    history = access.fetch(BalanceHistory(customer))
    assert list(history["balance_after"]) == [Decimal(3), Decimal(-1), Decimal(9)]
    assert [str(at) for at in history["at"]] == [
        "2025-12-31 23:00:00+00:00", "2026-01-31 23:00:00+00:00", str(NOW),
    ]  # fmt: skip


def test_a_customer_without_bookings_has_an_empty_typed_history(engine: Engine) -> None:
    history = access_for(engine).fetch(BalanceHistory(a_customer(engine)))
    assert history.empty
    assert "decimal" in str(history["balance_after"].dtype)


def test_an_invoice_tells_how_late_and_how_far_paid_it_is(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, number="LATE", total=Decimal(100), paid=Decimal(40), issued_on=date(2026, 2, 1))
    an_invoice(engine, customer, number="NEW", issued_on=NOW.date(), disputed=True)
    an_invoice(engine, customer, number="DUE TODAY", issued_on=date(2026, 2, 20), due_on=NOW.date())
    found = {row.number: row for row in access_for(engine).fetch(FindInvoices(customer)).rows}
    late = found["LATE"]
    assert (late.payment_status, late.days_overdue, late.open) == ("Overdue, partly paid", 29, Decimal(60))
    assert late.type == "Regular"
    assert (found["NEW"].payment_status, found["NEW"].is_disputed) == ("Unpaid", True)
    assert (found["DUE TODAY"].payment_status, found["DUE TODAY"].days_overdue) == ("Unpaid", 0)


def test_a_payment_and_an_invoice_tell_of_each_other(engine: Engine) -> None:
    customer = a_customer(engine)
    one = an_invoice(engine, customer, number="ONE", total=Decimal(10), issued_on=date(2026, 1, 1))
    an_invoice(engine, customer, number="TWO", total=Decimal(10), issued_on=date(2026, 1, 2))
    access = access_for(engine)
    booked = access.execute(
        BookTransaction(customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(15), command_id=new_command_id())
    )
    uses = access.fetch(PaymentUses(booked.transaction_id))
    assert [(use.used_for, use.amount) for use in uses] == [("ONE", Decimal(10)), ("TWO", Decimal(5))]
    (payment,) = access.fetch(InvoicePayments(one))
    assert (payment.payment, payment.paid_on, payment.amount) == ("Manual payment", NOW.date(), Decimal(10))
    stranger = access_for(engine, reseller_id=a_reseller(engine))
    assert stranger.fetch(PaymentUses(booked.transaction_id)) == ()


def test_the_status_history_tells_from_where_to_where_who_and_why(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    access = access_for(engine, Role.MANAGER, login="maria")
    access.execute(
        ChangeStatus(
            customer_id=customer, move="lift_suspension", day=later(2), reason="pays on Wednesday",
            command_id=new_command_id(),
        )
    )  # fmt: skip
    newest = access.fetch(StatusHistory(customer))[0]
    assert newest.what == "Suspension lifted until 18 Mar 2026"
    assert (newest.status_from, newest.status_to, newest.login) == ("Suspended", "Suspended", "maria")
    assert newest.reason == "pays on Wednesday"


def test_scheduled_changes_hold_what_comes_by_itself_by_plan_and_what_was_cancelled(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    access = access_for(engine, Role.MANAGER)
    for move, day in (("lift_suspension", later(2)), ("block", None)):
        access.execute(ChangeStatus(customer_id=customer, move=move, day=day, reason="r", command_id=new_command_id()))
    plans = [
        access.execute(
            PlanMove(
                customer_id=customer, move="provisionally_terminate", due_on=later(days), reason="notice",
                command_id=new_command_id(),
            )
        )
        for days in (9,)
    ]  # fmt: skip
    access.execute(CancelPlan(plan_id=plans[0].plan_id, reason="changed their mind", command_id=new_command_id()))
    lift, plan = access.fetch(ScheduledChanges(customer))
    assert (lift.on, lift.what) == (later(2), "Suspended again unless paid")
    assert (plan.on, plan.what, plan.state) == (later(9), "Provisionally terminate", "Cancelled")


def test_a_midterm_invoice_is_scheduled_and_never_called_done(engine: Engine) -> None:
    customer = a_customer(engine)
    access = access_for(engine, Role.MANAGER)
    access.execute(
        ChangeStatus(
            customer_id=customer, move="provisionally_terminate", midterm_invoice=True, reason="r",
            command_id=new_command_id(),
        )
    )  # fmt: skip
    scheduled = {row.what for row in access.fetch(ScheduledChanges(customer))}
    assert scheduled == {
        "Permanently terminated unless reactivated",
        "Midterm invoice: comes by 10:00",
    }


@pytest.mark.parametrize(
    "query", [ListAccounts, partial(SectionOf, section="address_info"), FindTransactions, BalanceHistory, FindInvoices,
              StatusHistory, ScheduledChanges, CustomerAudit],
)  # fmt: skip
def test_no_tab_tells_of_a_strangers_customer(engine: Engine, query: Callable[[int], Query[object]]) -> None:
    customer = a_customer(engine)
    stranger = access_for(engine, Role.MANAGER, reseller_id=a_reseller(engine))
    with pytest.raises(NotFound):
        stranger.fetch(query(customer))


@pytest.mark.parametrize("amount", ["12.5", "-3", "0"])
def test_what_stands_on_no_invoice_yet_is_summed(engine: Engine, amount: str) -> None:
    customer = a_customer(engine, balance=Decimal(amount))
    an_invoice(engine, customer, total=Decimal(40))
    assert access_for(engine, Role.SUPPORT).fetch(NotInvoiced(customer)) == Decimal(amount)
