"""Files that need no mapping: their headings are the labels of the fields, or the names, in any order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from data_access.base.errors import Rejected
from data_access.base.settings import largest_file
from data_access.base.text.text_keys import fold
from data_access.imports.files.csv_rows import is_text
from data_access.imports.files.mapping import FieldRule, FileMapping
from data_access.imports.files.reading import glance

_DELIMITERS = (",", ";", "\t")
_USUAL, _OF_WINDOWS = "utf-8-sig", "cp1252"


def by_headings(
    path: Path, labels: Mapping[str, str], *, required: Collection[str], constants: Mapping[str, str] | None = None
) -> FileMapping:
    """The mapping that the headings of a file make; `constants` hold for every row and need no column.

    Rejected where a heading is none of the fields, or one that is required is missing.
    """
    given = dict(constants or {})
    look = _look(path)
    known = {fold(text): name for name, label in labels.items() if name not in given for text in (name, label)}
    columns: dict[str, str] = {}
    for heading in look.headings:
        field = known.get(fold(heading))
        if field is None or field in columns:
            why = "is none of" if field is None else "stands there twice. The columns are"
            raise Rejected(f"{path.name}: the column “{heading[:60]}” {why}: {', '.join(_shown(labels, given))}.")
        columns[field] = heading
    if missing := [labels[name] for name in required if name not in columns and name not in given]:
        raise Rejected(f"{path.name} has no column “{missing[0]}”. Its columns are: {', '.join(look.headings)[:400]}.")
    rules = {name: FieldRule(column=heading) for name, heading in columns.items()}
    told = "; ".join(f"{name} {text}" for name, text in given.items())
    return FileMapping(
        told, rules | {name: FieldRule(constant=text) for name, text in given.items()}, delimiter=look.delimiter
    )


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The first look at a file: its headings, what stands below them in its first row, and how it is written."""

    headings: tuple[str, ...]
    first: Mapping[str, str]
    delimiter: str = ","
    encoding: str = _USUAL


def look_at(path: Path) -> FirstLook:
    """Rejected where the file is no table. It is read as text of Windows where it is not written in UTF-8."""
    return _look(path, _USUAL if is_text(path, _USUAL) else _OF_WINDOWS)


def _look(path: Path, encoding: str = _USUAL) -> FirstLook:
    """With the first of the usual signs between cells that there is."""
    usual = _look_by(path, _DELIMITERS[0], encoding)
    if len(usual.headings) == 1:
        for delimiter in _DELIMITERS[1:]:
            if delimiter in usual.headings[0]:
                return _look_by(path, delimiter, encoding)
    return usual


def _look_by(path: Path, delimiter: str, encoding: str) -> FirstLook:
    names, first = glance(path, FileMapping("", {}, delimiter=delimiter, encoding=encoding), largest_file())
    return FirstLook(tuple(filter(None, names)), {} if first is None else first.cells, delimiter, encoding)


def _shown(labels: Mapping[str, str], given: Mapping[str, str]) -> list[str]:
    return [label for name, label in labels.items() if name not in given]
