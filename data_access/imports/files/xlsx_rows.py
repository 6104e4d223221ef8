"""The rows of an XLSX file as its cells are stored: what a formula gave, days by their style, numbers as shown."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

from data_access.base.errors import Rejected
from data_access.imports.files.files import refuse_larger
from data_access.imports.files.mapping import FileMapping

_DAMAGE = (  # whatever a broken archive, part or figure in it can lead to
    zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, IndexError, EOFError, OSError,
    NotImplementedError, RuntimeError, OverflowError, ArithmeticError,
)  # fmt: skip
_DATES = {*range(14, 18), 22, *range(27, 32), *range(34, 37), *range(50, 55), 57, 58}
_NOT_SHOWN = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\_*].')
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")
_MOST_COLUMNS = 16_384
_BEGINNING, _BEGINNING_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  a spreadsheet has no zone
_NO_LEAP_DAY = 60  # 29 February 1900, which was none
_DIGITS = 15  # those that a spreadsheet shows and means
_FIRST_YEAR, _LAST_YEAR = 1900, 9999


@dataclass(frozen=True, slots=True)
class _Book:
    """What the cells of every sheet refer to."""

    packed: zipfile.ZipFile
    sheets: dict[str, str]
    texts: list[str] = field(default_factory=list)
    day_styles: frozenset[int] = frozenset()
    beginning: datetime = _BEGINNING


def xlsx_rows(path: Path, name: str, mapping: FileMapping, largest: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number; Rejected where the file is damaged, or has no such sheet."""
    number = 0
    try:
        with zipfile.ZipFile(path) as packed:
            refuse_larger(name, sum(part.file_size for part in packed.infolist()), largest)
            book = _book(packed)
            for number, cells in _rows(book, _sheet(book, name, mapping.sheet), mapping):
                yield number, cells
    except _DAMAGE as wrong:
        where = f" after row {number:,}" if number else ""
        raise Rejected(f"{name} is not an XLSX spreadsheet{where}: it is damaged, or another kind of file.") from wrong


def _sheet(book: _Book, name: str, wanted: str | None) -> str:
    if not book.sheets:
        raise Rejected(f"{name} has no sheet.")
    if wanted is not None and wanted not in book.sheets:
        raise Rejected(f"{name} has no sheet “{wanted}”. Its sheets are: {', '.join(book.sheets)}.")
    return book.sheets[wanted] if wanted is not None else next(iter(book.sheets.values()))


def _book(packed: zipfile.ZipFile) -> _Book:
    [main] = _related(packed, "", "officeDocument").values() or ["xl/workbook.xml"]
    parts = _related(packed, main, "worksheet")
    sheets, is_1904 = {}, False
    for node in _nodes(packed, main):
        if _tag(node) == "workbookPr":
            is_1904 = node.get("date1904") in ("1", "true")
        elif _tag(node) == "sheet":
            key = next((value for name, value in node.attrib.items() if name.endswith("}id")), "")
            if key in parts:
                sheets[node.attrib["name"]] = parts[key]
    texts = [
        _rich(node) for part in _related(packed, main, "sharedStrings").values() for node in _nodes(packed, part, "si")
    ]
    styles = [one for part in _related(packed, main, "styles").values() for one in _day_styles(packed, part)]
    return _Book(packed, sheets, texts, frozenset(styles), _BEGINNING_1904 if is_1904 else _BEGINNING)


