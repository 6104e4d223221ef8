"""docs/terms.md names what exists: each name in the code, each label, and nothing by its former name."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from data_access.base.text import labels
from data_access.domain import field_labels
from tests.architecture.source import PRODUCT, modules

ROOT = Path(__file__).resolve().parents[2]
LIST = (ROOT / "docs" / "terms.md").read_text().partition("## In the code")[2]
ROWS = [[cell.strip() for cell in row.strip("|").split("|")] for row in LIST.splitlines() if row.startswith("| `")]
SOURCE = [module for module in modules(*PRODUCT) if "/versions/" not in module.path]
CLASSES = Counter(
    name for module in SOURCE for name in re.findall(r"^ *class ([A-Za-z]\w*)[(:]", module.text, re.MULTILINE)
)
PLACES = {part for module in SOURCE for part in module.path.removesuffix(".py").split("/")}
MODULES = {module.path.rpartition("/")[2].removesuffix(".py") for module in SOURCE}
STEMS = {name for name in MODULES if name not in PLACES - MODULES}


def words_of_labels() -> str:
    """Every word on the screen for a field, a thing or a choice."""
    texts = [
        str(node.value)
        for told in (labels, field_labels)
        for node in ast.walk(ast.parse(Path(told.__file__).read_text()))
        if isinstance(node, ast.Constant)
    ]
    return " ".join(texts).casefold()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_name_of_the_list_is_in_the_code_and_its_former_name_is_not(row: list[str]) -> None:
    name, _, on_the_screen, former = row
    assert name.strip("`") in PLACES | CLASSES.keys()
    assert former not in (CLASSES.keys() if former[0].isupper() else MODULES)
    assert on_the_screen.casefold() in words_of_labels()


def test_no_two_classes_have_one_name() -> None:
    assert {name: count for name, count in CLASSES.items() if count > 1} == {}


def test_the_list_is_read() -> None:
    assert re.fullmatch(r"`\w+`", ROWS[0][0])
    assert len(ROWS) > 50
