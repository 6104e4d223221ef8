"""Exposure: debts against the credit limits in force, one currency at a time; the permanently terminated apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    case,
    func,
    literal_column,
    select,
)

from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.domain.limit_use import NEAR, LimitUse
from data_access.domain.shown_status import effective_limit, live, over_limit
from data_access.models.customers import BalanceControl, Customer
from data_access.queries.exposure.bins import bin_of, edge_at, edges_of
from data_access.search.customer_conditions import use_at_least
from data_access.store.access import Query, Reader
from data_access.store.scope import visible
from data_access.store.typed.frames import frame


@dataclass(frozen=True, slots=True)
class ExposureGroup:
    """Some of the customers: how many, their balances together, their limits together, how many have a limit."""

    customers: int = 0
    owed: Decimal = ZERO
    limits: Decimal = ZERO
    with_limit: int = 0

    @property
    def figures(self) -> tuple[int, Decimal, Decimal]:
        return self.customers, self.owed, self.limits

    def __add__(self, other: "ExposureGroup") -> "ExposureGroup":
        return ExposureGroup(
            self.customers + other.customers,
            self.owed + other.owed,
            self.limits + other.limits,
            self.with_limit + other.with_limit,
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """All customers of a currency by band. Prepaid and postpaid are never added: their signs mean different things."""

    bands: Mapping[LimitUse, ExposureGroup]

    def of(self, band: str) -> ExposureGroup:
        return self.bands.get(LimitUse(band), ExposureGroup())

    @property
    def postpaid(self) -> ExposureGroup:
        return sum((share for band, share in self.bands.items() if band is not LimitUse.PREPAID), ExposureGroup())

    @property
    def funds(self) -> Decimal:
        """What prepaid customers have left, together."""
        return -self.of(LimitUse.PREPAID).owed


@dataclass(frozen=True)
class Currencies(Query[tuple[str, ...]]):
    """The currencies in use, the one with most customers first."""

    needs: ClassVar = Permission.REPORT_READ

    def run(self, reader: Reader) -> tuple[str, ...]:
        mine = visible(Customer, reader.actor).where(live()).with_only_columns(Customer.currency).subquery()
        query = select(mine.c.currency).group_by(mine.c.currency).order_by(func.count().desc(), mine.c.currency)
        return tuple(reader.session.scalars(query))


@dataclass(frozen=True)
class ExposureTotals(Query[Totals]):
    """How many customers stand in each band, with their balances and limits."""

    needs: ClassVar = Permission.REPORT_READ
    currency: str

    def run(self, reader: Reader) -> Totals:
        mine = _customers(reader, self.currency).with_only_columns(band(reader.now), *_money(reader.now)).subquery()
        query = select(
            mine.c.band,
            func.count(),
            func.sum(mine.c.balance),
            func.coalesce(func.sum(mine.c.credit_limit), ZERO),
            func.count(mine.c.credit_limit),
        ).group_by(mine.c.band)
        return Totals({LimitUse(band): ExposureGroup(*figures) for band, *figures in reader.session.execute(query)})


@dataclass(frozen=True)
class UtilisationHistogram(Query[pd.DataFrame]):
    """A row a step of ten per cent of the limit in use and band: how many customers, what they owe together."""

    needs: ClassVar = Permission.REPORT_READ
    currency: str

    def run(self, reader: Reader) -> pd.DataFrame:
        now = reader.now
        asked = _customers(reader, self.currency).with_only_columns(
            band(now), _tenths(now).label("tenths"), *_money(now)
        )
        bands = asked.subquery()
        query = (
            select(
                bands.c.band,
                bands.c.tenths,
                func.count().label("customers"),
                func.sum(bands.c.balance).label("owed"),
            )
            .group_by(bands.c.band, bands.c.tenths)
            .order_by(bands.c.band, bands.c.tenths)
        )
        return _with_shares(frame(reader.session, query))


@dataclass(frozen=True)
class ExposureBins(Query[pd.DataFrame]):
    """A row a cell of credit limit and balance that holds anyone: its edges, how many, what they owe together.

    A cell holds its lower edges and not its upper ones.
    """

    needs: ClassVar = Permission.REPORT_READ
    currency: str

    def run(self, reader: Reader) -> pd.DataFrame:
        limits, balances = _edges(reader, self.currency)
        places = _limited(reader, self.currency).with_only_columns(
            bin_of(effective_limit(reader.now), limits).label("limit_bin"),
            bin_of(Customer.balance, balances).label("balance_bin"),
            Customer.balance,
        )
        cells = _counted(places)
        query = select(
            edge_at(cells.c.limit_bin, limits).label("limit_from"),
            edge_at(cells.c.limit_bin, limits, 1).label("limit_to"),
            edge_at(cells.c.balance_bin, balances).label("balance_from"),
            edge_at(cells.c.balance_bin, balances, 1).label("balance_to"),
            cells.c.customers,
            cells.c.owed,
        ).order_by(cells.c.limit_bin, cells.c.balance_bin)
        return frame(reader.session, query)


def _customers(reader: Reader, currency: str) -> Select[Any]:
    return visible(Customer, reader.actor).where(live(), Customer.currency == currency)


def _limited(reader: Reader, currency: str) -> Select[Any]:
    return _customers(reader, currency).where(Customer.credit_limit.is_not(None))


_LAST_TENTH = 15


def _money(now: datetime) -> tuple[SQLColumnExpression[Any], ...]:
    return Customer.balance, effective_limit(now).label("credit_limit")


def band(now: datetime) -> ColumnElement[str]:
    """The band of a customer as a column."""
    first = {
        LimitUse.PREPAID: Customer.balance_control == BalanceControl.PREPAID,
        LimitUse.IN_CREDIT: Customer.balance < ZERO,
        LimitUse.NO_LIMIT: Customer.credit_limit.is_(None),
        LimitUse.OVER: over_limit(now),
        LimitUse.UNUSED: Customer.balance == ZERO,
        LimitUse.FROM_80: use_at_least(NEAR * 100, now),
    }
    return case(*((fits, _word(band)) for band, fits in first.items()), else_=_word(LimitUse.UNDER_80)).label("band")


def _word(band: LimitUse) -> ColumnElement[str]:
    return literal_column(_QUOTED[band], String)


_QUOTED = {band: f"'{band.value}'" for band in LimitUse}


def _tenths(now: datetime) -> ColumnElement[int]:
    """The step that a customer stands in; 8 is 80 up to 90 %. Exactly at the limit is still 90 to 100 %."""
    has_no_share = (Customer.balance <= ZERO) | Customer.credit_limit.is_(None)
    over = [(use_at_least(Decimal(10 * step), now), step) for step in range(_LAST_TENTH, 10, -1)]
    within = [(use_at_least(Decimal(10 * step), now), step) for step in range(9, -1, -1)]
    return case((has_no_share, None), *over, (over_limit(now), 10), *within)


def _with_shares(bars: pd.DataFrame) -> pd.DataFrame:
    start = bars["tenths"].astype("Float64") / 10
    end = ((bars["tenths"] + 1).astype("Float64") / 10).mask(bars["tenths"] == _LAST_TENTH)
    shares = bars.assign(band_from=start, band_to=end)
    return shares[["band", "band_from", "band_to", "customers", "owed"]]


def _edges(reader: Reader, currency: str) -> tuple[list[Decimal], list[Decimal]]:
    ends = [end(amount) for amount in (effective_limit(reader.now), Customer.balance) for end in (func.min, func.max)]
    found = reader.session.execute(_limited(reader, currency).with_only_columns(*ends)).one()
    return edges_of((found[0] or ZERO, found[1] or ZERO), (found[2] or ZERO, found[3] or ZERO))


def _counted(places: Select[int, int, Decimal]) -> Subquery:
    """Counted before the edges are named: thousands of customers become a few hundred cells."""
    each = places.subquery()
    return (
        select(
            each.c.limit_bin,
            each.c.balance_bin,
            func.count().label("customers"),
            func.sum(each.c.balance).label("owed"),
        )
        .group_by(each.c.limit_bin, each.c.balance_bin)
        .subquery()
    )
