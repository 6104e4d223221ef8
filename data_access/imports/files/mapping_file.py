"""The file of a mapping: TOML, checked completely before anything is read with it."""

import codecs
import io
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any

from data_access.base.errors import Rejected
from data_access.base.money import CURRENCIES
from data_access.base.text.parsing import is_printable
from data_access.base.text.text_keys import fold
from data_access.domain.collections.terms import MOST_NET_DAYS
from data_access.domain.entered.card_columns import CUSTOM
from data_access.imports.files.amounts import MARKS, Written
from data_access.imports.files.files import text_of
from data_access.imports.files.mapping import AMOUNTS, PLAIN, FieldRule, FileMapping, NewClass

_WRITTEN = ("decimal", "thousands", "negative", "currency_sign", "factor")
_TEXTS = ("date_format", "encoding", "delimiter", "sheet", "stop_at")
_KEYS = {
    *_TEXTS,
    *_WRITTEN,
    "blank",
    "by_label",
    "skip_rows",
    "fields",
    "customer",
    "create_customers",
    "create_resellers",
    "new_class",
}
_RULE_KEYS = {"column", "constant", "values", "otherwise", "blank", *_WRITTEN}
_CLASS_KEYS = {"name", "business_model", "net_days", "currency"}
_BLANK = ("keep", "clear")
_DAY, _MONTH, _YEAR = "d", "mbB", "yY"
_TIME = "HMSfIpz"
_CUSTOM = f"{CUSTOM}."
ANY_CUSTOM = f"{_CUSTOM}…"  # among the fields of a mapping: every custom field, by its name
_NO_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "unicode-escape", "mbcs"}
_MOST_SKIPPED = 1000
_LONGEST = {"name": 120, "business_model": 60}
Table = Mapping[str, Any]


def read_mapping(
    path: Path,
    allowed: Collection[str],
    *,
    required: Collection[str],
    of_customer: Collection[str] = (),
    labels: Mapping[str, str] = MappingProxyType({}),
) -> FileMapping:
    """The mapping of a file; Rejected with a sentence about what is wrong with it.

    `labels`: what an export calls the fields that a mapping may take by them, those of a file that has them.
    """
    text = text_of(path)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise Rejected(f"The mapping {path.name} is not TOML: {str(wrong).splitlines()[0][:200]}.") from wrong
    _refuse_unknown(table, _KEYS, "the mapping")
    usual = {name: table[name] for name in (*_WRITTEN, "blank") if name in table}
    _written(usual, "the mapping")
    is_by_label = _yes_or_no(table, "by_label")
    fields = _by_label(labels, required, usual) if is_by_label else {}
    fields |= _rules(_flat(_table(table, "fields"), allowed), allowed, usual)
    missing = sorted(set(required) - set(fields))
    if missing:
        raise Rejected(f"The mapping does not say where {', '.join(missing)} comes from.")
    return FileMapping(
        text=text,
        fields=fields,
        customer=_rules(_table(table, "customer"), of_customer, usual),
        create_customers=_yes_or_no(table, "create_customers"),
        create_resellers=_yes_or_no(table, "create_resellers"),
        new_classes=_new_classes(table.get("new_class", [])),
        skip_rows=_whole(table, "skip_rows", most=_MOST_SKIPPED),
        custom=_rule(CUSTOM, {"column": ""}, usual) if is_by_label and ANY_CUSTOM in allowed else None,
        **_file_texts(table),
    )


def _file_texts(table: Table) -> dict[str, str]:
    """What says how the file is to be opened and its days are to be read."""
    chosen = {name: _text(table, name) for name in _TEXTS if name in table}
    _refuse_encoding(chosen.get("encoding", "utf-8"))
    _refuse_delimiter(chosen.get("delimiter", ","))
    _refuse_date_format(chosen.get("date_format", "%Y-%m-%d"))
    return chosen


def _refuse_encoding(name: str) -> None:
    try:
        is_charset = codecs.lookup(name).name not in _NO_CHARSETS
        io.TextIOWrapper(io.BytesIO(), encoding=name)
    except (LookupError, ValueError) as wrong:
        raise Rejected(f"The mapping names the encoding “{name}”, which does not exist for texts.") from wrong
    if not is_charset:
        raise Rejected(f"The mapping names the encoding “{name}”, in which no file of texts is written.")


def _refuse_delimiter(sign: str) -> None:
    if len(sign) != 1 or sign.isalnum() or sign in " \"'.-+\\\r\n\0" or not (sign.isprintable() or sign == "\t"):
        raise Rejected(f"The mapping's delimiter “{sign}” must be one character such as , ; | or a tab.")


def _refuse_date_format(shape: str) -> None:
    """A day, a month and a year must each be told once, or a day could not be read."""
    found = re.findall("%(.?)", shape.replace("%%", ""))
    once = all(sum(found.count(sign) for sign in part) == 1 for part in (_DAY, _MONTH, _YEAR))
    known = set(_DAY + _MONTH + _YEAR + _TIME)
    try:
        is_read = once and set(found) <= known and len(set(found)) == len(found)
        is_read = is_read and datetime.strptime(date(2024, 2, 29).strftime(shape), shape).day == 29  # noqa: DTZ007
    except ValueError:
        is_read = False
    if not is_read:
        raise Rejected(f"The mapping's date_format “{shape}” must name day, month and year once each: %d.%m.%Y.")


def _by_label(labels: Mapping[str, str], required: Collection[str], usual: Table) -> dict[str, FieldRule]:
    rules = {name: _rule(name, {"column": label}, usual) for name, label in labels.items()}
    return {name: replace(rule, if_there=name not in required) for name, rule in rules.items()}


