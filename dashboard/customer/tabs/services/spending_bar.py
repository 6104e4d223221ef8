"""The bar of what is spent today: how far it has come, with the warning and the limit marked."""

from decimal import Decimal

import plotly.graph_objects as go

from dashboard.kit import formats
from dashboard.kit.charts.canvas import Spec, blank, figure, mark_colours
from dashboard.kit.look.palette import INKS, Theme
from data_access.domain.limit_use import LimitUse
from data_access.queries.services.fraud import SpendingToday

_LITTLE = Decimal("0.06")  # a limit of nothing leaves room for its own mark


def bar(today: SpendingToday, theme: Theme) -> go.Figure:
    """One bar, coloured as the bands of a limit are."""
    limit, warns_at = today.in_force or Decimal(0), today.warns_at or Decimal(0)
    layout = blank(theme, x=today.currency, y="", height=116)
    longest = max(limit, today.spent, _LITTLE)
    layout["xaxis"] |= {"range": [0, float(longest) * 1.1], "rangemode": "tozero"}
    layout["shapes"] = [_line(warns_at, "dot", theme), _line(limit, "solid", theme)]
    layout["annotations"] = [_name(warns_at, "warning", "right"), _name(limit, "limit", "left")]
    return figure(layout | {"showlegend": False}, {
        "type": "bar",
        "x": [float(today.spent)],
        "y": [""],
        "orientation": "h",
        "width": 0.5,
        "marker": mark_colours(_band(today), theme),
        "hovertemplate": f"{formats.exact_money(today.spent, today.currency)} used today<extra></extra>",
    })  # fmt: skip


def _line(at: Decimal, dash: str, theme: Theme) -> Spec:
    """Across the bar, from the bottom of the axes to their top."""
    look = {"color": INKS[theme].limit, "width": 2, "dash": dash}
    return {
        "type": "line",
        "x0": float(at),
        "x1": float(at),
        "y0": 0,
        "y1": 1,
        "xref": "x",
        "yref": "y domain",
        "line": look,
    }


def _name(at: Decimal, name: str, anchor: str) -> Spec:
    """Beside the top of its line, with its own right or left end there."""
    place = {"x": float(at), "y": 1, "xref": "x", "yref": "y domain", "xanchor": anchor, "yanchor": "top"}
    return place | {"text": name, "showarrow": False}


def _band(today: SpendingToday) -> LimitUse:
    if today.in_force is not None and today.spent >= today.in_force:
        return LimitUse.OVER
    is_near = today.warns_at is not None and today.spent >= today.warns_at
    return LimitUse.FROM_80 if is_near else LimitUse.UNDER_80


def in_a_sentence(today: SpendingToday) -> str:
    """What the bar shows."""
    spent, limit, warning = (
        formats.exact_money(amount or Decimal(0), today.currency)
        for amount in (today.spent, today.in_force, today.warns_at)
    )
    state = {
        LimitUse.OVER: "The limit is reached: only emergency numbers can be called until midnight.",
        LimitUse.FROM_80: "The warning is reached.",
    }
    return f"{spent} of {limit} used today, at full price; the warning is at {warning}. " + state.get(_band(today), "")
