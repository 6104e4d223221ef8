"""Events and notices: written with the change, one message a subscriber, a notice once a key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from data_access.access import new_command_id
from data_access.announcing import announce, announce_balance, announce_status, notify, notify_status
from data_access.audit_trail import Order
from data_access.engine import write_turn
from data_access.lifecycle import BillStatus, Facts
from data_access.models.customers import BalanceControl, Customer
from data_access.models.outbox import Message, Webhook
from data_access.notices import Event, Notice
from data_access.permissions import SYSTEM
from data_access.unit_of_work import UnitOfWork, unit_of_work
from tests.support.builders import a_class, a_customer, an_account
from tests.support.people import NOW
from tests.support.rows import insert

ISSUED = {"number": "INV-1", "amount": Decimal("12.5"), "due_on": date(2026, 3, 30)}


def a_webhook(engine: Engine, *events: Event, **over: Any) -> int:
    row = {"name": "Switch", "url": "http://127.0.0.1:1/", "secret": "s", "events": "\n".join(events)}
    return insert(engine, Webhook, row | over)


@contextmanager
def a_change(engine: Engine, customer_id: int) -> Iterator[tuple[UnitOfWork, Customer]]:
    order = Order(new_command_id(), "Change", "", "", NOW)
    with write_turn(engine), unit_of_work(engine, SYSTEM, order) as work:
        yield work, work.lock(Customer, customer_id, called="The customer")
        work.complete({})


def messages(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(Message.__table__).order_by(Message.__table__.c.id)))


def test_every_active_webhook_that_asked_for_an_event_gets_it_once(engine):
    all_events, asked = a_webhook(engine), a_webhook(engine, Event.BLOCKED, Event.CUSTOMER_NEW)
    a_webhook(engine, Event.UNBLOCKED)
    a_webhook(engine, is_active=False)
    with a_change(engine, a_customer(engine)) as (work, customer):
        announce(work, customer, Event.BLOCKED)
    assert [(row.webhook_id, row.event, row.state) for row in messages(engine)] == [
        (all_events, "Customer/Blocked", "waiting"), (asked, "Customer/Blocked", "waiting"),
    ]  # fmt: skip
    assert len({row.key for row in messages(engine)}) == 2


def test_an_event_says_whose_it_is_when_and_what(engine):
    a_webhook(engine)
    customer_id = a_customer(engine, customer_code="EU-1")
    with a_change(engine, customer_id) as (work, customer):
        announce(work, customer, Event.INVOICE_NEW, invoice_id=7, total=Decimal("12.50"), due_on=date(2026, 3, 30))
    (row,) = messages(engine)
    assert row.payload == {
        "event": "Invoice/New", "customer_id": customer_id, "customer_code": "EU-1", "at": "2026-03-16T09:00:00+00:00",
        "invoice_id": 7, "total": "12.50", "due_on": "2026-03-30",
    }  # fmt: skip


def test_a_change_that_fails_tells_nothing(engine):
    a_webhook(engine)
    customer_id = a_customer(engine, email="n@example.org")
    with pytest.raises(ZeroDivisionError):
        _told_and_failed(engine, customer_id)
    assert messages(engine) == []


def _told_and_failed(engine: Engine, customer_id: int) -> None:
    with a_change(engine, customer_id) as (work, customer):
        announce(work, customer, Event.BLOCKED)
        notify(work, customer, Notice.RESUMED, key="k")
        raise ZeroDivisionError


def test_a_status_event_tells_whether_the_accounts_can_be_used_and_why_not(engine):
    a_webhook(engine, Event.BLOCKED)
    customer_id = a_customer(engine)
    an_account(engine, customer_id, account_code="4930111")
    an_account(engine, customer_id, account_code="4930112", ended_on=NOW.date())
    with a_change(engine, customer_id) as (work, customer):
        customer.blocked = True
        announce_status(work, customer, Facts(), Facts(blocked=True))
    told = messages(engine)[0].payload
    assert (told["usable"], told["why"], told["status"]) == (False, "Blocked", "blocked")
    assert (told["accounts"], told["account_codes"]) == (1, ["4930111"])


def test_a_limited_service_can_be_used(engine):
    a_webhook(engine)
    with a_change(engine, a_customer(engine)) as (work, customer):
        customer.service_limited = True
        announce_status(work, customer, Facts(), Facts(service_limited=True))
    assert [(row.event, row.payload["usable"]) for row in messages(engine)] == [("Customer/Status/Changed", True)]


@pytest.mark.parametrize(
    ("control", "before", "after", "events"),
    [
        (BalanceControl.PREPAID, "-5", "0", ["Customer/BalanceChanged", "Customer/ZeroAvailableFunds"]),
        (BalanceControl.PREPAID, "-5", "-1", ["Customer/BalanceChanged"]),
        (BalanceControl.PREPAID, "0", "-1", ["Customer/BalanceChanged", "Customer/AvailableFundsAppear"]),
        (BalanceControl.PREPAID, "3", "1", ["Customer/BalanceChanged"]),
        (BalanceControl.POSTPAID, "-5", "5", ["Customer/BalanceChanged"]),
    ],
)
def test_funds_that_run_out_or_appear_are_told(engine, control, before, after, events):
    a_webhook(engine)
    with a_change(engine, a_customer(engine, balance_control=control)) as (work, customer):
        customer.balance = Decimal(after)
        announce_balance(work, customer, Decimal(before))
    assert [row.event for row in messages(engine)] == events


def test_without_a_webhook_a_command_asks_once_only(engine):
    asked: list[str] = []
    with a_change(engine, a_customer(engine)) as (work, customer):
        event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
        for _ in range(5):
            announce(work, customer, Event.BALANCE_CHANGED)
            announce_status(work, customer, Facts(), Facts(blocked=True))
        assert len(asked) == 1


def test_a_notice_goes_to_the_customer_from_the_class(engine):
    class_id = a_class(engine, issuer_name="Lindgren Telecom", notices_from="billing@lindgren.example")
    customer_id = a_customer(
        engine, customer_class_id=class_id, company_name="Nord AG", email="a@nord.example, b@nord.example",
        bcc="copy@nord.example",
    )  # fmt: skip
    with a_change(engine, customer_id) as (work, customer):
        notify(work, customer, Notice.INVOICE_ISSUED, key="invoice/1", **ISSUED)
    (row,) = messages(engine)
    assert (row.sender, row.recipient) == ("billing@lindgren.example", "a@nord.example, b@nord.example")
    assert row.payload == {"bcc": "copy@nord.example"}
    assert (row.event, row.state, row.subject) == ("invoice_issued", "waiting", "Your invoice INV-1")
    assert row.body.startswith("Dear Nord AG,")
    assert "12.50 EUR" in row.body


def test_a_notice_is_written_once_a_key(engine):
    customer_id = a_customer(engine, email="n@example.org")
    for _ in range(2):
        with a_change(engine, customer_id) as (work, customer):
            notify(work, customer, Notice.RESUMED, key="step/1/suspend")
            notify(work, customer, Notice.RESUMED, key="step/1/suspend")
    assert len(messages(engine)) == 1


def test_a_notice_to_nobody_stands_as_failed_with_its_reason(engine):
    with a_change(engine, a_customer(engine)) as (work, customer):
        notify(work, customer, Notice.RESUMED, key="k")
    (row,) = messages(engine)
    assert (row.state, row.last_error) == ("failed", "The customer has no e-mail address.")


def test_a_status_change_is_told_to_the_customer_once_an_event(engine):
    customer_id = a_customer(engine, email="n@example.org")
    after = Facts(BillStatus.PROVISIONALLY_TERMINATED, terminate_on=date(2026, 4, 15))
    with a_change(engine, customer_id) as (work, customer):
        notify_status(work, customer, Facts(), after, event_id=5)
        notify_status(work, customer, Facts(), after, event_id=5)
        notify_status(work, customer, after, replace(after, terminate_on=date(2026, 4, 1)), event_id=6)
    (row,) = messages(engine)
    assert "Until 15 April 2026 it can be reactivated" in row.body
