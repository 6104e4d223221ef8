"""Rows that enter many records at once: each is checked, and changes an existing record or adds one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from data_access.fields.field import Value
from data_access.fields.section import FieldSection

Values = dict[str, Value]
ADDED, CHANGED, UNCHANGED, REFUSED = "added", "changed", "unchanged", "refused: "


@dataclass(frozen=True, slots=True)
class Entering:
    """What rows are entered into: records of a section that are told apart `by` a field, those that stand there by it.

    `add` takes the values of a new one, `change` what is to become different of one that stands there; `unfit` says
    what is wrong with the values of a record, None for a new one, beside other records.
    """

    section: FieldSection
    by: str
    standing: Mapping[Any, Any]
    add: Callable[[Values], None]
    change: Callable[[Any, Values], None]
    unfit: Callable[[Any, Values], Mapping[str, str]] = lambda _record, _values: {}

    def outcomes(self, rows: Iterable[Mapping[str, str]]) -> list[str]:
        """What became of each row, in order; a wrong one stops no other."""
        seen: dict[Any, int] = {}
        return [self._outcome(row, number, seen) for number, row in enumerate(rows, 1)]

    def _outcome(self, row: Mapping[str, str], number: int, seen: dict[Any, int]) -> str:
        section = self.section
        judged = section.judged({self.by: "", **row})
        key = judged.values.get(self.by)
        record = self.standing.get(key)
        if record is None:
            needed = {field.name: "" for field in section if field.needed}
            whole = section.judged({**needed, **_filled(section.unwritten()), **row})
        else:
            whole = judged
        values = whole.values if record is None else section.values(record) | judged.values
        complaints = whole.complaints | section.unknown(row)
        complaints |= {} if complaints else self.unfit(record, values)
        if complaints:
            return REFUSED + "; ".join(f"{section.labels.get(name, name)}: {says}" for name, says in complaints.items())
        if key in seen:
            return f"{REFUSED}row {seen[key]} already gives the {_called(section, self.by)} {key}."
        seen[key] = number
        if record is None:
            self.add(whole.values)
            return ADDED
        different = {name: value for name, value in judged.values.items() if value != getattr(record, name)}
        if different:
            self.change(record, different)
        return CHANGED if different else UNCHANGED


def _called(section: FieldSection, name: str) -> str:
    label = section.labels[name]
    return label if label[:2].isupper() else label.lower()


def _filled(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in typed.items() if text}
