"""Text search: how folded keys are compared, literally and alike on both databases."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, or_

from data_access.folding import fold, fold_phone
from data_access.models.customers import Customer

_LONGEST_KEY = 400  # no key is longer, so no longer text can be part of one
_AFTER_EVERYTHING = "\U0010ffff"


class Match(StrEnum):
    """Where in a field the searched text has to stand."""

    label: str

    def __new__(cls, value: str, label: str) -> "Match":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    STARTS = "starts", "starts with"
    CONTAINS = "contains", "contains"
    EXACTLY = "exactly", "is exactly"
    ENDS = "ends", "ends with"


class SearchField(StrEnum):
    """The fields that quick search looks into, each by its folded key."""

    label: str
    is_personal: bool

    def __new__(cls, value: str, label: str, is_personal: bool) -> "SearchField":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.is_personal = label, is_personal
        return member

    CUSTOMER_ID = "customer_id", "Customer ID", False
    NAME = "name", "name", True
    EMAIL = "email", "e-mail", True
    PHONE = "phone", "phone", True


def any_matches(fields: Collection[SearchField], match: Match, text: str) -> ColumnElement[bool]:
    """Whether one of the fields holds the text; a text of marks only is in none."""
    return or_(false(), *(key_matches(field, match, text) for field in SearchField if field in fields))


def key_matches(field: SearchField, match: Match, text: str) -> ColumnElement[bool]:
    """Whether the field holds the text, whatever its case and accents, and the blanks and signs of a phone."""
    folded = fold_phone(text) if field is SearchField.PHONE else fold(text)
    if not folded or len(folded) > _LONGEST_KEY:
        return false()
    return _compared(_KEYS[field], match, folded)


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


_KEYS: dict[SearchField, ColumnElement[str]] = {
    SearchField.CUSTOMER_ID: Customer.customer_code_key.expression,
    SearchField.NAME: Customer.name_key.expression,
    SearchField.EMAIL: Customer.email_key.expression,
    SearchField.PHONE: Customer.phone_key.expression,
}
