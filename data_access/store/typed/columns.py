"""From a select to columns: Arrow types follow from the query, so an empty result is typed too."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Boolean, ColumnElement, CursorResult, Date, Float, Integer, Label, Select, String, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from data_access.base.clock import UtcDateTime
from data_access.base.money import SCALE, Amount

_AT_ONCE = 10_000
MONEY, DAY, INSTANT = pa.decimal128(24, SCALE), pa.date32(), pa.timestamp("us", tz="UTC")
_TYPES: dict[type, pa.DataType] = {
    Amount: MONEY,
    UtcDateTime: INSTANT,
    Boolean: pa.bool_(),
    Integer: pa.int64(),
    Float: pa.float64(),
    Date: DAY,
    String: pa.string(),  # enums too: they are stored as their values
}
_AS_STORED: dict[pa.DataType, Callable[[Sequence[Any]], pa.Array]] = {  # where the database has no such type
    MONEY: lambda values: _scaled(pa.array(values, pa.int64())),
    INSTANT: lambda values: pc.assume_timezone(pa.array(values, pa.string()).cast(pa.timestamp("us")), "UTC"),
    DAY: lambda values: pa.array(values, pa.string()).cast(DAY),
    pa.bool_(): lambda values: pa.array(values, pa.int64()).cast(pa.bool_()),
}


_PLAINLY = frozenset(_TYPES.values()) - {pa.float64()}


def _scaled(whole: pa.Array) -> pa.Array:
    """Integers of hundred-thousandths as the decimals that they stand for: the very same digits."""
    digits = whole.cast(pa.decimal128(24, 0))
    return pa.Array.from_buffers(MONEY, len(digits), digits.buffers())


def record_batch(
    session: Session, query: Select[*tuple[Any, ...]], known: Mapping[str, Any] | None = None
) -> pa.RecordBatch:
    """The rows of a select, column by column as Arrow has them. Amounts are exact decimals, never floats.

    What the driver gives is typed a column at a time; free texts go through their mask, as everywhere.
    """
    columns = [(str(column.key), arrow_type(column.type), column) for column in query.selected_columns]
    as_stored = _AS_STORED if session.get_bind().dialect.name == "sqlite" else {}
    asked = query.with_only_columns(*(_plainly(*each) for each in columns), maintain_column_froms=True)
    rows = _rows(session.execute(asked, known or {}), is_plain=all(kind in _PLAINLY for _, kind, _ in columns))
    values: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else repeat(())
    arrays = [
        as_stored[kind](each) if kind in as_stored else pa.array(each, kind)
        for (_, kind, _), each in zip(columns, values, strict=bool(rows))
    ]
    return pa.RecordBatch.from_arrays(arrays, [key for key, _, _ in columns])


def _rows(found: Any, *, is_plain: bool) -> Sequence[Sequence[Any]]:
    """All rows; as the driver gives them where no column has a type that reads it otherwise."""
    return [row for part in driver_rows(found, _AT_ONCE) for row in part] if is_plain else found.all()


def driver_rows(found: Any, size: int) -> Iterator[Sequence[Any]]:
    """The rows of a result as the driver gives them, part by part: SQLAlchemy takes as long again for its own."""
    with found:
        cursor: Any = (found if isinstance(found, CursorResult) else found.raw).cursor
        while part := cursor.fetchmany(size):
            yield part


def _plainly(key: str, kind: pa.DataType | None, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as the driver has it, where its type is known here; a type of its own reads it otherwise."""
    bare = column.element if isinstance(column, Label) else column
    return type_coerce(bare, NullType()).label(key) if kind in _PLAINLY else column


def arrow_type(kind: object) -> pa.DataType | None:
    return next((of_arrow for sql_type, of_arrow in _TYPES.items() if isinstance(kind, sql_type)), None)
