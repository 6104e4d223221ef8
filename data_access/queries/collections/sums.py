"""Sums of a list: what its customers owe and what of it is overdue, currency by currency, over all that is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pandas as pd
from sqlalchemy import Select, func, label, literal, or_, select, type_coerce, union_all

from data_access.base.clock import NOW, Instant
from data_access.base.money import ZERO, Amount
from data_access.base.permissions import Actor, Permission
from data_access.domain.shown_status import is_timed
from data_access.models.counts import CustomerCount, OverdueSum
from data_access.models.customers import Customer
from data_access.models.money import Invoice
from data_access.queries.collections.collections import CollectionFilter, Queue, queue_of
from data_access.queries.lists.counts import MORE
from data_access.queries.lists.customers import Selection, asked
from data_access.queries.lists.kept_counts import asked_of_counts, asked_of_few, asked_of_kept, said_of_kept
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.typed.frames import typed


@dataclass(frozen=True, slots=True)
class CurrencySum:
    """`owed`: by those who owe, so that nobody's credit pays another's debt. `overdue`: open on late invoices."""

    currency: str
    owed: Decimal
    overdue: Decimal


@dataclass(frozen=True)
class OwedByCurrency(Query[tuple[CurrencySum, ...] | None]):
    """The sums of the customers that a filter finds, by currency; those in which nothing is owed are left out.

    By sums that are kept, where those can tell; otherwise of up to `CAP` customers. None: there are more of them.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: Selection

    def run(self, reader: Reader) -> tuple[CurrencySum, ...] | None:
        self.filter.require(reader.actor)
        rows = reader.session.execute(asked(reader, _sums, self.filter), {"now": reader.now}).all()
        return None if any(row.currency == _TOO_MANY for row in rows) else tuple(CurrencySum(*row) for row in rows)


@made_once
def _sums(actor: Actor, selection: Selection, now: Instant) -> Select[*tuple[Any, ...]]:
    parts = union_all(*(_kept(actor, selection, now) or _of_each(actor, selection, now))).subquery()
    owed, overdue = (type_coerce(func.sum(parts.c[name]), Amount).label(name) for name in ("owed", "overdue"))
    sums = select(parts.c.currency, owed, overdue).group_by(parts.c.currency)
    some = or_(func.sum(parts.c.owed) > ZERO, func.sum(parts.c.overdue) > ZERO, parts.c.currency == _TOO_MANY)
    return sums.having(some).order_by(parts.c.currency)


Parts = Sequence[Select[*tuple[Any, ...]]]
_NOTHING = literal(ZERO, Amount)
_TOO_MANY = ""  # in place of a currency
_FIRST = (("first_overdue_from", "overdue_from"),)  # whoever is late at all has an invoice that is late


def _kept(actor: Actor, selection: Selection, now: Instant) -> Parts | None:
    """By what is kept of customers and their invoices: the queues of collections, or who is alike in status."""
    where = selection.where(now)
    late = OverdueSum.overdue_at(now).label("overdue")
    if isinstance(selection, CollectionFilter):
        queued = visible(OverdueSum, actor).where(*(said_of_kept(OverdueSum, each, _FIRST) for each in where))
        return [queued.with_only_columns(OverdueSum.currency, OverdueSum.owed.label("owed"), late)]
    counts, overdue = asked_of_counts(where), asked_of_kept(OverdueSum, where)
    if counts is None or overdue is None:
        return None
    timed = visible(Customer, actor).where(*asked_of_few(where), is_timed(), Customer.balance > ZERO)
    return [
        _owed(visible(CustomerCount, actor).where(*counts), CustomerCount.currency, CustomerCount.owed),
        _owed(timed, Customer.currency, Customer.balance),
        visible(OverdueSum, actor).where(*overdue).with_only_columns(OverdueSum.currency, _NOTHING, late),
    ]


def _owed(rows: Select[Any], currency: Any, owed: Any) -> Select[Any]:
    return rows.with_only_columns(currency, owed.label("owed"), _NOTHING.label("overdue"))


def _of_each(actor: Actor, selection: Selection, now: Instant) -> Parts:
    """Customer by customer, and what says that there are too many of them."""
    each = Customer.id, Customer.currency, Customer.balance, label("is_late", Customer.is_overdue(now))
    some = visible(Customer, actor).where(*selection.where(now)).with_only_columns(*each).limit(MORE).cte("some")
    size = select(func.count()).select_from(some).scalar_subquery()
    late = (
        visible(Invoice, actor)
        .join(some, some.c.id == Invoice.customer_id)
        .where(size < MORE, some.c.is_late, Invoice.is_overdue(now))
    )
    return [
        _owed(select(some).where(size < MORE, some.c.balance > ZERO), some.c.currency, some.c.balance),
        late.with_only_columns(some.c.currency, _NOTHING, type_coerce(Invoice.open, Amount)),
        select(literal(_TOO_MANY), _NOTHING, _NOTHING).where(size == MORE),
    ]


@dataclass(frozen=True)
class CollectionTotals(Query[pd.DataFrame]):
    """A row a queue and currency: how many customers, what is overdue together."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> pd.DataFrame:
        totals = _totals(reader.actor)
        return typed(totals.selected_columns, reader.session.execute(totals, {"now": reader.now}).all())


@made_once
def _totals(actor: Actor) -> Select[*tuple[Any, ...]]:
    queue = said_of_kept(OverdueSum, queue_of(NOW), _FIRST)
    kept = visible(OverdueSum, actor).with_only_columns(
        queue.label("queue"), OverdueSum.currency, OverdueSum.customers, OverdueSum.overdue_at(NOW).label("overdue")
    )
    cases = kept.subquery()
    customers = func.sum(cases.c.customers).label("customers")
    return (
        select(cases.c.queue, cases.c.currency, customers, func.sum(cases.c.overdue).label("overdue"))
        .where(cases.c.queue.is_not(None))
        .group_by(cases.c.queue, cases.c.currency)
        .having(customers > 0)
        .order_by(cases.c.currency, cases.c.queue)
    )


def customers_in(totals: pd.DataFrame, queue: Queue | None = None, currency: str = "") -> int:
    """How many customers of the totals are in one queue or all, in one currency or all."""
    rows = totals if queue is None else totals[totals["queue"] == queue.value]
    rows = rows[rows["currency"] == currency] if currency else rows
    return int(rows["customers"].sum())
