"""Reading a table out of a CSV or XLSX file, row by row as texts. What is wrong with the file is one sentence."""

import codecs
import csv
import gzip
import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from data_access.errors import Rejected
from data_access.imports.mapping import FileMapping

LARGEST = 100_000_000
_CHUNK = 1 << 20
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: its line number, and its cells by column or the complaint that there are none."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    complaint: str = ""


def file_digest(path: Path) -> str:
    """The SHA-256 of a file; Rejected if it is missing or no file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as wrong:
        raise Rejected(f"{path.name} cannot be read: there is no such file, or it is not yours to read.") from wrong


def lines(path: Path, mapping: FileMapping, largest: int = LARGEST) -> Iterator[Line]:
    """The rows under the heading. The whole file is looked over first, so that no half of it is imported."""
    if path.stat().st_size == 0:
        raise Rejected(f"{path.name} is empty.")
    _refuse_larger(path, path.stat().st_size, largest)
    rows = _spreadsheet(path, mapping, largest) if path.suffix.lower() == ".xlsx" else _csv(path, mapping, largest)
    heading = next(rows, None)
    if heading is None:
        raise Rejected(f"{path.name} is empty.")
    names = [name.strip() for name in heading[1]]
    _refuse_missing_columns(path, names, mapping)
    return _under(names, rows)


def _refuse_larger(path: Path, size: int, largest: int) -> None:
    if size > largest:
        raise Rejected(f"{path.name} is too large: files of up to {largest:,} bytes can be imported. Split it.")


def _refuse_missing_columns(path: Path, names: list[str], mapping: FileMapping) -> None:
    for column in sorted(mapping.columns()):
        if names.count(column) != 1:
            times = "no column" if column not in names else "more than one column"
            raise Rejected(f"{path.name} has {times} “{column}”. Its columns are: {', '.join(names)[:400]}.")


def _under(names: list[str], rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[Line]:
    for number, cells in rows:
        if not any(cells):
            continue
        if len(cells) != len(names):
            yield Line(number, complaint=f"The row has {len(cells)} cells, the heading has {len(names)}.")
        else:
            yield Line(number, dict(zip(names, cells, strict=True)))


def _csv(path: Path, mapping: FileMapping, largest: int) -> Iterator[tuple[int, Sequence[str]]]:
    _look_over(path, mapping.encoding, largest)
    with _opened(path) as raw:
        text = codecs.getreader(mapping.encoding)(raw)
        reader = csv.reader(text, delimiter=mapping.delimiter, strict=True)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as wrong:
                raise Rejected(f"{path.name} is no CSV at line {number}: {wrong}.") from wrong
            if cells is None:
                return
            yield number, cells


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]  # reads alike


def _look_over(path: Path, encoding: str, largest: int) -> None:
    """Refuses what is no text in this encoding, and what unpacks to more than may be imported."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as wrong:
        raise Rejected(f"The mapping names the encoding “{encoding}”, which does not exist.") from wrong
    size = line = 0
    try:
        with _opened(path) as raw:
            while chunk := raw.read(_CHUNK):
                if size == 0 and chunk.startswith(_ARCHIVES):
                    raise Rejected(f"{path.name} is no text: a spreadsheet must be an XLSX file whose name says so.")
                size += len(chunk)
                _refuse_larger(path, size, largest)
                text = decoder.decode(chunk)
                if "\0" in text:
                    raise Rejected(f"{path.name} is a binary file, not a table: save it as CSV or XLSX.")
                line += text.count("\n")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as wrong:
        name = encoding.removesuffix("-sig").upper()
        raise Rejected(
            f"{path.name} is not written in {name}, somewhere after line {line:,}: "
            "save it in that encoding, or name its own in the mapping."
        ) from wrong
    except (gzip.BadGzipFile, EOFError) as wrong:
        raise Rejected(f"{path.name} cannot be unpacked: it is damaged, or no gzip file.") from wrong


def _spreadsheet(path: Path, mapping: FileMapping, largest: int) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        with zipfile.ZipFile(path) as packed:
            _refuse_larger(path, sum(part.file_size for part in packed.infolist()), largest)
        book = load_workbook(path, read_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError) as wrong:
        raise Rejected(f"{path.name} is no XLSX spreadsheet: it is damaged, or another kind of file.") from wrong
    with closing(book):
        if mapping.sheet is not None and mapping.sheet not in book.sheetnames:
            raise Rejected(f"{path.name} has no sheet “{mapping.sheet}”. Its sheets are: {', '.join(book.sheetnames)}.")
        sheet = book[mapping.sheet or book.sheetnames[0]]
        for number, row in enumerate(sheet.iter_rows(), 1):
            yield number, [_text(cell, mapping.date_format) for cell in row]


def _text(cell: Any, date_format: str) -> str:
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        return "=" + str(cell.value).removeprefix("=")  # judged, and refused, like a formula in a CSV file
    if isinstance(cell.value, datetime):
        return cell.value.strftime(date_format)
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    return str(cell.value)
