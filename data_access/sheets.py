"""Sheets: rows as CSV and XLSX that no spreadsheet takes for formulas."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain

import xlsxwriter

Cell = str | int | Decimal | date | None

_BEGINS_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NEEDS_QUOTES = re.compile(r"[,;|\t\r\n\"]|^\s|\s$")
_XLSX_TEXT = 32_767  # the most that a cell holds


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
    """UTF-8 with the mark by which spreadsheets know it; amounts with a decimal point and no thousands."""
    return "".join(map(csv_line, chain([header], rows))).encode("utf-8-sig")


def _spelled(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> bytes:
    """One sheet; amounts are numbers, dates are dates, and nothing is a formula or a link."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
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
                    case str(text):
                        sheet.write_string(number, column, text[:_XLSX_TEXT])
                    case date() as on:
                        sheet.write_datetime(number, column, on, day)
                    case Decimal() as value:
                        sheet.write_number(number, column, float(value), amount)
                    case int(count):
                        sheet.write_number(number, column, count)
    return file.getvalue()


_FORMATS = (("bold", True), ("num_format", "yyyy-mm-dd"), ("num_format", "#,##0.00###"))
