"""Balance: how one customer's debt rose and fell, and when it was over the limit."""

from datetime import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.kit import formats
from dashboard.kit.charts.canvas import Spec, blank, figure, floats, refuse_too_many, say
from dashboard.kit.look.palette import INKS, Theme

NOTHING = "No transaction yet."
_NARROW = pd.Timedelta(days=2)
_DAY = 86_400_000  # milliseconds


def history(
    bookings: pd.DataFrame, limit: Decimal | None, currency: str, theme: Theme, *, until: datetime,
    prepaid: bool = False,
) -> go.Figure:  # fmt: skip
    """The balance after each booking, as steps until an instant, with the credit limit across when there is one.

    Of a prepaid customer it is the available funds that rise and fall.
    """
    refuse_too_many(bookings)
    layout = blank(theme, x="Date", y=f"{'Available' if prepaid else 'Owed'}, {currency}", height=260)
    if bookings.empty:
        return say(layout, NOTHING)
    bookings = _held(bookings, until)
    first, last = bookings["at"].iloc[0], bookings["at"].iloc[-1]
    if last - first < _NARROW:  # an axis of its own choice would tell parts of a second
        ends = pd.Series([first - _NARROW, last + _NARROW])
        layout["xaxis"] |= {"range": [str(end) for end in _wall_clock(ends)], "dtick": _DAY, "tickformat": "%-d %b %Y"}
    limits = [] if limit is None else [_limit(bookings, limit, currency, theme)]
    return figure(layout, _balance(bookings, currency, theme, prepaid=prepaid), *limits)


def _balance(bookings: pd.DataFrame, currency: str, theme: Theme, *, prepaid: bool) -> Spec:
    return {
        "type": "scatter",
        "x": _wall_clock(bookings["at"]),
        "y": floats(-bookings["balance_after"] if prepaid else bookings["balance_after"]),
        "mode": "lines+markers",
        "name": "available funds" if prepaid else "balance",
        "line": {"shape": "hv", "width": 2, "color": INKS[theme].accent},
        "marker": {"size": 4},
        "text": [formats.standing_money(after, currency, prepaid=prepaid) for after in bookings["balance_after"]],
        "hovertemplate": "%{x|%-d %b %Y}<br>%{text}<extra></extra>",
    }


def describe(bookings: pd.DataFrame, currency: str, *, prepaid: bool = False) -> str:
    """The history in a sentence."""
    if bookings.empty:
        return NOTHING
    first, last = bookings.iloc[0], bookings.iloc[-1]
    what, most = ("Available funds", "lowest") if prepaid else ("Balance", "highest")
    owed_most = formats.standing_money(max(bookings["balance_after"]), currency, prepaid=prepaid)
    return (
        f"{what} after each of {formats.counted(len(bookings), 'booking')}, {formats.day(first['at'])} to "
        f"{formats.day(last['at'])}: {most} {owed_most}, "
        f"last {formats.standing_money(last['balance_after'], currency, prepaid=prepaid)}."
    )


def _held(bookings: pd.DataFrame, until: datetime) -> pd.DataFrame:
    """With the balance of the last booking at its end: it stands as long as nothing is booked."""
    last = bookings.iloc[[-1]]
    if last["at"].iloc[0] >= until:
        return bookings
    return pd.concat([bookings, last.assign(at=pd.Timestamp(until).tz_convert(bookings["at"].dt.tz))])


def _wall_clock(at: pd.Series) -> np.ndarray:
    """Times as the clocks of the column's own zone showed them: the browser knows no other zone than its own."""
    return np.asarray(at.dt.tz_localize(None))


def _limit(bookings: pd.DataFrame, limit: Decimal, currency: str, theme: Theme) -> Spec:
    return {
        "type": "scatter",
        "x": _wall_clock(bookings["at"].iloc[[0, -1]]),
        "y": [float(limit)] * 2,
        "mode": "lines",
        "name": f"credit limit {formats.money(limit, currency)}",
        "line": {"dash": "dash", "width": 2, "color": INKS[theme].limit},
        "hoverinfo": "skip",
    }
