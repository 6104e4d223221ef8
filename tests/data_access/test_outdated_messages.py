"""A message is judged again when it is sent: what is not true by then is dropped, with a remark."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.permissions import Role
from data_access.commands.billing.invoices import IssueOutOfTurn, VoidInvoice
from data_access.commands.billing.money import BookTransaction
from data_access.jobs.sending import Sender, send_due
from data_access.models.outbox import Channel
from data_access.queries.timeline.timeline import Timeline, TimelineKind
from data_access.store.outbox_delivery import ClaimedMessage
from tests.data_access.test_collection import a_debtor, at, collect, lift, pay
from tests.data_access.test_lateness import charge, done, invoiced
from tests.support.builders import a_class, a_customer
from tests.support.outbox import messages
from tests.support.people import access_for


class Anywhere:
    """A mail server that takes everything."""

    def send(self, claimed: ClaimedMessage, now: datetime) -> str:  # noqa: ARG002
        return ""


def sent(engine: Engine, now: datetime) -> dict[str, str]:
    """What became of each message when the mail server was back, by what it is."""
    send_due(engine, lambda: now, Sender({Channel.EMAIL: Anywhere()}))
    return {row.event: str(row.state) for row in messages(engine)}


def test_a_warning_whose_invoice_was_paid_is_dropped_with_a_remark(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=6, suspend_notices=[3])
    collect(engine, customer, at(19))
    pay(engine, customer, "100", at(20))
    assert sent(engine, at(21)) == {"suspension_ahead": "dropped"}
    lines = access_for(engine, Role.SUPPORT, at(21)).fetch(Timeline(customer, (TimelineKind.MESSAGE,))).rows
    assert "is now paid" in lines[0].detail


def test_a_warning_of_an_invoice_that_is_void_by_now_is_dropped(engine: Engine) -> None:
    customer, invoice, _ = invoiced(engine, suspend_after=6, suspend_notices=[3])
    collect(engine, customer, at(19))
    done(engine, at(20), VoidInvoice, invoice_id=invoice)
    assert sent(engine, at(20)) == {"invoice_issued": "dropped", "suspension_ahead": "dropped"}


@pytest.mark.parametrize(("now", "state"), [(at(21, hour=23), "sent"), (at(22), "dropped"), (at(23), "dropped")])
def test_a_warning_is_sent_before_its_day_and_not_from_it_on(engine: Engine, now: datetime, state: str) -> None:
    customer = a_debtor(engine, suspend_after=6, suspend_notices=[3])
    collect(engine, customer, at(19))
    assert sent(engine, now) == {"suspension_ahead": state}


def test_a_reminder_of_a_due_day_that_has_passed_is_dropped(engine: Engine) -> None:
    customer = a_debtor(engine, reminders=[3])
    collect(engine, customer, at(13))
    assert sent(engine, at(17)) == {"reminder": "dropped"}


def test_what_is_true_still_is_sent(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3)
    collect(engine, customer, at(17))
    collect(engine, customer, at(19))
    assert sent(engine, at(25)) == {"overdue": "sent", "suspended": "sent"}


def _paid(engine: Engine, customer: int) -> None:
    pay(engine, customer, "100", at(20))


def _lifted(engine: Engine, customer: int) -> None:
    lift(engine, customer, date(2026, 6, 24), at(20))


@pytest.mark.parametrize("change", [_paid, _lifted])
def test_a_status_that_is_another_one_by_now_is_not_told(engine: Engine, change: Callable[[Engine, int], None]) -> None:
    customer = a_debtor(engine, suspend_after=3)
    collect(engine, customer, at(19))
    change(engine, customer)
    assert sent(engine, at(21))["suspended"] == "dropped"


@pytest.mark.parametrize("reminders", [[], [10]])
def test_an_invoice_and_its_reminder_that_are_paid_by_now_are_not_sent(engine: Engine, reminders: list[int]) -> None:
    customer, _, _ = invoiced(engine, reminders=reminders)
    collect(engine, customer, at(6))
    pay(engine, customer, "100", at(7))
    told = dict.fromkeys(["invoice_issued", *(["reminder"] if reminders else [])], "dropped")
    assert sent(engine, at(8)) == told


def test_an_invoice_that_is_paid_in_part_is_sent_with_its_reminder(engine: Engine) -> None:
    customer, _, _ = invoiced(engine, reminders=[10])
    collect(engine, customer, at(6))
    pay(engine, customer, "99.99", at(7))
    assert sent(engine, at(8)) == {"invoice_issued": "sent", "reminder": "sent"}


def test_an_invoice_of_nothing_is_not_paid_and_sent_all_the_same(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, zero_invoices=True), email="a@example.org")
    bookings = (
        charge(engine, customer, "5"),
        int(
            done(
                engine,
                at(1),
                BookTransaction,
                customer_id=customer,
                kind=Kind.MANUAL_CREDIT,
                amount=Decimal(5),
                service="Calls",
            ).transaction_id
        ),
    )
    done(engine, at(1), IssueOutOfTurn, customer_id=customer, transaction_ids=bookings)
    assert sent(engine, at(2)) == {"nothing_to_pay": "sent"}
