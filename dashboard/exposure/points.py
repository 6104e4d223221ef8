"""Exposure: what customers owe against what they may owe, as points or, when there are many, as cells."""

from collections.abc import Hashable, Mapping
from decimal import Decimal
from operator import itemgetter

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.exposure.limit_lines import limit_lines, squeezed
from dashboard.kit import formats
from dashboard.kit.charts import canvas
from dashboard.kit.charts.canvas import Spec, figure, floats, total
from dashboard.kit.look.palette import BANDS, INKS, Theme
from data_access.domain.limit_use import LimitUse, band_of

NOTHING = "No customers with a credit limit here."
_SHAPES = {
    LimitUse.IN_CREDIT: "cross",
    LimitUse.UNUSED: "circle-open",
    LimitUse.FROM_80: "diamond",
    LimitUse.OVER: "triangle-up",
}
_DECADES = (0, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)


def scatter(customers: pd.DataFrame, currency: str, theme: Theme, *, squeeze: bool = True) -> go.Figure:
    """A mark a customer: balance against credit limit; customdata is [customer_id, ...].

    Squeezed, both axes go by order of magnitude: a few large limits do not push all others into the corner.
    """
    canvas.refuse_too_many(customers)
    layout = canvas.blank(theme, x=f"Credit limit, {currency}", y=f"Owed, {currency}")
    if customers.empty:
        return canvas.say(layout, NOTHING)
    bands = _bands(customers)
    marks = [
        _marks(customers.loc[bands == band], LimitUse(band), currency, theme, squeeze=squeeze)
        for band in sorted(set(bands), key=list(LimitUse).index)
    ]
    largest, balances = float(floats(customers["credit_limit"]).max()), floats(customers["balance"])
    if squeeze:
        _name_decades(layout, max(largest, float(balances.max())), float(balances.min()))
    return figure(layout, *marks, *limit_lines(largest, theme, squeeze=squeeze))


def density(cells: pd.DataFrame, currency: str, theme: Theme, *, squeeze: bool = True) -> go.Figure:
    """A cell a bin of limit and balance, darker with more customers; customdata begins with the four bounds.

    Bins that grow with the amount are squeezed as points are, if that is asked for; even bins never.
    """
    canvas.refuse_too_many(cells)
    layout = canvas.blank(theme, x=f"Credit limit, {currency}", y=f"Owed, {currency}")
    if cells.empty:
        return canvas.say(layout, NOTHING)
    squeeze = squeeze and _spans_decades(cells)
    if squeeze:
        largest = max(float(floats(cells[name]).max()) for name in ("limit_to", "balance_to"))
        _name_decades(layout, largest, float(floats(cells["balance_from"]).min()))
    lines = limit_lines(float(floats(cells["limit_to"]).max()), theme, squeeze=squeeze)
    return figure(layout, _tiles(cells, currency, theme, squeeze=squeeze), *lines)


def describe(customers: pd.DataFrame, currency: str) -> str:
    """The scatter in a sentence."""
    if customers.empty:
        return NOTHING
    over, count = customers.loc[_bands(customers) == LimitUse.OVER], len(customers)
    owed = formats.together(count, total(customers["balance"]), currency, is_net=bool((customers["balance"] < 0).any()))
    limits = formats.money(total(customers["credit_limit"]), currency)
    beyond = formats.together(len(over), total(over["balance"]), currency)
    return (
        f"{formats.counted(count, 'customer')} with a credit limit: balance against limit in {currency}. "
        f"{owed[0].upper()}{owed[1:]} against {'a limit' if count == 1 else 'limits'} of {limits}; "
        + (f"{formats.number(len(over))} over the limit, {beyond}." if len(over) else "nobody is over the limit.")
    )


def describe_density(cells: pd.DataFrame, currency: str) -> str:
    """The cells in a sentence."""
    if cells.empty:
        return NOTHING
    count, is_net = int(cells["customers"].sum()), bool((cells["owed"] < 0).any())
    densest = max(cells.to_dict("records"), key=itemgetter("customers"))
    return (
        f"{formats.counted(count, 'customer')} with a credit limit, in cells of limit and balance: "
        f"{formats.together(count, total(cells['owed']), currency, is_net=is_net)}. Most, "
        f"{formats.number(int(densest['customers']))}, have a limit of {_range(densest, 'limit', currency)} "
        f"and a balance of {_range(densest, 'balance', currency)}."
    )


