"""The Customer ID of a row, and the message about a second row for the same customer."""

from collections.abc import Mapping
from functools import lru_cache

from data_access.base.text.text_keys import is_same_code, not_meant
from data_access.domain.validation import validated
from data_access.imports.files.cells import read_fields
from data_access.imports.files.mapping import FieldRule


@lru_cache(2_000)  # a row asks several times
def _read(text: str) -> str:
    return str(validated({"customer_code": text}).values.get("customer_code", ""))


def code_of(cells: Mapping[str, str], rules: Mapping[str, FieldRule]) -> str:
    """The Customer ID of a row; blank if there is none that could be read."""
    typed, _ = read_fields(cells, {"customer_code": rules["customer_code"]})
    return _read(typed["customer_code"]) if "customer_code" in typed else ""


def first_code(cell: str, rules: Mapping[str, FieldRule]) -> str:
    """The Customer ID of an earlier row, by the cell that tells it."""
    return code_of({rules["customer_code"].column or "": cell}, rules)


def repetition(code: str, first_code: str, first_line: int) -> str:
    """Why a row is refused that tells of the same as an earlier one, or of one that merely looks alike."""
    if is_same_code(code, first_code):
        return f"Line {first_line} already says this: it is a duplicate."
    return f"Line {first_line}: {not_meant(code, first_code)}"
