"""Lists of customers as files: the columns of the list or every field, as CSV, XLSX or Parquet, part by part."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, TypeVar

from pyarrow import RecordBatch

from data_access.base.choices.export_choices import ExportContent, FileFormat
from data_access.base.text.column_sheets import write_csv_columns, write_parquet
from data_access.base.text.sheets import Cell, write_csv, write_xlsx
from data_access.queries.lists.customers import Selection
from data_access.queries.lists.everything import everything_of
from data_access.queries.lists.exports import rows_of
from data_access.queries.lists.listed import for_people, parts_of_list
from data_access.queries.lists.sheet_columns import write_xlsx_columns
from data_access.queries.pagination.by_key import Sort
from data_access.store.access import Access

TITLE = "Customers"
_EVERY = 1_000  # rows, after which it is told how many there are
P = TypeVar("P")
Told = Callable[[int], object]
_COLUMNS: dict[FileFormat, Callable[[IO[bytes], Iterable[RecordBatch]], int]] = {
    FileFormat.CSV: lambda file, parts: write_csv_columns(file, map(for_people, parts)),
    FileFormat.XLSX: lambda file, parts: write_xlsx_columns(file, map(for_people, parts), title=TITLE),
    FileFormat.PARQUET: write_parquet,
}
_ROWS: dict[FileFormat, Callable[[IO[bytes], Sequence[str], Iterable[Sequence[Cell]]], int]] = {
    FileFormat.CSV: write_csv, FileFormat.XLSX: partial(write_xlsx, title=TITLE),
}  # fmt: skip


def _nobody(_rows: int) -> None:
    """Nobody wants to know how far it has come."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: whom, in which order, and what of each."""

    selection: Selection
    content: ExportContent = ExportContent.LIST
    sort: Sort | None = Sort.CUSTOMER_ID


def write_customers(access: Access, file: IO[bytes], kind: FileFormat, asked: Contents, told: Told = _nobody) -> int:
    """Writes them with the rights of who reads, as they come; how many they were. It tells how many stand so far."""
    if asked.content is ExportContent.EVERYTHING:
        every = everything_of(access)
        rows = _watched(rows_of(access, every.query, asked.selection), told, lambda _: 1)
        return _ROWS[kind](file, every.header, rows)
    has_next = asked.content is ExportContent.NEXT
    parts = parts_of_list(access, asked.selection, asked.sort, has_next=has_next)
    return _COLUMNS[kind](file, _watched(parts, told, len))


def _watched(parts: Iterable[P], told: Told, size: Callable[[P], int]) -> Iterator[P]:
    count = seen = 0
    for part in parts:
        yield part
        count += size(part)
        if count - seen >= _EVERY:
            told(count)
            seen = count