def _flat(table: Table, allowed: Collection[str]) -> dict[str, Any]:
    """The fields by their whole names: those of a section may stand in a table of their own."""
    groups = {name.partition(".")[0] for name in allowed if "." in name}
    flat: dict[str, Any] = {}
    for name, rule in table.items():
        if name in groups and isinstance(rule, dict):
            flat |= {f"{name}.{field}": own for field, own in rule.items()}
        else:
            flat[name] = rule
    return flat


def _rules(table: Table, allowed: Collection[str], usual: Table) -> dict[str, FieldRule]:
    known = {name: rule for name, rule in table.items() if ANY_CUSTOM not in allowed or not name.startswith(_CUSTOM)}
    _refuse_unknown(known, allowed, "the mapping's fields")
    return {name: _rule(name, rule, usual) for name, rule in table.items()}


def _rule(name: str, table: Any, usual: Table) -> FieldRule:
    if not isinstance(table, dict) or ("column" in table) == ("constant" in table):
        raise Rejected(f"The mapping must give {name} either a column or a constant.")
    _refuse_unknown(table, _RULE_KEYS, name)
    own = {**usual, **table}
    values = _table(table, "values") if "values" in table else None
    return FieldRule(
        column=_text(table, "column") if "column" in table else None,
        constant=_text(table, "constant") if "constant" in table else "",
        values=None if values is None else {key: _text(values, key) for key in values},
        otherwise=_text(table, "otherwise") if "otherwise" in table else None,
        written=_written(own, name) if name in AMOUNTS else PLAIN,
        clears=_one_of(own, "blank", _BLANK, "keep") == "clear",
    )


def _written(table: Table, where: str) -> Written:
    chosen = {name: _one_of(table, name, marks, "") for name, marks in MARKS.items() if name in table}
    written = Written(**chosen, currency_sign=_text(table, "currency_sign"), factor=_factor(table))
    if written.decimal == written.thousands:
        raise Rejected(f"In {where} decimal and thousands are the same mark: no amount could be read.")
    if len(written.currency_sign) > 10 or re.search(r"[\d.,()\-]", written.currency_sign):
        raise Rejected("The mapping's currency_sign must be a symbol such as $ or kr, without digits and marks.")
    return written


def _factor(table: Table) -> Decimal:
    try:
        factor = Decimal(_text(table, "factor") or "1")
    except InvalidOperation as wrong:
        raise Rejected(f"The mapping's factor “{table['factor']}” is not a number such as 0.01.") from wrong
    if not factor.is_finite() or not Decimal("0.00001") <= abs(factor) <= 1_000_000:
        raise Rejected("The mapping's factor must lie between 0.00001 and 1000000, or below zero to reverse the sign.")
    return factor


def _new_classes(table: Any) -> tuple[NewClass, ...]:
    tables = [table] if isinstance(table, dict) else table
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise Rejected("The mapping's new_class must be a table, or several written as [[new_class]].")
    classes = tuple(map(_new_class, tables))
    if len({fold(one.name) for one in classes}) < len(classes):
        raise Rejected("The mapping's new_class gives the same name twice.")
    return classes


def _new_class(table: Table) -> NewClass:
    _refuse_unknown(table, _CLASS_KEYS, "new_class")
    for name, longest in _LONGEST.items():
        if len(_text(table, name)) > longest:
            raise Rejected(f"The mapping's new_class has a {name} of more than {longest} characters.")
    if "net_days" not in table:
        raise Rejected("The mapping's new_class needs net_days, the days that its customers have to pay.")
    currency = _text(table, "currency") or None
    if currency is not None and currency not in CURRENCIES:
        raise Rejected(f"The mapping's new_class has the currency “{currency}”. In use are: {', '.join(CURRENCIES)}.")
    return NewClass(
        _text(table, "name").strip(), _text(table, "business_model").strip() or "Imported",
        _whole(table, "net_days", most=MOST_NET_DAYS), currency,
    )  # fmt: skip


def _table(table: Table, name: str) -> Table:
    found = table.get(name, {})
    if not isinstance(found, dict):
        raise Rejected(f"The mapping must give “{name}” as a table.")
    return found


def _text(table: Table, name: str) -> str:
    found = table.get(name, "")
    if not isinstance(found, str):
        raise Rejected(f"The mapping must give “{name}” as a text in quotes.")
    if name != "delimiter" and not is_printable(found):
        raise Rejected(f"The mapping gives “{name[:60]}” a control character.")
    return found


def _one_of(table: Table, name: str, options: Collection[str], usual: str) -> str:
    if name not in table:
        return usual
    if _text(table, name) not in options and table[name] not in options:
        shown = ", ".join(f"“{option}”" for option in options)
        raise Rejected(f"The mapping's {name} must be one of {shown}.")
    return str(table[name])


def _whole(table: Table, name: str, *, most: int) -> int:
    found = table.get(name, 0)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= most:
        raise Rejected(f"The mapping's {name} must be a whole number from 0 to {most:,}, without quotes.")
    return found


def _yes_or_no(table: Table, name: str) -> bool:
    found = table.get(name, False)
    if not isinstance(found, bool):
        raise Rejected(f"The mapping's {name} must be true or false, without quotes.")
    return found


def _refuse_unknown(table: Table, known: Collection[str], where: str) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise Rejected(f"“{unknown[0]}” is unknown in {where}. Known are: {', '.join(sorted(known))}.")
