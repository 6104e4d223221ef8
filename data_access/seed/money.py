"""The money of a demo customer: charged, invoiced and paid, in the order in which it happened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from math import exp
from random import Random
from typing import Any

from data_access.base.bookings import Kind
from data_access.base.clock import day_in, short_day, start_of
from data_access.base.money import decimals_of
from data_access.domain.billing.ledger import Books
from data_access.domain.billing.periods import Period
from data_access.models.money import PaymentStatus
from data_access.seed.destiny import STOPPED_PAYING, Destiny, Life, issue_days
from data_access.seed.reference import Segment

_MONTHLY_EUR = {Segment.RESIDENTIAL: 34, Segment.BUSINESS: 170, Segment.WHOLESALE: 2400, Segment.PREPAID: 14}
_PLANS = {
    Segment.RESIDENTIAL: "Internet and telephone", Segment.BUSINESS: "Office line",
    Segment.WHOLESALE: "Trunk", Segment.PREPAID: "Mobile",
}  # fmt: skip
_ITEMISED_DAYS = 100  # older invoices have one line, so that a demo is written soon
_CHARGES = (("Installation", "Technician's visit"), ("Equipment", "Router"), ("Calls", "Calls abroad"))
_CREDITS = (("Internet access", "Two days without service"), ("Calls", "Wrong rate corrected"))
_WAYS = ("Bank transfer", "Direct debit", "Card", "Cheque")


@dataclass(frozen=True, slots=True)
class BookEntry:
    """Something that happened to the books. `kind` None: an invoice over `amount`."""

    at: datetime
    kind: Kind | None
    amount: Decimal
    day: date
    words: dict[str, Any] = field(default_factory=dict)

    def play(self, books: Books, life: Life) -> None:
        """Writes it down."""
        if self.kind is not None:
            books.book(self.kind, self.amount, value_on=self.day, at=self.at, **self.words)
        else:
            due_on = self.day + timedelta(days=life.of_class.net_days)
            books.issue(total=self.amount, issued_on=self.day, due_on=due_on, at=self.at, **self.words)


@dataclass(slots=True)
class Spending:
    """What a customer spends and how it pays."""

    life: Life
    draw: Random
    monthly: float
    is_late_payer: bool
    paid_until: int

    def amount(self, eur: float) -> Decimal:
        """An amount near so many EUR, in the customer's currency and its decimals."""
        places = decimals_of(self.life.land.currency)
        return max(Decimal(f"{eur * self.life.land.price:.{places}f}"), Decimal(1))


def play(books: Books, life: Life, draw: Random, others: Iterable[BookEntry]) -> None:
    """Fills a customer's books, entry by entry; others happened in between."""
    days = issue_days(life)
    unpaid = draw.randint(2, 4) if life.destiny in STOPPED_PAYING else 0
    unpaid = 1 if life.destiny is Destiny.JUST_LATE else unpaid
    monthly = _MONTHLY_EUR[life.of_class.segment] * exp(draw.gauss(0, 0.6))
    purse = Spending(life, draw, monthly, draw.random() < 0.15, len(days) - unpaid)
    entries = [entry for index, day in enumerate(days) for entry in _month(purse, index, day)]
    for entry in sorted([*entries, *_lately(purse), *others], key=lambda entry: entry.at):
        entry.play(books, life)


def _month(purse: Spending, index: int, day: date) -> Iterator[BookEntry]:
    life, draw = purse.life, purse.draw
    issued = start_of(day, life.land.zone) + timedelta(hours=3)
    charge = purse.amount(purse.monthly * draw.uniform(0.8, 1.3))
    number = f"{life.number:06}-{day:%Y%m}"
    extras = [replace(one, words=one.words | {"reference": number}) for one in _extras(purse, issued, charge)]
    total = charge + sum((entry.kind is Kind.MANUAL_CHARGE or -1) * entry.amount for entry in extras)
    closed = life.period_on(day - timedelta(days=1))
    period = {"period_from": closed.first, "period_to": closed.last}
    if life.pays_ahead:
        yield _top_up(purse, issued - timedelta(days=draw.randint(1, 5)), total)
    yield from extras
    yield from _charged(purse, issued, day, charge, closed)
    yield BookEntry(issued, None, total, day, {"number": number, "disputed": draw.random() < 0.01, **period})
    if not life.pays_ahead and index < purse.paid_until:
        yield from _payment(purse, day, total)
    if draw.random() < 0.003:
        void = {"number": f"{number}-V", "payment_status": PaymentStatus.VOID, **period}
        yield BookEntry(issued, None, total, day, void)


