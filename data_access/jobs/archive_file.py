"""An archive as a file: the details of one customer as rows of Parquet, written whole or not at all."""

import json
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import inspect

from data_access.base.audit_hash_chain import canonical
from data_access.base.engine import keep_private
from data_access.base.money import SCALE, ZERO
from data_access.models.base import Base

Rows = Mapping[type[Base], Sequence[Any]]
Sums = dict[str, tuple[int, Decimal]]
_SCHEMA = pa.schema(
    [("table", pa.string()), ("id", pa.int64()), ("amount", pa.decimal128(18, SCALE)), ("record", pa.string())]
)


def sums_of(rows: Rows) -> Sums:
    """For each table how many rows there are, and what their amounts come to."""
    return {
        model.__tablename__: (len(found), sum((getattr(row, "amount", ZERO) for row in found), ZERO))
        for model, found in rows.items()
        if found
    }


def write_archive(path: Path, rows: Rows) -> str:
    """Writes the rows, each with all its columns as JSON; the digest of the file. A file of this name is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    keep_private(unfinished)
    records = [_record(model, row) for model, found in rows.items() for row in found]
    pq.write_table(pa.Table.from_pylist(records, _SCHEMA), unfinished, compression="zstd")
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
        digest = sha256(written.read()).hexdigest()
    unfinished.replace(path)
    return digest


def _record(model: type[Base], row: Any) -> dict[str, Any]:
    record = {column.key: getattr(row, column.key) for column in inspect(model).columns}
    return {
        "table": model.__tablename__, "id": row.id, "amount": getattr(row, "amount", None), "record": canonical(record),
    }  # fmt: skip


def read_archive(path: Path) -> list[dict[str, Any]]:
    """The rows of an archive, with their table."""
    return [
        {"table": row["table"]} | json.loads(row["record"])
        for row in pq.read_table(path, schema=_SCHEMA).to_pylist()
    ]  # fmt: skip


def sums_in(path: Path) -> Sums:
    """What a file holds, read back from the disk."""
    found = pq.read_table(path, schema=_SCHEMA).to_pylist()
    tables = {row["table"]: [one for one in found if one["table"] == row["table"]] for row in found}
    return {
        name: (len(rows), sum((row["amount"] or ZERO for row in rows), ZERO)) for name, rows in tables.items()
    }  # fmt: skip
