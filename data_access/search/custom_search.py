"""Custom fields in Advanced search: each is identified by the id and type of its definition, which never change."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, not_

from data_access.base.clock import short_day, short_moment
from data_access.base.text.numerals import whole_number
from data_access.domain.entered.custom_fields import KINDS, Stored, sort_key
from data_access.fields.field import Field
from data_access.models.card.custom_fields import CustomKind, CustomValue
from data_access.models.customers import Customer
from data_access.search.filter_params import day, plain
from data_access.search.operations import DAYS, MATCHES, NUMBERS, Asks, O, Operation, Searchable, whole
from data_access.search.search_fields import KNOWN
from data_access.search.text_match import Match, folded_matches

_PERSONAL = "personal_"
_NAME = re.compile(rf"custom_({_PERSONAL})?({'|'.join(sorted(CustomKind, key=len, reverse=True))})_(.+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
UNNAMED = "Custom field"


def searched_as(field_id: int, kind: CustomKind, *, personal: bool) -> str:
    """What a custom field is called in a condition: an address stays valid when the field is renamed."""
    return f"custom_{_PERSONAL if personal else ''}{kind.value}_{field_id}"


def custom_searchable(name: str, label: str = UNNAMED) -> Searchable | None:
    """The field of a condition; None for a name that is none. Its label stands in its definition."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        field_id = whole_number(found[3], 1)
    except ValueError:
        return None
    columns, kind = Stored.of(personal=bool(found[1])), CustomKind(found[2])
    key: Any = getattr(CustomValue, columns.key)

    def holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        mine = (CustomValue.customer_id == Customer.id, CustomValue.custom_field_id == field_id)
        return exists().where(*mine, condition).correlate(Customer)

    def compare(by: Callable[[Any, Any], ColumnElement[bool]]) -> Asks:
        return lambda v, _: holds((key != "") & by(key, sort_key(kind, v)))

    def ask(match: Match) -> Asks:
        return lambda v, _: holds(folded_matches(key, match, v))

    none = {Operation.IS_EMPTY: lambda _v, _now: not_(holds(key != ""))}
    personal = (label,) if found[1] else ()

    def one_of(values: Iterable[str]) -> ColumnElement[bool]:
        return holds(key.in_([sort_key(kind, value) for value in values]))

    if kind is CustomKind.LIST:
        chosen: dict[Operation, Asks] = {O.IS: lambda v, _: one_of((v,)), O.IS_ONE_OF: lambda v, _: one_of(v)}
        return whole(Searchable(label, chosen | none, plain, personal=personal))
    if kind is CustomKind.TEXT:
        asks: dict[Operation, Asks] = {operation: ask(match) for operation, match in MATCHES.items()}
        return whole(Searchable(label, asks | none, plain, personal=personal))
    field = Field(KINDS[kind], label)
    if kind is CustomKind.DATE_TIME:
        spans: dict[Operation, Asks] = {
            O.BEFORE: lambda v, _: holds((key != "") & (key < _span(v)[0])),
            O.AFTER: lambda v, _: holds(key >= _span(v)[1]),
            O.FROM: lambda v, _: holds(key >= _span(v)[0]),
            O.UNTIL: lambda v, _: holds((key != "") & (key < _span(v)[1])),
            O.IS: lambda v, _: holds((key >= _span(v)[0]) & (key < _span(v)[1])),
        }
        return whole(Searchable(label, spans | none, _day_or_moment(field), _said, personal=personal))
    asks = {operation: compare(by) for operation, by in (NUMBERS if kind is CustomKind.NUMBER else DAYS).items()}
    return whole(Searchable(label, asks | none, field.read, field.said, personal=personal))


def _day_or_moment(field: Field) -> Callable[[str], Any]:
    """A day is enough to search moments by: it counts from midnight to midnight in UTC, as they are shown."""
    return lambda text: day(text) if _DAY.fullmatch(text.strip()) else field.read(text)


def _span(value: Any) -> tuple[str, str]:
    """The first key of a day or a moment, and the first beyond it."""
    if isinstance(value, datetime):
        at = sort_key(CustomKind.DATE_TIME, value)
        return at, f"{at}~"
    return value.isoformat(), (value + timedelta(days=1)).isoformat()


def _said(value: Any) -> str:
    return f"{short_moment(value, 'UTC')} UTC" if isinstance(value, datetime) else short_day(value)


def known(name: str, label: str = "") -> Searchable | None:
    """Any field that can be searched by; `label`: that of a custom field, which its definition tells."""
    return KNOWN.get(name) or custom_searchable(name, label or UNNAMED)