def _bands(customers: pd.DataFrame) -> np.ndarray:
    pairs = zip(customers["balance"], customers["credit_limit"], strict=True)
    return np.array([band_of(balance, limit, prepaid=False) for balance, limit in pairs], dtype=object)


def _marks(customers: pd.DataFrame, band: LimitUse, currency: str, theme: Theme, *, squeeze: bool) -> Spec:
    look = BANDS[band]
    limits, balances = floats(customers["credit_limit"]), floats(customers["balance"])
    figures = zip(customers["balance"], customers["credit_limit"], strict=True)
    return {
        "type": "scatter",
        "x": squeezed(limits) if squeeze else limits,
        "y": squeezed(balances) if squeeze else balances,
        "mode": "markers",
        "name": look.word,
        "marker": {"symbol": _SHAPES.get(band, "circle"), "size": 8, **canvas.mark_colours(band, theme)},
        "customdata": list(zip(customers["customer_id"], strict=True)),
        "text": [
            f"{name} ({code})<br>{_words(*money, currency)}"
            for name, code, money in zip(
                canvas.names(customers["name"]), canvas.names(customers["customer_code"]), figures, strict=True
            )
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _words(balance: Decimal, limit: Decimal, currency: str) -> str:
    used = f", {formats.percent(balance / limit)} in use" if limit and balance > 0 else ""
    return f"{formats.owes(balance, currency)}<br>limit {formats.money(limit, currency)}{used}"


def _tiles(cells: pd.DataFrame, currency: str, theme: Theme, *, squeeze: bool) -> Spec:
    edges = [floats(cells[name]) for name in ("limit_from", "limit_to", "balance_from", "balance_to")]
    left, right, low, high = (squeezed(edge) if squeeze else edge for edge in edges)
    counts = cells["customers"].to_numpy(dtype="int64")
    return {
        "type": "bar",
        "x": (left + right) / 2,
        "width": right - left,
        "base": low.tolist(),  # an array is decoded everywhere but here
        "y": high - low,
        "name": "customers",
        "showlegend": False,
        "marker": {
            "color": np.log10(counts),
            "colorscale": [[0, INKS[theme].density[0]], [1, INKS[theme].density[1]]],
            "line": {"width": 0},
            "colorbar": _count_scale(int(counts.max())),
        },
        "customdata": np.column_stack([*edges, counts]).tolist(),  # an array would come back from a click as a dict
        "text": _tile_words(cells, currency),
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _tile_words(cells: pd.DataFrame, currency: str) -> list[str]:
    return [
        f"{formats.counted(int(cell['customers']), 'customer')}, "
        f"{formats.together(int(cell['customers']), cell['owed'], currency)}"
        f"<br>limit {_range(cell, 'limit', currency)}<br>balance {_range(cell, 'balance', currency)}"
        for cell in cells.to_dict("records")
    ]


def _range(cell: Mapping[Hashable, object], side: str, currency: str) -> str:
    low, high = (Decimal(str(cell[f"{side}_{end}"])) for end in ("from", "to"))
    return f"{low:,.0f} to {high:,.0f} {currency}"


def _count_scale(most: int) -> dict[str, object]:
    powers = range(len(str(most)))
    return {
        "title": {"text": "Customers"},
        "tickvals": list(powers),
        "ticktext": [formats.number(10**power) for power in powers],
        "thickness": 12,
        "outlinewidth": 0,
    }


def _spans_decades(cells: pd.DataFrame) -> bool:
    """Bins that grow with the amount are drawn by order of magnitude, even bins as they are."""
    widths = floats(cells["limit_to"]) - floats(cells["limit_from"])
    return bool(widths.max() > 4 * widths.min())


def _name_decades(layout: Spec, largest: float, lowest: float) -> None:
    ticks = [float(decade) for decade in _DECADES if decade <= largest * 1.01]
    ticks += [-tick for tick in ticks if 0 < tick <= -lowest]
    scale = {"tickvals": squeezed(np.array(ticks)), "ticktext": [f"{tick:,.0f}" for tick in ticks]}
    layout["xaxis"] |= scale
    layout["yaxis"] |= scale
