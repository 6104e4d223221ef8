"""The pages under `docs/` that describe tables match them."""

import re
from pathlib import Path

from data_access.domain.sections import ADDRESS_INFO
from data_access.migrations.every_table import every_table
from tests.support.moves_page import PAGE, page

NAMES = (Path(__file__).resolve().parents[2] / "docs" / "names.md").read_text()
NAMED = set(re.findall(r"^\| `(\w+\.\w+)` \|", NAMES, re.MULTILINE))


def columns_of(*tables: str) -> set[str]:
    return {f"{table}.{column.name}" for table in tables for column in every_table().tables[table].columns}


def test_the_page_of_moves_is_current() -> None:
    assert PAGE.read_text() == page()


def test_every_column_of_a_customer_has_its_name_told() -> None:
    declared = {f"customers.{name}" for name in ADDRESS_INFO.names}  # told by their declarations
    assert columns_of("customers") - NAMED - declared == set()


def test_every_name_told_is_a_column() -> None:
    assert NAMED - columns_of(*every_table().tables) == set()


def test_pages_are_written_in_plain_english() -> None:
    root = Path(__file__).resolve().parents[2]
    pages = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("deploy/*.md")]
    assert len(pages) > 20
    old = re.compile(r"\b(anew|mend(s|ed|ing)?|reckon(s|ed|ing)?|shall)\b", re.IGNORECASE)
    found = {page.name: match[0] for page in pages if (match := old.search(page.read_text()))}
    assert found.keys() <= {"terms.md"}  # where they are named
