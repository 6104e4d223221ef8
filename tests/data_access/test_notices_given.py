"""A notice in advance is given when it is sent: what it announces waits until then (ruling 47)."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.settings import settings
from data_access.base.statuses import BillStatus
from data_access.commands.collections.collection import Collected
from data_access.jobs.sending import Sender, send_due
from data_access.jobs.transports import NotDelivered
from data_access.models.outbox import Channel, Message
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.forecast.forecast_steps import Foreseen
from data_access.store.outbox_delivery import ClaimedMessage
from tests.data_access.test_collection import a_debtor, at, collect, row, system
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.outbox import messages
from tests.support.visits import visited_too_late

TERMS = {"suspend_after": 6, "suspend_notices": [3], "working_days_only": False}  # warned on the 19th, for the 22nd


class Server:
    """A mail server that takes everything, is away, or refuses the address for good."""

    def __init__(self, refusal: NotDelivered | None = None) -> None:
        self.refusal = refusal

    def send(self, claimed: ClaimedMessage, now: datetime) -> str:  # noqa: ARG002
        if self.refusal is not None:
            raise self.refusal
        return ""


AWAY = Server(NotDelivered("The mail server cannot be reached.", is_down=True))
REFUSES = Server(NotDelivered("There is no such mailbox.", is_final=True))
TAKES = Server()


@pytest.fixture(autouse=True)
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SMTP_HOST", "mail.example.org")
    settings.cache_clear()
    yield
    settings.cache_clear()


def mailed(engine: Engine, server: Server, now: datetime) -> None:
    send_due(engine, lambda: now, Sender({Channel.EMAIL: server}))


def day_of(engine: Engine, customer: int, day: int, server: Server) -> Collected:
    """A day of the worker: collection, then the mail."""
    done = collect(engine, customer, at(day, hour=8))
    mailed(engine, server, at(day, hour=9))
    assert not visited_too_late(engine, at(day, hour=9))
    return done


def suspended_on(engine: Engine, customer: int) -> date | None:
    since = row(engine, customer).suspended_at
    return since and since.date()


def run(engine: Engine, customer: int, *, back_on: int) -> None:
    """From the 17th to the 30th; the mail server is away until a day."""
    for day in range(17, 31):
        day_of(engine, customer, day, TAKES if day >= back_on else AWAY)


@pytest.mark.parametrize(("back_on", "suspended"), [(19, 22), (20, 23), (21, 24)])
def test_a_warning_that_is_sent_late_moves_what_it_announces(engine: Engine, back_on: int, suspended: int) -> None:
    customer = a_debtor(engine, **TERMS)
    run(engine, customer, back_on=back_on)
    assert suspended_on(engine, customer) == date(2026, 6, suspended)
    assert [mail.state for mail in messages(engine) if mail.event == "suspension_ahead"] == ["sent"]


def test_a_warning_whose_day_came_before_it_was_sent_is_given_again_with_its_own_days(engine: Engine) -> None:
    customer = a_debtor(engine, **TERMS)
    run(engine, customer, back_on=23)
    with Session(engine) as session:
        warnings = select(Message).where(Message.event == "suspension_ahead").order_by(Message.id)
        first, second = session.scalars(warnings).all()
    assert (first.state, second.state) == ("dropped", "sent")
    assert second.sent_at is not None
    until = suspended_on(engine, customer)
    assert until is not None
    assert (until - second.sent_at.date()).days == 3
    assert "25 June 2026" in second.subject  # no day that has passed, and none after the suspension


def foretold(engine: Engine, customer: int, now: datetime) -> list[date]:
    told = system(engine, now).fetch(WhatHappensNext(customer))
    return [one.on for one in told if one.kind is Foreseen.SUSPENSION]


def test_a_warning_that_was_dropped_before_collection_looked_is_given_again(engine: Engine) -> None:
    customer = a_debtor(engine, **TERMS)
    for day in range(17, 22):
        day_of(engine, customer, day, AWAY)
    mailed(engine, TAKES, at(22, hour=7))
    assert "warn_suspend" in collect(engine, customer, at(22, hour=8)).steps
    assert foretold(engine, customer, at(22, hour=8)) == [date(2026, 6, 25)]


def test_while_a_warning_waits_the_later_day_is_foretold(engine: Engine) -> None:
    customer = a_debtor(engine, **TERMS)
    for day in range(17, 22):
        day_of(engine, customer, day, AWAY)
    assert foretold(engine, customer, at(21, hour=9)) == [date(2026, 6, 24)]
    mailed(engine, TAKES, at(21, hour=12))
    assert foretold(engine, customer, at(21, hour=23)) == [date(2026, 6, 24)]


def test_while_the_mail_server_is_away_nobody_is_suspended_unwarned(engine: Engine) -> None:
    customer = a_debtor(engine, **TERMS)
    run(engine, customer, back_on=99)
    assert row(engine, customer).bill_status is BillStatus.OPEN
    assert foretold(engine, customer, at(30, hour=9)) > [date(2026, 7, 1)]


def test_a_warning_that_nobody_can_be_sent_holds_nothing_up(engine: Engine) -> None:
    nowhere = a_customer(engine, customer_class_id=a_class(engine, **TERMS), email="")
    an_invoice(engine, nowhere, issued_on=date(2026, 6, 1), due_on=date(2026, 6, 16))
    for day in range(17, 23):
        day_of(engine, nowhere, day, AWAY)
    assert suspended_on(engine, nowhere) == date(2026, 6, 22)


def test_a_warning_that_was_refused_for_good_holds_nothing_up(engine: Engine) -> None:
    customer = a_debtor(engine, **TERMS)
    for day in range(17, 23):
        day_of(engine, customer, day, REFUSES)
    assert suspended_on(engine, customer) == date(2026, 6, 22)


def test_without_any_mail_server_a_notice_counts_when_it_is_written(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMTP_HOST")
    settings.cache_clear()
    customer = a_debtor(engine, **TERMS)
    for day in range(17, 23):
        collect(engine, customer, at(day))
    assert suspended_on(engine, customer) == date(2026, 6, 22)
