"""The kinds of fields: text, amount, day and so on, a row each."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.types import TypeEngine

from data_access.base.clock import near, read_moment, short_day, short_moment
from data_access.base.money import CURRENCIES, read_amount
from data_access.base.text.date_formats import a_date_format, a_time_format
from data_access.base.text.labels import country_name
from data_access.base.text.numerals import LARGEST_ID, whole_number
from data_access.base.text.parsing import (
    COUNTRIES,
    ZONES,
    a_prefix,
    country,
    dialled,
    email_addresses,
    identifier,
    international_number,
    lines,
    one_of,
    only_digits,
    phone_number,
    plain,
    within,
)
from data_access.base.text.text_keys import fold_phone
from data_access.fields.field import Control, Field, FieldKind, RowList, Value

YES = "yes"
_HIDDEN = "•••••"  # of a number not even the first digit
_CHOOSE = "Choose one of these."


def as_typed(value: Value) -> str:
    """A stored value as one would type it: `1000` for an amount, `yes` for true, blank for none."""
    match value:
        case None | False:
            return ""
        case True:
            return YES
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
    return str(value)


def _text(read: Any) -> Any:
    return lambda text, field: within(read(text), field.most) if field.most else read(text)


def _string(most: int | None) -> TypeEngine[Any]:
    return String(most)


def _long(_most: int | None) -> TypeEngine[Any]:
    return Text()


def _annotated(_most: int | None) -> None:
    return None


def _as_it_is(value: Value, _field: Field) -> str:
    return str(value)


def _whole(text: str, field: Field) -> int:
    return whole_number(text, field.least or 0, LARGEST_ID if field.most is None else field.most)


def _bounded(amount: Decimal, field: Field) -> Decimal:
    if field.least is not None and amount < field.least:
        raise ValueError(f"This cannot be below {field.least:,}.")
    if field.most is not None and amount > field.most:
        raise ValueError(f"This cannot be above {field.most:,}.")
    return amount


def _amount(text: str, field: Field) -> Decimal:
    return _bounded(read_amount(text), field)


def _per_cent(text: str, field: Field) -> Decimal:
    return _bounded(read_amount(text.strip().removesuffix("%")), field)


def _day(text: str, _field: Field) -> date:
    told = text.strip()[:40]
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise ValueError(f"“{told}” is not a day: write it like 2026-03-16.") from wrong
    return near(day, told)


def _instant(text: str, _field: Field) -> datetime:
    try:
        return read_moment(text.strip())
    except ValueError as wrong:
        raise ValueError(f"“{text.strip()[:40]}” is not a time with its zone, such as 2026-03-16T12:00:00Z.") from wrong


def _one(address: str) -> str:
    if "," in address:
        raise ValueError("Only one address fits here.")
    return address


def _choice(text: str, field: Field) -> Value:
    value = one_of(text, field.options, field.needed or _CHOOSE)
    return value if field.of is None else field.of(value)


def _several(text: str, field: Field) -> str:
    chosen = set(text.split())
    if not chosen <= set(field.options):
        raise ValueError(f"Choose the {field.label.lower()} from the list.")
    return within(" ".join(sorted(chosen)), field.most) if field.most else " ".join(sorted(chosen))


def _in_order(chosen: str, field: Field) -> str:
    return "\n".join(value for value in field.options if value in chosen.split())


def _reference(text: str, field: Field) -> int:
    return whole_number(text, otherwise=field.needed or f"Choose the {field.label.lower()} from the list.")


def _yes(text: str, _field: Field) -> bool:
    return one_of(text.lower(), (YES, "no"), "Say yes or no.") == YES


def _rows(text: str, field: Field) -> str:
    """As it was typed, each cell read by its column. ValueError says which row it is about."""
    rows = _of_rows(field)
    if len(rows.split(text)) > rows.most:
        raise ValueError(f"At most {rows.most:,} rows fit here.")
    for number, cells in enumerate(rows.split(text), 1):
        if len(cells) != len(rows.columns):
            raise ValueError(f"Row {number} needs {len(rows.columns)} values.")
        for column, cell in zip(rows.columns, cells, strict=True):
            try:
                column.read(cell)
            except ValueError as wrong:
                raise ValueError(f"Row {number}, {column.label}: {wrong}") from wrong
    return text.strip()


def _of_rows(field: Field) -> RowList:
    if field.rows is None:
        raise TypeError(f"{field.label} does not say what stands in its rows")
    return field.rows


def _rows_said(value: Value, field: Field) -> str:
    rows, columns = _of_rows(field).split(str(value)), _of_rows(field).columns
    return "; ".join(", ".join(map(_cell_said, columns, cells)) for cells in rows)


def _cell_said(column: Field, cell: str) -> str:
    return column.said(column.kind.read(cell, column)) if cell else ""


def _amount_said(value: Value, _field: Field) -> str:
    return f"{value.normalize() + 0:,f}"


def _day_said(value: Value, _field: Field) -> str:
    return short_day(value)


def _instant_said(value: Value, _field: Field) -> str:
    return f"{short_moment(value, 'UTC')} UTC"


def _yes_said(value: Value, _field: Field) -> str:
    return "Yes" if value else "No"


def _choice_said(value: Value, field: Field) -> str:
    return field.options.get(str(value), str(value))


def _several_said(value: Value, field: Field) -> str:
    chosen = str(value).split()
    return ", ".join(label for name, label in field.options.items() if name in chosen)


C = Control
TEXT = FieldKind("text", C.LINE, _text(plain), str, _as_it_is, _string, "")
CODE = FieldKind("code", C.LINE, _text(identifier), str, _as_it_is, _string, "")
DIGITS = FieldKind("digits", C.LINE, _text(a_prefix), str, _as_it_is, _string, "")
LINES = FieldKind("lines", C.LINES, _text(lines), str, _as_it_is, _long, "")
PHONE = FieldKind(
    "phone", C.LINE, _text(phone_number), str, _as_it_is, _string, "", mask=lambda _: _HIDDEN, fold=fold_phone
)
INTERNATIONAL = FieldKind(
    "international number", C.LINE, _text(international_number), str, _as_it_is, lambda _: String(20), "",
    fold=fold_phone,
)  # fmt: skip
SHORT_NUMBER = replace(DIGITS, name="short number", read=_text(only_digits))
EMAILS = FieldKind("e-mails", C.LINE, _text(email_addresses), str, _as_it_is, _string, "")
DAY_FORMAT = replace(TEXT, name="format of days", read=_text(a_date_format), blank=None)
TIME_FORMAT = replace(TEXT, name="format of times", read=_text(a_time_format), blank=None)
DIALLED = replace(TEXT, name="what is dialled", read=_text(dialled))
EMAIL = replace(EMAILS, name="e-mail", read=lambda text, field: _one(_text(email_addresses)(text, field)), blank=None)
WEB_ADDRESS = replace(TEXT, name="web address")
COUNTRY = FieldKind(
    "country",
    C.LIST,
    lambda text, _: country(text),
    str,
    lambda v, _: country_name(v),
    lambda _: String(2),
    "",
    options=COUNTRIES,
)
SEVERAL = FieldKind("several of a list", C.SEVERAL, _several, str, _several_said, _string, "")
LISTED = replace(  # stored a line each, in the order of the list
    SEVERAL, name="several of a list, by its order", read=lambda text, field: _in_order(_several(text, field), field),
    typed=lambda value: " ".join(sorted(value.split())), column=_long,
)  # fmt: skip
ROWS = FieldKind("list of rows", C.ROWS, _rows, str, _rows_said, _long, "")
INTEGER = FieldKind("whole number", C.LINE, _whole, as_typed, _as_it_is, _annotated)
AMOUNT = FieldKind("amount", C.LINE, _amount, as_typed, _amount_said, _annotated)
PER_CENT = FieldKind("per cent", C.LINE, _per_cent, as_typed, lambda v, f: f"{_amount_said(v, f)} %", _annotated)
DAY = FieldKind("day", C.DAY, _day, as_typed, _day_said, _annotated)
INSTANT = FieldKind("instant", C.LINE, _instant, as_typed, _instant_said, _annotated)
CHOICE = FieldKind("choice", C.LIST, _choice, as_typed, _choice_said, _annotated)
REFERENCE = FieldKind("one of the records", C.LIST, _reference, as_typed, _as_it_is, _annotated)
CURRENCY = FieldKind(
    "currency", C.LIST, lambda text, field: _choice(text.upper(), field), str, _as_it_is, lambda _: String(3),
    options={code: code for code in CURRENCIES},
)  # fmt: skip
ZONE = FieldKind(
    "time zone", C.LIST, _choice, str, _as_it_is, lambda _: String(64), options={zone: zone for zone in ZONES}
)
TICK = FieldKind("yes or no", C.TICK, _yes, as_typed, _yes_said, _annotated, blank=False)
PER_CLASS = FieldKind(  # as TICK, where a blank leaves it to the class
    "yes, no or as class", C.LIST, _yes, lambda v: YES if v else "no", _yes_said, _annotated,
    options={YES: "Yes", "no": "No"},
)  # fmt: skip
KINDS = (
    TEXT, CODE, DIGITS, LINES, PHONE, INTERNATIONAL,
    SHORT_NUMBER, EMAILS, EMAIL, COUNTRY, SEVERAL, LISTED, ROWS, INTEGER, AMOUNT, PER_CENT, DAY,
    INSTANT, CHOICE, REFERENCE, WEB_ADDRESS, CURRENCY, ZONE, TICK, PER_CLASS, DAY_FORMAT,
    TIME_FORMAT, DIALLED,
)  # fmt: skip


def at_least(lowest: Decimal, otherwise: str) -> Callable[[Value], Value]:
    """The rule that an amount is not below another, with its sentence."""

    def rule(amount: Value) -> Value:
        if amount < lowest:
            raise ValueError(otherwise)
        return amount

    return rule


def json_rows(*columns: Field, says: str = "") -> RowList:
    """Rows of which any cell may hold any text."""
    return RowList(columns, _of_json, json.dumps, says)


def _of_json(text: str) -> list[list[str]]:
    try:
        return [[str(cell) for cell in cells] for cells in json.loads(text or "[]")]
    except (ValueError, TypeError) as wrong:
        raise ValueError("This is not a list of rows.") from wrong
