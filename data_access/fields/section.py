"""A section: fields of one kind of record that are seen and changed together, and what follows from them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from data_access.base.errors import Conflict, Invalid
from data_access.base.money import exact_money
from data_access.base.permissions import Actor, Permission
from data_access.fields.field import Field, Typed, Value

_ELSEWHERE = "This cannot be edited here."
Names = Mapping[str, Mapping[str, str]]  # by what a field refers to, each id with its name
UNNAMED: Names = {}
CLASS = "class"
UNSEEN = "one that you cannot see"


@dataclass(frozen=True, slots=True)
class Judged:
    """What could be read, by field, and a complaint for each field that could not."""

    values: dict[str, Value]
    complaints: dict[str, str]

    def sound(self) -> dict[str, Value]:
        """The values; Invalid with every complaint if there is one."""
        if self.complaints:
            raise Invalid(self.complaints)
        return self.values


@dataclass(frozen=True, slots=True, eq=False)
class FieldSection:
    """A tab, a part of a form, a plain page: fields of `model` in the order in which they are drawn.

    `sees` and `changes` are the rights to it; `masks`: its personal fields take a right of their own. `left_to`: what
    gives a field that inherits, while it is blank.
    """

    name: str
    model: Any
    title: str
    fields: tuple[Field, ...]
    sees: Permission
    changes: Permission
    masks: bool = True
    left_to: str = CLASS

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def labels(self) -> dict[str, str]:
        return {field.name: field.label for field in self.fields}

    def labelled(self, **labels: str) -> "FieldSection":
        """The same with other labels, for a form that asks for them in its own words."""
        return replace(self, fields=tuple(replace(one, label=labels.get(one.name, one.label)) for one in self.fields))

    def only(self, names: Iterable[str]) -> "FieldSection":
        """The same with these fields alone."""
        kept = set(names)
        return replace(self, fields=tuple(field for field in self.fields if field.name in kept))

    def not_fixed(self) -> "FieldSection":
        """The same as a new record has it: nothing was saved yet that would have to stay."""
        return replace(self, fields=tuple(replace(one, fixed="") for one in self.fields))

    def standing_for(self, blanks: Mapping[str, str]) -> "FieldSection":
        """The same, where a blank in one of these fields stands for something."""
        return replace(
            self, fields=tuple(replace(one, stands_for=blanks.get(one.name, one.stands_for)) for one in self.fields)
        )

    def is_seen(self, field: Field, actor: Actor) -> bool:
        """Whether an actor sees a field of it as it is."""
        return not field.personal or not self.masks or actor.may(Permission.PERSONAL_READ)

    def values(self, row: Any) -> dict[str, Value]:
        """The fields of a row, but those that stand in other tables."""
        columns = self.model.__table__.columns
        return {name: getattr(row, name) for name in self.names if name in columns}

    def typed(self, values: Mapping[str, Value]) -> dict[str, str]:
        """Values as one would type them."""
        return {name: self[name].typed(value, values.get(self[name].in_currency, "")) for name, value in values.items()}

    def shown(self, row: Any, actor: Actor) -> dict[str, str]:
        """The fields of a row as one would type them, those that the actor may see."""
        return {name: text for name, text in self.typed(self.values(row)).items() if self.is_seen(self[name], actor)}

    def said(self, row: Any, actor: Actor, of_class: Any = None, names: Names = UNNAMED) -> tuple[tuple[str, str], ...]:
        """Each label with the value in words: what is personal masked, what is left to the class as it is there."""
        words = self.words(row, actor, of_class, names)
        return tuple((field.label, words[field.name]) for field in self.fields)

    def words(self, row: Any, actor: Actor, of_class: Any = None, names: Names = UNNAMED) -> dict[str, str]:
        """The same by the name of each field."""
        left = self.left_to_class(of_class, names)
        return {field.name: self._said(field, row, actor, left, names) for field in self.fields}

    def left_to_class(self, of_class: Any, names: Names = UNNAMED) -> dict[str, str]:
        """What each field that a class gives stands for while it is blank, in words."""
        return {
            field.name: f"As {self.left_to}: {_words(field, getattr(of_class, field.inherits), names) or 'not set'}"
            for field in self.fields
            if field.inherits and of_class is not None
        }

    def _said(self, field: Field, row: Any, actor: Actor, left: Mapping[str, str], names: Names) -> str:
        value = getattr(row, field.name)
        if field.in_currency and value is not None:
            return exact_money(value, getattr(row, field.in_currency))
        if value in (None, "") and field.name in left:
            return left[field.name]
        words = _words(field, value, names)
        return words if not words or self.is_seen(field, actor) else field.kind.mask(words)

    def new(self, **own: Value) -> Any:
        """A row that nobody has filled in: each field as its column has it by default."""
        defaults = {name: self.model.__table__.columns[name].default for name in self.names}
        return self.model(**{name: default.arg for name, default in defaults.items() if default is not None}, **own)

    def unwritten(self) -> dict[str, str]:
        """What stands in a form before anything is typed."""
        return self.typed(self.values(self.new()))

    def judged(self, typed: Typed, beside: Typed | None = None) -> Judged:
        """Each field by itself and beside what else holds, in one go; a field that is not typed is not judged."""
        values: dict[str, Value] = {}
        complaints: dict[str, str] = {}
        whole = {**(beside or {}), **typed}
        for field in self.fields:
            text = typed.get(field.name)
            if text is None:
                continue
            if field.depends and (misfit := field.misfit(text, whole)):
                complaints[field.name] = misfit
            is_asked = not field.depends or field.applies(whole) or text.strip()
            try:
                values[field.name] = field.read(text) if is_asked else field.kind.blank
            except ValueError as wrong:
                complaints[field.name] = str(wrong)
        return Judged(values, complaints)

    def fitting(self, changes: Typed, stored: Typed) -> dict[str, str]:
        """What is changed, with a blank for each field that does not apply beside it any more or is still needed."""
        whole = {**stored, **changes}
        over = [one.name for one in self.fields if not one.applies(whole) and stored.get(one.name)]
        missing = [one.name for one in self.fields if one.needed and one.applies(whole) and not whole.get(one.name)]
        return {**dict.fromkeys((*over, *missing), ""), **changes}

    def require(self, actor: Actor, names: Iterable[str]) -> None:
        """NotPermitted where one of these fields takes a right that the actor has not."""
        for field in map(self.__getitem__, names):
            if field.right is not None:
                actor.require(field.right)
            if field.personal and self.masks:
                actor.require(Permission.PERSONAL_READ)

    def unchangeable(self, names: Iterable[str]) -> dict[str, str]:
        """Why each of the fields that cannot be changed here cannot; those that can are left out."""
        fixed = {name: self[name].fixed for name in names if name in self.names and self[name].fixed}
        return self.unknown(names) | fixed

    def unknown(self, names: Iterable[str]) -> dict[str, str]:
        """A complaint for each name that is no field here."""
        return {name: _ELSEWHERE for name in names if name not in self.names}

    def conflicts(
        self, stored: Mapping[str, Value], *, shown: Typed, wanted: Mapping[str, Value]
    ) -> tuple[Conflict, ...]:
        """The fields that someone else changed since they were shown; `wanted`: what differs from what is stored."""
        typed = self.typed(stored)
        return tuple(
            Conflict(name, shown[name], typed[name], self[name].typed(value))
            for name, value in wanted.items()
            if name in shown and shown[name] != typed[name]
        )


def _words(field: Field, value: Value, names: Names) -> str:
    """A value in words, a record that it refers to by its name."""
    if value is not None and field.refers_to in names:
        return names[field.refers_to].get(str(value), UNSEEN)
    return field.said(value)
