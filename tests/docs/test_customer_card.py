"""The table of the customer card is correct: each tab, each declared field under its label, each column."""

import re
from pathlib import Path

from dashboard.customer.tab_bar import TABS
from data_access.domain.sections import SECTIONS
from data_access.migrations.every_table import every_table

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "customer-card.md").read_text()
TOP, _, BELOW = TEXT.partition("## The tabs\n")
OF_TABS, _, NOT_BUILT = BELOW.partition("## Not built\n")
PLACE = re.compile(r"`([a-z_]+)\.([a-z_0-9]+)`")


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in ("on the page", "field", "tab here")]


TABLE_OF_TABS = [row for row in rows(OF_TABS) if len(row) == 3]
FIELDS = [row for row in rows(OF_TABS) if len(row) == 2]


def test_each_of_the_seventeen_tabs_is_a_tab_of_the_page() -> None:
    assert len(TABLE_OF_TABS) == 17
    assert {tab for _, tab, _ in TABLE_OF_TABS} <= TABS.keys()
    assert re.findall(r"^### (.+)$", OF_TABS, re.MULTILINE) == [tab for _, tab, _ in TABLE_OF_TABS]


def test_each_field_is_declared_under_its_label_or_is_a_column() -> None:
    for label, *_, place in (*rows(TOP), *FIELDS):
        for section, name in PLACE.findall(place):
            if section in SECTIONS:
                assert name in SECTIONS[section].names, place
                assert label.casefold() == SECTIONS[section][name].label.casefold(), place
            else:
                assert name in every_table().tables[section].columns, place


def test_no_field_of_a_section_of_the_card_is_missing() -> None:
    told = {found for _, place in FIELDS for found in PLACE.findall(place)}
    sections = [name for *_, named in TABLE_OF_TABS for name in re.findall(r"`([a-z_]+)`", named)]
    assert {(name, field.name) for name in sections for field in SECTIONS[name]} <= told


def test_what_is_not_built_is_said_of_a_tab_that_there_is() -> None:
    assert {tab for tab, _ in rows(NOT_BUILT)} < {tab for _, tab, _ in TABLE_OF_TABS}
