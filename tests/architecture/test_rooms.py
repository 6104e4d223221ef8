"""The packages are easy to survey: few folders in few layers, no cycle, each module beside its only user."""

from collections import Counter
from graphlib import CycleError

import pytest

from tests.architecture.imports import Uses, floors, inside, name_of, product, users, uses
from tests.architecture.source import PRODUCT, Module, modules

ROOMS, FLOORS, MODULES = 20, 10, 15
HOUSES = ("data_access", "dashboard")
BY_KIND = (
    "data_access.models",
    "data_access.queries",
    "data_access.commands",
)  # found by what they are, not by who asks
DOORS = ("data_access.cli",)  # opens the other rooms; what it alone opens stays in its room
PACKAGES = {name_of(module) for module in modules(*PRODUCT) if module.path.endswith("/__init__.py")}
FOLDERS = sorted(PACKAGES - {"pages"})  # a page is a script and a row in the table of pages


def rooms(house: str, drawn: Uses) -> Uses:
    """The folders of a house; what stands beside them are the entry points."""
    return {room: used for room, used in inside(house, drawn).items() if f"{house}.{room}" in PACKAGES}


def crowded(names: set[str]) -> list[str]:
    """Folders with more modules than one takes in."""
    counted = Counter(name.rpartition(".")[0] for name in names)
    return [folder for folder, count in counted.items() if count > MODULES]


def apart(drawn: Uses) -> list[tuple[str, str]]:
    """Modules that stand neither beside their only user nor in a folder beside it."""
    found = []
    for name, of_it in users(drawn).items():
        user = next(iter(of_it))
        beside = f"{name.rpartition('.')[0]}.".startswith(f"{user.rpartition('.')[0]}.")
        same_house = name.partition(".")[0] == user.partition(".")[0]
        if (
            len(of_it) == 1
            and same_house
            and not beside
            and not name.startswith(BY_KIND)
            and not user.startswith(DOORS)
        ):
            found.append((name, user))
    return found


@pytest.mark.parametrize("house", HOUSES)
def test_a_house_has_few_rooms_on_few_floors(house):
    drawn = rooms(house, product())
    assert len(drawn) <= ROOMS
    assert max(floors(drawn).values()) <= FLOORS


@pytest.mark.parametrize("house", HOUSES)
def test_only_entry_points_stand_outside_of_rooms(house):
    assert set(inside(house, product())) - set(rooms(house, product())) <= {"__main__", "app", "desk"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_has_no_circle(folder):
    floors(inside(folder, product()))


def test_no_folder_is_crowded():
    assert crowded({name for name in product() if name not in PACKAGES and not name.startswith("pages.")}) == []


def test_a_module_stands_beside_its_only_user():
    assert apart(product()) == []


def test_a_circle_is_seen():
    drawn = uses([Module("a/b/x.py", "from a.c import y"), Module("a/c/y.py", "import a.b.z"), Module("a/b/z.py", "")])
    with pytest.raises(CycleError):
        floors(inside("a", drawn))


def test_a_crowd_and_a_module_apart_are_seen():
    drawn = uses([Module("a/b/x.py", ""), Module("a/c/y.py", "from a.b.x import name"), Module("a/c/z.py", "")])
    assert apart(drawn) == [("a.b.x", "a.c.y")]
    assert crowded({f"a.b.x{number}" for number in range(MODULES + 1)}) == ["a.b"]
