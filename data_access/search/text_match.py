"""Text search: how folded keys are compared, literally and alike on both databases."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_

from data_access.base.labelled import Labelled
from data_access.base.text.text_keys import ascii_lower, fold, fold_phone, looks_like_phone
from data_access.fields.field import Field
from data_access.fields.kinds import PHONE
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.customers import Customer
from data_access.search.trigrams import SHORTEST, Part, Some, held_by

_LONGEST_KEY = 400  # no key is longer, so no longer text can be part of one
_AFTER_EVERYTHING = "\U0010ffff"
_LONGEST = 1000  # no field that has no key is longer
_SHORTEST_PHONE = 4
_MOST_WORDS = 20
_BEFORE_A_WORD = (" ", "-")


class Match(Labelled):
    """Where in a field the searched text has to stand."""

    STARTS = "starts", "starts with"
    CONTAINS = "contains", "contains"
    EXACTLY = "exactly", "is exactly"
    ENDS = "ends", "ends with"


class SearchField(Labelled):
    """The fields that quick search looks into, each by its folded key."""

    def __init__(self, value: str, label: str, is_personal: bool) -> None:
        super().__init__(value, label)
        self.is_personal = is_personal

    CUSTOMER_ID = "customer_id", "Customer ID", False
    NAME = "name", "name", True
    EMAIL = "email", "e-mail", True
    PHONE = "phone", "phone", True
    CITY = "city", "city", True


def any_matches(fields: Collection[SearchField], match: Match, text: str) -> ColumnElement[bool]:
    """Whether one of the fields holds the text; a text of marks only is in none."""
    holds, parts = any_holds(fields, match, text), {field: _part(field, match, text) for field in _asked(fields, text)}
    return and_(_in_index(parts), holds) if _is_indexed(parts, match) else holds


def any_holds(fields: Collection[SearchField], match: Match, text: str) -> ColumnElement[bool]:
    """The same, asked of customers who were found by something else: each is compared."""
    return or_(false(), *(key_matches(field, match, text) for field in _asked(fields, text)))


def part_of(fields: Collection[SearchField], match: Match, text: str) -> Part | None:
    """What the index of texts has of everyone who contains the text in one field; None: it cannot be asked for it."""
    (field,) = fields
    part = Part((_INDEXED[field],), _folded(field, text))
    return part if match is Match.CONTAINS and part.matches() else None


def _part(field: SearchField, match: Match, text: str) -> str:
    """What a field surely contains that holds the text: of names that start with it, the longest of its words."""
    if field is SearchField.NAME and match is Match.STARTS:
        return max(fold(text).split(), key=len, default="")
    return _folded(field, text)


def _is_indexed(parts: Mapping[SearchField, str], match: Match) -> bool:
    """Not of e-mails: a part of one is often that of every third customer, whom no index finds sooner than the list."""
    if match not in (Match.CONTAINS, Match.STARTS):
        return False
    return min(map(len, parts.values()), default=0) >= SHORTEST and SearchField.EMAIL not in parts


def _in_index(parts: Mapping[SearchField, str]) -> ColumnElement[bool]:
    return held_by(Some(tuple(Part((_INDEXED[field],), part) for field, part in parts.items())))


def _folded(field: SearchField, text: str) -> str:
    return fold_phone(text) if field is SearchField.PHONE else fold(text)


def any_begins(fields: Collection[SearchField], text: str) -> ColumnElement[bool]:
    """Whether one of the fields begins with the text as a whole."""
    return or_(false(), *(_held(field, Match.STARTS, text) for field in _asked(fields, text)))


def key_matches(field: SearchField, match: Match, text: str) -> ColumnElement[bool]:
    """Whether the field holds the text, whatever its case and accents, and the blanks and signs of a phone.

    A name starts with a text when each word of it starts a word of the name, in any order: “lindgren ann”.
    """
    if field is SearchField.NAME and match is Match.STARTS:
        return _every(fold(text).split(), _starts_a_word)
    return _held(field, match, text)


def login_holds(match: Match, text: str) -> ColumnElement[bool]:
    """Whether a self-care login of a customer, or of one of its accounts, holds the text, whatever its case."""
    return _beside(SelfCareLogin.login_key, SelfCareLogin.customer_id, match, text)


def folded_matches(key: Any, match: Match, text: str) -> ColumnElement[bool]:
    """Whether a folded key holds the text, whatever its case and accents."""
    folded = fold(text)
    return _compared(key, match, folded) if folded and len(folded) <= _LONGEST_KEY else false()


def _beside(key: Any, owner: Any, match: Match, text: str) -> ColumnElement[bool]:
    folded = fold(text)
    if not folded or len(folded) > _LONGEST_KEY:
        return false()
    return exists().where(owner == Customer.id, _compared(key.expression, match, folded)).correlate(Customer)


def means_phone(text: str) -> bool:
    """Whether it is enough of a phone number to be looked for where phones are one field of several."""
    return looks_like_phone(text) and len(fold_phone(text)) >= _SHORTEST_PHONE


def _asked(fields: Collection[SearchField], text: str) -> list[SearchField]:
    """In their order. Phones are asked beside others only for what is long enough to mean one."""
    left_out = set() if len(fields) == 1 or means_phone(text) else {SearchField.PHONE}
    return [field for field in SearchField if field in fields and field not in left_out]


def _held(field: SearchField, match: Match, text: str) -> ColumnElement[bool]:
    if field is SearchField.PHONE and not looks_like_phone(text):
        return false()
    folded = _folded(field, text)
    if not folded or len(folded) > _LONGEST_KEY:
        return false()
    return _compared(_KEYS[field], match, folded)


def _every(words: Sequence[str], holds: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether it holds for each of the words; for none of too many."""
    return and_(*map(holds, words)) if 0 < len(words) <= _MOST_WORDS else false()


