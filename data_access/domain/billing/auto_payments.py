"""Automatic payments: when a card is charged automatically, and what stops that."""

from datetime import datetime, timedelta
from decimal import Decimal

MOST_FAILURES = 3  # refusals in a row
PAUSE = timedelta(days=1)  # after a refusal


def is_reached(level: Decimal, balance: Decimal, *, is_prepaid: bool) -> bool:
    """Whether a balance exceeds the level, or the funds of a prepaid customer drop below it."""
    return -balance < level if is_prepaid else balance > level


def may_try(failures: int, tried_at: datetime | None, now: datetime) -> bool:
    """After a refusal a day goes by before the next try."""
    return not failures or tried_at is None or tried_at + PAUSE <= now
