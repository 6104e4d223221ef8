"""No ten lines of code are duplicated."""

from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.source import PRODUCT, Module, modules

LINES = 10


def windows(module: Module) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every run of ten lines that say something, with where it begins; imports are not code."""
    told = [
        (number, line.strip())
        for number, line in enumerate(module.text.splitlines(), 1)
        if len(line.strip()) > 3 and not line.startswith(("import ", "from ", "    from "))
    ]
    for start in range(len(told) - LINES + 1):
        run = told[start : start + LINES]
        yield tuple(text for _, text in run), f"{module.path}:{run[0][0]}"


def repeated(sources: list[Module]) -> list[list[str]]:
    """The places of each run that stands in more than one."""
    places: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for module in sources:
        for run, place in windows(module):
            places[run].append(place)
    return [found for found in places.values() if len(found) > 1]


def test_no_ten_lines_stand_in_two_places():
    product = [module for module in modules(*PRODUCT) if "/migrations/versions/" not in module.path]
    assert repeated(product) == []


def test_a_repetition_is_seen():
    text = "\n".join(f"value_{number} = {number}" for number in range(LINES))
    assert repeated([Module("a.py", text), Module("b.py", text)]) == [["a.py:1", "b.py:1"]]
