"""The charts of credit exposure: balances against limits, and the shares of the limits in use, each with its rows."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from dashboard.exposure import chart_drilldown, points, utilisation
from dashboard.kit import cache, formats
from dashboard.kit.addresses.links import open_customer
from dashboard.kit.charts.chart import Lead, Twin, chart
from dashboard.kit.look.palette import BANDS
from dashboard.kit.look.theme import theme_in_force
from dashboard.kit.tables.table import Chip, Column, Columns, table
from data_access.domain.limit_use import LimitUse
from data_access.queries.exposure.exposed_customers import MOST_POINTS, ExposurePoints, TopExposures
from data_access.queries.exposure.exposure import ExposureBins, Totals, UtilisationHistogram
from data_access.store.access import Access

_BY_MAGNITUDE = "Logarithmic axes"
_AGAINST = "Balances against credit limits"
_Row = dict[Any, Any]


def balances_against_limits(access: Access, currency: str, totals: Totals) -> None:
    """A point a customer, or cells where there are too many to tell apart."""
    if totals.postpaid.with_limit > MOST_POINTS:
        _cells(currency, cache.fetch(access, ExposureBins(currency)))
    else:
        _points(currency, cache.fetch(access, ExposurePoints(currency)))


def _points(currency: str, customers: pd.DataFrame) -> None:
    chart(
        _AGAINST,
        lambda squeeze: points.scatter(customers, currency, theme_in_force(), squeeze=squeeze),
        alt=points.describe(customers, currency),
        twin=lambda: Twin(_rows(customers), _customer_columns(currency), lambda row: _customer(row["customer_id"])),
        lead=lambda mark: _customer(mark[0]),
        key="exposure-points",
        switch=_BY_MAGNITUDE,
    )


def _cells(currency: str, cells: pd.DataFrame) -> None:
    chart(
        _AGAINST,
        lambda squeeze: points.density(cells, currency, theme_in_force(), squeeze=squeeze),
        alt=points.describe_density(cells, currency),
        twin=lambda: _cell_twin(currency, cells),
        lead=lambda mark: _search(chart_drilldown.cell(currency, mark)),
        key="exposure-cells",
        switch=_BY_MAGNITUDE,
    )


def shares_in_use(access: Access, currency: str) -> None:
    """The histogram of utilisation."""
    bars = cache.fetch(access, UtilisationHistogram(currency))
    figure = utilisation.histogram(bars, currency, theme_in_force())
    chart(
        "Share of the credit limit in use",
        figure,
        alt=utilisation.describe(bars, currency),
        twin=lambda: _bar_twin(currency, bars, figure),
        lead=lambda mark: _search(chart_drilldown.bar(currency, mark)),
        key="utilisation",
    )


def largest_debts(access: Access, currency: str) -> None:
    """The postpaid customers who owe most; a click opens one."""
    customers = cache.fetch(access, TopExposures(currency))
    st.header("Top exposures", anchor=False)
    if customers.empty:
        st.text("No postpaid customer owes anything in this currency.")
        return
    alt = utilisation.describe_top(customers, currency)
    click = table(_rows(customers), _customer_columns(currency), key="top-exposures", alt=alt)
    if click is not None:
        open_customer(int(click.row["customer_id"]))


def _search(shows: chart_drilldown.Address) -> Lead:
    return Lead("advanced_search", shows)


def _customer(key: Any) -> Lead:
    return Lead("customer", {"id": [str(key)]})


def _rows(customers: pd.DataFrame) -> list[_Row]:
    columns = [[None if pd.isna(value) else value for value in customers[name]] for name in customers]
    return [dict(zip(customers, values, strict=True)) for values in zip(*columns, strict=True)]


def _customer_columns(currency: str) -> Columns[_Row]:
    return [
        Column("Customer ID", lambda row: row["customer_code"], "opener", 110),
        Column("Name", lambda row: row["name"], "opener", 200),
        Column("Balance", lambda row: formats.owes(row["balance"], currency), "amount", 190),
        Column("Credit limit", lambda row: _limit(row, currency), "amount", 160),
        Column("Use of limit", lambda row: [_use(row)], "chips", 150),
        Column("Over by", lambda row: _over_by(row, currency), "amount", 150),
    ]


def _limit(row: _Row, currency: str) -> str:
    return formats.limit(row["credit_limit"], currency, prepaid=False)


def _use(row: _Row) -> Chip:
    """The share in words; the band alone where there is none."""
    look = BANDS[LimitUse(row["band"])]
    if not row["credit_limit"] or row["balance"] <= 0:
        return Chip(look.chip, look)
    return Chip(f"{look.mark} {formats.percent(row['balance'] / row['credit_limit'])}", look)


def _over_by(row: _Row, currency: str) -> str:
    is_over = row["band"] == LimitUse.OVER
    return formats.money(row["balance"] - row["credit_limit"], currency) if is_over else ""


def _cell_twin(currency: str, cells: pd.DataFrame) -> Twin[_Row]:
    rows = cells.sort_values("customers", ascending=False, kind="stable").to_dict("records")
    edges = ("limit_from", "limit_to", "balance_from", "balance_to")
    columns: Columns[_Row] = (
        Column("Credit limit", lambda row: _range(row, "limit", currency), "opener", 230),
        Column("Balance", lambda row: _range(row, "balance", currency), "text", 230),
        Column("Customers", lambda row: formats.number(int(row["customers"])), "amount", 90),
        Column("Together", lambda row: formats.owes(row["owed"], currency, of=int(row["customers"])), "amount", 200),
    )
    return Twin(rows, columns, lambda row: _search(chart_drilldown.cell(currency, [row[edge] for edge in edges])))


def _range(row: _Row, side: str, currency: str) -> str:
    return f"{row[f'{side}_from']:,.0f} to under {row[f'{side}_to']:,.0f} {currency}"


class _Bar(NamedTuple):
    """A bar as it is drawn: its label, what it is about, how many customers."""

    label: str
    mark: Sequence[Any]
    customers: int


def _owed(bar: _Bar, currency: str, owed: Mapping[tuple[str, float | None], Decimal]) -> str:
    money, of = owed[bar.mark[0], bar.mark[1]], int(bar.customers)
    is_prepaid = bar.mark[0] == LimitUse.PREPAID
    return formats.available(-money, currency) if is_prepaid else formats.owes(money, currency, of=of)


def _bar_twin(currency: str, bars: pd.DataFrame, figure: Any) -> Twin[_Bar]:
    """The bars in the order and with the words of the drawing."""
    drawn = [_Bar(*each) for trace in figure.data for each in zip(trace.x, trace.customdata, trace.y, strict=True)]
    place = {label: n for n, label in enumerate(figure.layout.xaxis.categoryarray or ())}
    drawn.sort(key=lambda bar: place[bar.label])
    owed = {
        (str(band), None if pd.isna(start) else float(start)): money
        for band, start, money in zip(bars["band"], bars["band_from"], bars["owed"], strict=True)
    }
    columns: Columns[_Bar] = (
        Column("Share in use", lambda bar: bar.label, "opener", 140),
        Column("Band", lambda bar: BANDS[LimitUse(bar.mark[0])].word, "text", 130),
        Column("Customers", lambda bar: formats.number(int(bar.customers)), "amount", 90),
        Column("Together", lambda bar: _owed(bar, currency, owed), "amount", 200),
    )
    return Twin(drawn, columns, lambda bar: _search(chart_drilldown.bar(currency, bar.mark)))
