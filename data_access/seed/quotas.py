"""The quotas of a demo customer and their use: covered like all usage, first by what expires first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from data_access.base.bookings import INTERNET, Kind
from data_access.base.clock import day_in, start_of
from data_access.base.money import ZERO, decimals_of
from data_access.domain.billing.ledger import Books
from data_access.domain.usage.quotas import Grant, GrantPart, QuotaTerms, living, price_of_rest, spread
from data_access.models.customers import BillingPeriod
from data_access.models.quotas import Unit, WhenUsedUp
from data_access.seed.destiny import Destiny, Life
from data_access.seed.money import BookEntry
from data_access.seed.reference import Segment

Row = dict[str, Any]
_DAYS_BACK = 70  # two periods that are over, and the one that runs
_SHARE = 0.15  # of the customers in order
_OFFERS: dict[Segment, tuple[tuple[str, Unit, int, int, WhenUsedUp], ...]] = {
    Segment.RESIDENTIAL: (
        ("Calls", Unit.MINUTES, 300, 0, WhenUsedUp.NORMAL_PRICE),
        (INTERNET, Unit.MEGABYTES, 50_000, 1, WhenUsedUp.LIMIT),
    ),
    Segment.BUSINESS: (
        ("Calls", Unit.MINUTES, 2_000, 1, WhenUsedUp.NORMAL_PRICE),
        ("Messages", Unit.MESSAGES, 500, 3, WhenUsedUp.NORMAL_PRICE),
    ),
    Segment.WHOLESALE: (("Calls", Unit.MINUTES, 50_000, 0, WhenUsedUp.NORMAL_PRICE),),
    Segment.PREPAID: (
        ("Calls", Unit.MINUTES, 100, 1, WhenUsedUp.NORMAL_PRICE),
        (INTERNET, Unit.MEGABYTES, 5_000, 2, WhenUsedUp.BLOCK),
    ),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """Something that was used, what it would cost, and which grants cover how much of it."""

    at: datetime
    day: date
    reference: str
    quantity: Decimal
    price: Decimal
    parts: tuple[GrantPart[Grant], ...]

    @property
    def charged(self) -> Decimal:
        return price_of_rest(self.price, self.quantity, sum((part.quantity for part in self.parts), ZERO))


@dataclass(frozen=True, slots=True)
class Allotment:
    """A quota of a demo life; the row gets its id when it is written."""

    quota: Row
    uses: list[Usage] = field(default_factory=list)

    def entries(self) -> Iterator[BookEntry]:
        """Its usage as it goes into the books."""
        for use in self.uses:
            words = {"service": self.quota["service"], "reference": use.reference}
            yield BookEntry(use.at, Kind.USAGE_CHARGE, use.charged, use.day, words)

    def measured(self, booked: dict[str, Row]) -> Iterator[Row]:
        """The rows of what was used, once the bookings are written."""
        for use in self.uses:
            row = booked[use.reference]
            yield _about(row) | {"quantity": use.quantity, "unit": self.quota["unit"], "price": use.price}

    def taken(self, booked: dict[str, Row]) -> Iterator[Row]:
        """The rows of what was taken of its grants, once bookings and quotas are written."""
        for use in self.uses:
            for part in use.parts:
                grant = {"quota_id": self.quota["id"], "granted_on": part.grant.period.first}
                yield _about(booked[use.reference]) | grant | {"quantity": part.quantity}


def _about(booked: Row) -> Row:
    return {"customer_id": booked["customer_id"], "transaction_id": booked["id"]}


def usage_in(books: Books) -> dict[str, Row]:
    """The usage charges of some books, by reference."""
    return {row["reference"]: row for row in books.transactions if row["kind"] is Kind.USAGE_CHARGE}


def allotments_of(life: Life, customer_id: int) -> list[Allotment]:
    """The quotas that it has; drawn apart, so that nothing else of the demo depends on them."""
    draw = Random(f"quotas {life.number}")
    if life.destiny not in (Destiny.IN_ORDER, Destiny.PREPAID) or draw.random() > _SHARE:
        return []
    offers = _OFFERS[life.of_class.segment]
    chosen = draw.sample(offers, draw.randint(1, len(offers)))
    return [_allotment(life, customer_id, draw, number, offer) for number, offer in enumerate(chosen)]


def _allotment(
    life: Life, customer_id: int, draw: Random, number: int, offer: tuple[str, Unit, int, int, WhenUsedUp]
) -> Allotment:
    service, unit, allowance, rollovers, when_used_up = offer
    created_on = day_in(life.land.zone, life.created_at)
    started_on = max(created_on, (life.today - timedelta(days=_DAYS_BACK)).replace(day=1))
    terms = QuotaTerms(0, Decimal(allowance), BillingPeriod.MONTHLY, rollovers, started_on)
    allotment = Allotment(
        {
            "customer_id": customer_id, "service": service, "unit": unit, "allowance": terms.allowance,
            "renewal": terms.renewal, "rollovers": rollovers, "when_used_up": when_used_up, "started_on": started_on,
        }
    )  # fmt: skip
    allotment.uses.extend(_uses(life, draw, terms, f"U{life.number:06}{number}"))
    return allotment


def _uses(life: Life, draw: Random, terms: QuotaTerms, reference: str) -> Iterator[Usage]:
    """A handful a month; beyond the quota only since the last invoice, which asks for what was charged before."""
    used: dict[tuple[int, date], Decimal] = {}
    appetite = terms.allowance * Decimal(draw.choice((10, 20, 30, 50))) / 100
    for number, at in enumerate(_moments(life, draw, terms.started_on)):
        day = day_in(life.land.zone, at)
        wanted = max((appetite * Decimal(draw.randint(5, 15)) / 10).quantize(Decimal(1)), Decimal(1))
        parts = spread(wanted, living(terms, used, day), day)
        covered = sum((part.quantity for part in parts), ZERO)
        goes_beyond = not life.pays_ahead and day > max(life.last_issue, life.period_on(life.today).first)
        quantity = wanted if goes_beyond else covered
        if not quantity:
            continue
        for part in parts:
            key = (0, part.grant.period.first)
            used[key] = used.get(key, ZERO) + part.quantity
        yield Usage(at, day, f"{reference}{number:02}", quantity, _price(life, terms, quantity), parts)


def _moments(life: Life, draw: Random, started_on: date) -> Iterable[datetime]:
    days = (life.today - started_on).days + 1
    moments = (
        start_of(started_on + timedelta(days=draw.randrange(days)), life.land.zone)
        + timedelta(hours=draw.randint(8, 21), minutes=draw.randrange(60))
        for _ in range(days // 10 + 1)
    )
    return sorted(at for at in moments if life.created_at < at < life.now - timedelta(minutes=10))


def _price(life: Life, terms: QuotaTerms, quantity: Decimal) -> Decimal:
    """What the quantity costs without a quota: the whole allowance would be some ten EUR."""
    places = decimals_of(life.land.currency)
    eur = float(quantity / terms.allowance) * 12
    return max(Decimal(f"{eur * life.land.price:.{places}f}"), Decimal(1).scaleb(-places))
