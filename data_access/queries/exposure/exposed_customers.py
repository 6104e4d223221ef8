"""Exposed customers: the customers behind the figures of exposure, one row each."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
from sqlalchemy import Select

from data_access.base.money import ZERO, ratio
from data_access.base.permissions import Actor, Permission
from data_access.base.text.masking import shown_name
from data_access.domain.shown_status import effective_limit, live
from data_access.models.customers import BalanceControl, Customer
from data_access.queries.exposure.exposure import band
from data_access.store.access import Query, Reader
from data_access.store.scope import visible
from data_access.store.typed.frames import frame

MOST_POINTS = 600  # more lie upon each other, and are drawn as cells
_NAME = ("company_name", "first_name", "last_name")


@dataclass(frozen=True)
class ExposurePoints(Query[pd.DataFrame]):
    """A row a customer with a credit limit, who owes most first."""

    needs: ClassVar = Permission.REPORT_READ
    currency: str
    limit: int = MOST_POINTS

    def run(self, reader: Reader) -> pd.DataFrame:
        limited = _postpaid(reader, self.currency).where(Customer.credit_limit.is_not(None))
        return _asked(reader, limited, self.limit)


@dataclass(frozen=True)
class TopExposures(Query[pd.DataFrame]):
    """A row a postpaid customer who owes anything, who owes most first, with or without a limit."""

    needs: ClassVar = Permission.REPORT_READ
    currency: str
    limit: int = 20

    def run(self, reader: Reader) -> pd.DataFrame:
        debtors = _postpaid(reader, self.currency).where(Customer.balance > ZERO)
        return _asked(reader, debtors, self.limit)


def _postpaid(reader: Reader, currency: str) -> Select[Any]:
    mine = visible(Customer, reader.actor).where(live(), Customer.currency == currency)
    return mine.where(Customer.balance_control == BalanceControl.POSTPAID)


def _asked(reader: Reader, customers: Select[Any], limit: int) -> pd.DataFrame:
    columns = (
        Customer.id.label("customer_id"),
        Customer.customer_code,
        *(getattr(Customer, part) for part in _NAME),
        Customer.balance,
        effective_limit(reader.now).label("credit_limit"),
        ratio(Customer.balance, effective_limit(reader.now)).label("utilisation"),  # type: ignore[arg-type]  # a column is one
        band(reader.now),
    )
    query = customers.with_only_columns(*columns).order_by(Customer.balance.desc(), Customer.id.desc()).limit(limit)
    return _named(frame(reader.session, query), reader.actor)


def _named(customers: pd.DataFrame, actor: Actor) -> pd.DataFrame:
    parts = zip(customers["customer_code"], *(customers[part] for part in _NAME), strict=True)
    names = [
        shown_name(actor, company_name=company, first_name=first, last_name=last, customer_code=code)
        for code, company, first, last in parts
    ]
    named = customers.drop(columns=list(_NAME))
    named.insert(2, "name", pd.Series(names, dtype="string", index=named.index))
    return named
