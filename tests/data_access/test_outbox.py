"""Events and notices: written with the change, one message a subscriber, a notice once a key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event

from data_access.base.bookings import Kind
from data_access.base.engine import write_turn
from data_access.base.events import Event
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.customers import CreateCustomer, EditCustomer
from data_access.commands.customers.status import ChangeStatus
from data_access.domain.lifecycle import StatusFacts
from data_access.domain.notices import Notice
from data_access.domain.validation import CustomerInput
from data_access.models.customers import BalanceControl, Customer
from data_access.services.entering import book
from data_access.services.outbox import announce, announce_status, notify, notify_status
from data_access.services.settlement import settle
from data_access.store.access import new_command_id
from data_access.store.audit_trail import CommandHeader
from data_access.store.unit_of_work import UnitOfWork, unit_of_work
from tests.support.builders import a_class, a_customer, a_did, a_suspended_customer, an_account, an_invoice
from tests.support.outbox import a_webhook, messages
from tests.support.people import NOW, access_for

ISSUED = {"number": "INV-1", "amount": Decimal("12.5"), "due_on": date(2026, 3, 30)}


@contextmanager
def a_change(engine: Engine, customer_id: int) -> Iterator[tuple[UnitOfWork, Customer]]:
    order = CommandHeader(new_command_id(), "Change", "", "", lambda: NOW)
    with write_turn(engine), unit_of_work(engine, SYSTEM, order) as work:
        yield work, work.lock(Customer, customer_id, called="The customer")
        work.complete({})


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
        announce(work, customer, Event.INVOICE_NEW, invoice_id=7, total=Decimal("12.5"), due_on=date(2026, 3, 30))
    (row,) = messages(engine)
    assert row.payload == {
        "event": "Invoice/New", "customer_id": customer_id, "customer_code": "EU-1", "at": "2026-03-16T09:00:00+00:00",
        "invoice_id": 7, "total": "12.50000", "due_on": "2026-03-30",
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
        announce_status(work, customer, StatusFacts(), StatusFacts(blocked=True))
    told = messages(engine)[0].payload
    assert (told["usable"], told["status"]) == (False, "open")
    assert told["why"].startswith("The customer is blocked")
    assert (told["accounts"], told["account_codes"]) == (1, ["4930111"])


def test_a_limited_service_can_be_used(engine):
    a_webhook(engine)
    with a_change(engine, a_customer(engine)) as (work, customer):
        customer.service_limited = True
        announce_status(work, customer, StatusFacts(), StatusFacts(service_limited=True))
    assert [(row.event, row.payload["usable"]) for row in messages(engine)] == [("Customer/Status/Changed", True)]


@pytest.mark.parametrize(
    ("control", "before", "kind", "amount", "events"),
    [
        (BalanceControl.PREPAID, "-5", Kind.USAGE_CHARGE, "5", ["BalanceChanged", "ZeroAvailableFunds"]),
        (BalanceControl.PREPAID, "-5", Kind.USAGE_CHARGE, "4", ["BalanceChanged"]),
        (BalanceControl.PREPAID, "0", Kind.PROMOTIONAL_CREDIT, "1", ["BalanceChanged", "AvailableFundsAppear"]),
        (BalanceControl.PREPAID, "3", Kind.PROMOTIONAL_CREDIT, "2", ["BalanceChanged"]),
        (BalanceControl.POSTPAID, "-5", Kind.MANUAL_CHARGE, "9", ["BalanceChanged"]),
    ],
)
def test_funds_that_run_out_or_appear_are_told(engine, control, before, kind, amount, events):
    a_webhook(engine)
    customer_id = a_customer(engine, balance_control=control, balance=Decimal(before))
    with a_change(engine, customer_id) as (work, customer):
        book(work, customer, kind, Decimal(amount), value_on=NOW.date())
    assert [row.event for row in messages(engine)] == [f"Customer/{name}" for name in events]


def test_a_payment_is_told_with_the_invoice_that_it_pays(engine):
    a_webhook(engine)
    customer_id = a_customer(engine)
    an_invoice(engine, customer_id, number="INV-7")
    with a_change(engine, customer_id) as (work, customer):
        payment = book(work, customer, Kind.MANUAL_PAYMENT, Decimal(40), value_on=NOW.date())
        settle(work, customer, payment)
    told = messages(engine)
    assert [row.event for row in told] == [
        "Customer/BalanceChanged", "PaymentTransaction/New", "Invoice/AmountPaid/Changed", "Invoice/Status/Changed",
    ]  # fmt: skip
    assert (told[0].payload["balance"], told[1].payload["amount"]) == ("60.00000", "-40.00000")
    assert (told[3].payload["number"], told[3].payload["status"]) == ("INV-7", "partly_paid")


def test_without_a_webhook_a_command_asks_once_only(engine):
    asked: list[str] = []
    with a_change(engine, a_customer(engine)) as (work, customer):
        event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
        for _ in range(5):
            announce(work, customer, Event.BALANCE_CHANGED)
            announce_status(work, customer, StatusFacts(), StatusFacts(blocked=True))
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
    after = StatusFacts(BillStatus.PROVISIONALLY_TERMINATED, terminate_on=date(2026, 4, 15))
    with a_change(engine, customer_id) as (work, customer):
        notify_status(work, customer, StatusFacts(), after, event_id=5)
        notify_status(work, customer, StatusFacts(), after, event_id=5)
        notify_status(work, customer, after, replace(after, terminate_on=date(2026, 4, 1)), event_id=6)
    (row,) = messages(engine)
    assert "It can still be reactivated before 15 April 2026" in row.body


def test_a_payment_that_ends_a_suspension_tells_it_in_order_and_thanks_the_customer(engine):
    a_webhook(engine, Event.PAYMENT_NEW, Event.UNSUSPEND)
    customer_id = a_suspended_customer(engine, email="n@example.org")
    with a_change(engine, customer_id) as (work, customer):
        settle(work, customer, book(work, customer, Kind.MANUAL_PAYMENT, Decimal(100), value_on=NOW.date()))
    told = messages(engine)
    assert [row.event for row in told] == ["PaymentTransaction/New", "Customer/Status/Unsuspend", "resumed"]
    assert told[1].payload["usable"] is True


def test_a_termination_tells_of_every_released_number(engine):
    a_webhook(engine)
    customer_id = a_customer(engine, customer_code="C-1")
    a_did(engine, customer_id, number="494012345")
    close = ChangeStatus(
        customer_id=customer_id, move="permanently_terminate", day=NOW.date(), confirm_customer_code="C-1",
        reason="Wished for", command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, Role.ADMIN).execute(close)
    told = [(row.event, row.payload.get("number")) for row in messages(engine) if row.webhook_id]
    assert told == [("DID/Status/Unassigned", "494012345"), ("Customer/Status/Closed", None)]


def test_a_new_customer_is_told(engine):
    a_webhook(engine)
    typed = CustomerInput(
        customer_code="N-1", customer_class_id=str(a_class(engine)), balance_control="postpaid", currency="EUR"
    )
    made = access_for(engine).execute(CreateCustomer(customer=typed, command_id=new_command_id()))
    assert [(row.event, row.customer_id) for row in messages(engine)] == [("Customer/New", made.customer_id)]


def test_an_edit_tells_which_fields_changed_and_no_personal_value(engine):
    a_webhook(engine)
    customer_id = a_customer(engine)
    order = EditCustomer(
        customer_id=customer_id, version=1, shown={}, changes={"city": "Malmö", "last_name": "Lindgren"},
        command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine).execute(order)
    told = messages(engine)
    assert [(row.event, row.payload["fields"]) for row in told] == [
        ("Customer/Name/Changed", ["last_name"]), ("Subscriber/Address/Changed", ["city"]),
    ]  # fmt: skip
    assert "Malmö" not in str([row.payload for row in told])
