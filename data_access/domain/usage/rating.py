"""Rating: which rate of two tariffs prices a number, why, and what a use costs by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from data_access.base.money import SCALE
from data_access.base.text.numerals import counted
from data_access.models.quotas import Unit

_SMALLEST = Decimal(1).scaleb(-SCALE)
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class PricedPrefix:
    """What a tariff asks for numbers that begin with a prefix. `message_price` None: messages are not sold there."""

    prefix: str
    destination: str
    price: Decimal
    message_price: Decimal | None = None
    first_seconds: int = 1
    next_seconds: int = 1
    free_seconds: int = 0

    def charged_seconds(self, seconds: int) -> int:
        """The seconds of a call that are paid for: what is not free, brought up to whole intervals."""
        beyond = seconds - self.free_seconds
        if beyond <= 0:
            return 0
        following = max(beyond - self.first_seconds, 0)
        return self.first_seconds + -(-following // self.next_seconds) * self.next_seconds

    def price_of_call(self, seconds: int) -> Decimal:
        """What a call costs, to the fifth decimal as every usage."""
        return (self.price * self.charged_seconds(seconds) / _MINUTE).quantize(_SMALLEST, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Rated:
    """What a tariff says of a number: its longest prefix that fits, if one does."""

    tariff: str
    by: PricedPrefix | None


@dataclass(frozen=True, slots=True)
class LookUp:
    """A number asked of a tariff and of the one that overrides it; None where none does."""

    number: str
    original: Rated
    override: Rated | None = None

    @property
    def winner(self) -> Rated | None:
        """The one with the longer prefix; with equal ones the override. None where no prefix fits."""
        found = [one for one in (self.override, self.original) if one is not None and one.by is not None]
        return max(found, key=_length, default=None)

    @property
    def why(self) -> str:
        """Why the winner wins, or why there is none, as a sentence."""
        own, over, won = self.original, self.override, self.winner
        if won is None or won.by is None:
            return _no_prefix(self)
        if over is None:
            return f"{won.by.prefix} is the longest prefix of {won.tariff} that fits; no tariff overrides it."
        lost = own if won is over else over
        if lost.by is None:
            return f"{won.by.prefix} of {won.tariff} is the only prefix that fits: {lost.tariff} has none."
        if _length(won) == _length(lost):
            return f"Both tariffs have the prefix {won.by.prefix}: the override tariff {won.tariff} wins."
        return f"The longer prefix wins: {won.by.prefix} of {won.tariff} against {lost.by.prefix} of {lost.tariff}."


def _length(one: Rated) -> int:
    return len(one.by.prefix) if one.by is not None else 0


def _no_prefix(asked: LookUp) -> str:
    """That nothing fits a number, in words."""
    over = asked.override
    return f"No prefix of {asked.original.tariff}{f' or of {over.tariff}' if over else ''} fits {asked.number}."


def prefixes_of(number: str) -> tuple[str, ...]:
    """Every prefix that a number has, the shortest first."""
    return tuple(number[:length] for length in range(1, len(number) + 1))


def longest(number: str, rates: Iterable[PricedPrefix]) -> PricedPrefix | None:
    """The rate with the longest prefix that a number begins with."""
    return max((one for one in rates if number.startswith(one.prefix)), key=lambda one: len(one.prefix), default=None)


@dataclass(frozen=True, slots=True)
class Use:
    """A call of so many seconds, or so many messages, to a number."""

    number: str
    seconds: int | None = None
    messages: int | None = None

    @property
    def service(self) -> str:
        return "Calls" if self.messages is None else "Messages"

    @property
    def unit(self) -> Unit:
        return Unit.MINUTES if self.messages is None else Unit.MESSAGES

    @property
    def quantity(self) -> Decimal:
        """How much was used, as quotas count it: a call in minutes by its own length, whatever the intervals."""
        if self.messages is not None:
            return Decimal(self.messages)
        return max((Decimal(self.seconds or 0) / _MINUTE).quantize(_SMALLEST, ROUND_HALF_UP), _SMALLEST)

    @property
    def says(self) -> str:
        return counted(self.seconds or 0, "second") if self.messages is None else counted(self.messages, "message")


@dataclass(frozen=True, slots=True)
class Price:
    """What a use costs, and by which rate."""

    amount: Decimal
    tariff: str
    by: PricedPrefix


def price_of(use: Use, asked: LookUp) -> Price:
    """What a use costs by the rate that wins; ValueError with a sentence where none prices it."""
    won = asked.winner
    if won is None or won.by is None:
        raise ValueError(asked.why)
    if use.messages is None:
        return Price(won.by.price_of_call(use.seconds or 0), won.tariff, won.by)
    if won.by.message_price is None:
        raise ValueError(f"{won.tariff} has no price of a message to {won.by.destination} ({won.by.prefix}).")
    return Price(won.by.message_price * use.messages, won.tariff, won.by)
