"""Custom fields in Advanced search: each is asked by the id and the type of its definition, which both stay."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, exists, not_

from data_access.base.text.numerals import whole_number
from data_access.domain.entered.custom_fields import KINDS, Stored, sort_key
from data_access.fields.field import Field
from data_access.models.card.custom_fields import CustomKind, CustomValue
from data_access.models.customers import Customer
from data_access.search.filter_params import plain
from data_access.search.search_fields import DAYS, KNOWN, MATCHES, NUMBERS, Asks, Operation, Searchable
from data_access.search.text_match import Match, folded_matches

_PERSONAL = "personal_"
_NAME = re.compile(rf"custom_({_PERSONAL})?({'|'.join(sorted(CustomKind, key=len, reverse=True))})_(.+)")
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
    if kind in (CustomKind.TEXT, CustomKind.LIST):
        asks: dict[Operation, Asks] = {operation: ask(match) for operation, match in MATCHES.items()}
        return Searchable(label, asks | none, plain, personal=personal)
    field = Field(KINDS[kind], label)
    compared = NUMBERS if kind is CustomKind.NUMBER else DAYS
    asks = {operation: compare(by) for operation, by in compared.items()}
    return Searchable(label, asks | none, field.read, field.said, personal=personal)


def known(name: str, label: str = "") -> Searchable | None:
    """Any field that can be searched by; `label`: that of a custom field, which its definition tells."""
    return KNOWN.get(name) or custom_searchable(name, label or UNNAMED)
