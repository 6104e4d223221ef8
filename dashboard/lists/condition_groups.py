"""The groups of Advanced search: their contents, and the lines after one is added, negated or removed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from data_access.search.expression import ConditionRow

Path = tuple[str, ...]
ANY, ALL = "or", "and"


def members(lines: Sequence[ConditionRow], path: Path) -> list[int | Path]:
    """What stands right in a group, in order: the number of a line, or the path of a group inside."""
    inside: dict[int | Path, None] = {}
    for number, line in enumerate(lines):
        if line.marks[: len(path)] == path:
            inside[number if line.marks == path else line.marks[: len(path) + 1]] = None
    return list(inside)


def with_condition(lines: Sequence[ConditionRow], path: Path, field: str, operation: str) -> list[str]:
    """The lines with one more at the end of a group, which waits for its value."""
    last = max((n for n, line in enumerate(lines) if line.marks[: len(path)] == path), default=len(lines) - 1)
    added = ConditionRow(field, operation, "", marks=path)
    return list(map(str, [*lines[: last + 1], added, *lines[last + 1 :]]))


def with_group(lines: Sequence[ConditionRow], path: Path, kind: str, field: str, operation: str) -> list[str]:
    """The lines with one in a group of its own."""
    return with_condition(lines, (*path, _fresh(lines, path, kind)), field, operation)


def turned(lines: Sequence[ConditionRow], path: Path, kind: str) -> list[str]:
    """The lines, a group now one of which any have to hold, or all."""
    here = (*path[:-1], _fresh(lines, path[:-1], kind))
    return [str(replace(line, marks=here + line.marks[len(path) :]) if _is_in(line, path) else line) for line in lines]


def without(lines: Iterable[ConditionRow], path: Path) -> list[str]:
    """The lines that do not stand in a group."""
    return [str(line) for line in lines if not _is_in(line, path)]


def _is_in(line: ConditionRow, path: Path) -> bool:
    return line.marks[: len(path)] == path


def _fresh(lines: Iterable[ConditionRow], path: Path, kind: str) -> str:
    """A mark that no group has in this place."""
    taken = {line.marks[len(path)] for line in lines if _is_in(line, path) and len(line.marks) > len(path)}
    return next(mark for mark in _marks(kind) if mark not in taken)


def _marks(kind: str) -> Iterator[str]:
    return map(f"{kind}{{}}".format, count(1))
