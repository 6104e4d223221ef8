"""Conditions: Advanced search as a value, each condition a field, an operation and a value, all of which must hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement

from data_access.base.permissions import Actor, Permission
from data_access.domain.shown_status import Shown, live
from data_access.search.customer_conditions import Limit
from data_access.search.filters import CustomerFilter, refuse_personal
from data_access.search.search_fields import KNOWN, Operation, Searchable
from data_access.search.text_match import Match, SearchField

PARAM = "where"
_BETWEEN = "."
_OR = "|"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that can be asked."""

    field: str
    operation: Operation
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        return _BETWEEN.join((self.field, self.operation, _OR.join(self.values)))

    def where(self, now: datetime) -> ColumnElement[bool]:
        return _field(self).asks[self.operation](self._read(), now)

    def describe(self, *, quoted: bool) -> str:
        field = _field(self)
        if self.operation is Operation.IS_EMPTY:
            return f"{field.label} is empty"
        words = " or ".join(field.word(field.read(value)) for value in self.values)
        shown = words if quoted or not field.personal else "a text"
        return f"{field.label} {self.operation.label} {shown}"

    def _read(self) -> Any:
        read = _field(self).read
        if self.operation is Operation.IS_ONE_OF:
            return frozenset(read(value) for value in self.values)
        return read(self.values[0]) if self.values else None


