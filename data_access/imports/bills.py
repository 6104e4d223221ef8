"""An invoice from a row: its values, checked field by field and then together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from data_access.base.clock import in_words
from data_access.base.errors import Rejected
from data_access.base.money import CURRENCIES, cash
from data_access.base.text.parsing import an_amount, identifier, one_of, within
from data_access.imports.files.cells import read_fields
from data_access.imports.files.days import day_of
from data_access.imports.files.mapping import FileMapping

INVOICE_FIELDS = frozenset(
    {"customer_code", "number", "issued_on", "due_on", "total", "currency", "settled_on", "disputed"}
)
REQUIRED = ("customer_code", "number", "issued_on", "due_on", "total", "currency")
_LONGEST_NUMBER = 40
_YES, _NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class ImportedInvoice:
    """An invoice of the file. `settled_on` None: nobody has paid it."""

    line: int
    number: str
    issued_on: date
    due_on: date
    total: Decimal
    currency: str
    settled_on: date | None
    disputed: bool


def bill_of(
    line: int, cells: Mapping[str, str], mapping: FileMapping, today: date
) -> tuple[ImportedInvoice | None, dict[str, str]]:
    """The invoice of a row, or None and every complaint. `today`: where its customer is billed."""
    own = {name: rule for name, rule in mapping.fields.items() if name != "customer_code"}
    typed, complaints = read_fields(cells, own)
    values: dict[str, Any] = {"settled_on": None, "disputed": False}
    for name, text in typed.items():
        try:
            values[name] = _READERS[name](text, mapping.date_format)
        except ValueError as wrong:
            complaints[name] = str(wrong)
    complaints = _together(values, today) | complaints
    return (None, complaints) if complaints else (ImportedInvoice(line, **values), {})


def _together(values: Mapping[str, Any], today: date) -> dict[str, str]:
    where = f": where the customer is billed it is {in_words(today)}"
    found: dict[str, str] = {}
    issued_on, due_on, settled_on = (values.get(name) for name in ("issued_on", "due_on", "settled_on"))
    if issued_on and due_on and due_on < issued_on:
        found["due_on"] = "An invoice cannot be due before it is issued."
    if issued_on and settled_on and settled_on < issued_on:
        found["settled_on"] = "An invoice cannot be settled before it is issued."
    if settled_on and settled_on > today:
        found["settled_on"] = f"An invoice cannot be settled in the future{where}."
    if issued_on and issued_on > today:
        found["issued_on"] = f"An invoice cannot be issued in the future{where}."
    if "total" in values and "currency" in values:
        found |= _not_cash(values["total"], values["currency"])
    return found


def _not_cash(total: Decimal, currency: str) -> dict[str, str]:
    try:
        cash(total, currency)
    except Rejected as wrong:
        return {"total": str(wrong)}
    return {}


def _number(text: str, _date_format: str) -> str:
    if not text:
        raise ValueError("Give the invoice number.")
    return within(identifier(text), _LONGEST_NUMBER)


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "number": _number,
    "issued_on": day_of,
    "due_on": day_of,
    "settled_on": lambda text, date_format: day_of(text, date_format) if text else None,
    "total": lambda text, _: an_amount(text),
    "currency": lambda text, _: one_of(text.upper(), CURRENCIES, "This currency is not in use here."),
    "disputed": lambda text, _: one_of(text or _NO, (_YES, _NO), "Translate this into yes or no.") == _YES,
}