def _related(packed: zipfile.ZipFile, part: str, kind: str) -> dict[str, str]:
    """The parts of a kind that a part refers to, by their key."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in packed.namelist():
        return {}
    return {
        node.attrib["Id"]: posixpath.normpath(posixpath.join("/", folder, node.attrib["Target"])).lstrip("/")
        for node in _nodes(packed, relations, "Relationship")
        if node.attrib["Type"].endswith(f"/{kind}")
    }


def _nodes(packed: zipfile.ZipFile, part: str, wanted: str = "") -> Iterator[Element]:
    """The elements of a part as they end, each forgotten afterwards."""
    with packed.open(part) as file:
        yield from _read(file, wanted)


def _read(file: IO[bytes], wanted: str) -> Iterator[Element]:
    for _, node in iterparse(file):
        if not wanted:
            yield node
        elif _tag(node) == wanted:
            yield node
            node.clear()


def _tag(node: Element) -> str:
    return node.tag.rpartition("}")[2]


def _rich(node: Element) -> str:
    """A text and its runs, without what only says how it is pronounced."""
    own = "".join(child.text or "" for child in node if _tag(child) == "t")
    runs = (_rich(child) for child in node if _tag(child) == "r")
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), own) + "".join(runs)


def _day_styles(packed: zipfile.ZipFile, part: str) -> Iterator[int]:
    shapes: dict[int, str] = {}
    for node in _nodes(packed, part):
        if _tag(node) == "numFmt":
            shapes[int(node.attrib["numFmtId"])] = node.attrib["formatCode"]
        elif _tag(node) == "cellXfs":
            for number, style in enumerate(node):
                shape = int(style.get("numFmtId", "0"))
                if shape in _DATES or re.search("[dy]", _NOT_SHOWN.sub("", shapes.get(shape, "")), re.IGNORECASE):
                    yield number


def _rows(book: _Book, part: str, mapping: FileMapping) -> Iterator[tuple[int, list[str]]]:
    days: set[int] = set()  # the columns of days and of amounts, once the heading is known
    marks: dict[int, str] = {}
    before = 0
    for row in _nodes(book.packed, part, "row"):
        number = int(row.get("r", before + 1))
        if number <= before:
            raise ValueError("rows out of order")
        cells: list[str] = []
        for cell in row:
            place = _PLACE.fullmatch(cell.get("r", ""))
            column = _column(place[1]) if place else len(cells)
            if not len(cells) <= column < _MOST_COLUMNS:
                raise ValueError("cells out of order")
            cells += [""] * (column - len(cells))
            cells.append(_cell(book, cell, mapping.date_format, marks.get(column, "."), is_day=column in days))
        names = dict(enumerate(map(str.strip, cells)))
        days = days or {at for at, name in names.items() if name in mapping.dates()}
        marks = marks or {at: mapping.marks()[name] for at, name in names.items() if name in mapping.marks()}
        before = number
        yield number, cells


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _cell(book: _Book, cell: Element, date_format: str, mark: str, *, is_day: bool) -> str:
    parts = {_tag(child): child for child in cell}
    value = (parts["v"].text or "") if "v" in parts else ""
    match cell.get("t", "n"):
        case "s":
            return book.texts[int(value)]
        case "inlineStr":
            return _rich(parts["is"]) if "is" in parts else ""
        case "str" if value or "f" not in parts:
            return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        case "b":
            return "TRUE" if value == "1" else "FALSE"
        case "d":
            return datetime.fromisoformat(value).strftime(date_format)
        case "e":
            return value
    if not value:
        return (
            f"={parts['f'].text or ''}" if "f" in parts else ""
        )  # never calculated: judged like a formula in a CSV file
    return _figure(book, value, date_format, mark, style=int(cell.get("s", "0")), is_day=is_day)


def _figure(book: _Book, value: str, date_format: str, mark: str, *, style: int, is_day: bool) -> str:
    number = Decimal(value) if re.fullmatch(r"-?\d+", value) else Decimal(f"{float(value):.{_DIGITS}g}")
    if style in book.day_styles or (is_day and not _is_a_day(str(number), date_format)):
        day = _day(book, number)
        if day is not None:
            return day.strftime(date_format)
    return f"{number:f}".replace(".", mark)


def _is_a_day(text: str, date_format: str) -> bool:
    try:
        datetime.strptime(text, date_format)  # noqa: DTZ007  a day has no zone
    except ValueError:
        return False
    return True


def _day(book: _Book, serial: Decimal) -> datetime | None:
    """The day of a serial number; None where it is too small or too large for one."""
    if not 1 <= serial < 3_000_000:
        return None
    late = 1 if book.beginning == _BEGINNING and serial < _NO_LEAP_DAY else 0
    day = book.beginning + timedelta(days=float(serial) + late)
    return day if day.year <= _LAST_YEAR else None
