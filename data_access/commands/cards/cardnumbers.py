"""Card and bank account numbers: recognised by their form and check digits, so that none is ever stored."""

import re

_BETWEEN = re.compile(r"(?<=\d)[\s.\-](?=\d)")
_GAP = re.compile(r"[ .\-]")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .\-]?[A-Z0-9]+)*", re.ASCII)
_RUN = re.compile(r"(?<!\d)\d{13,19}(?!\d)", re.ASCII)


def holds_card_number(text: str) -> bool:
    """Whether 13 to 19 digits in the text, with or without gaps, pass the check of card numbers."""
    return any(map(_passes, _RUN.findall(_BETWEEN.sub("", text))))


def holds_account_number(text: str) -> bool:
    """Whether the text holds an IBAN, with or without gaps, that passes its check."""
    return any(_begins_with_iban(found.group()) for found in _ACCOUNT.finditer(text.upper()))


def _begins_with_iban(text: str) -> bool:
    """Words may follow it: it ends at one of the gaps."""
    groups = _GAP.split(text)
    return any(_is_iban("".join(groups[:count])) for count in range(1, len(groups) + 1))


def _is_iban(text: str) -> bool:
    return 15 <= len(text) <= 34 and int("".join(str(int(mark, 36)) for mark in text[4:] + text[:4])) % 97 == 1


def _passes(digits: str) -> bool:
    doubled = [int(mark) * (2 if place % 2 else 1) for place, mark in enumerate(reversed(digits))]
    return sum(amount - 9 if amount > 9 else amount for amount in doubled) % 10 == 0