def _field(condition: Condition) -> Searchable:
    return KNOWN[condition.field]


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition as it was written; the complaint says what is wrong with it, and at its place."""

    field: str
    operation: str
    value: str
    complaint: str = ""
    condition: Condition | None = None

    @property
    def waits(self) -> bool:
        """Nothing is wrong, but it has no value yet."""
        return not self.complaint and self.condition is None


def read_line(text: str) -> ConditionRow:
    """A condition out of an address; what cannot be read is refused by its name."""
    name, _, rest = text.partition(_BETWEEN)
    operation, _, value = rest.partition(_BETWEEN)
    field = KNOWN.get(name)
    if field is None:
        return ConditionRow(name, operation, value, f"“{name}” is not a field that can be searched.")
    if operation not in field.asks:
        offered = ", ".join(each.label for each in field.asks)
        return ConditionRow(name, operation, value, f"{field.label} cannot be asked “{operation}”: choose {offered}.")
    return _judged(ConditionRow(name, operation, value), field, Operation[operation.upper()])


def _judged(line: ConditionRow, field: Searchable, operation: Operation) -> ConditionRow:
    if operation is Operation.IS_EMPTY:
        return ConditionRow(line.field, operation, "", condition=Condition(line.field, operation))
    values = line.value.split(_OR) if operation is Operation.IS_ONE_OF else [line.value]
    values = [value.strip() for value in values if value.strip()]
    try:
        read = {value: field.read(value) for value in values}
    except ValueError as wrong:
        return ConditionRow(line.field, operation, line.value, f"{field.label}: {wrong}")
    if not read:
        return ConditionRow(line.field, operation, "")
    return ConditionRow(line.field, operation, line.value, condition=Condition(line.field, operation, tuple(read)))


@dataclass(frozen=True, slots=True)
class AdvancedFilter:
    """Conditions that must all hold. The permanently terminated are found by a condition on the status only."""

    conditions: tuple[Condition, ...] = ()

    def where(self, now: datetime) -> list[ColumnElement[bool]]:
        asked = [condition.where(now) for condition in self.conditions]
        return asked if self.names_the_closed else [live(), *asked]

    @property
    def names_the_closed(self) -> bool:
        return any(c.field == "status" and Shown.PERMANENTLY_TERMINATED in c.values for c in self.conditions)

    def describe(self, *, quoted: bool = True) -> str:
        said = [condition.describe(quoted=quoted) for condition in self.conditions]
        return ", ".join(said if self.names_the_closed else [*said, "not permanently terminated"])

    def require(self, actor: Actor) -> None:
        """NotPermitted when it searches what the actor sees masked."""
        personal = [label for condition in self.conditions for label in _field(condition).personal]
        if personal:
            refuse_personal(actor, list(dict.fromkeys(personal)))

    def to_params(self) -> dict[str, list[str]]:
        return {PARAM: [str(condition) for condition in self.conditions]}


def closed_matches(chosen: CustomerFilter) -> AdvancedFilter:
    """What finds the permanently terminated customers that the Customers page hides behind a filter."""
    return _closed_among(*_search(chosen), *_facets(chosen))


def closed_found(text: str, actor: Actor) -> AdvancedFilter:
    """What finds the permanently terminated customers that the finder leaves out."""
    if actor.may(Permission.PERSONAL_READ):
        return _closed_among(("any_text", Operation.MATCHES, [text]))
    return _closed_among((SearchField.CUSTOMER_ID.value, Operation.CONTAINS, [text]))


def _closed_among(*asked: "_Asking") -> AdvancedFilter:
    every = (*asked, ("status", Operation.IS, [Shown.PERMANENTLY_TERMINATED.value]))
    lines = (read_line(_BETWEEN.join((name, operation, _OR.join(values)))) for name, operation, values in every)
    return AdvancedFilter(tuple(line.condition for line in lines if line.condition is not None))


_Asking = tuple[str, Operation, list[str]]
_Asked = Iterable[_Asking]
_TEXT = {
    Match.STARTS: Operation.BEGINS_WITH,
    Match.CONTAINS: Operation.CONTAINS,
    Match.EXACTLY: Operation.IS,
    Match.ENDS: Operation.ENDS_WITH,
}
_LISTED = {"customer_id+name": "customer_id_or_name"}
_SAME = {
    "blocked": ("blocked", Operation.IS),
    "customer_class": ("customer_class", Operation.IS_ONE_OF),
    "currency": ("currency", Operation.IS_ONE_OF),
    "control": ("balance_control", Operation.IS),
    "balance_from": ("balance", Operation.AT_LEAST),
    "balance_to": ("balance", Operation.AT_MOST),
    "used_from": ("use_of_limit", Operation.AT_LEAST),
    "used_below": ("use_of_limit", Operation.BELOW),
    "invoices": ("has_invoices", Operation.IS),
    "terminates_before": ("terminates", Operation.BEFORE),
    "terminates_within": ("terminates_in", Operation.AT_MOST),
    "lift_ends_within": ("lift_ends", Operation.AT_MOST),
    "reseller": ("reseller", Operation.IS_ONE_OF),
    "country": ("country", Operation.IS_ONE_OF),
}
_LIMITS = {Limit.OVER: "over_the_limit", Limit.NONE: "no_credit_limit"}


def _search(chosen: CustomerFilter) -> _Asked:
    if chosen.q:
        together = "+".join(field for field in SearchField if field in chosen.fields)
        in_words = chosen.match is Match.STARTS and SearchField.NAME in chosen.fields
        yield _LISTED.get(together, together), Operation.MATCHES if in_words else _TEXT[chosen.match], [chosen.q]


def _facets(chosen: CustomerFilter) -> _Asked:
    for name, values in chosen.to_params().items():
        if name in _SAME:
            yield (*_SAME[name], values)
    if chosen.limit is not None:
        yield _LIMITS[chosen.limit], Operation.IS, ["yes"]
    if chosen.overdue_over is not None:
        yield "days_overdue", Operation.AT_LEAST, [str(chosen.overdue_over + 1)]
    if chosen.created_from is not None:
        yield "created", Operation.AFTER, [_shifted(chosen.created_from, -1)]
    if chosen.created_to is not None:
        yield "created", Operation.BEFORE, [_shifted(chosen.created_to, 1)]


def _shifted(on: date, by_days: int) -> str:
    return (on + timedelta(days=by_days)).isoformat()
