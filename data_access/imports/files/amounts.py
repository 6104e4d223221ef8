"""Amounts as a file writes them: its own decimal mark, thousands, signs and unit, brought to digits and a point."""

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property

MARKS = {"decimal": (".", ","), "thousands": ("", ".", ",", " ", "'"), "negative": ("minus", "trailing", "parentheses")}
_BLANKS = str.maketrans(dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}", " "))
_NEGATIVE = {"minus": r"(?!)", "trailing": r"(.*)-", "parentheses": r"\((.*)\)"}


@dataclass(frozen=True)
class Written:
    """How amounts are written. `negative` is what may stand for a minus beside the minus itself."""

    decimal: str = "."
    thousands: str = ""
    negative: str = "minus"
    currency_sign: str = ""
    factor: Decimal = Decimal(1)

    @cached_property
    def is_plain(self) -> bool:
        return self == Written()

    def __str__(self) -> str:
        given = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        return ", ".join(f"{name} = {value}" for name, value in given.items()) or "the usual spelling"

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        group = re.escape(self.thousands)
        whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if group else r"\d+"
        return re.compile(rf"({whole})(?:{re.escape(self.decimal)}(\d+))?", re.ASCII)

    def plain(self, text: str) -> str:
        """The same amount with digits and a decimal point; blank stays blank. ValueError if it is written otherwise."""
        if not text.strip() or self.is_plain:
            return text
        sign, rest = self._sign(text.translate(_BLANKS).strip())
        found = self._shape.fullmatch(rest)
        if found is None:
            raise ValueError(f"“{text.strip()[:40]}” is not an amount as the mapping writes them ({self}).")
        whole, part = found[1].replace(self.thousands, "") if self.thousands else found[1], found[2] or "0"
        value = Decimal(f"{sign}{whole}.{part}")
        return f"{(value * self.factor).normalize():f}"

    def _sign(self, text: str) -> tuple[str, str]:
        """A minus or nothing, and what is left; the currency sign may stand on either side of the minus."""
        inner = re.fullmatch(_NEGATIVE[self.negative], text)
        sign, rest = ("-", inner[1].strip()) if inner else ("", self._bare(text))
        if rest.startswith(("-", "\N{MINUS SIGN}")) and not sign:
            sign, rest = "-", rest[1:].strip()
        return sign, self._bare(rest)

    def _bare(self, text: str) -> str:
        if not self.currency_sign:
            return text
        return text.removeprefix(self.currency_sign).removesuffix(self.currency_sign).strip()
