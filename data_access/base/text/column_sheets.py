"""Columns as CSV, the same file as of rows, written a part at a time; and as Parquet, with the types of the columns."""

import codecs
from collections.abc import Iterable
from itertools import chain
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_access.base.text.sheets import csv_line

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


def write_parquet(file: IO[bytes], parts: Parts) -> int:
    """Exact decimals, days and instants with their zone: the columns as a notebook has them."""
    count, others = 0, iter(parts)
    first = next(others)
    with pq.ParquetWriter(file, first.schema) as writer:
        for part in chain([first], others):
            writer.write_batch(part)
            count += len(part)
    return count


def _lines(part: pa.RecordBatch) -> bytes:
    """The rows as lines of CSV. No formula begins in a cell: texts are guarded and quoted, numbers and days are not."""
    told = [_quoted(column) if pa.types.is_string(column.type) else column.cast(pa.string()) for column in part.columns]
    joined = pc.binary_join_element_wise(*told, ",", null_handling="replace", null_replacement="")
    lines = pc.binary_join_element_wise(joined, "", "\r\n")
    whole = pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), "")
    return bytes(whole[0].as_buffer())


def guarded(texts: pa.Array) -> pa.Array:
    """As `harmless` makes each of them: an apostrophe in front of what a spreadsheet would run."""
    formula = pc.match_substring_regex(texts, _BEGINS_A_FORMULA)
    if pc.any(formula).as_py():
        return pc.if_else(formula, pc.binary_join_element_wise("'", texts, ""), texts)
    return texts


def _quoted(texts: pa.Array) -> pa.Array:
    texts = guarded(texts)
    needed = pc.match_substring_regex(texts, _NEEDS_QUOTES)
    if pc.any(needed).as_py():
        doubled = pc.replace_substring(texts, '"', '""')
        texts = pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), texts)
    return texts
