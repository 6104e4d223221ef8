"""How well collection works: when invoices are paid, before a suspension or after it, and which promises are kept."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, or_, select, type_coerce

from data_access.base.labelled import Labelled
from data_access.base.money import ZERO, Amount
from data_access.base.permissions import Permission
from data_access.models.collection import CollectionStep, Promise, Step
from data_access.models.customers import Customer
from data_access.models.money import Allocation, Invoice
from data_access.queries.lists.customers import Selection
from data_access.search.filters import LISTED
from data_access.store.access import Query, Reader
from data_access.store.scope import visible
from data_access.store.typed.frames import frame


class PaidWhen(Labelled):
    """When an invoice was paid that is to be collected, from the soonest to never."""

    BEFORE_DUE = "before_due", "Paid by the due day"
    BEFORE_SUSPENSION = "before_suspension", "Paid late, before a suspension"
    AFTER_SUSPENSION = "after_suspension", "Paid after a suspension"
    NOT_KEPT = "not_kept", "Paid, the day is archived"
    NOT_DUE = "not_due", "Not paid, not due yet"
    NEVER = "never", "Not paid, overdue"


@dataclass(frozen=True)
class InvoicesPaidWhen(Query[pd.DataFrame]):
    """A row a currency and outcome: how many invoices issued since a day, what they ask for and what was paid of it.

    Those that are void, or open and not to be collected, are left out. An invoice led to a suspension when
    collection suspended its customer because of it.
    """

    needs: ClassVar = Permission.REPORT_READ
    filter: Selection = LISTED
    issued_from: date = date.min

    def run(self, reader: Reader) -> pd.DataFrame:
        self.filter.require(reader.actor)
        each = self._each(reader).subquery()
        query = (
            select(
                each.c.currency, each.c.outcome, func.count().label("invoices"),
                type_coerce(func.sum(each.c.total), Amount).label("total"),
                type_coerce(func.sum(each.c.paid), Amount).label("paid"),
            )
            .group_by(each.c.currency, each.c.outcome)
            .order_by(each.c.currency, each.c.outcome)
        )  # fmt: skip
        return frame(reader.session, query)

    def _each(self, reader: Reader) -> Select[*tuple[Any, ...]]:
        settled = visible(Allocation, reader.actor).where(Allocation.invoice_id == Invoice.id)
        suspended = visible(CollectionStep, reader.actor).where(
            CollectionStep.invoice_id == Invoice.id, CollectionStep.step == Step.SUSPEND
        )
        paid_at = settled.with_only_columns(func.max(Allocation.at)).correlate(Invoice).scalar_subquery()
        suspended_at = suspended.with_only_columns(func.min(CollectionStep.at)).correlate(Invoice).scalar_subquery()
        paid_whole = and_(Invoice.voided_at.is_(None), Invoice.paid == Invoice.total)
        return (
            visible(Invoice, reader.actor)
            .join(Customer, Customer.id == Invoice.customer_id)
            .where(
                *self.filter.where(reader.now),
                Invoice.issued_on >= self.issued_from,
                Invoice.total > ZERO,
                or_(Invoice.is_dunned, and_(not_(Invoice.is_open), paid_whole)),
            )
            .with_only_columns(
                Customer.currency, Invoice.total, Invoice.paid,
                _outcome(reader.now, paid_at, suspended_at).label("outcome"),
            )
        )  # fmt: skip


def _outcome(now: datetime, paid_at: ColumnElement[Any], suspended_at: ColumnElement[Any]) -> ColumnElement[str]:
    return case(
        (Invoice.is_overdue(now), literal(PaidWhen.NEVER.value)),
        (Invoice.is_open, literal(PaidWhen.NOT_DUE.value)),
        (paid_at.is_(None), literal(PaidWhen.NOT_KEPT.value)),
        (paid_at < Invoice.overdue_from, literal(PaidWhen.BEFORE_DUE.value)),
        (paid_at >= suspended_at, literal(PaidWhen.AFTER_SUSPENSION.value)),
        else_=literal(PaidWhen.BEFORE_SUSPENSION.value),
    )


@dataclass(frozen=True)
class PromisesKept(Query[pd.DataFrame]):
    """A row a currency and state of promises to pay: promises, customers, what was promised and what came of it."""

    needs: ClassVar = Permission.REPORT_READ
    filter: Selection = LISTED

    def run(self, reader: Reader) -> pd.DataFrame:
        self.filter.require(reader.actor)
        query = (
            visible(Promise, reader.actor)
            .join(Customer, Customer.id == Promise.customer_id)
            .where(*self.filter.where(reader.now))
            .with_only_columns(
                Customer.currency, Promise.state, func.count().label("promises"),
                func.count(Customer.id.distinct()).label("customers"),
                type_coerce(func.sum(Promise.amount), Amount).label("amount"),
                type_coerce(func.sum(Promise.received), Amount).label("received"),
            )
            .group_by(Customer.currency, Promise.state)
            .order_by(Customer.currency, Promise.state)
        )  # fmt: skip
        return frame(reader.session, query)
