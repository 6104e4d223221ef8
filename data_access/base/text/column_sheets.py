"""Sheets of columns: the same files as of rows, written a part at a time, and Parquet with the types of the columns."""

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_access.base.text.sheets import Cell, csv_line, write_xlsx

Parts = Iterable[pa.RecordBatch]
_BEGINS_A_FORMULA = r"^'*[=+\-@\t\r\n＝＋－＠]"
_NEEDS_QUOTES = r"[,;|\t\r\n\"]|^[\s\v\x1c-\x1f\x85\p{Z}]|[\s\v\x1c-\x1f\x85\p{Z}]$"


def write_csv_columns(file: IO[bytes], parts: Parts) -> int:
    """Writes parts as they come, as `write_csv` does their rows. How many rows they were."""
    count = 0
    for number, part in enumerate(parts):
        if number == 0:
            file.write(codecs.BOM_UTF8 + csv_line(part.schema.names).encode())
        if len(part):
            file.write(_lines(part))
            count += len(part)
    return count


def write_xlsx_columns(file: IO[bytes], parts: Parts, *, title: str) -> int:
    """One sheet, as `write_xlsx` writes it; only one part at a time is in memory."""
    others = iter(parts)
    first = next(others)
    return write_xlsx(file, first.schema.names, _rows(chain([first], others)), title=title)


def write_parquet(file: IO[bytes], parts: Parts) -> int:
    """Exact decimals, days and instants with their zone: the columns as a notebook has them."""
    count, others = 0, iter(parts)
    first = next(others)
    with pq.ParquetWriter(file, first.schema) as writer:
        for part in chain([first], others):
            writer.write_batch(part)
            count += len(part)
    return count


def _rows(parts: Parts) -> Iterator[tuple[Cell, ...]]:
    for part in parts:
        yield from zip(*(column.to_pylist() for column in part.columns), strict=True)


def _lines(part: pa.RecordBatch) -> bytes:
    """The rows as lines of CSV. No formula begins in a cell: texts are guarded and quoted, numbers and days are not."""
    told = [_quoted(column) if pa.types.is_string(column.type) else column.cast(pa.string()) for column in part.columns]
    joined = pc.binary_join_element_wise(*told, ",", null_handling="replace", null_replacement="")
    lines = pc.binary_join_element_wise(joined, "", "\r\n")
    whole = pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), "")
    return bytes(whole[0].as_buffer())


def _quoted(texts: pa.Array) -> pa.Array:
    formula = pc.match_substring_regex(texts, _BEGINS_A_FORMULA)
    if pc.any(formula).as_py():
        texts = pc.if_else(formula, pc.binary_join_element_wise("'", texts, ""), texts)
    needed = pc.match_substring_regex(texts, _NEEDS_QUOTES)
    if pc.any(needed).as_py():
        doubled = pc.replace_substring(texts, '"', '""')
        texts = pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), texts)
    return texts
