"""From a select to a DataFrame: dtypes come from the columns asked for, so an empty frame is typed too."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import Boolean, ColumnElement, Date, Float, Integer, Select, String
from sqlalchemy.orm import InstrumentedAttribute, Session

from data_access.base.clock import UtcDateTime
from data_access.base.money import SCALE, Amount

_DTYPES: dict[type, Any] = {
    Amount: pd.ArrowDtype(pa.decimal128(24, SCALE)),
    UtcDateTime: "datetime64[us, UTC]",
    Boolean: "boolean",
    Integer: "Int64",
    Float: "Float64",
    Date: pd.ArrowDtype(pa.date32()),
    String: "string",  # enums too: they are stored as their values
}


def frame(session: Session, query: Select[Any]) -> pd.DataFrame:
    """The rows of a select, one column a selected column. Amounts are exact decimals, never floats."""
    return typed(query.selected_columns, session.execute(query).all())


def typed(
    columns: Iterable[ColumnElement[Any] | InstrumentedAttribute[Any]], rows: Sequence[Sequence[Any]]
) -> pd.DataFrame:
    """Rows that are in hand. Column by column: to make a frame first and type it then takes ten times as long."""
    values = zip(*rows, strict=True) if rows else repeat(())
    return pd.DataFrame(
        {c.key: pd.array(list(each), dtype=_dtype(c.type)) for c, each in zip(columns, values, strict=bool(rows))}
    )


def _dtype(kind: object) -> Any:
    return next((dtype for sql_type, dtype in _DTYPES.items() if isinstance(kind, sql_type)), object)
