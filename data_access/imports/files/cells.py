"""The cells of a row as a mapping reads them: the text of each field, none that a spreadsheet would run."""

import re
from collections.abc import Mapping

from data_access.domain.entered.card_columns import CARD_COLUMNS, CUSTOM
from data_access.domain.sections import CUSTOMER
from data_access.fields.kinds import DIALLED, PHONE
from data_access.imports.files.mapping import AMOUNTS, FieldRule

_FORMULA_SIGNS = ("=", "@", "+", "-")
_SUSPECT = (*_FORMULA_SIGNS, "#")  # with which errors begin
_FIGURE = re.compile(r"[+-]\d[\d.,]*")
_SIGNED = {
    *AMOUNTS, "dialled", "did_number", "abbreviated_number.target", "customer_did.number",
    *(field.name for field in CUSTOMER if field.kind is PHONE),
    *(key for key, column in CARD_COLUMNS.items() if column.field.kind is DIALLED),
}  # fmt: skip
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}


def read_fields(cells: Mapping[str, str], rules: Mapping[str, FieldRule]) -> tuple[dict[str, str], dict[str, str]]:
    """The mapped texts, and a complaint for each that cannot be had."""
    typed: dict[str, str] = {}
    complaints: dict[str, str] = {}
    for name, rule in rules.items():
        try:
            text = rule.cell(cells)
            if text.startswith(_SUSPECT) and not rule.is_guarded(cells):
                _refuse_formula(name, text)
            typed[name] = rule.translated(text)
        except ValueError as wrong:
            complaints[name] = str(wrong)
    return typed, complaints


def _refuse_formula(name: str, text: str) -> None:
    if text in _ERRORS:
        raise ValueError(f"The cell holds {text}, an error of the spreadsheet: correct it there.")
    if name.startswith(f"{CUSTOM}.") and _FIGURE.fullmatch(text):
        return
    if text.startswith(_FORMULA_SIGNS) and (text.startswith("=") or name not in _SIGNED):
        raise ValueError(
            f"A text that begins with {text[0]} would be run as a formula by a spreadsheet: leave that out."
        )
