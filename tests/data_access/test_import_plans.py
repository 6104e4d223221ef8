"""How SQLite finds the few customers of a batch, while an import adds the most of those who stand here."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from data_access.imports import batches
from data_access.store.bulk import know_the_rows
from tests.data_access.test_imports import Desk

_ASKED = "SELECT customers.customer_code, "


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_long_file_does_not_read_all_customers_for_each_batch(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    monkeypatch.setattr(batches, "BATCH", 100)
    desk, steps = Desk(sqlite_engine, tmp_path), list[str]()
    desk.customers(*(f"A-{number},Name,5,0,,," for number in range(100)))
    know_the_rows(sqlite_engine)

    def explains(_conn: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(_ASKED):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.append(" ".join(step[3] for step in plan))

    event.listen(Engine, "before_cursor_execute", explains)
    try:
        desk.customers(*(f"K-{number},Name,5,0,,," for number in range(3300)), dry_run=dry_run)
    finally:
        event.remove(Engine, "before_cursor_execute", explains)
    assert "SCAN customers" in steps[0]
    assert steps[-1].startswith("SEARCH customers USING INDEX")