def _starts_a_word(word: str) -> ColumnElement[bool]:
    name = _KEYS[SearchField.NAME]
    inside = (name.contains(f"{mark}{word}", autoescape=True) for mark in _BEFORE_A_WORD)
    return or_(_compared(name, Match.STARTS, word), *inside)


def text_matches(field: Field, match: Match, text: str) -> ColumnElement[bool]:
    """Whether a customer's field without a key of its own holds the text, whatever its case and accents."""
    if field.kind is PHONE and not looks_like_phone(text):
        return false()
    folded = field.kind.fold(text)
    if not folded or len(folded) > _LONGEST:
        return false()
    return _like(Customer.texts_key[field.name].as_string(), match, folded)


def loosely(column: ColumnElement[str], match: Match, text: str) -> ColumnElement[bool]:
    """A number or code of what belongs to a customer, without regard to case.

    The databases lower letters beyond ASCII more or less, so several spellings are tried.
    """
    trimmed = text.strip()
    if not trimmed or len(trimmed) > _LONGEST:
        return false()
    spellings = sorted({trimmed.lower(), ascii_lower(trimmed), ascii_lower(trimmed.title())})
    return or_(*(_like(func.lower(column), match, spelling) for spelling in spellings))


def _like(column: ColumnElement[str], match: Match, text: str) -> ColumnElement[bool]:
    """Without a range: a column that is no key is not compared bytewise."""
    return column.startswith(text, autoescape=True) if match is Match.STARTS else _compared(column, match, text)


def _compared(key: ColumnElement[str], match: Match, folded: str) -> ColumnElement[bool]:
    match match:
        case Match.STARTS:  # a range, not LIKE: an index serves it on both databases
            return and_(key >= folded, key < folded + _AFTER_EVERYTHING)
        case Match.CONTAINS:
            return key.contains(folded, autoescape=True)
        case Match.ENDS:
            return key.endswith(folded, autoescape=True)
        case Match.EXACTLY:
            return key == folded


_INDEXED = {
    SearchField.CUSTOMER_ID: "code",
    SearchField.NAME: "name",
    SearchField.EMAIL: "email",
    SearchField.PHONE: "phone",
    SearchField.CITY: "place",
}
_KEYS: dict[SearchField, ColumnElement[str]] = {
    SearchField.CUSTOMER_ID: Customer.customer_code_key.expression,
    SearchField.NAME: Customer.name_key.expression,
    SearchField.EMAIL: Customer.email_key.expression,
    SearchField.PHONE: Customer.phone_key.expression,
    SearchField.CITY: Customer.city_key.expression,
}
