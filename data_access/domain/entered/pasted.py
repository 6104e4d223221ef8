"""Pasted rows: the lines of a text, each read by declared fields, with what is wrong with it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from data_access.base.errors import Invalid
from data_access.fields.field import Field, Value

MOST_ROWS = 1000
_BETWEEN = re.compile(r"[;\t]")


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One line: its number in the text, what stands in it, what could be read, and why it cannot be taken."""

    line: int
    text: str
    values: Mapping[str, Value]
    complaint: str = ""

    @property
    def says(self) -> str:
        return f"Line {self.line}, {self.text[:60]}: {self.complaint}"


def read_pasted(text: str, fields: Sequence[Field]) -> tuple[PastedRow, ...]:
    """A row for each line that holds something; its cells stand between semicolons or tabs, in the order of the fields.

    A field that a line does not reach is blank. Invalid where there are more lines than fit at once.
    """
    told = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(told) > MOST_ROWS:
        raise Invalid({"lines": f"At most {MOST_ROWS:,} rows fit at once; these are {len(told):,}."})
    return tuple(_row(number, line, fields) for number, line in told)


def _row(number: int, line: str, fields: Sequence[Field]) -> PastedRow:
    cells = [cell.strip() for cell in _BETWEEN.split(line)]
    if len(cells) > len(fields):
        return PastedRow(number, line, {}, f"At most {len(fields)} values fit in a row.")
    values: dict[str, Value] = {}
    for field, cell in zip(fields, cells + [""] * (len(fields) - len(cells)), strict=True):
        try:
            values[field.name] = field.read(cell)
        except ValueError as wrong:
            return PastedRow(number, line, values, f"{field.label}: {wrong}")
    return PastedRow(number, line, values)


def without_twins(
    rows: Sequence[PastedRow], field: Field, known: Collection[Value], otherwise: str
) -> tuple[PastedRow, ...]:
    """The rows; one whose value in a field is known already, or stands in a row before it, is refused."""
    met, judged = set(known), list[PastedRow]()
    for row in rows:
        value = row.values.get(field.name)
        judged.append(replace(row, complaint=otherwise) if not row.complaint and value in met else row)
        if not judged[-1].complaint:
            met.add(value)
    return tuple(judged)
