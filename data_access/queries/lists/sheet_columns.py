"""XLSX by columns: the cells of a part are written at once, into the very workbook that `write_xlsx` begins.

A sheet written cell by cell takes five times as long.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from data_access.base.text.column_sheets import guarded
from data_access.base.text.sheets import XLSX_TEXT, held, is_exact_in_a_sheet, write_xlsx

_SHEET, _SPEED = "xl/worksheets/sheet1.xml", 1  # it is packed while somebody waits
_FIRST_ROW = 2  # below the headings
_DAY_ZERO = 25_569  # days from the first of a sheet to that of Arrow
_EXACT_BELOW = pa.scalar(Decimal(10**10), pa.decimal128(24, 5))  # with five decimals, a sheet's number holds it
_SPECIAL = r"[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|_x[0-9a-fA-F]{4}_"
_CODES = re.compile(r"(_)(?=x[0-9a-fA-F]{4}_)|([\x00-\x08\x0b-\x1f\ufffe\uffff])")
_AT_ITS_ENDS = r"^\s|\s$"


@dataclass(frozen=True, slots=True)
class _Workbook:
    """A workbook with its headings and no row: its parts, its sheet before and after the rows, and its formats."""

    parts: tuple[tuple[str, bytes], ...]
    before: bytes
    after: bytes
    day: str
    amount: str


def write_xlsx_columns(file: IO[bytes], parts: Iterable[pa.RecordBatch], *, title: str) -> int:
    """One sheet, as `write_xlsx` writes it; only one part at a time is in memory. How many rows they were."""
    others = iter(parts)
    first = next(others)
    book, count = _workbook(first.schema.names, title), 0
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_SPEED) as packed:
        for name, content in book.parts:
            packed.writestr(name, content)
        with packed.open(_SHEET, "w") as sheet:
            sheet.write(book.before)
            for part in chain([first], others):
                if len(part):
                    sheet.write(_rows(book, part, count + _FIRST_ROW))
                    count += len(part)
            sheet.write(book.after)
    return count


def _workbook(headings: list[str], title: str) -> _Workbook:
    """What `write_xlsx` makes of one row, taken apart: the row shows which formats it has."""
    file = io.BytesIO()
    write_xlsx(file, headings, [(date(2000, 1, 1), Decimal(1))], title=title)
    with ZipFile(file) as packed:
        parts = tuple((name, packed.read(name)) for name in packed.namelist() if name != _SHEET)
        sheet = packed.read(_SHEET).decode()
    day, amount = re.findall(r'<c r="[AB]2" s="(\d+)"', sheet)
    before, _, rest = re.sub("<dimension[^>]*>", "", sheet).partition(f'<row r="{_FIRST_ROW}"')
    return _Workbook(parts, before.encode(), rest[rest.index("</sheetData>") :].encode(), day, amount)


def _rows(book: _Workbook, part: pa.RecordBatch, first: int) -> bytes:
    numbers = pa.array(range(first, first + len(part))).cast(pa.string())
    columns = enumerate(zip(part.schema.names, part.columns, strict=True))
    cells = [_cells(book, part, number, name, column, numbers) for number, (name, column) in columns]
    rows = pc.binary_join_element_wise('<row r="', numbers, '">', *cells, "</row>", "")
    whole = pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), "")
    return bytes(whole[0].as_buffer())


def _cells(
    book: _Workbook, part: pa.RecordBatch, number: int, name: str, column: pa.Array, rows: pa.Array
) -> pa.Array:  # fmt: skip
    """A column of cells; blank where there is no value."""
    begin = f'<c r="{xl_col_to_name(number)}'
    if pa.types.is_string(column.type):
        return _texts(begin, _held(guarded(column), name, part), rows)
    if pa.types.is_decimal(column.type):
        if pc.any(pc.greater_equal(pc.abs(column), _EXACT_BELOW)).as_py():
            return _amounts(book, begin, column, rows)
        return _numbers(f'" s="{book.amount}"><v>', begin, column.cast(pa.string()), rows)
    if pa.types.is_date(column.type):
        days = pc.add(column.cast(pa.int32()), _DAY_ZERO)
        return _numbers(f'" s="{book.day}"><v>', begin, days.cast(pa.string()), rows)
    return _numbers('"><v>', begin, column.cast(pa.string()), rows)


def _numbers(kind: str, begin: str, values: pa.Array, rows: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(begin, rows, kind, values, "</v></c>", "").fill_null("")


def _amounts(book: _Workbook, begin: str, column: pa.Array, rows: pa.Array) -> pa.Array:
    """Amounts of which some are too large for a sheet's number: those are texts."""
    exact = pa.array([value is not None and is_exact_in_a_sheet(value) for value in column.to_pylist()])
    words = column.cast(pa.string())
    numbers = _numbers(f'" s="{book.amount}"><v>', begin, words, rows)
    return pc.if_else(exact, numbers, _texts(begin, words, rows))


def _texts(begin: str, texts: pa.Array, rows: pa.Array) -> pa.Array:
    if _any(texts, _SPECIAL):
        texts = pa.array([text and _CODES.sub(_code, text) for text in texts.to_pylist()], pa.string())
    for mark, word in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        texts = pc.replace_substring(texts, mark, word)
    kept = ' xml:space="preserve"' if _any(texts, _AT_ITS_ENDS) else ""
    told = f'" t="inlineStr"><is><t{kept}>'
    return pc.binary_join_element_wise(begin, rows, told, texts, "</t></is></c>", "").fill_null("")


def _code(found: re.Match[str]) -> str:
    """How a sheet writes what XML cannot hold, and what looks as if it were written so."""
    return "_x005F_" if found[1] else f"_x{ord(found[2]):04X}_"


def _any(texts: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())


def _held(texts: pa.Array, name: str, part: pa.RecordBatch) -> pa.Array:
    """The texts. Rejected for one that no cell holds."""
    if pc.any(pc.greater(pc.utf8_length(texts), XLSX_TEXT)).as_py():
        for text, of in zip(texts.to_pylist(), part.column(0).to_pylist(), strict=True):
            held(text or "", name, of)
    return texts
