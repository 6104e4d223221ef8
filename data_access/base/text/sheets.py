"""Sheets: rows as CSV and XLSX that no spreadsheet takes for formulas."""

import codecs
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO

import xlsxwriter

from data_access.base.errors import Rejected

MOST_CUSTOMERS = 1_048_575  # as many rows as a sheet has below its headings
Cell = str | int | Decimal | date | None

_BEGINS_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NEEDS_QUOTES = re.compile(r"[,;|\t\r\n\"]|^\s|\s$")
XLSX_TEXT = 32_767  # the most characters that a cell holds


def refuse_too_many(customers: int, most: int = MOST_CUSTOMERS) -> None:
    """Rejected when more match than an export holds: none is left out without a word."""
    if customers > most:
        raise Rejected(
            f"More than {most:,} customers match, and a file holds {most:,} at most. "
            "Nothing was exported: filter by class, currency or date, and export each part."
        )


def harmless(cell: Cell) -> Cell:
    """Text that a spreadsheet would run gets an apostrophe in front; numbers and dates stay what they are."""
    return f"'{cell}" if isinstance(cell, str) and _BEGINS_A_FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _BEGINS_A_FORMULA.match(cell) else cell


def csv_line(cells: Iterable[Cell], delimiter: str = ",") -> str:
    """A row of CSV. Quoted is what any program could take for a separator: no formula begins inside a cell."""
    return delimiter.join(_quoted(_spelled(harmless(cell)), delimiter) for cell in cells) + "\r\n"


def _quoted(text: str, delimiter: str) -> str:
    return '"' + text.replace('"', '""') + '"' if delimiter in text or _NEEDS_QUOTES.search(text) else text


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The whole file; amounts with a decimal point and no thousands."""
    file = io.BytesIO()
    write_csv(file, header, rows)
    return file.getvalue()


def write_csv(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Writes rows as they come: UTF-8 with the mark by which spreadsheets know it. How many they were."""
    count = 0
    file.write(codecs.BOM_UTF8 + csv_line(header).encode())
    for row in rows:
        file.write(csv_line(row).encode())
        count += 1
    return count


def _spelled(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> bytes:
    """The whole file."""
    file = io.BytesIO()
    write_xlsx(file, header, rows, title=title)
    return file.getvalue()


def write_xlsx(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> int:
    """One sheet, written row by row; amounts are numbers, dates are dates, nothing is a formula or a link.

    Rejected for a text that no cell holds: nothing is cut.
    """
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    number = 0
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(title)
        bold, day, amount = (book.add_format({key: value}) for key, value in _FORMATS)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                match harmless(cell):
                    case None:
                        continue
                    case date() as on:
                        sheet.write_datetime(number, column, on, day)
                    case Decimal() as value if is_exact_in_a_sheet(value):
                        sheet.write_number(number, column, float(value), amount)
                    case int(count):
                        sheet.write_number(number, column, count)
                    case told:
                        sheet.write_string(number, column, held(_spelled(told), header[column], row[0]))
    return number


def held(text: str, column: str, row: Cell, most: int = XLSX_TEXT) -> str:
    """The text. Rejected when no cell of a spreadsheet holds it."""
    if len(text) <= most:
        return text
    raise Rejected(
        f"“{column}” of {row} has {len(text):,} characters, and a cell of a spreadsheet holds {most:,}. "
        "Export as CSV: it holds all of them."
    )


def is_exact_in_a_sheet(value: Decimal) -> bool:
    """Whether a spreadsheet's number holds the amount to its last digit."""
    return Decimal(f"{float(value):.15g}") == value


_FORMATS = (("bold", True), ("num_format", "yyyy-mm-dd"), ("num_format", "#,##0.00###"))
