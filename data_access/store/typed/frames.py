"""From a select to a DataFrame: dtypes follow from the selected columns, so an empty frame is typed too."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data_access.store.typed.columns import DAY, INSTANT, MONEY, arrow_type, record_batch

_DTYPES: dict[pa.DataType, Any] = {
    MONEY: pd.ArrowDtype(MONEY),
    DAY: pd.ArrowDtype(DAY),
    INSTANT: "datetime64[us, UTC]",
    pa.bool_(): pd.BooleanDtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.string(): pd.StringDtype(),
}


def frame(session: Session, query: Select[*tuple[Any, ...]]) -> pd.DataFrame:
    """The rows of a select, one column a selected column. Amounts are exact decimals, never floats."""
    return as_frame(pa.Table.from_batches([record_batch(session, query)]))


def as_frame(table: pa.Table) -> pd.DataFrame:
    """Columns as pandas has them: a missing value is no number, an instant has its zone."""
    found: pd.DataFrame = table.to_pandas(types_mapper=lambda kind: None if kind == INSTANT else _DTYPES.get(kind))
    return found


def typed(
    columns: Iterable[ColumnElement[Any] | InstrumentedAttribute[Any]], rows: Sequence[Sequence[Any]]
) -> pd.DataFrame:
    """Rows that are in hand. Column by column: to make a frame first and type it then takes ten times as long."""
    values = zip(*rows, strict=True) if rows else repeat(())
    return pd.DataFrame(
        {
            c.key: pd.array(list(each), dtype=_DTYPES[arrow_type(c.type)])
            for c, each in zip(columns, values, strict=bool(rows))
        }
    )