def _charged(purse: Spending, issued: datetime, day: date, charge: Decimal, closed: Period) -> Iterator[BookEntry]:
    """What an invoice asks for: the fee for its period, and for its numbers."""
    number = f"{purse.life.number:06}-{day:%Y%m}"
    is_recent = day > purse.life.today - timedelta(days=_ITEMISED_DAYS)
    fee = charge * 4 // 5 if is_recent else charge
    says = _plan_in_words(purse.life.of_class.segment, closed)
    fee_words = {"service": "Subscriptions", "visible_comment": says, "reference": number}
    if fee > 0:
        yield BookEntry(issued, Kind.SUBSCRIPTION_FEE, fee, day, fee_words)
    numbers = {"service": "Numbers", "visible_comment": "Telephone numbers", "reference": number}
    if charge > fee:
        yield BookEntry(issued, Kind.DID_FEE, charge - fee, day, numbers)


@cache
def _plan_in_words(segment: Segment, period: Period) -> str:
    return f"{_PLANS[segment]}, {short_day(period.first)} to {short_day(period.last)}"


def _extras(purse: Spending, issued: datetime, charge: Decimal) -> Iterator[BookEntry]:
    draw = purse.draw
    at = issued - timedelta(days=draw.randint(3, 20), minutes=draw.randrange(600))
    if at <= max(purse.life.created_at, issued - timedelta(days=25)) or purse.life.pays_ahead:
        return
    if draw.random() < 0.06:
        yield _by_hand(purse, at, Kind.MANUAL_CHARGE, purse.amount(draw.uniform(5, 60)), _CHARGES)
    elif draw.random() < 0.04 and charge >= 4:  # a quarter of less is less than one
        yield _by_hand(purse, at, Kind.MANUAL_CREDIT, min(purse.amount(5), charge / 4 // 1), _CREDITS)


def _by_hand(
    purse: Spending, at: datetime, kind: Kind, amount: Decimal, words: tuple[tuple[str, str], ...]
) -> BookEntry:
    service, comment = purse.draw.choice(words)
    day = day_in(purse.life.land.zone, at)
    return BookEntry(at, kind, amount, day, {"service": service, "visible_comment": comment})


def _payment(purse: Spending, day: date, total: Decimal) -> Iterator[BookEntry]:
    """On time, or some days late; one that would lie ahead is made today if the invoice is due already."""
    life, draw = purse.life, purse.draw
    late = purse.is_late_payer and draw.random() < 0.5
    waits = life.of_class.net_days + draw.randint(1, 20) if late else draw.randint(2, max(life.of_class.net_days, 2))
    at = start_of(day, life.land.zone) + timedelta(days=waits, hours=draw.randint(8, 17), minutes=draw.randrange(60))
    if at <= life.now:
        yield _received(purse, at, total)
    elif life.now >= start_of(day + timedelta(days=life.of_class.net_days), life.land.zone):
        yield _received(purse, life.now - timedelta(minutes=draw.randint(5, 300)), total)


def _received(purse: Spending, at: datetime, amount: Decimal) -> BookEntry:
    words = {"visible_comment": purse.draw.choice(_WAYS), "reference": f"R{purse.draw.randrange(10**7):07}"}
    return BookEntry(at, Kind.MANUAL_PAYMENT, amount, day_in(purse.life.land.zone, at), words)


def _top_up(purse: Spending, at: datetime, total: Decimal) -> BookEntry:
    is_empty = purse.life.destiny is Destiny.PREPAID_EMPTY
    return _received(purse, max(at, purse.life.created_at), total if is_empty else total + purse.amount(2) // 1)


def _lately(purse: Spending) -> Iterator[BookEntry]:
    """What happened since the last invoice."""
    life, draw = purse.life, purse.draw
    at = max(life.now - timedelta(days=draw.uniform(2.1, 6)), life.created_at)
    amount = purse.amount(purse.monthly * draw.uniform(2, 6))
    if life.destiny is Destiny.IN_CREDIT or (life.destiny is Destiny.PREPAID and draw.random() < 0.5):
        yield _received(purse, at, amount)
    elif life.destiny is Destiny.OVER_LIMIT:
        yield _by_hand(purse, at, Kind.MANUAL_CHARGE, amount, _CHARGES)
    elif life.destiny is Destiny.IN_ORDER and draw.random() < 0.12:
        yield _by_hand(purse, at, Kind.MANUAL_CHARGE, purse.amount(purse.monthly * 0.4), _CHARGES)
    elif life.destiny is Destiny.IN_ORDER and draw.random() < 0.03:
        words = {"visible_comment": "Thank you for staying with us"}
        day = day_in(life.land.zone, at)
        yield BookEntry(at, Kind.PROMOTIONAL_CREDIT, purse.amount(purse.monthly * 0.2), day, words)
