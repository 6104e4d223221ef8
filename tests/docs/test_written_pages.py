"""The pages under `docs/` that tell what the tables hold tell it as it is."""

import re
from pathlib import Path

from data_access.models import cards, collection, customers, history, money, outbox, people, running, services
from data_access.models.base import Base
from tests.support.moves_page import PAGE, page

AREAS = (cards, collection, customers, history, money, outbox, people, running, services)
NAMES = (Path(__file__).resolve().parents[2] / "docs" / "names.md").read_text()
NAMED = set(re.findall(r"^\| `(\w+\.\w+)` \|", NAMES, re.MULTILINE))


def columns_of(*tables: str) -> set[str]:
    return {f"{table}.{column.name}" for table in tables for column in Base.metadata.tables[table].columns}


def test_the_page_of_moves_is_current() -> None:
    assert PAGE.read_text() == page()


def test_every_column_of_a_customer_has_its_name_told() -> None:
    assert columns_of("customers") - NAMED == set()


def test_every_name_told_is_a_column() -> None:
    assert NAMED - columns_of(*Base.metadata.tables) == set()
