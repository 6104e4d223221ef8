"""A desk of a thousand customers moves, as the smaller one of `tests/slow` does."""

from pathlib import Path

import pytest

from tests.slow.test_a_desk_moves import a_desk, moves_with_all_that_files_carry
from tests.support.databases import SqliteDatabases


@pytest.mark.parametrize(("size", "form"), [(1000, "csv"), (300, "xlsx")])
def test_a_thousand_customers_move_with_all_that_files_carry(
    size: int, form: str, sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    with a_desk(sqlite_databases, tmp_path, size) as here:
        moves_with_all_that_files_carry(here, sqlite_databases, tmp_path, form)
