"""A desk moves, hundreds of customers as CSV and fewer as XLSX: all files into an empty one, everything compared."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM
from data_access.base.text.sheets import as_csv, as_xlsx
from data_access.domain.editing import edit_refusal
from data_access.domain.entered.card_columns import ROWS, columns_of
from data_access.imports.card.row_orders import ORDERS
from data_access.imports.card.rows import import_rows, row_mapping
from data_access.models.customers import Customer
from data_access.queries.lists.card_rows import rows_profile
from data_access.queries.lists.exports import Profile, rows_of
from data_access.search.filters import LISTED
from data_access.seed.demo import seed
from data_access.store.access import Access
from tests.data_access.test_everything import KEPT_HERE, MAPPING, bring_classes, profile
from tests.data_access.test_imports import Desk
from tests.support.databases import SqliteDatabases
from tests.support.people import NOW
from tests.support.whole_card import beside_customers, copy_records, enable_custom_fields, fill_cards

SIZES = [(250, "csv"), (150, "xlsx")]  # a thousand in make test-long


def told(desk: Desk, of: Profile) -> list[tuple[Any, ...]]:
    return list(rows_of(Access(desk.engine, SYSTEM, lambda: NOW), of.query, LISTED))


def a_file(desk: Desk, name: str, form: str, of: Profile) -> Path:
    rows = told(desk, of)
    content = as_csv(of.header, rows) if form == "csv" else as_xlsx(of.header, rows, title="Rows")
    return desk.file(f"{name}.{form}", content)


@contextmanager
def a_desk(databases: SqliteDatabases, folder: Path, size: int) -> Iterator[Desk]:
    """So many customers of the demo, with something on each of their cards."""
    with databases.fresh() as url:
        desk = Desk(make_engine(url), folder)
        seed(desk.engine, size, lambda: NOW, with_demo_people=False, actor=SYSTEM)
        fill_cards(desk.engine)
        yield desk
        desk.engine.dispose()


@pytest.mark.parametrize(("size", "form"), SIZES)
def test_customers_move_with_all_that_files_carry(
    size: int, form: str, sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    with a_desk(sqlite_databases, tmp_path, size) as here:
        moves_with_all_that_files_carry(here, sqlite_databases, tmp_path, form)


def moves_with_all_that_files_carry(here: Desk, databases: SqliteDatabases, folder: Path, form: str) -> None:
    with databases.fresh() as url:
        there = Desk(make_engine(url), folder)
        copy_records(here.engine, there.engine)
        bring_classes(here, there)
        enable_custom_fields(there.engine)
        path = a_file(here, "everything", form, profile(here.engine))
        report = there.customers_from(path, mapping=MAPPING.read_text())
        assert (report.refused, report.differences) == ([], [])
        left, right = (told(desk, profile(desk.engine)) for desk in (there, here))
        assert [row[:-1] for row in left] == [row[:-1] for row in right]  # the versions are of one desk
        assert beside_customers(there.engine, KEPT_HERE) == beside_customers(here.engine, KEPT_HERE)
        for kind in ROWS:
            path = a_file(here, kind, form, rows_profile(kind))
            report = import_rows(kind, there.run(path, row_mapping(kind, None, path)))
            assert len(report.refused) == report.rows - report.created
            _same_rows(kind, here, there)
        assert there.keeps_its_books()
        there.engine.dispose()


def _same_rows(kind: str, here: Desk, there: Desk) -> None:
    """All but those of customers that cannot be edited; of what began before, the first day is today's."""
    begins = [place for place, one in enumerate(columns_of(ROWS[kind]), 1) if one.field.name == ORDERS[kind].begins]
    kept = {row.customer_code for row in here.rows(Customer) if edit_refusal(row.bill_status)}
    rows = [
        Counter(
            tuple(cell for place, cell in enumerate(row) if place not in begins)
            for row in told(desk, rows_profile(kind)) if row[0] not in kept
        )
        for desk in (here, there)
    ]  # fmt: skip
    assert rows[0] == rows[1] != Counter()
