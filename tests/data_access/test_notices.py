"""The words that leave the house: every notice with sample facts, and what status changes are called outside."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from string import Template

import pytest

from data_access.base.events import Event
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.domain.lifecycle import StatusFacts
from data_access.domain.moves import MOVES
from data_access.domain.notices import WORDS, Fact, Notice, NoticeText, events_between, notice_between, written

SAMPLES: dict[str, Fact] = {
    "number": "INV-000017", "amount": Decimal("1234.5"), "due_on": date(2026, 3, 2), "day": date(2026, 3, 9),
    "threshold": "80 % of your credit limit", "service": "Calls", "used": "80 minutes", "granted": "100 minutes",
    "spent": Decimal("8.5"), "limit": Decimal(10), "left": "70 minutes",
    "beyond": "What goes beyond it is charged at the normal price.",
}  # fmt: skip
THEN = datetime(2026, 3, 1, tzinfo=UTC)
ACTIVE = StatusFacts()
SUSPENDED = StatusFacts(BillStatus.SUSPENDED, suspension_cause=SuspensionCause.COLLECTION, suspended_at=THEN)
LIFTED = StatusFacts(BillStatus.SUSPENDED, suspension_lifted_until=THEN)
LIMITED = StatusFacts(service_limited=True)
PROVISIONAL = StatusFacts(BillStatus.PROVISIONALLY_TERMINATED, terminate_on=date(2026, 4, 1))
ENDED = StatusFacts(BillStatus.PERMANENTLY_TERMINATED)
EXPORTED = StatusFacts(BillStatus.EXPORTED)
BLOCKED = StatusFacts(blocked=True)
BLOCKED_SUSPENDED = StatusFacts(BillStatus.SUSPENDED, blocked=True)


def write(notice: Notice, currency: str = "EUR", **over: Fact) -> tuple[str, str]:
    facts = {name: SAMPLES[name] for name in WORDS[notice].asks_for} | over
    return written(notice, facts, customer="Nadia Kowalska", issuer="Lindgren Telecom", currency=currency)


@pytest.mark.parametrize("notice", Notice)
def test_every_notice_can_be_written_whole(notice):
    subject, body = write(notice)
    assert "$" not in subject + body
    assert "\n" not in subject
    assert len(subject) <= 100
    assert body.startswith("Dear Nadia Kowalska,\n\n")
    assert body.endswith("Kind regards\nLindgren Telecom\n")


@pytest.mark.parametrize("notice", [n for n in Notice if WORDS[n].asks_for])
def test_a_notice_without_one_of_its_facts_is_not_written(notice):
    with pytest.raises(TypeError, match=f"{notice} asks for"):
        written(notice, {}, customer="A", issuer="B", currency="EUR")


def test_a_fact_that_a_notice_has_no_place_for_is_a_mistake():
    with pytest.raises(TypeError, match="resumed asks for"):
        write(Notice.RESUMED, amount=Decimal(1))


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [
        (Decimal("1234.5"), "EUR", "1,234.50 EUR"),
        (Decimal("1234.00000"), "JPY", "1,234 JPY"),
        (Decimal("0.12345"), "EUR", "0.12345 EUR"),
        (Decimal("-2.5"), "KWD", "-2.500 KWD"),
    ],
)
def test_an_amount_is_told_in_its_currency(amount, currency, told):
    assert f"for {told}. It" in write(Notice.INVOICE_ISSUED, currency, amount=amount)[1]


@pytest.mark.parametrize("notice", Notice)
def test_a_notice_is_written_in_sentences(notice):
    paragraphs = write(notice)[1].split("\n\n")[1:-1]
    assert all(re.match(r"[A-Z]", one) and one.endswith(".") for one in paragraphs)
    assert not any(word in write(notice)[1] for word in ("mend", "anew", "by itself", "taken back", "once more"))


@pytest.mark.parametrize("notice", Notice)
def test_only_what_is_final_by_the_table_of_moves_is_called_so(notice):
    final = {move.tells for move in MOVES.values() if move.is_final and move.tells}
    says_final = any(sentence in write(notice)[1] for sentence in final)
    assert says_final is (notice is Notice.TERMINATED)
    assert ("cannot be" in write(notice)[1]) is says_final


def test_what_is_told_of_a_termination_for_debt_is_what_the_table_says():
    assert MOVES["terminate_unpaid"].tells in write(Notice.TERMINATION_AHEAD)[1]


def test_a_day_is_told_in_words():
    assert write(Notice.REMINDER)[0] == "Invoice INV-000017 is due on 2 March 2026"


def test_a_name_cannot_add_lines_to_a_message():
    subject, body = written(
        Notice.INVOICE_ISSUED,
        _issued("1\r\nBcc: all@example.org"),
        customer="A\nB",
        issuer="C",
        currency="EUR",
    )
    assert subject == "Your invoice 1 Bcc: all@example.org"
    assert body.startswith("Dear A B,\n")


def _issued(number: str) -> dict[str, Fact]:
    return {name: SAMPLES[name] for name in ("amount", "due_on")} | {"number": number}


def test_words_know_what_they_ask_for():
    assert NoticeText(Template("$number for $customer"), Template("$day, $issuer")).asks_for == {"number", "day"}


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        (ACTIVE, BLOCKED, [Event.BLOCKED]),
        (BLOCKED, ACTIVE, [Event.UNBLOCKED]),
        (BLOCKED, SUSPENDED, [Event.UNBLOCKED, Event.SUSPEND]),
        (ACTIVE, SUSPENDED, [Event.SUSPEND]),
        (SUSPENDED, ACTIVE, [Event.UNSUSPEND]),
        (SUSPENDED, LIFTED, [Event.STATUS_CHANGED]),
        (LIFTED, SUSPENDED, [Event.STATUS_CHANGED]),
        (ACTIVE, LIMITED, [Event.STATUS_CHANGED]),
        (SUSPENDED, PROVISIONAL, [Event.DEACTIVATED]),
        (PROVISIONAL, ACTIVE, [Event.ACTIVATED]),
        (PROVISIONAL, SUSPENDED, [Event.ACTIVATED, Event.SUSPEND]),
        (PROVISIONAL, ENDED, [Event.CLOSED]),
        (ACTIVE, EXPORTED, [Event.EXPORTED]),
        (EXPORTED, SUSPENDED, [Event.IMPORTED, Event.SUSPEND]),
        (ACTIVE, ACTIVE, []),
    ],
)
def test_a_status_change_is_told_by_its_names_in_order(before, after, events):
    assert events_between(before, after) == events


@pytest.mark.parametrize(
    ("before", "after", "notice"),
    [
        (ACTIVE, SUSPENDED, Notice.SUSPENDED),
        (LIFTED, SUSPENDED, Notice.SUSPENDED),
        (SUSPENDED, BLOCKED_SUSPENDED, None),
        (SUSPENDED, LIFTED, None),
        (SUSPENDED, ACTIVE, Notice.RESUMED),
        (LIFTED, ACTIVE, Notice.RESUMED),
        (LIMITED, ACTIVE, Notice.RESUMED),
        (BLOCKED_SUSPENDED, BLOCKED, None),
        (ACTIVE, LIMITED, Notice.LIMITED),
        (ACTIVE, BLOCKED, None),
        (SUSPENDED, PROVISIONAL, Notice.PROVISIONALLY_TERMINATED),
        (PROVISIONAL, ACTIVE, Notice.RESUMED),
        (PROVISIONAL, SUSPENDED, Notice.SUSPENDED),
        (PROVISIONAL, ENDED, Notice.TERMINATED),
        (ACTIVE, EXPORTED, None),
        (EXPORTED, ACTIVE, None),
    ],
)
def test_a_customer_is_told_when_services_stop_or_come_back(before, after, notice):
    assert notice_between(before, after) == notice


def test_the_page_about_webhooks_tells_every_event_and_no_other():
    page = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
    table = page.read_text().partition("## The events")[2]
    assert set(re.findall(r"`(\w+(?:/\w+)+)`", table)) == {event.value for event in Event}
