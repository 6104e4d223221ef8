"""The table of pasted rows: what becomes of each line before any is added."""

from collections.abc import Sequence

from dashboard.kit.tables.table import Column, Columns, table
from data_access.domain.entered.pasted import PastedRow


def pasted(rows: Sequence[PastedRow]) -> None:
    """Nothing is drawn where nothing was pasted."""
    if rows:
        columns: Columns[PastedRow] = (
            Column("Line", lambda row: str(row.line), width=56),
            Column("Typed", lambda row: row.text),
            Column("Result", lambda row: row.complaint or "can be added"),
        )
        table(rows, columns, alt="What becomes of each line")
