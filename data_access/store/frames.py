"""From a select to a DataFrame: dtypes come from the columns asked for, so an empty frame is typed too."""

from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import Boolean, Date, Float, Integer, Select, String
from sqlalchemy.orm import Session

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
    columns = {c.key: _dtype(c.type) for c in query.selected_columns}
    rows = pd.DataFrame.from_records([tuple(row) for row in session.execute(query)], columns=list(columns))
    return rows.astype(columns)


def _dtype(kind: object) -> Any:
    return next((dtype for sql_type, dtype in _DTYPES.items() if isinstance(kind, sql_type)), object)
