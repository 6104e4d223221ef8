"""Filter parameters: how each is parsed from a URL, written to it, put into words and queried in SQL."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ColumnElement

from data_access.base.money import CURRENCIES, ZERO, read_amount
from data_access.base.text.numerals import whole_number
from data_access.base.text.text_keys import is_storable

Params = dict[str, list[str]]

_MOST_DAYS, _MOST_PER_CENT = 36_500, 1_000_000


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of an address that could not be read: it is left out, and the bar says so."""

    name: str
    text: str
    why: str

    def __str__(self) -> str:
        return f"{self.name} “{self.text}” is left out: {self.why}"


@dataclass(frozen=True, slots=True)
class Facet:
    """How one field of a filter is read, written, said and asked. `many`: several values, any of which will do.

    `asks`: the field of Advanced search and the operation that it stands for, where it does.
    """

    name: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    where: Callable[[Any, Any], ColumnElement[bool]] | None
    says: str
    word: Callable[[Any], str]
    many: bool
    asks: tuple[str, Any] | None

    def read_all(self, texts: Sequence[str], unread: list[Unread]) -> Any:
        """The value, or None when nothing could be read."""
        values = []
        for text in (text for text in texts if text.strip()):
            try:
                values.append(self.read(text))
            except ValueError as wrong:
                unread.append(Unread(self.name, text, str(wrong)))
        if self.many:
            return frozenset(values) or None
        return values[0] if values else None

    def each(self, value: Any) -> list[Any]:
        return sorted(value) if self.many else [value]


def facet(
    default: Any,
    name: str,
    *,
    read: Callable[[str], Any],
    says: str,
    where: Callable[[Any, Any], ColumnElement[bool]] | None = None,
    write: Callable[[Any], str] = str,
    word: Callable[[Any], str] | None = None,
    many: bool = False,
    asks: tuple[str, Any] | None = None,
) -> Any:
    return field(default=default, metadata={"facet": Facet(name, read, write, where, says, word or write, many, asks)})


class Filter:
    """What filters share: each field is a facet, and a field at its default says and asks nothing."""

    @classmethod
    def facets(cls) -> dict[str, Facet]:
        return {f.name: f.metadata["facet"] for f in fields(cls)}  # type: ignore[arg-type]  # every filter is a dataclass

    def chosen(self) -> Iterator[tuple[Facet, Any]]:
        for f in fields(self):  # type: ignore[arg-type]  # every filter is a dataclass
            if getattr(self, f.name) != f.default:
                yield f.metadata["facet"], getattr(self, f.name)

    def to_params(self) -> Params:
        """The address; what stands at its default is left out."""
        names = {part.name: name for name, part in self.facets().items()}
        return {names[part.name]: [part.write(v) for v in part.each(value)] for part, value in self.chosen()}

    @classmethod
    def from_params(cls, params: Mapping[str, Sequence[str]]) -> tuple[Self, tuple[Unread, ...]]:
        """Whatever can be read, and what could not: an old link still opens, and says what it lost."""
        unread: list[Unread] = []
        read = {name: part.read_all(params.get(name, ()), unread) for name, part in cls.facets().items()}
        return cls(**{name: value for name, value in read.items() if value is not None}), tuple(unread)


def yes_or_no(text: str) -> bool:
    """ValueError for anything but yes and no."""
    if text not in ("yes", "no"):
        raise ValueError("write yes or no.")
    return text == "yes"


def yes(value: bool) -> str:
    return "yes" if value else "no"


def plain(text: str) -> str:
    """Trimmed text that a database can hold."""
    if not is_storable(text):
        raise ValueError("it contains characters that no text can have.")
    return text.strip()


def one_of(kind: type[StrEnum]) -> Callable[[str], Any]:
    """A reader of one value of an enum."""

    def read(text: str) -> Any:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"choose {', '.join(getattr(each, 'label', each.value) for each in kind)}.") from None

    return read


def currency_code(text: str) -> str:
    """One of the currencies that customers are billed in."""
    if text.upper() not in CURRENCIES:
        raise ValueError(f"choose {', '.join(CURRENCIES)}.")
    return text.upper()


def country_code(text: str) -> str:
    """Two letters, as countries are stored."""
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError("write the two letters of a country, such as DE.")
    return text.upper()


def day(text: str) -> date:
    """A day of this or a neighbouring century."""
    try:
        read = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("write a date as 2026-12-31.") from None
    if not 1900 <= read.year <= 2200:
        raise ValueError("write a date between 1900 and 2200.")
    return read


def days(text: str) -> int:
    """A whole number of days, not negative."""
    return whole_number(text, 0, _MOST_DAYS, otherwise=f"write a whole number of days, 0 to {_MOST_DAYS:,}.")


def per_cent(text: str) -> Decimal:
    """A share in per cent, with or without decimals."""
    share = read_amount(text.replace("%", ""))
    if not 0 <= share <= _MOST_PER_CENT:
        raise ValueError(f"write per cent between 0 and {_MOST_PER_CENT:,}.")
    return share


def short(value: Decimal) -> str:
    """Digits without trailing zeros or exponent; never a minus before nothing."""
    return f"{value.normalize() + ZERO:f}"
