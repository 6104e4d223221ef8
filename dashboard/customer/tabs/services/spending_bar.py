"""The bar of what is spent today: how far it has come, with the warning and the limit marked."""

from decimal import Decimal

import plotly.graph_objects as go

from dashboard.kit import formats
from dashboard.kit.charts.canvas import blank, mark_colours
from dashboard.kit.look.palette import INKS, Theme
from data_access.domain.limit_use import LimitUse
from data_access.queries.services.fraud import SpendingToday

_LITTLE = Decimal("0.06")  # a limit of nothing leaves room for its own mark


def bar(today: SpendingToday, theme: Theme) -> go.Figure:
    """One bar, coloured as the bands of a limit are."""
    limit, warns_at = today.in_force or Decimal(0), today.warns_at or Decimal(0)
    figure = blank(theme, x=today.currency, y="", height=116)
    figure.add_trace(
        go.Bar(
            x=[float(today.spent)], y=[""], orientation="h", width=0.5, marker=mark_colours(_band(today), theme),
            hovertemplate=f"{formats.exact_money(today.spent, today.currency)} used today<extra></extra>",
        )
    )  # fmt: skip
    for at, label, dash, place in ((warns_at, "warning", "dot", "top left"), (limit, "limit", "solid", "top right")):
        figure.add_vline(
            x=float(at),
            line={"color": INKS[theme].limit, "width": 2, "dash": dash},
            annotation_text=label,
            annotation_position=place,
        )
    longest = max(limit, today.spent, _LITTLE)
    figure.update_xaxes(range=[0, float(longest) * 1.1], rangemode="tozero")
    return figure.update_layout(showlegend=False)


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
