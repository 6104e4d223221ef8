"""The floors that ARCHITECTURE.md draws are the floors that the import contract holds."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text()


def floors_held() -> list[set[str]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    return [set(re.findall(r"\w+", layer)) for layer in layers]


def floors_drawn() -> list[set[str]]:
    table = PAGE.partition("Inside data access, from the top:")[2].partition("\n\n`pyproject.toml`")[0]
    return [set(re.findall(r"`(\w+)`", row.split("|")[1])) for row in table.splitlines() if row.startswith("| `")]


def paths_told() -> set[str]:
    folders = r"data_access|dashboard|tests|docs|deploy|pages"
    return {path.rstrip("/") for path in re.findall(rf"`((?:{folders})/[\w/.]+)`", PAGE)}


def test_the_floors_drawn_are_the_floors_held() -> None:
    assert floors_drawn() == floors_held()


def test_every_place_told_is_there() -> None:
    assert not {path for path in paths_told() if not (ROOT / path).exists()}
    assert "data_access/standing.py" in paths_told()
