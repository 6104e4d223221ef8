"""A field: what a column is called, what it takes, who may see and change it, declared on the column itself."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import MappedColumn, mapped_column
from sqlalchemy.types import TypeEngine

from data_access.base.events import Event
from data_access.base.money import smallest
from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.base.text.masking import mask
from data_access.base.text.text_keys import fold

Value = Any  # a column's own Python type: str, int, Decimal, an enum, a tuple of rows, or None
Typed = Mapping[str, str]  # fields by name, each as one would type it
FIELD = "field"  # where a column keeps its declaration


@cache
def _words(of: type[StrEnum]) -> Mapping[str, str]:
    return {choice.value: word(choice) for choice in of}


class Control(StrEnum):
    """What a field is drawn with."""

    LINE = "line"
    LINES = "lines"
    LIST = "list"
    RADIO = "radio"
    SIDE_BY_SIDE = "side by side"
    SEVERAL = "several"
    TICK = "tick"
    DAY = "day"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, eq=False)
class FieldKind:
    """How the values of a field are read from a text, written as one would type them, and said in words.

    `read` is never asked about a blank, which is `blank`; what it cannot read is a ValueError with a sentence. `column`
    is the type in the database; None: the annotation of the column says it. `options`: where every field of the kind
    offers the same. `mask`, `fold`: of a text.
    """

    name: str
    control: Control
    read: "Callable[[str, Field], Value]"
    typed: Callable[[Value], str]
    said: "Callable[[Value, Field], str]"
    column: Callable[[int | None], TypeEngine[Any] | None]
    blank: Value = None
    options: Mapping[str, str] | None = None
    mask: Callable[[str], str] = mask
    fold: Callable[[str], str] = fold


@dataclass(frozen=True, slots=True)
class When:
    """That a field applies only while another one holds one of these texts."""

    field: str
    holds: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class RowList:
    """A list of rows as one text: what stands in each, and how the text falls apart into rows of cells and back.

    `says` is told above them in the form; `most` of them fit.
    """

    columns: "tuple[Field, ...]"
    split: Callable[[str], list[list[str]]]
    join: Callable[[list[list[str]]], str]
    says: str = ""
    most: int = 50


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field of a record.

    `most`: the longest text, or the highest number; `least`: the lowest. `needed`: the sentence that asks for it;
    empty: it may be blank, and `stands_for` says in forms what that means. `rule` has the last word on what was read,
    and raises ValueError with its sentence. `choices`: each value with its word, `captions` explain them; `offers`
    leaves of them those that fit what else is typed, and `not_offered` is said of others. `refers_to`: the list of
    records that it is chosen from. `right`: to change it, beside that of its section. `inherits`: the class's column
    that holds while this is blank. `in_currency`: the column that says which currency an amount is in. `event`: told
    when it changes. `imported_as`: its name in files, the column's if empty. `fixed`: why it stays as first saved.
    `found_as`: the column of `search_texts` that holds it.
    """

    kind: FieldKind
    label: str
    most: int | None = None
    least: int | None = None
    help: str = ""
    needed: str = ""
    stands_for: str = ""
    rule: Callable[[Value], Value] = lambda value: value
    of: type[StrEnum] | None = None
    choices: Mapping[str, str] | None = None
    captions: Mapping[str, str] | None = None
    offers: Callable[[Typed], Collection[str]] | None = None
    not_offered: str = "Choose one of these."
    control: Control | None = None
    refers_to: str = ""
    rows: RowList | None = None
    personal: bool = False
    right: Permission | None = None
    inherits: str = ""
    in_currency: str = ""
    event: Event | None = None
    imported_as: str = ""
    shown_when: When | None = None
    fixed: str = ""
    found_as: str = ""
    name: str = ""

    @property
    def in_files(self) -> str:
        """What it is called in files; there a record is told by its name, not by its id."""
        return self.imported_as or (self.name.removesuffix("_id") if self.refers_to else self.name)

    @property
    def options(self) -> Mapping[str, str]:
        """The values that can be chosen, each with its word."""
        if self.of is not None and self.choices is None:
            return _words(self.of)
        return self.choices or self.kind.options or {}

    @property
    def is_text(self) -> bool:
        """Whether what people typed is kept as they typed it."""
        return self.kind.control in (Control.LINE, Control.LINES) and self.kind.typed is str

    @property
    def depends(self) -> bool:
        """Whether another field says if it applies, or what can be chosen in it."""
        return self.shown_when is not None or self.offers is not None

    @property
    def drawn_with(self) -> Control:
        return self.control or self.kind.control

    def read(self, text: str) -> Value:
        """The value of a text; ValueError with a sentence for one that cannot be kept."""
        if not text.strip() or (self.needed and not fold(text)):
            if self.needed:
                raise ValueError(self.needed)
            return self.kind.blank
        return self.rule(self.kind.read(text, self))

    def misfit(self, text: str, beside: Typed) -> str:
        """What is wrong with a text beside what else is typed; empty where nothing is."""
        if not self.applies(beside):
            return "" if not text.strip() else "This does not apply here: leave it blank."
        if text and self.offers is not None and text not in self.offers(beside):
            return self.not_offered
        return ""

    def applies(self, beside: Typed) -> bool:
        """Whether it is asked for at all."""
        return self.shown_when is None or beside.get(self.shown_when.field, "") in self.shown_when.holds

    def in_words(self, text: str, options: Mapping[str, str]) -> str:
        """What was typed in words, with those of `options`; for a blank, what that stands for."""
        if self.drawn_with is Control.TICK:
            return "Yes" if text else "No"
        if self.rows is not None and text:
            return self.said(self.read(text))
        if self.drawn_with is Control.SEVERAL:
            text = ", ".join(label for value, label in options.items() if value in text.split())
        return options.get(text, text) or self.stands_for

    def typed(self, value: Value, currency: str = "") -> str:
        """The value as one would type it, an amount with the decimals of its currency; blank for none."""
        if value is not None and currency:
            least = value.quantize(smallest(currency))
            return f"{least if least == value else value.normalize():f}"
        return "" if value is None else self.kind.typed(value)

    def said(self, value: Value) -> str:
        """The value in words; nothing for none."""
        return "" if value in (None, "") else self.kind.said(value, self)


def declared(field: Field, *constraints: ForeignKey, **column: Any) -> MappedColumn[Any]:
    """The column of a field. What its kind does not say of the column, the annotation and `column` do."""
    kind_of_column = column.pop("type_", None) or field.kind.column(field.most)
    if field.kind.blank is not None:
        column = {"default": field.kind.blank} | column
    info = {FIELD: field} | ({"personal": True} if field.personal else {})
    return mapped_column(kind_of_column, *constraints, info=info, **column)


def fields_of(model: Any, within: Any = None) -> tuple[Field, ...]:
    """The declared fields of a table in their order; those of one aspect of it, if that is given."""
    columns = model.__table__.columns
    names = [name for name in (within or model).__annotations__ if name in columns and FIELD in columns[name].info]
    return tuple(replace(columns[name].info[FIELD], name=name) for name in names)


def labels_of(model: Any) -> dict[str, str]:
    """What the declared fields of a table are called."""
    return {field.name: field.label for field in fields_of(model)}
