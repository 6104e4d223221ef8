"""Exposure: debts against the credit limits in force, one currency at a time; the permanently terminated apart."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    Subquery,
    bindparam,
    case,
    column,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from data_access.base.clock import NOW, Instant
from data_access.base.money import ZERO, Amount
from data_access.base.permissions import Actor, Permission
from data_access.domain.limit_use import NEAR, LimitUse
from data_access.domain.shown_status import effective_limit, live, over_limit
from data_access.models.counts import ExposureSum
from data_access.models.customers import BalanceControl, Customer
from data_access.queries.exposure.bins import edges_of
from data_access.queries.lists.counts import live_customers_by
from data_access.queries.lists.kept_counts import asked_of_few
from data_access.search.customer_conditions import use_at_least
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.typed.frames import typed


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
        counts = live_customers_by(reader, "currency")
        return tuple(sorted(counts, key=lambda currency: (-counts[currency], currency)))


@dataclass(frozen=True)
class ExposureTotals(Query[Totals]):
    """How many customers stand in each band, with their balances and limits."""

    needs: ClassVar = Permission.REPORT_READ
    currency: str

    def run(self, reader: Reader) -> Totals:
        found = _asked(reader, _totals(reader.actor), self.currency)
        return Totals({LimitUse(band): ExposureGroup(*figures) for band, *figures in found})


@dataclass(frozen=True)
class UtilisationHistogram(Query[pd.DataFrame]):
    """A row a step of ten per cent of the limit in use and band: how many customers, what they owe together."""

    needs: ClassVar = Permission.REPORT_READ
    currency: str

    def run(self, reader: Reader) -> pd.DataFrame:
        bars = _bars(reader.actor)
        return _with_shares(typed(bars.selected_columns, _asked(reader, bars, self.currency)))


@dataclass(frozen=True)
class ExposureBins(Query[pd.DataFrame]):
    """A row a cell of credit limit and balance that holds anyone: its edges, how many, what they owe together.

    A cell holds its lower edges and not its upper ones.
    """

    needs: ClassVar = Permission.REPORT_READ
    currency: str

    def run(self, reader: Reader) -> pd.DataFrame:
        return _cells(_asked(reader, _steps(reader.actor), self.currency))


Rows = Sequence[Row[*tuple[Any, ...]]]
_CELL: tuple[ColumnElement[Any], ...] = (
    *(column(name, Amount()) for name in ("limit_from", "limit_to", "balance_from", "balance_to")),
    column("customers", Integer()),
    column("owed", Amount()),
)


def _cells(steps: Rows) -> pd.DataFrame:
    """Cells of the finest steps, together in cells that are few enough."""
    limits, balances = (sorted(step[side] for step in steps) or [ZERO] for side in (0, 1))
    edges = edges_of((limits[0], limits[-1]), (balances[0], balances[-1]))
    held: dict[tuple[Decimal, ...], tuple[int, Decimal]] = {}
    for limit, balance, customers, owed in steps:
        cell = (*_around(limit, edges[0]), *_around(balance, edges[1]))
        before = held.get(cell, (0, ZERO))
        held[cell] = before[0] + customers, before[1] + owed
    return typed(_CELL, [(*cell, *held[cell]) for cell in sorted(held)])


def _around(amount: Decimal, edges: list[Decimal]) -> tuple[Decimal, Decimal]:
    above = bisect_right(edges, amount)
    return edges[above - 1], edges[above]


def _asked(reader: Reader, statement: Select[Any], currency: str) -> Rows:
    return reader.session.execute(statement, {"now": reader.now, "currency": currency}).all()


@made_once
def _totals(actor: Actor) -> Select[Any]:
    alike = _alike(actor)
    with_limit = func.sum(case((alike.c.limit_from.is_(None), 0), else_=alike.c.customers))
    return _summed(alike, alike.c.band).add_columns(func.sum(alike.c.limits), with_limit)


@made_once
def _bars(actor: Actor) -> Select[Any]:
    alike = _alike(actor)
    return _summed(alike, alike.c.band, alike.c.tenths).order_by(alike.c.band, alike.c.tenths)


@made_once
def _steps(actor: Actor) -> Select[Any]:
    alike = _alike(actor)
    return _summed(alike, alike.c.limit_from, alike.c.balance_from).where(alike.c.limit_from.is_not(None))


def _summed(alike: Subquery, *by: ColumnElement[Any]) -> Select[Any]:
    """A row a group that holds anyone: what it has in common, how many, what they owe together."""
    customers, owed = func.sum(alike.c.customers).label("customers"), func.sum(alike.c.balance).label("owed")
    return select(*by, customers, owed).group_by(*by).having(customers > 0)


def _alike(actor: Actor) -> Subquery:
    """What is kept of the customers of a currency, and those with a temporary limit, each judged at this moment."""
    currency = bindparam("currency", type_=String())
    kept = visible(ExposureSum, actor).where(ExposureSum.currency == currency)
    raised = visible(Customer, actor).where(
        Customer.temporary_limit_until.is_not(None), *asked_of_few([live(), Customer.currency == currency])
    )
    limit = effective_limit(NOW)
    return union_all(
        kept.with_only_columns(*(getattr(ExposureSum, name) for name in _KEPT)),
        raised.with_only_columns(
            band(NOW), tenths(NOW), limit, Customer.balance, literal(1), Customer.balance, func.coalesce(limit, ZERO)
        ),
    ).subquery()


_KEPT = ("band", "tenths", "limit_from", "balance_from", "customers", "balance", "limits")
_LAST_TENTH = 15


def band(now: Instant) -> ColumnElement[str]:
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


def tenths(now: Instant) -> ColumnElement[int]:
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
