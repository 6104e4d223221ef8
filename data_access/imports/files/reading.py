"""A file as a table: read once, to its end, from a private copy, before any row is used."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from data_access.base.errors import Rejected
from data_access.imports.files.csv_rows import csv_rows
from data_access.imports.files.files import private_copy
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.xlsx_rows import xlsx_rows

Numbered = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the file: its line number, and its cells by column or the complaint that there are none."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    complaint: str = ""
    row: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read to its end. `top` is what stands above the first row, down to the heading.

    `mapping`: as it fits these headings. `rows`: how many it has.
    """

    digest: str
    mapping: FileMapping
    top: list[list[str]]
    names: list[str]
    stopped_at: int | None
    rows: int
    stored: IO[str]

    def lines(self) -> Iterator[FileRow]:
        self.stored.seek(0)
        return (_line(self.names, *json.loads(row)) for row in self.stored)


@contextmanager
def opened(path: Path, mapping: FileMapping, largest: int) -> Iterator[Table]:
    """The table of a file; Rejected with one sentence where it cannot be read to its end."""
    with private_copy(path, largest) as (copy, digest), TemporaryFile("w+", encoding="utf-8") as stored:
        read = xlsx_rows if copy.suffix == ".xlsx" else csv_rows
        rows: Iterator[Numbered] = read(copy, path.name, mapping, largest)
        top = _top(path, rows, mapping)
        names = [name.strip() for name in top[-1]]
        while names and not names[-1]:
            names.pop()
        mapping = mapping.fitted(names)
        _refuse_missing_columns(path, names, mapping)
        if copy.suffix == ".xlsx":
            rows = _padded(rows, len(names))
        stopped_at, count = _store(rows, mapping.stop_at.casefold(), stored)
        yield Table(digest, mapping, top, names, stopped_at, count, stored)


def glance(path: Path, mapping: FileMapping, largest: int) -> tuple[list[str], FileRow | None]:
    """The headings of a file and its first row: no more of it is read."""
    is_sheet = path.suffix.lower() == ".xlsx"
    read: Any = xlsx_rows if is_sheet else csv_rows
    with closing(read(path, path.name, mapping, largest)) as rows:
        names = [name.strip() for name in _top(path, rows, mapping)[-1]]
        while names and not names[-1]:
            names.pop()
        wide = _padded(rows, len(names)) if is_sheet else rows
        told = (_line(names, *row) for row in wide if any(map(str.strip, row[1])))
        return names, next(told, None)


def _top(path: Path, rows: Iterator[Numbered], mapping: FileMapping) -> list[list[str]]:
    top = [cells for _, (_, cells) in zip(range(mapping.skip_rows + 1), rows, strict=False)]
    if len(top) <= mapping.skip_rows:
        raise Rejected(f"{path.name} has no heading: it ends within the {mapping.skip_rows} rows that are skipped.")
    return top


def _padded(rows: Iterable[Numbered], width: int) -> Iterator[Numbered]:
    """Rows as wide as the heading: a spreadsheet stores the blank cells at the end of a row, or does not."""
    for number, cells in rows:
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        yield number, cells + [""] * (width - len(cells))


def _refuse_missing_columns(path: Path, names: list[str], mapping: FileMapping) -> None:
    for column in sorted(mapping.columns()):
        if names.count(column) != 1:
            times = "no column" if column not in names else "more than one column"
            raise Rejected(f"{path.name} has {times} “{column}”. Its columns are: {', '.join(names)[:400]}.")


def _store(rows: Iterable[Numbered], stop_at: str, stored: IO[str]) -> tuple[int | None, int]:
    """Keeps the rows that say something, up to the one at which the table stops; the line of that one, and how many."""
    count = 0
    for number, cells in rows:
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        if stop_at and first.casefold().startswith(stop_at):
            for _ in rows:
                pass  # read on: a file that is damaged further down is no whole one
            return number, count
        if first:
            count += 1
            stored.write(json.dumps((number, cells)) + "\n")
    return None, count


def _line(names: Sequence[str], number: int, cells: list[str]) -> FileRow:
    if len(cells) != len(names):
        complaint = f"The row has {len(cells)} cells, the heading has {len(names)}."
        return FileRow(number, complaint=complaint, row=tuple(cells))
    return FileRow(number, dict(zip(names, cells, strict=True)), row=tuple(cells))
