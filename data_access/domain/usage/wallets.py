"""Service wallets calculated: what a top-up holds, how long it lives, and what a wallet is worth on a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

EXPIRY = "wallet/"  # and the id of the top-up: the key of the one message that it expires


@dataclass(frozen=True, slots=True)
class Filled:
    """A top-up, and what was used of it. `expires_on`: the last day on which it can be used."""

    top_up_id: int
    begun_on: date
    expires_on: date
    granted: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        return self.granted - self.used

    @property
    def place(self) -> tuple[date, date, int]:
        """Its place among those that can be used: what expires first is used first."""
        return self.expires_on, self.begun_on, self.top_up_id

    def lives_on(self, day: date) -> bool:
        return self.begun_on <= day <= self.expires_on


def is_to_be_told(expires_on: date, today: date, days: int | None) -> bool:
    """Whether it is time to tell the customer that what is left expires: so many days before, and not afterwards."""
    return days is not None and today <= expires_on <= today + timedelta(days=days)


def last_day(begun_on: date, lifetime_days: int) -> date:
    """The last day of so many; the day of the top-up is the first."""
    return begun_on + timedelta(days=lifetime_days - 1)
