"""A file as a table: read once, to its end, from a private copy, before any row is handed out."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

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

    `mapping`: as it fits these headings.
    """

    digest: str
    mapping: FileMapping
    top: list[list[str]]
    names: list[str]
    stopped_at: int | None
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
        stopped_at = _store(rows, mapping.stop_at.casefold(), stored)
        yield Table(digest, mapping, top, names, stopped_at, stored)


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


def _store(rows: Iterable[Numbered], stop_at: str, stored: IO[str]) -> int | None:
    """Keeps the rows that say something, up to the one at which the table stops; the line of that one."""
    for number, cells in rows:
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        if stop_at and first.casefold().startswith(stop_at):
            for _ in rows:
                pass  # read on: a file that is damaged further down is no whole one
            return number
        if first:
            stored.write(json.dumps((number, cells)) + "\n")
    return None


def _line(names: Sequence[str], number: int, cells: list[str]) -> FileRow:
    if len(cells) != len(names):
        complaint = f"The row has {len(cells)} cells, the heading has {len(names)}."
        return FileRow(number, complaint=complaint, row=tuple(cells))
    return FileRow(number, dict(zip(names, cells, strict=True)), row=tuple(cells))
