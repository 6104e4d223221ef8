"""The expression: conditions on the fields of a customer, of which all or any have to hold, as a value.

In an address each condition is a line, `field.operation.value`. Lines of one group, of which any or all have to hold,
begin with its mark: `or1:balance.at_least.10`, `or1:and1:blocked.is.yes`. Lines without a mark have to hold.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as of_class
from itertools import count
from typing import Any, Union

from sqlalchemy import ColumnElement, and_, or_

from data_access.base.clock import Instant
from data_access.base.errors import NotPermitted
from data_access.base.permissions import Actor, Permission, who_can
from data_access.domain.shown_status import Shown, live
from data_access.search.custom_search import known
from data_access.search.operations import Operation, Searchable
from data_access.search.search_fields import FIGURES

_BETWEEN = "."
_OR = "|"
_SPLIT = re.compile(r"((?:[^|\\]|\\.|\\$)*)(?:\||$)", re.DOTALL)
_ESCAPED = re.compile(r"\\([|\\])")
_MARK = re.compile(r"(?:or|and)\w{1,4}")
_DEEPEST = 20  # what nobody builds by hand, and both databases read
MOST = 100
_NAMES_WHAT_IT_ASKS = (Operation.IS, Operation.IS_ONE_OF)
_ASKED_OF_EACH = frozenset(
    {
        Operation.CONTAINS, Operation.DOES_NOT_CONTAIN, Operation.ENDS_WITH, Operation.MATCHES, Operation.IS_NOT,
        Operation.IS_NONE_OF, Operation.IS_NOT_EMPTY,
    }
)  # fmt: skip
NO_LABELS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that can be asked. `label`: what its field is called where its definition says so."""

    field: str
    operation: Operation
    values: tuple[str, ...] = ()
    label: str = of_class(default="", compare=False)

    def __str__(self) -> str:
        return written((), self.field, self.operation, joined(self.values) if self.is_several else "".join(self.values))

    @property
    def is_several(self) -> bool:
        return self.operation.is_several

    def where(self, now: Instant) -> ColumnElement[bool]:
        return self.of.asks[self.operation](self._read(), now)

    def describe(self, *, quoted: bool) -> str:
        if self.operation.takes_none:
            return f"{self.label or self.of.label} {self.operation.label}"
        between = " and " if self.operation is Operation.BETWEEN else " or "
        words = between.join(self.of.word(self.of.read(value)) for value in self.values)
        shown = words if quoted or not self.of.personal else "a text"
        return f"{self.label or self.of.label} {self.operation.label} {shown}"

    @property
    def of(self) -> Searchable:
        found = known(self.field)
        if found is None:
            raise KeyError(self.field)
        return found

    @property
    def names_the_closed(self) -> bool:
        is_asked_for = self.field == "status" and self.operation in _NAMES_WHAT_IT_ASKS
        return is_asked_for and Shown.PERMANENTLY_TERMINATED in self.values

    def _read(self) -> Any:
        if self.is_several:
            read = [self.of.read(value) for value in self.values]
            return tuple(read) if self.operation is Operation.BETWEEN else frozenset(read)
        return self.of.read(self.values[0]) if self.values else None


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which any one has to hold, or all of them."""

    parts: tuple["Part", ...]
    any_of: bool = True

    def where(self, now: Instant) -> ColumnElement[bool]:
        """A choice that does not name the permanently terminated finds none beside one that does."""
        if not self.any_of:
            return and_(*(part.where(now) for part in self.parts))
        return or_(*(part.where(now) if self._keeps(part) else and_(live(), part.where(now)) for part in self.parts))

    def _keeps(self, part: "Part") -> bool:
        return part.names_the_closed or not self.names_the_closed

    def describe(self, *, quoted: bool) -> str:
        told = (part.describe(quoted=quoted) for part in self.parts)
        return f"({(' or ' if self.any_of else ' and ').join(told)})"

    @property
    def names_the_closed(self) -> bool:
        return any(part.names_the_closed for part in self.parts)


Part = Union[Condition, Group]  # noqa: UP007 - the name of a group is not known yet


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition as it was written; the complaint says what is wrong with it, and at its place."""

    field: str
    operation: str
    value: str
    complaint: str = ""
    condition: Condition | None = None
    marks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return written(self.marks, self.field, self.operation, self.value)

    @property
    def waits(self) -> bool:
        """Nothing is wrong, but it has no value yet."""
        return not self.complaint and self.condition is None


def written(marks: Iterable[str], field: str, operation: str, value: str) -> str:
    """A line of an address."""
    return "".join(f"{mark}:" for mark in marks) + _BETWEEN.join((field, operation, value))


def group_in_words(marks: Iterable[str]) -> str:
    """What the marks of a condition say, the outer group first; blank for one that has to hold by itself."""
    told = {"or": "any of group", "and": "all of group"}
    kinds = [(next(kind for kind in told if mark.startswith(kind)), mark) for mark in marks]
    return ", ".join(f"{told[kind]} {mark.removeprefix(kind)}" for kind, mark in kinds)


def joined(values: Iterable[str]) -> str:
    """Several values as one text."""
    return _OR.join(value.replace("\\", "\\\\").replace(_OR, f"\\{_OR}") for value in values)


def split(text: str) -> list[str]:
    """The values of such a text; blank ones are none."""
    parts = (_ESCAPED.sub(r"\1", match[1]).strip() for match in _SPLIT.finditer(text))
    return [part for part in parts if part]


