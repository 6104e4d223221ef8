"""Counting by stored counts: the same conditions, applied to groups of customers instead of each one."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, FromClause, Label, Select, cast, func, inspect, null, or_, select
from sqlalchemy.sql.visitors import replacement_traverse

from data_access.base.clock import NOW
from data_access.base.permissions import Actor
from data_access.domain.shown_status import USED_UP, is_timed
from data_access.models.counts import ADDED_UP, CustomerCount, KeptPart, OverdueSum
from data_access.models.customers import TIMED_BY, Customer
from data_access.store.scope import visible

M = TypeVar("M")
_CUSTOMERS, _COUNTS = inspect(Customer).local_table, inspect(CustomerCount).local_table


_ONE_ASKED = 2  # conditions: who is live, and one more, of which an index has each value in order


class _NotKept(Exception):
    """A condition asks for a column that customers are not counted by."""


def asked_of_counts(where: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]] | None:
    """These conditions about customers as conditions about their counts; None where counts cannot answer them."""
    return asked_of_kept(CustomerCount, where)


def asked_of_kept(model: type[KeptPart], where: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]] | None:
    """The same for any kept table."""
    try:
        return [said_of_kept(model, condition) for condition in where]
    except _NotKept:
        return None


def said_of_kept(
    model: type[KeptPart], of_customers: ColumnElement[M], also: tuple[tuple[str, str], ...] = ()
) -> ColumnElement[M]:
    """What is said of customers by columns that a kept table has; `also` names those that it has by another name."""
    instead = partial(_instead, kept=inspect(model).local_table, names=_names(model) | dict(also))
    return replacement_traverse(of_customers, {}, instead)


@cache
def _names(model: type[KeptPart]) -> dict[str, str]:
    return {column.key: column.key for column in inspect(model).columns if column.key not in {"id", *ADDED_UP}}


def asked_of_few(where: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """These conditions so written that no index serves them: those whom they are asked of are found by another one.

    Without it SQLite, which knows nothing of how many share a currency, reads all customers of one. Ids serve: they are
    those of the few in whom a text was found.
    """
    return [replacement_traverse(condition, {}, _unserved) for condition in where]


def is_somebody(actor: Actor, where: Sequence[ColumnElement[bool]]) -> Select[bool] | None:
    """Whether the counts know of somebody who meets several conditions at once: otherwise a list is read to its end.

    None where they cannot tell.
    """
    kept = asked_of_counts(where) if len(where) > _ONE_ASKED else None
    if kept is None:
        return None
    counted = visible(CustomerCount, actor).where(*kept).with_only_columns(CustomerCount.id)
    timed = visible(Customer, actor).where(*asked_of_few(where), is_timed()).with_only_columns(Customer.id)
    return select(or_(counted.exists(), timed.exists()))


def _unserved(element: Any, **_: Any) -> Any:
    is_theirs = isinstance(element, Column) and element.table is _CUSTOMERS
    return func.coalesce(element, element) if is_theirs and not element.primary_key else None


def _instead(element: Any, *, kept: FromClause, names: dict[str, str], **_: Any) -> Any:
    if element is _CUSTOMERS:
        return kept
    if isinstance(element, Label) and element.name == USED_UP:
        return kept.c.used_up if kept is _COUNTS else OverdueSum.used_up_at(NOW)
    if not isinstance(element, Column) or element.table is not _CUSTOMERS:
        return None
    if element.key in names:
        return kept.c[names[element.key]]
    if kept is _COUNTS and element.key in TIMED_BY:
        return cast(null(), element.type)  # whoever has one is not in the counts
    raise _NotKept
