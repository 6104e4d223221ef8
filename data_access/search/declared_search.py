"""Declared fields in Advanced search: each is queried by its kind, on the customer or in the rows that belong to it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_
from sqlalchemy.orm import aliased

from data_access.domain.references import REFERRED, Referred
from data_access.fields.field import Control, Field, Value
from data_access.fields.kinds import DAY, INSTANT, REFERENCE, ROWS, TICK
from data_access.fields.section import FieldSection
from data_access.models.customers import Customer
from data_access.search.filter_params import plain, yes, yes_or_no
from data_access.search.operations import DAYS, MATCHES, NUMBERS, Asks, O, Operation, Searchable, whole
from data_access.search.text_match import Match, loosely, text_matches

YES_NO = ("yes", "no")


def searchable(section: FieldSection, *, named: str = "", called: str = "") -> dict[str, Searchable]:
    """What can be asked of the fields of a section: of the customer itself, or of the rows that stand beside it.

    `named` begins the names of its fields and `called` their labels, where another section has such names.
    """
    start = {} if section.model is Customer else section.values(section.new(customer_id=0))
    return {
        f"{named}{one.name}": replace(
            whole(_asked(_StoredField(section.model, one, start.get(one.name)), f"{called}{one.label}")),
            personal=(one.label,) if one.personal else (),
        )
        for one in section
        if one.kind is not ROWS and (one.kind is not REFERENCE or one.refers_to in REFERRED)
    }


@dataclass(frozen=True, slots=True)
class _StoredField:
    """Where the value of a field stands; `start`: what holds for a customer of whom nothing was kept yet."""

    model: Any
    field: Field
    start: Value

    @property
    def column(self) -> Any:
        return getattr(self.model, self.field.name)

    @property
    def is_one(self) -> bool:
        """Whether a customer has one such value, and not several of which any will do."""
        return self.model is Customer or bool(self.model.__table__.columns["customer_id"].unique)

    def holds(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        if self.model is Customer:
            return condition
        standing = [self.model.removed_at.is_(None)] if hasattr(self.model, "removed_at") else []
        return exists().where(self.model.customer_id == Customer.id, condition, *standing).correlate(Customer)

    def is_any_of(self, values: frozenset[Value]) -> ColumnElement[bool]:
        """Whether it is one of these values; that of a customer without a row is the one that a row begins with."""
        if self.is_one and self.model is not Customer and self.start in values:
            return not_(self.holds(self.column.not_in(values)))
        return self.holds(self.column.in_(values))

    def none(self) -> dict[Operation, Asks]:
        there = self.column.is_not(None)
        if self.field.is_text or self.field.kind.control is Control.SEVERAL or self.field.kind.blank == "":
            there = and_(there, self.column != "")
        return {O.IS_EMPTY: lambda _v, _now: not_(self.holds(there))}


def _asked(place: _StoredField, label: str) -> Searchable:
    """As every field of its kind is asked for."""
    field = place.field
    if field.kind is REFERENCE:
        return _named(label, REFERRED[field.refers_to], place)
    if field.is_text or field.kind.control is Control.SEVERAL:
        asks: dict[Operation, Asks] = {operation: _matches(place, match) for operation, match in MATCHES.items()}
        return Searchable(label, asks | place.none(), plain)
    if field.options:
        chosen: dict[Operation, Asks] = {
            O.IS: lambda v, _: place.is_any_of(frozenset((v,))), O.IS_ONE_OF: lambda v, _: place.is_any_of(v)
        }  # fmt: skip
        can_be_empty = place.model.__table__.columns[field.name].nullable or field.kind.blank == ""
        return Searchable(
            label, chosen | (place.none() if can_be_empty else {}), field.read, field.said, tuple(field.options)
        )
    if field.kind is TICK:
        return Searchable(label, {O.IS: lambda v, _: place.is_any_of(frozenset((v,)))}, yes_or_no, yes, YES_NO)
    by = DAYS if field.kind in (DAY, INSTANT) else NUMBERS
    asks = {operation: _compares(place, compare) for operation, compare in by.items()}
    return Searchable(label, asks | place.none(), field.read, field.said)


def _matches(place: _StoredField, match: Match) -> Asks:
    if place.model is Customer:
        return lambda v, _: text_matches(place.field, match, v)
    return lambda v, _: place.holds(loosely(place.column, match, v))


def _compares(place: _StoredField, by: Callable[[Any, Any], ColumnElement[bool]]) -> Asks:
    return lambda v, _: place.holds(by(place.column, v))


def _named(label: str, referred: Referred, place: _StoredField) -> Searchable:
    """A reference, asked for by what the record is called."""
    record: Any = aliased(referred.model)
    called = getattr(record, referred.column)

    def ask(match: Match) -> Asks:
        return lambda v, _: place.holds(exists().where(record.id == place.column, loosely(called, match, v)))

    asks: dict[Operation, Asks] = {operation: ask(match) for operation, match in MATCHES.items()}
    return Searchable(label, asks | place.none(), plain)
