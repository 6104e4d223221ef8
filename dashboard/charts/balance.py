"""Balance: how one customer's debt rose and fell, and when it stood over the limit."""

from decimal import Decimal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.canvas import blank, floats, refuse_too_many, say
from dashboard.palette import INKS, Theme

NOTHING = "No transaction yet."


def history(bookings: pd.DataFrame, limit: Decimal | None, currency: str, theme: Theme) -> go.Figure:
    """The balance after each booking, as steps, with the credit limit across when there is one."""
    refuse_too_many(bookings)
    figure = blank(theme, x="Date", y=f"Owed, {currency}", height=260)
    if bookings.empty:
        return say(figure, NOTHING)
    figure.add_trace(
        go.Scatter(
            x=_wall_clock(bookings["at"]),
            y=floats(bookings["balance_after"]),
            mode="lines+markers",
            name="balance",
            line={"shape": "hv", "width": 2, "color": INKS[theme].accent},
            marker={"size": 4},
            text=[formats.owes(balance, currency) for balance in bookings["balance_after"]],
            hovertemplate="%{x|%-d %b %Y, %H:%M}<br>%{text}<extra></extra>",
        )
    )
    if limit is not None:
        _add_limit(figure, bookings, limit, currency, theme)
    return figure


def describe(bookings: pd.DataFrame, currency: str) -> str:
    """The history in a sentence."""
    if bookings.empty:
        return NOTHING
    first, last = bookings.iloc[0], bookings.iloc[-1]
    return (
        f"Balance after each of {formats.counted(len(bookings), 'booking')}, {formats.day(first['at'])} to "
        f"{formats.day(last['at'])}: highest {formats.owes(max(bookings['balance_after']), currency)}, "
        f"last {formats.owes(last['balance_after'], currency)}."
    )


def _wall_clock(at: pd.Series) -> np.ndarray:
    """Times as the clocks of the column's own zone showed them: the browser knows no other zone than its own."""
    return np.asarray(at.dt.tz_localize(None))


def _add_limit(figure: go.Figure, bookings: pd.DataFrame, limit: Decimal, currency: str, theme: Theme) -> None:
    figure.add_trace(
        go.Scatter(
            x=_wall_clock(bookings["at"].iloc[[0, -1]]),
            y=[float(limit)] * 2,
            mode="lines",
            name=f"credit limit {formats.money(limit, currency)}",
            line={"dash": "dash", "width": 2, "color": INKS[theme].limit},
            hoverinfo="skip",
        )
    )
