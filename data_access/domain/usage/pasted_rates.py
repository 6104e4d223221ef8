"""Rates as people paste them: one line each, with values in the order of the fields."""

import re

from data_access.fields.field import Typed, fields_of
from data_access.models.usage.tariffs import TariffRate

_DIGIT = re.compile(r"\d")
_BETWEEN = ("\t", ";", ",")  # the first of these that a line holds stands between its values
_FIELDS = fields_of(TariffRate)
COLUMNS = tuple(field.name for field in _FIELDS)
SAYS = f"One rate per line: {', '.join(field.label.lower() for field in _FIELDS)}."


def read_pasted(text: str) -> tuple[Typed, ...]:
    """What each line says, by field; blank lines and a heading are left out, and so is a blank value."""
    lines = [line for line in text.splitlines() if line.strip()]
    rows = [_row(line) for line in lines]
    return tuple(rows[1:] if rows and _is_heading(rows[0]) else rows)


def _row(line: str) -> dict[str, str]:
    mark = next((mark for mark in _BETWEEN if mark in line), _BETWEEN[-1])
    cells = [cell.strip() for cell in line.split(mark)]
    surplus = {f"value {number}": cell for number, cell in enumerate(cells[len(COLUMNS) :], len(COLUMNS) + 1)}
    told = dict(zip(COLUMNS, cells, strict=False)) | surplus
    return {name: cell for name, cell in told.items() if cell}


def _is_heading(row: Typed) -> bool:
    """A first line without a digit in it is one of headings."""
    return not any(_DIGIT.search(cell) for cell in row.values())
