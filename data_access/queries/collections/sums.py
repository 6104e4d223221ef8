"""Sums of a list: what its customers owe and what of it is overdue, currency by currency, over all that is found."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import pandas as pd
from sqlalchemy import ColumnElement, func, literal, select, type_coerce, union_all

from data_access.base.money import ZERO, Amount
from data_access.base.permissions import Permission
from data_access.models.customers import Customer
from data_access.models.money import Invoice
from data_access.queries.collections.collections import EVERY_QUEUE, queue_of
from data_access.queries.lists.customers import Selection
from data_access.queries.lists.kept_counts import asked_of_few
from data_access.store.access import Query, Reader
from data_access.store.scope import visible
from data_access.store.typed.frames import frame


@dataclass(frozen=True, slots=True)
class CurrencySum:
    """`owed`: by those who owe, so that nobody's credit pays another's debt. `overdue`: open on late invoices."""

    currency: str
    owed: Decimal
    overdue: Decimal


@dataclass(frozen=True)
class OwedByCurrency(Query[tuple[CurrencySum, ...]]):
    """The sums of the customers that a filter finds, by currency; those in which nothing is owed are left out.

    The overdue are reached from the few invoices that are late, not from all customers.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: Selection

    def run(self, reader: Reader) -> tuple[CurrencySum, ...]:
        self.filter.require(reader.actor)
        found = _one_by_one(reader, self.filter.where(reader.now))
        nothing = literal(ZERO, Amount)
        owing = visible(Customer, reader.actor).where(*found, *_one_by_one(reader, [Customer.balance > ZERO]))
        late = (
            visible(Invoice, reader.actor)
            .join(Customer, Customer.id == Invoice.customer_id)
            .where(Invoice.is_overdue(reader.now), *found)
        )
        parts = union_all(
            owing.with_only_columns(Customer.currency, Customer.balance.label("owed"), nothing.label("overdue")),
            late.with_only_columns(Customer.currency, nothing.label("owed"), type_coerce(Invoice.open, Amount)),
        ).subquery()
        sums = (
            select(
                parts.c.currency,
                type_coerce(func.sum(parts.c.owed), Amount).label("owed"),
                type_coerce(func.sum(parts.c.overdue), Amount).label("overdue"),
            )
            .group_by(parts.c.currency)
            .order_by(parts.c.currency)
        )
        return tuple(CurrencySum(*row) for row in reader.session.execute(sums))


def _one_by_one(reader: Reader, where: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """SQLite reads an index that holds all of it from end to end sooner than it looks up each of many customers."""
    return asked_of_few(where) if reader.session.get_bind().dialect.name == "sqlite" else where


@dataclass(frozen=True)
class CollectionTotals(Query[pd.DataFrame]):
    """A row a queue and currency: how many customers, what is overdue together."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> pd.DataFrame:
        late = (
            visible(Invoice, reader.actor)
            .where(Invoice.is_overdue(reader.now))
            .with_only_columns(
                Invoice.customer_id,
                type_coerce(func.sum(Invoice.total) - func.sum(Invoice.paid), Amount).label("overdue"),
            )
            .group_by(Invoice.customer_id)
            .subquery()
        )
        cases = (
            visible(Customer, reader.actor)
            .outerjoin(late, late.c.customer_id == Customer.id)
            .where(*EVERY_QUEUE.where(reader.now))
            .with_only_columns(queue_of(reader.now).label("queue"), Customer.currency, late.c.overdue)
            .subquery()
        )
        query = (
            select(
                cases.c.queue, cases.c.currency, func.count().label("customers"),
                func.coalesce(func.sum(cases.c.overdue), ZERO).label("overdue"),
            )
            .group_by(cases.c.queue, cases.c.currency)
            .order_by(cases.c.currency, cases.c.queue)
        )  # fmt: skip
        return frame(reader.session, query)
