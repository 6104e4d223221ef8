"""Operations: the conditions that a field can have, and those that are derived from them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from operator import eq, ge, gt, le, lt
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_

from data_access.base.clock import Instant
from data_access.base.labelled import Labelled
from data_access.search.filter_params import yes_or_no
from data_access.search.text_match import Match


class Operation(Labelled):
    """What a condition asks of a field."""

    IS = "is", "is"
    IS_NOT = "is_not", "is not"
    IS_ONE_OF = "is_one_of", "is one of"
    IS_NONE_OF = "is_none_of", "is none of"
    BEGINS_WITH = "begins_with", "begins with"
    CONTAINS = "contains", "contains"
    DOES_NOT_CONTAIN = "does_not_contain", "does not contain"
    ENDS_WITH = "ends_with", "ends with"
    MATCHES = "matches", "matches"
    AT_LEAST = "at_least", "at least"
    AT_MOST = "at_most", "at most"
    MORE_THAN = "more_than", "more than"
    BELOW = "below", "below"
    BEFORE = "before", "before"
    AFTER = "after", "after"
    FROM = "from", "on or after"
    UNTIL = "until", "on or before"
    BETWEEN = "between", "between"
    IS_EMPTY = "is_empty", "is empty"
    IS_NOT_EMPTY = "is_not_empty", "is not empty"

    @property
    def is_several(self) -> bool:
        """Whether it takes several values."""
        return self in (O.IS_ONE_OF, O.IS_NONE_OF, O.BETWEEN)

    @property
    def takes_none(self) -> bool:
        """Whether it takes no value."""
        return self in (O.IS_EMPTY, O.IS_NOT_EMPTY)


O = Operation  # noqa: E741 - the first letter, as P for permissions
Asks = Callable[[Any, Any], ColumnElement[bool]]  # of a value, as it is at an instant
MATCHES = {O.IS: Match.EXACTLY, O.BEGINS_WITH: Match.STARTS, O.CONTAINS: Match.CONTAINS, O.ENDS_WITH: Match.ENDS}
Compared = dict[Operation, Callable[[Any, Any], ColumnElement[bool]]]
DAYS: Compared = {O.BEFORE: lt, O.AFTER: gt, O.FROM: ge, O.UNTIL: le, O.IS: eq}
NUMBERS: Compared = {O.AT_LEAST: ge, O.AT_MOST: le, O.MORE_THAN: gt, O.BELOW: lt, O.IS: eq}
_OPPOSITES = {
    O.IS: O.IS_NOT,
    O.IS_ONE_OF: O.IS_NONE_OF,
    O.CONTAINS: O.DOES_NOT_CONTAIN,
    O.IS_EMPTY: O.IS_NOT_EMPTY,
}
_ENDS = ((O.AT_LEAST, O.AT_MOST), (O.FROM, O.UNTIL))


@dataclass(frozen=True, slots=True)
class Searchable:
    """One field. `asks` holds its operations; a value is read by `read` and said by `word`.

    `by_clock`: what it asks is calculated from the day, so that its SQL holds for a quarter of an hour (`Present`).
    """

    label: str
    asks: dict[Operation, Asks]
    read: Callable[[str], Any]
    word: Callable[[Any], str] = str
    choices: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    by_clock: bool = False


def whole(field: Searchable) -> Searchable:
    """The field with what follows from what it can be asked: opposites, and what lies between two ends.

    What is empty is not the value that is named: the opposite of a question is true of it.
    """
    asks = dict(field.asks)
    for asked, opposite in _OPPOSITES.items():
        if asked in asks and not (asked is O.IS and field.read is yes_or_no):
            asks.setdefault(opposite, partial(_not, asks[asked]))
    for least, most in _ENDS:
        if least in asks and most in asks:
            asks.setdefault(O.BETWEEN, partial(_both, asks[least], asks[most]))
    return replace(field, asks=asks)


def _not(asks: Asks, value: Any, now: Instant) -> ColumnElement[bool]:
    return not_(func.coalesce(asks(value, now), false()))


def _both(least: Asks, most: Asks, ends: Any, now: Instant) -> ColumnElement[bool]:
    return and_(least(ends[0], now), most(ends[1], now))


def compared(value: Callable[[Any], Any], by: Compared) -> dict[Operation, Asks]:
    """What is asked of a value that is compared, as it is at an instant."""

    def ask(compare: Callable[[Any, Any], ColumnElement[bool]]) -> Asks:
        return lambda v, now: compare(value(now), v)

    return {operation: ask(compare) for operation, compare in by.items()}


def empty(value: Callable[[Any], Any]) -> dict[Operation, Asks]:
    """That there is none."""
    return {O.IS_EMPTY: lambda _v, now: value(now).is_(None)}
