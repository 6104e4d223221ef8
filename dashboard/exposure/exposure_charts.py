"""The charts of credit exposure: balances against limits, and the shares of the limits in use, each with its rows."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.exposure import chart_drilldown, points, utilisation
from dashboard.kit import cache, formats
from dashboard.kit.addresses.links import open_customer
from dashboard.kit.charts.chart import Lead, Twin, chart
from dashboard.kit.look.palette import BANDS, LimitUse
from dashboard.kit.look.theme import theme_in_force
from dashboard.kit.tables.link_table import TextColumn, word_table
from dashboard.kit.tables.table import Chip
from data_access.queries.exposure.exposed_customers import MOST_POINTS, ExposurePoints, TopExposures
from data_access.queries.exposure.exposure import ExposureBins, Totals, UtilisationHistogram
from data_access.store.access import Access

_BY_MAGNITUDE = "Logarithmic axes"
_AGAINST = "Balances against credit limits"


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
        twin=lambda: Twin(_customer_columns(customers, currency), [_customer(key) for key in customers["customer_id"]]),
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
    click = word_table(_customer_columns(customers, currency), key="top-exposures", alt=alt)
    if click is not None:
        open_customer(int(customers["customer_id"].iloc[click.row]))


def _search(shows: chart_drilldown.Address) -> Lead:
    return Lead("advanced_search", shows)


def _customer(key: Any) -> Lead:
    return Lead("customer", {"id": [str(key)]})


def _customer_columns(customers: pd.DataFrame, currency: str) -> Sequence[TextColumn]:
    rows = customers.astype(object).where(customers.notna(), None).to_dict("records")
    return [
        TextColumn("Customer ID", [row["customer_code"] for row in rows], "opener", 110),
        TextColumn("Name", [row["name"] for row in rows], "opener", 200),
        TextColumn("Balance", [formats.owes(row["balance"], currency) for row in rows], "amount", 190),
        TextColumn("Credit limit", [_limit(row, currency) for row in rows], "amount", 160),
        TextColumn("Use of limit", [[_use(row)] for row in rows], "chips", 150),
        TextColumn("Over by", [_over_by(row, currency) for row in rows], "amount", 150),
    ]


def _limit(row: dict[Any, Any], currency: str) -> str:
    return formats.limit(row["credit_limit"], currency, prepaid=False)


def _use(row: dict[Any, Any]) -> Chip:
    """The share in words; the band alone where there is none."""
    look = BANDS[LimitUse(row["band"])]
    if not row["credit_limit"] or row["balance"] <= 0:
        return Chip(look.chip, look)
    return Chip(f"{look.mark} {formats.percent(row['balance'] / row['credit_limit'])}", look)


def _over_by(row: dict[Any, Any], currency: str) -> str:
    is_over = row["band"] == LimitUse.OVER
    return formats.money(row["balance"] - row["credit_limit"], currency) if is_over else ""


def _cell_twin(currency: str, cells: pd.DataFrame) -> Twin:
    rows = cells.sort_values("customers", ascending=False, kind="stable").to_dict("records")
    edges = ("limit_from", "limit_to", "balance_from", "balance_to")
    columns = [
        TextColumn("Credit limit", [_range(row, "limit", currency) for row in rows], "opener", 230),
        TextColumn("Balance", [_range(row, "balance", currency) for row in rows], "text", 230),
        TextColumn("Customers", [formats.number(int(row["customers"])) for row in rows], "amount", 90),
        TextColumn(
            "Together", [formats.owes(row["owed"], currency, of=int(row["customers"])) for row in rows], "amount", 200
        ),
    ]
    return Twin(columns, [_search(chart_drilldown.cell(currency, [row[edge] for edge in edges])) for row in rows])


def _range(row: dict[Any, Any], side: str, currency: str) -> str:
    return f"{row[f'{side}_from']:,.0f} to under {row[f'{side}_to']:,.0f} {currency}"


def _owed(mark: Sequence[Any], count: int, currency: str, owed: Mapping[tuple[str, float | None], Decimal]) -> str:
    money, of = owed[mark[0], mark[1]], int(count)
    is_prepaid = mark[0] == LimitUse.PREPAID
    return formats.available(-money, currency) if is_prepaid else formats.owes(money, currency, of=of)


def _bar_twin(currency: str, bars: pd.DataFrame, figure: Any) -> Twin:
    """The bars in the order and with the words of the drawing."""
    drawn = [each for trace in figure.data for each in zip(trace.x, trace.customdata, trace.y, strict=True)]
    place = {label: n for n, label in enumerate(figure.layout.xaxis.categoryarray or ())}
    drawn.sort(key=lambda each: place[each[0]])
    owed = {
        (str(band), None if pd.isna(start) else float(start)): money
        for band, start, money in zip(bars["band"], bars["band_from"], bars["owed"], strict=True)
    }
    columns = [
        TextColumn("Share in use", [label for label, _, _ in drawn], "opener", 140),
        TextColumn("Band", [BANDS[LimitUse(mark[0])].word for _, mark, _ in drawn], "text", 130),
        TextColumn("Customers", [formats.number(int(count)) for _, _, count in drawn], "amount", 90),
        TextColumn("Together", [_owed(mark, count, currency, owed) for _, mark, count in drawn], "amount", 200),
    ]
    return Twin(columns, [_search(chart_drilldown.bar(currency, mark)) for _, mark, _ in drawn])
