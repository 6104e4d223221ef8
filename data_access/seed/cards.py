"""The stored cards of a demo customer: most are good, some have expired, and some the bank of the demo refuses."""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from data_access.base.payment_methods import MethodKind
from data_access.seed.destiny import ENDED, Life

Row = dict[str, Any]
_BRANDS = ("Visa", "Mastercard", "Maestro", "American Express")
_BANKS, _DEBIT = ("City Bank", "Harbour Savings Bank", "Northern Bank"), 0.2
_WITH_A_CARD, _WITH_ANOTHER, _EXPIRED = 0.35, 0.15, 0.12
_BEHAVIOURS = {"approve": 90, "refuse": 7, "lost-after": 3}  # what the local gateway does when it is asked


def cards_of(life: Life) -> Iterator[Row]:
    """Its cards as the gateway knows them; who is gone for good has none."""
    draw = Random(f"cards {life.number}")
    if life.destiny in ENDED or draw.random() >= _WITH_A_CARD:
        return
    for index in range(1 + (draw.random() < _WITH_ANOTHER)):
        behaviour = draw.choices(list(_BEHAVIOURS), weights=list(_BEHAVIOURS.values()))[0]
        added_at = life.created_at + draw.random() * (life.now - life.created_at)
        yield {
            "token": f"test-{behaviour}-{life.number}-{index}", "brand": draw.choice(_BRANDS),
            "last_four": f"{draw.randrange(10_000):04}", "expires_on": _last_day(life, added_at, draw),
            "added_at": added_at, "kind": MethodKind.CARD, "mandate": "",
        } | (_debit(life, index) if draw.random() < _DEBIT else {})  # fmt: skip


def _debit(life: Life, index: int) -> Row:
    """An account that is debited instead of a card."""
    bank = _BANKS[life.number % len(_BANKS)]
    return {
        "kind": MethodKind.DIRECT_DEBIT,
        "brand": bank,
        "expires_on": None,
        "mandate": f"M-{life.number:06}-{index + 1}",
    }


def _last_day(life: Life, added_at: datetime, draw: Random) -> date:
    """The end of a month: of one that is over, if the card is old enough for that, or of one ahead."""
    if draw.random() < _EXPIRED:
        over = _month_end(added_at.date() + timedelta(days=draw.randint(0, 400)))
        if over < life.today:
            return over
    return _month_end(life.today + timedelta(days=draw.randint(0, 1400)))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
