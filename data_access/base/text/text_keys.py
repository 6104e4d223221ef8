"""Text keys: what search, uniqueness and sorting compare, alike on both databases."""

import re
import unicodedata

import phonenumbers

_PHONE = re.compile(r"[\s\d+()./-]+((x|ext\.?|#)\s?\d+\s*)?", re.IGNORECASE)
_SHORTEST_PHONE = 4
_ASCII_LOWER = {ord(upper): upper.lower() for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_WITHIN_TAX_ID = str.maketrans("", "", " -./")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def fold(text: str) -> str:
    """Without accents, case or outer and repeated blanks: `" Café  Lindgren"` becomes `"cafe lindgren"`."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(plain.casefold().split())


def ascii_lower(text: str) -> str:
    """With the letters of ASCII lowered and no others, as both databases lower them."""
    return text.translate(_ASCII_LOWER)


def is_same_code(one: str, other: str) -> bool:
    """Whether two IDs have the same letters ignoring case. Those that merely fold alike have not."""
    return _letters(one) == _letters(other)


def _letters(code: str) -> list[str]:
    return [sign.lower() for sign in unicodedata.normalize("NFC", code.strip())]


def not_meant(told: str, here: str) -> str:
    """Why an ID that folds like that of a customer does not mean it."""
    return (
        f"“{told[:64]}” is not the Customer ID “{here}”, which exists here: they look alike, and differ in more than "
        "capital letters. Spell it as it is here, or give the other customer an ID of its own."
    )


def fold_phone(text: str) -> str:
    """The digits alone: `"+49 (30) 123-45"` becomes `"493012345"`."""
    return "".join(mark for mark in unicodedata.normalize("NFKC", text) if mark.isdecimal())


def phone_forms(text: str) -> tuple[str, ...]:
    """The digits that may be part of what was kept; those after a new line begin it.

    A number is kept as it was typed once: with its country code, with 00 before it, with the 0 of its country, or with
    both. So are those that look for it.
    """
    digits = fold_phone(text)
    is_abroad = unicodedata.normalize("NFKC", text).lstrip(" (").startswith("+") or digits.startswith("00")
    if not is_abroad:
        return _long_enough(digits, digits.lstrip("0") if digits.startswith("0") else digits)
    international = digits.lstrip("0")
    country, national = _split(international)
    if not national:
        return _long_enough(international)
    return _long_enough(international, f"{country}0{national}", f"\n 0{national}", f"\n {national}")


def _long_enough(*forms: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for form in forms if len(form.strip()) >= _SHORTEST_PHONE))


def _split(international: str) -> tuple[str, str]:
    """The country code and what follows it; blank where there is no such country, or hardly a number yet."""
    for length in (1, 2, 3):
        code, rest = international[:length], international[length:]
        if len(rest) >= _SHORTEST_PHONE and int(code or 0) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return code, rest
    return "", ""


def fold_tax_id(text: str) -> str:
    """However it was written: without blanks, hyphens, points and strokes."""
    return ascii_lower(text).translate(_WITHIN_TAX_ID)


def looks_like_phone(text: str) -> bool:
    """Whether it has the signs of a phone number and no others: the digits of a street or of a name are none."""
    return _PHONE.fullmatch(unicodedata.normalize("NFKC", text)) is not None


def is_storable(text: str) -> bool:
    """Whether both databases can keep the text as it is: no zero character, no half of a pair."""
    return _UNSTORABLE.search(text) is None


def display_name(*, company_name: str, first_name: str, last_name: str, customer_code: str) -> str:
    """What a customer is called: the company, else the person, else the Customer ID."""
    return company_name.strip() or f"{first_name} {last_name}".strip() or customer_code
