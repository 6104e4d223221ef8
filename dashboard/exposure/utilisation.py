"""Utilisation: how many customers use how much of their credit limit, and who uses the most."""

from decimal import Decimal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.kit import formats
from dashboard.kit.charts.canvas import blank, floats, names, outline, say, total
from dashboard.kit.look.palette import BANDS, INKS, Theme
from data_access.domain.limit_use import LimitUse

NOTHING = "No customer here."
_PATTERNS = {LimitUse.OVER: "/", LimitUse.NO_LIMIT: ".", LimitUse.PREPAID: "x", LimitUse.IN_CREDIT: "+"}


def histogram(bars: pd.DataFrame, currency: str, theme: Theme) -> go.Figure:
    """A bar a step of ten per cent, and one each for those without a share; customdata is [band, from, to]."""
    figure = blank(theme, x="Share of the credit limit in use", y="Customers")
    if bars.empty:
        return say(figure, NOTHING)
    ordered = _ordered(bars)
    for band in ordered["band"].unique():
        figure.add_trace(_bars(ordered.loc[ordered["band"] == band], LimitUse(band), currency, theme))
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=_AXIS, range=[-0.5, len(_AXIS) - 0.5])
    return figure.update_layout(bargap=0.12, barmode="overlay")


def top(customers: pd.DataFrame, currency: str, theme: Theme) -> go.Figure:
    """The customers who owe most, the largest at the top; customdata is [customer_id]."""
    figure = blank(theme, x=f"Owed, {currency}", y="", height=80 + 26 * max(len(customers), 4))
    if customers.empty:
        return say(figure, NOTHING)
    figure.add_trace(
        go.Bar(
            x=floats(customers["balance"]),
            y=[f"{name} ({code})" for name, code in zip(*_who(customers), strict=True)],
            orientation="h",
            marker={
                "color": [BANDS[LimitUse(band)].tone(theme).bg for band in customers["band"]],
                "line": outline(theme),
            },
            customdata=list(zip(customers["customer_id"], strict=True)),
            text=[formats.money(balance, currency) for balance in customers["balance"]],
            hovertext=[
                f"{formats.owes(balance, currency)}, {BANDS[LimitUse(band)].word}"
                for balance, band in zip(customers["balance"], customers["band"], strict=True)
            ],
            hovertemplate="%{y}<br>%{hovertext}<extra></extra>",
        )
    )
    return figure.update_yaxes(autorange="reversed")


def describe(bars: pd.DataFrame, currency: str) -> str:
    """The histogram in a sentence."""
    if bars.empty:
        return NOTHING
    counts = bars.groupby("band")["customers"].sum()
    parts = [f"{BANDS[band].word}: {formats.number(int(counts[band]))}" for band in LimitUse if counts.get(band, 0)]
    postpaid = bars.loc[bars["band"] != LimitUse.PREPAID]
    count, is_net = int(postpaid["customers"].sum()), bool(counts.get(LimitUse.IN_CREDIT, 0))
    return (
        f"{formats.counted(int(counts.sum()), 'customer')} by share of the credit limit in use; {', '.join(parts)}. "
        f"Prepaid apart, {formats.together(count, total(postpaid['owed']), currency, is_net=is_net)}."
    )


def describe_top(customers: pd.DataFrame, currency: str) -> str:
    """The largest debts in a sentence."""
    if customers.empty:
        return NOTHING
    first = customers.iloc[0]
    if len(customers) == 1:
        return f"The customer who owes most: {first['name']} with {formats.money(first['balance'], currency)}."
    return (
        f"The {formats.counted(len(customers), 'customer')} who owe most, together "
        f"{formats.money(total(customers['balance']), currency)}; "
        f"first {first['name']} with {formats.money(first['balance'], currency)}."
    )


def _who(customers: pd.DataFrame) -> tuple[list[str], list[str]]:
    return names(customers["name"]), names(customers["customer_code"])


def _ordered(bars: pd.DataFrame) -> pd.DataFrame:
    return bars.assign(place=[_AXIS.index(label) for label in _labels(bars)]).sort_values("place")


def _bars(bars: pd.DataFrame, band: LimitUse, currency: str, theme: Theme) -> go.Bar:
    look, counts = BANDS[band], bars["customers"].to_numpy(dtype="int64")
    return go.Bar(
        x=_labels(bars),
        y=counts,
        name=look.word,
        marker={"color": look.tone(theme).bg, "pattern": _pattern(band, theme), "line": outline(theme)},
        customdata=_bounds(bars),
        text=[formats.number(int(count)) for count in counts],
        textposition="outside",
        cliponaxis=False,
        hovertext=[
            f"{formats.counted(int(count), 'customer')}, "
            f"{formats.together(int(count), owed, currency, prepaid=band is LimitUse.PREPAID)}"
            for count, owed in zip(counts, bars["owed"], strict=True)
        ],
        hovertemplate="%{x}<br>%{hovertext}<extra></extra>",
    )


def _pattern(band: LimitUse, theme: Theme) -> dict[str, object]:
    return {"shape": _PATTERNS.get(band, ""), "fillmode": "overlay", "fgcolor": INKS[theme].ground, "solidity": 0.2}


def _bounds(bars: pd.DataFrame) -> list[tuple[str, float | None, float | None]]:
    return [
        (str(band), _bound(start), _bound(stop))
        for band, start, stop in zip(bars["band"], floats(bars["band_from"]), floats(bars["band_to"]), strict=True)
    ]


def _bound(share: float) -> float | None:
    return None if np.isnan(share) else float(share)


def _labels(bars: pd.DataFrame) -> list[str]:
    return [_label(*bounds) for bounds in _bounds(bars)]


def _label(band: str, start: float | None, end: float | None) -> str:
    if start is None:
        return BANDS[LimitUse(band)].word
    low = formats.percent(Decimal(str(start)))
    return f"over {low}" if end is None else f"{low.removesuffix(' %')}–{formats.percent(Decimal(str(end)))}"


_STEPS = (*(_label("", step / 10, (step + 1) / 10) for step in range(15)), _label("", 1.5, None))
_BEFORE, _AFTER = (LimitUse.IN_CREDIT, LimitUse.UNUSED), (LimitUse.NO_LIMIT, LimitUse.PREPAID)
_AXIS = (*(BANDS[band].word for band in _BEFORE), *_STEPS, *(BANDS[band].word for band in _AFTER))
