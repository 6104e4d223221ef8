"""Automatic payments: when a stored card is charged, and how refusals stop it until somebody enables it again."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.base.settings import settings
from data_access.base.statuses import BillStatus
from data_access.commands.cards.auto_payments import EditAutoPayment, EnableAutoPayment, RequestAutoPayment
from data_access.commands.cards.cards import RemoveCard
from data_access.commands.customers.status import ChangeStatus
from data_access.domain.billing.auto_payments import MOST_FAILURES, PAUSE, is_reached, may_try
from data_access.jobs.runner import run_job
from data_access.models.customers import BalanceControl
from data_access.models.money import Invoice, Transaction
from data_access.queries.cards.auto_payments import AutoPaymentOf, AutoPaymentView, DueAutoPayments
from data_access.queries.cards.cards import CardsOf
from data_access.store.access import Access, new_command_id
from data_access.store.job_leases import Holder
from tests.data_access.test_cards import adding
from tests.data_access.test_invoicing import edited
from tests.data_access.test_money import row_of
from tests.data_access.test_periods_closing import rows
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, access_for

D = Decimal


@pytest.mark.parametrize(
    ("level", "balance", "is_prepaid", "reached"),
    [
        ("100", "100", False, False), ("100", "100.01", False, True), ("100", "-5", False, False),
        ("10", "-10", True, False), ("10", "-9.99", True, True), ("0", "0", True, False), ("0", "0.01", True, True),
    ],
)  # fmt: skip
def test_a_rule_holds_above_a_balance_or_below_the_funds(level, balance, is_prepaid, reached):
    assert is_reached(D(level), D(balance), is_prepaid=is_prepaid) is reached


def test_a_day_goes_by_after_a_refusal():
    assert may_try(0, NOW, NOW)
    assert not may_try(1, NOW, NOW + PAUSE - timedelta(seconds=1))
    assert may_try(1, NOW, NOW + PAUSE)


def with_card(engine: Engine, mark: str = "test-approve", expires_on: date = date(2028, 1, 31), **over: Any) -> int:
    customer = a_customer(engine, **over)
    access_for(engine, Role.MANAGER).execute(adding(customer, mark, expires_on=expires_on))
    return customer


def ruled(engine: Engine, customer: int, role: Role = Role.MANAGER, **changes: str) -> None:
    cards = access_for(engine, Role.ADMIN).fetch(CardsOf(customer))
    order = EditAutoPayment(
        customer_id=customer, version=0, shown={}, changes={"method_id": str(cards[0].method_id)} | changes,
        command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, role).execute(order)


def run(engine: Engine, now: datetime = NOW) -> None:
    run_job(engine, Job.PAY_AUTOMATICALLY, lambda: now, Holder("worker"))


def stands(engine: Engine, customer: int, now: datetime = NOW) -> AutoPaymentView:
    return access_for(engine, Role.SUPPORT, now).fetch(AutoPaymentOf(customer))


def paid(engine: Engine, customer: int) -> list[Decimal]:
    return [-row.amount for row in rows(engine, Transaction, customer) if row.kind is Kind.ECOMMERCE_PAYMENT]


PREPAID = {"balance_control": BalanceControl.PREPAID, "credit_limit": None}


@pytest.mark.parametrize(
    ("balance", "more", "amounts"),
    [("100.01", {}, [50]), ("100", {}, []), ("-9", PREPAID, [50]), ("-100", PREPAID, [])],
)
def test_a_card_pays_when_its_rule_says(engine: Engine, balance: str, more: Any, amounts: list[int]) -> None:
    customer = with_card(engine, balance=D(balance), **more)
    ruled(engine, customer, amount="50", level="10" if more else "100")
    run(engine)
    run(engine)
    assert paid(engine, customer) == amounts
    assert row_of(engine, customer).balance == D(balance) - sum(amounts)
    assert read_ledgers(engine).breaches() == []


@pytest.mark.parametrize(
    ("of_class", "own", "is_charged"), [(True, "", True), (True, "no", False), (False, "yes", True)]
)
def test_an_open_invoice_is_charged_where_the_customer_or_its_class_wants_it(
    engine: Engine, of_class: bool, own: str, is_charged: bool
) -> None:
    customer = with_card(engine, customer_class_id=a_class(engine, charges_invoices=of_class))
    ruled(engine, customer)
    if own:
        edited(engine, customer, charges_invoices=own)
    an_invoice(engine, customer, total=D(80))
    run(engine)
    assert paid(engine, customer) == ([80] if is_charged else [])
    assert rows(engine, Invoice, customer)[0].open == (0 if is_charged else 80)


def test_refusals_in_a_row_freeze_it_until_somebody_enables_it(engine: Engine) -> None:
    customer = with_card(engine, "test-refuse", balance=D(500))
    ruled(engine, customer, amount="50", level="100")
    for day in range(MOST_FAILURES + 2):
        run(engine, NOW + PAUSE * day)
        run(engine, NOW + PAUSE * day + timedelta(hours=1))
    frozen = stands(engine, customer)
    assert (frozen.failures, frozen.frozen_at) == (MOST_FAILURES, NOW + PAUSE * (MOST_FAILURES - 1))
    later = NOW + PAUSE * 9
    assert Access(engine, SYSTEM, lambda: later).fetch(DueAutoPayments()) == []
    order = EnableAutoPayment(customer_id=customer, command_id=new_command_id())
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ANALYST, later).execute(order)
    access_for(engine, Role.MANAGER, later).execute(replace(order, command_id=new_command_id()))
    assert (stands(engine, customer).failures, stands(engine, customer).frozen_at) == (0, None)
    assert Access(engine, SYSTEM, lambda: later).fetch(DueAutoPayments()) == [customer]
    with pytest.raises(Rejected, match="not frozen"):
        access_for(engine, Role.MANAGER, later).execute(
            EnableAutoPayment(customer_id=customer, command_id=new_command_id())
        )


@pytest.mark.parametrize("ends", ["not set", "removed", "expired", "exported"])
def test_nothing_is_charged_without_a_card_that_can_be(engine: Engine, ends: str) -> None:
    over = {"bill_status": BillStatus.EXPORTED} if ends == "exported" else {}
    expires_on = NOW.date() + timedelta(days=1)
    customer = with_card(engine, balance=D(500), expires_on=expires_on)
    ruled(engine, customer, amount="50", level="100")
    now = NOW
    if ends == "not set":
        clear = EditAutoPayment(
            customer_id=customer, version=1, shown={}, changes={"method_id": ""}, command_id=new_command_id()
        )
        access_for(engine, Role.MANAGER).execute(clear)
    elif ends == "removed":
        (card,) = access_for(engine, Role.MANAGER).fetch(CardsOf(customer))
        access_for(engine, Role.MANAGER).execute(RemoveCard(method_id=card.method_id, command_id=new_command_id()))
    elif ends == "exported":
        with_status(engine, customer, over["bill_status"])
    else:
        now = NOW + timedelta(days=3)
    run(engine, now)
    assert paid(engine, customer) == []
    with pytest.raises(Rejected):
        Access(engine, SYSTEM, lambda: now).execute(
            RequestAutoPayment(customer_id=customer, command_id=new_command_id())
        )
    assert bool(stands(engine, customer, now).why_not) is (ends in ("removed", "expired"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"amount": "50"}, "level"), ({"level": "50"}, "amount"), ({"amount": "0.001", "level": "5"}, "amount"),
     ({"method_id": "999"}, "method_id")],
)  # fmt: skip
def test_a_rule_is_whole_and_about_a_card_of_the_customer(engine: Engine, changes: Any, field: str) -> None:
    customer = with_card(engine)
    with pytest.raises(Invalid) as complained:
        ruled(engine, customer, **changes)
    assert set(complained.value.complaints) == {field}


def test_an_analyst_sets_no_rule(engine: Engine) -> None:
    with pytest.raises(NotPermitted):
        ruled(engine, with_card(engine), Role.ANALYST, amount="5", level="5")


def with_status(engine: Engine, customer: int, status: BillStatus) -> None:
    order = ChangeStatus(
        customer_id=customer, move="mark_exported", day=NOW.date(), confirm_customer_code="", reason="moved",
        command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, Role.ADMIN).execute(order)
    assert row_of(engine, customer).bill_status is status


def test_cards_are_charged_where_a_payment_system_is_configured_for_the_currency(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = with_card(engine, balance=D(500))
    ruled(engine, customer, amount="50", level="100")
    monkeypatch.setenv("CARD_CURRENCIES", "GBP, JPY")
    settings.cache_clear()
    try:
        run(engine)
        assert paid(engine, customer) == []
        assert stands(engine, customer).why_not.startswith("No online payment system is configured for EUR")
        with pytest.raises(Rejected, match="configured for EUR"):
            access_for(engine, Role.MANAGER).execute(adding(customer))
    finally:
        monkeypatch.undo()
        settings.cache_clear()
