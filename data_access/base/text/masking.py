"""Masks: what is shown instead of personal data, to people without the permission."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Label, String, Text, TypeDecorator, case, type_coerce

from data_access.base.permissions import SYSTEM, Actor, Permission
from data_access.base.text.text_keys import display_name

_DOTS = "•••••"  # as many for every word: the length of a name would tell whose it is


def mask(text: str) -> str:
    """The first letter of each word and dots: `"Nadia Kowalska"` becomes `"N••••• K•••••"`."""
    return " ".join(_masked_word(word) for word in text.split())


def _masked_word(word: str) -> str:
    local, at, _domain = word.partition("@")
    return f"{local[:1]}{_DOTS}{at}{_DOTS if at else ''}"


_HIDES: ContextVar[bool] = ContextVar("hides", default=False)


@contextmanager
def hiding(*, hides: bool) -> Iterator[None]:
    """For the length of the block, whatever people typed freely is read masked, or plain."""
    before = _HIDES.set(hides)
    try:
        yield
    finally:
        _HIDES.reset(before)


class FreeText(TypeDecorator[str]):
    """A column of what people typed freely: reasons, comments, references. Names stand in them as they do in notes.

    It is masked on its way out of the database, so that no query can forget to; who writes reads it plain.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__(length)
        if length is None:
            self.impl = Text()  # type: ignore[assignment]  # SQLAlchemy keeps the instance under the name of its class

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002  the same on both
        return mask(value) if value and _HIDES.get() else value


_OWN, _PEOPLES = "=", "~"


class _Reason(FreeText):
    """A reason behind a sign that says whose it is; the sign is never stored and goes no further than this."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if not value:
            return value
        return value[1:] if value[0] == _OWN else super().process_result_value(value[1:], dialect)


def reason_of(entry: Any) -> Label[str]:
    """The reason of a table that says who gave it: masked unless it is the system's own, in which nobody is named."""
    sign = case((entry.login == SYSTEM.login, _OWN), else_=_PEOPLES)
    return type_coerce(sign.concat(unmasked(entry.reason)), _Reason()).label("reason")


def unmasked(column: Any) -> ColumnElement[str]:
    """A free text as it stands, for what compares or verifies it and shows it to nobody."""
    return type_coerce(column, Text())


def shown(text: str, actor: Actor, right: Permission = Permission.PERSONAL_READ) -> str:
    """The text for an actor who holds the right; for others the mask."""
    return text if actor.may(right) else mask(text)


def shown_phone(text: str, actor: Actor, right: Permission = Permission.PERSONAL_READ) -> str:
    """As `shown`, but of a number not even the first digit."""
    return text if actor.may(right) or not text else _DOTS


def shown_name(
    actor: Actor,
    *,
    company_name: str,
    first_name: str,
    last_name: str,
    customer_code: str,
    right: Permission = Permission.PERSONAL_READ,
) -> str:
    """What a customer is called; the Customer ID, where there is no name, is not personal and stays."""
    name = display_name(company_name=company_name, first_name=first_name, last_name=last_name, customer_code="")
    return shown(name, actor, right) or customer_code
