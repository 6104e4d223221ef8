"""Exposed customers: the customers behind the figures of exposure, one row each."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
from sqlalchemy import Select, String, bindparam

from data_access.base.clock import NOW
from data_access.base.money import ZERO, ratio
from data_access.base.permissions import Actor, Permission
from data_access.base.text.masking import shown_name
from data_access.domain.shown_status import effective_limit, live
from data_access.models.customers import BalanceControl, Customer
from data_access.queries.exposure.exposure import band
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.typed.frames import typed

MOST_POINTS = 600  # more lie upon each other, and are drawn as cells
_NAME = ("company_name", "first_name", "last_name")


@dataclass(frozen=True)
class ExposurePoints(Query[pd.DataFrame]):
    """A row a customer with a credit limit, who owes most first."""

    needs: ClassVar = Permission.REPORT_READ
    currency: str
    limit: int = MOST_POINTS

    def run(self, reader: Reader) -> pd.DataFrame:
        return _asked(reader, _limited(reader.actor, self.limit), self.currency)


@dataclass(frozen=True)
class TopExposures(Query[pd.DataFrame]):
    """A row a postpaid customer who owes anything, who owes most first, with or without a limit."""

    needs: ClassVar = Permission.REPORT_READ
    currency: str
    limit: int = 20

    def run(self, reader: Reader) -> pd.DataFrame:
        return _asked(reader, _debtors(reader.actor, self.limit), self.currency)


@made_once
def _limited(actor: Actor, limit: int) -> Select[Any]:
    return _postpaid(actor).where(Customer.credit_limit.is_not(None)).limit(limit)


@made_once
def _debtors(actor: Actor, limit: int) -> Select[Any]:
    return _postpaid(actor).where(Customer.balance > ZERO).limit(limit)


def _postpaid(actor: Actor) -> Select[Any]:
    """Those of a currency, who owes most first."""
    mine = visible(Customer, actor).where(live(), Customer.currency == bindparam("currency", type_=String()))
    columns = (
        Customer.id.label("customer_id"),
        Customer.customer_code,
        *(getattr(Customer, part) for part in _NAME),
        Customer.balance,
        effective_limit(NOW).label("credit_limit"),
        ratio(Customer.balance, effective_limit(NOW)).label("utilisation"),  # type: ignore[arg-type]  # a column is one
        band(NOW),
    )
    postpaid = mine.where(Customer.balance_control == BalanceControl.POSTPAID).with_only_columns(*columns)
    return postpaid.order_by(Customer.balance.desc(), Customer.id.desc())


def _asked(reader: Reader, customers: Select[Any], currency: str) -> pd.DataFrame:
    found = reader.session.execute(customers, {"now": reader.now, "currency": currency}).all()
    return _named(typed(customers.selected_columns, found), reader.actor)


def _named(customers: pd.DataFrame, actor: Actor) -> pd.DataFrame:
    parts = zip(customers["customer_code"], *(customers[part] for part in _NAME), strict=True)
    names = [
        shown_name(actor, company_name=company, first_name=first, last_name=last, customer_code=code)
        for code, company, first, last in parts
    ]
    named = customers.drop(columns=list(_NAME))
    named.insert(2, "name", pd.Series(names, dtype="string", index=named.index))
    return named
