"""The folders in ARCHITECTURE.md are the folders that exist, in the layers that the import contracts enforce."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.imports import inside, product

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text()
HOUSES = {
    "data_access": ("### Inside data access", "floors"),
    "dashboard": ("### Inside the dashboard", "floors_of_dashboard"),
}
ENTRIES = {"__main__", "app"}


def floors_held(contract_id: str) -> list[set[str]]:
    """The rooms of each floor, from the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == contract_id)
    found = [set(re.findall(r"\w+", layer)) - ENTRIES for layer in layers]
    return [floor for floor in found if floor]


def told(heading: str) -> dict[str, tuple[str, ...]]:
    """The row of each room: what stands there, what it may use, what is added there."""
    section = PAGE.partition(heading)[2].partition("\n#")[0]
    rows = [
        [cell.strip() for cell in row.strip("|").split("|")] for row in section.splitlines() if row.startswith("| `")
    ]
    return {row[0].strip("`"): tuple(row[1:]) for row in rows}


def may_use(cell: str, floors: list[set[str]], room: str) -> set[str]:
    """What a row allows: the rooms that it names, and with `and below` every floor from theirs down."""
    named = set(re.findall(r"`(\w+)`", cell))
    mine = next(number for number, floor in enumerate(floors) if room in floor)
    highest = min((number for number, floor in enumerate(floors) if floor & named), default=mine + 1)
    return set().union(*floors[highest:]) if "below" in cell else named


def paths_told() -> set[str]:
    folders = r"data_access|dashboard|tests|docs|deploy|pages"
    return {path.rstrip("/") for path in re.findall(rf"`((?:{folders})/[\w/.]+)`", PAGE)}


@pytest.mark.parametrize("house", HOUSES)
def test_the_rooms_told_are_the_rooms_held_from_the_top(house: str) -> None:
    heading, contract_id = HOUSES[house]
    rows, floors = list(told(heading)), floors_held(contract_id)
    order = [next(number for number, floor in enumerate(floors) if room in floor) for room in rows]
    assert set(rows) == set().union(*floors)
    assert order == sorted(order)


@pytest.mark.parametrize("house", HOUSES)
def test_a_room_uses_what_it_may(house: str) -> None:
    heading, contract_id = HOUSES[house]
    floors, used = floors_held(contract_id), inside(house, product())
    beyond = {room: used[room] - may_use(row[1], floors, room) for room, row in told(heading).items()}
    assert {room: rooms for room, rooms in beyond.items() if rooms} == {}


def test_every_place_told_is_there() -> None:
    assert not {path for path in paths_told() if not (ROOT / path).exists()}
    assert "data_access/domain/shown_status.py" in paths_told()
