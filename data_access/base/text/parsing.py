"""Parsing: how typed text is read as one kind of value. ValueError says what is wrong with it."""

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from zoneinfo import available_timezones

import phonenumbers
import pycountry
from email_validator import EmailNotValidError, validate_email

from data_access.base.money import read_amount
from data_access.base.text.numerals import whole_number

# Where the first zone of the time zone database's list is not the one in which most of the country lives.
_MOST_LIVE_IN = {
    "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent",
}  # fmt: skip


def _zones_by_country() -> dict[str, tuple[str, ...]]:
    """The zones of each country, first the one in which most live."""
    listed: dict[str, list[str]] = {}
    for line in files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            listed.setdefault(code, []).append(zone)
    return {code: tuple(sorted(zones, key=_MOST_LIVE_IN.get(code, zones[0]).__ne__)) for code, zones in listed.items()}


COUNTRIES: dict[str, str] = {
    country.alpha_2: country.name for country in sorted(pycountry.countries, key=lambda country: country.name)
}
ZONES = tuple(
    sorted(zone for zone in available_timezones() if zone == "UTC" or re.match(r"[A-Z][a-z]+/", zone))
)  # without old spellings such as EST5EDT
ZONES_OF = _zones_by_country()
_SEPARATORS = re.compile(r"[,;]")
_DIALLED = frozenset("0123456789*#")
_PHONE_SIGNS = re.compile(r"[+(0-9][0-9 ()./\-]*(?: ?(?:x|ext\.?|#) ?[0-9]+)?", re.IGNORECASE)
MOST_DIGITS = 15  # of a number, by E.164
_FEWEST_DIGITS = 3
_USUAL_ADDRESS = re.compile(r"([a-z0-9]{1,20}(?:[._-][a-z0-9]{1,20}){0,2})@([a-z0-9.-]+)")
_LONGEST_ADDRESS, _DOMAINS = 200, 1_000  # shorter than what is judged as a whole
_BETWEEN_DIGITS = re.compile(r"[+ ()./\-]")
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
_UNSEEN = _UNPRINTABLE | {"Cf", "Cn", "Co", "Zs"}
_BLANK_LETTERS = re.compile(  # letters, marks and symbols by their category, and yet nothing to look at
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def plain(text: str) -> str:
    """One line without outer blanks; control characters are refused."""
    return _printable(text.strip(), "")


def identifier(text: str) -> str:
    """One line in which every sign can be seen, in its composed form: two that look alike are alike."""
    told = plain(unicodedata.normalize("NFC", text))
    hidden = None if told.isascii() else next((sign for sign in told if _is_hidden(sign)), None)
    if hidden is not None:
        raise ValueError(
            f"This contains a character that cannot be seen (U+{ord(hidden):04X}): type it again without it."
        )
    return told


def _is_hidden(sign: str) -> bool:
    return sign != " " and (unicodedata.category(sign) in _UNSEEN or _BLANK_LETTERS.match(sign) is not None)


def lines(text: str) -> str:
    """As `plain`, with line breaks and tabs."""
    return _printable(text.replace("\r\n", "\n").strip(), "\n\t")


def is_printable(text: str, allowed: str = "") -> bool:
    """Whether a text holds no control character but those allowed."""
    return text.isprintable() or all(sign in allowed or unicodedata.category(sign) not in _UNPRINTABLE for sign in text)


def _printable(text: str, allowed: str) -> str:
    if not is_printable(text, allowed):
        raise ValueError("This contains a control character, which cannot be stored: type it again.")
    return text


def within(text: str, longest: int) -> str:
    """The text, if it is not too long."""
    if len(text) > longest:
        raise ValueError(f"At most {longest:,} characters fit here; this has {len(text):,}.")
    return text


def one_of(text: str, options: Collection[str], otherwise: str) -> str:
    """The text, if it is one of the options."""
    if text.strip() not in options:
        raise ValueError(otherwise)
    return text.strip()


def an_id(text: str, otherwise: str) -> int:
    """The number of a row that was chosen from a list."""
    return whole_number(text, otherwise=otherwise)


def an_amount(text: str) -> Decimal:
    """A finite amount of at most five decimals."""
    return read_amount(text)


def country(text: str) -> str:
    """A country code of two letters, or blank."""
    code = text.strip().upper()
    if code and code not in COUNTRIES:
        raise ValueError("Choose a country from the list; its code has two letters, such as DE.")
    return code


def email_addresses(text: str) -> str:
    """One or several addresses, separated by commas; whether they receive mail is not asked."""
    return ", ".join(_email_address(one) for one in _SEPARATORS.split(plain(text)) if one.strip())


def _email_address(text: str) -> str:
    address = text.strip()
    usual = _USUAL_ADDRESS.fullmatch(address)
    try:
        if usual and len(address) <= _LONGEST_ADDRESS:
            return f"{usual[1]}@{_domain(usual[2])}"
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        shown = address if len(address) <= 60 else f"{address[:60]}…"
        raise ValueError(f"“{shown}” is not an e-mail address, such as ann@example.com.") from wrong


@lru_cache(_DOMAINS)
def _domain(domain: str) -> str:
    """The domain of addresses as it is kept: judging one takes longer than all else about a usual address."""
    return validate_email(f"a@{domain}", check_deliverability=False).domain


def phone_number(text: str) -> str:
    """A phone number as typed. With a country code it must be possible; without one it only has to look like one."""
    number = plain(text)
    if not number:
        return ""
    if not _PHONE_SIGNS.fullmatch(number) or sum(sign.isdigit() for sign in number) < _FEWEST_DIGITS:
        raise ValueError("Write the phone number with digits, blanks and + ( ) - / only, such as +49 30 123456.")
    if number.startswith("+") and not _is_possible(number):
        raise ValueError("There is no such international number: check the country code and the length.")
    return number


def dialled(text: str) -> str:
    """What is dialled in front of a number, such as *7."""
    digits = plain(text)
    if not set(digits) <= _DIALLED:
        raise ValueError("Only digits, * and # can be dialled.")
    return digits


def _is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False


def a_prefix(text: str) -> str:
    """The digits with which numbers begin."""
    digits = plain(text)
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError("Write the prefix in digits alone, country code first, such as 4915.")
    return digits


def a_dialled_number(text: str) -> str:
    """The digits of a number as it was dialled: with the country code, whatever signs people put between them."""
    digits = _BETWEEN_DIGITS.sub("", plain(text))
    digits = digits[2:] if digits.startswith("00") else digits
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS):
        raise ValueError(f"Write the number with its country code, of at most {MOST_DIGITS} digits: +49 151 23456.")
    return digits


def international_number(text: str) -> str:
    """The digits of a number that can be dialled from anywhere, its country code first."""
    try:
        number = phonenumbers.parse(f"+{text.strip().lstrip('+')}", None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValueError("This is no international number: write its country code first, such as +49 30 1234567.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).lstrip("+")


def only_digits(text: str) -> str:
    """Digits, as one dials them."""
    told = text.strip()
    if not (told.isascii() and told.isdecimal()):
        raise ValueError("Write it in digits alone, such as 112.")
    return told
