"""Card numbers: told by their length and check digit, so that none is ever stored."""

import re

_BETWEEN = re.compile(r"(?<=\d)[\s.\-](?=\d)")
_RUN = re.compile(r"(?<!\d)\d{13,19}(?!\d)", re.ASCII)


def holds_card_number(text: str) -> bool:
    """Whether 13 to 19 digits in the text, with or without gaps, pass the check of card numbers."""
    return any(map(_passes, _RUN.findall(_BETWEEN.sub("", text))))


def _passes(digits: str) -> bool:
    doubled = [int(mark) * (2 if place % 2 else 1) for place, mark in enumerate(reversed(digits))]
    return sum(amount - 9 if amount > 9 else amount for amount in doubled) % 10 == 0