def read_lines(texts: Iterable[str], labels: Mapping[str, str] = NO_LABELS) -> list[ConditionRow]:
    """The conditions of an address. Beyond a hundred they are refused."""
    lines = [read_line(text, labels) for text in texts]
    too_many = f"A filter has at most {MOST} conditions: this one is beyond."
    return [*lines[:MOST], *(replace(line, complaint=too_many, condition=None) for line in lines[MOST:])]


def read_line(text: str, labels: Mapping[str, str] = NO_LABELS) -> ConditionRow:
    """A condition out of an address; what cannot be read is refused by its name. `labels`: those of custom fields."""
    marks: tuple[str, ...] = ()
    mark, colon, rest = text.partition(":")
    while colon and _MARK.fullmatch(mark):
        marks, text = (*marks, mark), rest
        mark, colon, rest = text.partition(":")
    name, _, rest = text.partition(_BETWEEN)
    operation, _, value = rest.partition(_BETWEEN)
    field = known(name, labels.get(name, ""))
    row = ConditionRow(name, operation, value, marks=marks)
    if len(marks) > _DEEPEST:
        return replace(row, complaint=f"Groups stand within one another at most {_DEEPEST} deep: this one is deeper.")
    if field is None:
        return replace(row, complaint=f"“{name}” is not a field that can be searched.")
    if operation not in field.asks:
        offered = ", ".join(each.label for each in field.asks)
        return replace(row, complaint=f"{field.label} cannot be asked “{operation}”: choose {offered}.")
    return _judged(row, field, Operation[operation.upper()])


def _judged(line: ConditionRow, field: Searchable, operation: Operation) -> ConditionRow:
    if operation.takes_none:
        return replace(line, value="", condition=Condition(line.field, operation, (), field.label))
    values = split(line.value) if operation.is_several else [line.value.strip()]
    try:
        read = {value: field.read(value) for value in values if value}
        if operation is Operation.BETWEEN and len(values) > 1:
            _refuse_ends(values, read)
    except ValueError as wrong:
        return replace(line, complaint=f"{field.label}: {wrong}")
    if not read:
        return replace(line, value="")
    if operation is Operation.BETWEEN and len(values) == 1:
        return line  # it waits for the other end
    kept = values if operation is Operation.BETWEEN else read
    return replace(line, condition=Condition(line.field, operation, tuple(kept), field.label))


def _refuse_ends(values: Sequence[str], read: Mapping[str, Any]) -> None:
    if len(values) != 2:
        raise ValueError("give two values, the lower one first.")
    lower, upper = read[values[0]], read[values[1]]
    if type(lower) is not type(upper):
        raise ValueError("write both as days, or both as moments.")
    if lower > upper:
        raise ValueError(f"{values[0]} is above {values[1]}: give the lower one first.")


def parts_of(lines: Iterable[ConditionRow]) -> tuple[Part, ...]:
    """The conditions of the lines that have one, in their groups."""
    return tuple(_grouped([(line.marks, line.condition) for line in lines if line.condition is not None]))


def _grouped(lines: Sequence[tuple[tuple[str, ...], Condition]]) -> Iterator[Part]:
    groups: dict[str | int, list[tuple[tuple[str, ...], Condition]]] = {}
    for number, (marks, condition) in enumerate(lines):
        groups.setdefault(marks[0] if marks else number, []).append((marks[1:], condition))
    for mark, own in groups.items():
        if isinstance(mark, int):
            yield own[0][1]
        else:
            yield Group(tuple(_grouped(own)), any_of=mark.startswith("or"))


def lines_of(parts: Iterable[Part], marks: tuple[str, ...] = ()) -> Iterator[str]:
    """The lines that are read back as these parts."""
    numbers = count(1)
    for part in parts:
        if isinstance(part, Group):
            yield from lines_of(part.parts, (*marks, f"{'or' if part.any_of else 'and'}{next(numbers)}"))
        else:
            yield "".join(f"{mark}:" for mark in marks) + str(part)


def conditions_of(parts: Iterable[Part]) -> Iterator[Condition]:
    """Every condition, however deep."""
    for part in parts:
        if isinstance(part, Group):
            yield from conditions_of(part.parts)
        else:
            yield part


def is_by_clock(parts: Iterable[Part]) -> bool:
    """Whether one of them is calculated from the instant: their SQL then holds for that instant alone."""
    return any(each.of.by_clock for each in conditions_of(parts))


def looks_at_each(parts: Iterable[Part]) -> list[Condition]:
    """The conditions that no index answers: they are asked of every customer that the others leave."""
    return [each for each in conditions_of(parts) if each.operation in _ASKED_OF_EACH or each.field in FIGURES]


def require(parts: Iterable[Part], actor: Actor) -> None:
    """NotPermitted when they search what the actor sees masked."""
    personal = [label for condition in conditions_of(parts) for label in condition.of.personal]
    if personal:
        refuse_personal(actor, list(dict.fromkeys(personal)))


def refuse_personal(actor: Actor, labels: Sequence[str], *, doing: str = "Searching") -> None:
    """NotPermitted without the right to personal data: who may not read it may not search by it either."""
    if actor.may(Permission.PERSONAL_READ):
        return
    right = Permission.PERSONAL_READ
    raise NotPermitted(
        f"{doing} by {' and '.join(labels)} needs the right to {right.label}, which your role, "
        f"{actor.role}, does not have. {who_can(right).capitalize()} can. {doing} by Customer ID works for you."
    )
