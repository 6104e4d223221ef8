"""Utilisation: how many customers use how much of their credit limit, and who uses the most."""

from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.kit import formats
from dashboard.kit.charts.canvas import Spec, blank, figure, floats, names, outline, say, total
from dashboard.kit.look.palette import BANDS, INKS, Theme
from data_access.domain.limit_use import LimitUse

NOTHING = "No customer here."
_PATTERNS = {LimitUse.OVER: "/", LimitUse.NO_LIMIT: ".", LimitUse.PREPAID: "x", LimitUse.IN_CREDIT: "+"}


def histogram(bars: pd.DataFrame, currency: str, theme: Theme) -> go.Figure:
    """A bar a step of ten per cent, and one each for those without a share; customdata is [band, from, to]."""
    layout = blank(theme, x="Share of the credit limit in use", y="Customers")
    if bars.empty:
        return say(layout, NOTHING)
    layout["xaxis"] |= {"type": "category", "categoryorder": "array", "categoryarray": _AXIS}
    layout["xaxis"] |= {"range": [-0.5, len(_AXIS) - 0.5]}
    return figure(
        layout | {"bargap": 0.12, "barmode": "overlay"},
        *(_trace(of_band, LimitUse(band), currency, theme) for band, of_band in _by_band(bars).items()),
    )


def top(customers: pd.DataFrame, currency: str, theme: Theme) -> go.Figure:
    """The customers who owe most, the largest at the top; customdata is [customer_id]."""
    layout = blank(theme, x=f"Owed, {currency}", y="", height=80 + 26 * max(len(customers), 4))
    if customers.empty:
        return say(layout, NOTHING)
    layout["yaxis"] |= {"autorange": "reversed"}
    return figure(layout, {
        "type": "bar",
        "x": floats(customers["balance"]),
        "y": [f"{name} ({code})" for name, code in zip(*_who(customers), strict=True)],
        "orientation": "h",
        "marker": {
            "color": [BANDS[LimitUse(band)].tone(theme).bg for band in customers["band"]],
            "line": outline(theme),
        },
        "customdata": list(zip(customers["customer_id"], strict=True)),
        "text": [formats.money(balance, currency) for balance in customers["balance"]],
        "hovertext": [
            f"{formats.owes(balance, currency)}, {BANDS[LimitUse(band)].word}"
            for balance, band in zip(customers["balance"], customers["band"], strict=True)
        ],
        "hovertemplate": "%{y}<br>%{hovertext}<extra></extra>",
    })  # fmt: skip


def describe(bars: pd.DataFrame, currency: str) -> str:
    """The histogram in a sentence."""
    if bars.empty:
        return NOTHING
    by_band = _by_band(bars)
    counts = {LimitUse(band): sum(bar.customers for bar in of_band) for band, of_band in by_band.items()}
    parts = [f"{BANDS[band].word}: {formats.number(counts[band])}" for band in LimitUse if counts.get(band)]
    count, is_net = sum(counts.values()) - counts.get(LimitUse.PREPAID, 0), bool(counts.get(LimitUse.IN_CREDIT))
    owed = sum(
        (bar.owed for band, of_band in by_band.items() if band != LimitUse.PREPAID for bar in of_band), Decimal(0)
    )
    return (
        f"{formats.counted(sum(counts.values()), 'customer')} by share of the credit limit in use; {', '.join(parts)}. "
        f"Prepaid apart, {formats.together(count, owed, currency, is_net=is_net)}."
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


class _Bar(NamedTuple):
    """A row of the frame; its bounds are None where there is no share, or no end."""

    band: str
    start: float | None
    end: float | None
    customers: int
    owed: Decimal

    @property
    def label(self) -> str:
        return _label(self.band, self.start, self.end)


def _by_band(bars: pd.DataFrame) -> dict[str, list[_Bar]]:
    """The bars in the order of the axis, each band by itself."""
    columns = (bars[name] for name in ("band", "band_from", "band_to", "customers", "owed"))
    made = [
        _Bar(str(band), _bound(start), _bound(end), int(customers), owed)
        for band, start, end, customers, owed in zip(*columns, strict=True)
    ]
    by_band: dict[str, list[_Bar]] = {}
    for bar in sorted(made, key=lambda bar: _AXIS.index(bar.label)):
        by_band.setdefault(bar.band, []).append(bar)
    return by_band


def _bound(share: Any) -> float | None:
    return None if pd.isna(share) else float(share)


def _trace(bars: list[_Bar], band: LimitUse, currency: str, theme: Theme) -> Spec:
    look, prepaid = BANDS[band], band is LimitUse.PREPAID
    return {
        "type": "bar",
        "x": [bar.label for bar in bars],
        "y": np.array([bar.customers for bar in bars]),
        "name": look.word,
        "marker": {"color": look.tone(theme).bg, "pattern": _pattern(band, theme), "line": outline(theme)},
        "customdata": [(bar.band, bar.start, bar.end) for bar in bars],
        "text": [formats.number(bar.customers) for bar in bars],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [
            f"{formats.counted(bar.customers, 'customer')}, "
            f"{formats.together(bar.customers, bar.owed, currency, prepaid=prepaid)}"
            for bar in bars
        ],
        "hovertemplate": "%{x}<br>%{hovertext}<extra></extra>",
    }


def _pattern(band: LimitUse, theme: Theme) -> dict[str, object]:
    return {"shape": _PATTERNS.get(band, ""), "fillmode": "overlay", "fgcolor": INKS[theme].ground, "solidity": 0.2}


def _label(band: str, start: float | None, end: float | None) -> str:
    if start is None:
        return BANDS[LimitUse(band)].word
    low = formats.percent(Decimal(str(start)))
    return f"over {low}" if end is None else f"{low.removesuffix(' %')}–{formats.percent(Decimal(str(end)))}"


_STEPS = (*(_label("", step / 10, (step + 1) / 10) for step in range(15)), _label("", 1.5, None))
_BEFORE, _AFTER = (LimitUse.IN_CREDIT, LimitUse.UNUSED), (LimitUse.NO_LIMIT, LimitUse.PREPAID)
_AXIS = (*(BANDS[band].word for band in _BEFORE), *_STEPS, *(BANDS[band].word for band in _AFTER))
