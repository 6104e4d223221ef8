"""The canvas every chart is drawn on: theme inks, axes with units, and words where there is nothing to draw."""

from decimal import Decimal
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.kit.look.palette import BANDS, INKS, Theme
from data_access.domain.limit_use import LimitUse

MOST_MARKS = 10_000


Spec = dict[str, Any]  # a part of a figure: its layout, or one of its traces


def blank(theme: Theme, *, x: str, y: str, height: int = 380) -> Spec:
    """The layout: axes titled with their unit on a ground that lets the page shine through.

    It says all by itself: a template would be checked and sent with each chart, and most are shorter.
    """
    ink = INKS[theme]
    axis = {"gridcolor": ink.line, "zerolinecolor": ink.line, "linecolor": ink.line, "automargin": True}
    axis |= {"separatethousands": True, "exponentformat": "none"}
    return {
        "template": {},
        "height": height,
        "margin": {"l": 8, "r": 16, "t": 32, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": ink.text, "size": 13, "family": "Source Sans, sans-serif"},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hoverlabel": {"bgcolor": ink.ground, "bordercolor": ink.line, "font": {"color": ink.text}},
        "clickmode": "event+select",
        "dragmode": False,
        "separators": ".,",
        "xaxis": axis | {"title": _title(x)},
        "yaxis": axis | {"title": _title(y)},
    }


def figure(layout: Spec, *traces: Spec) -> go.Figure:
    """As it was written: Plotly takes many times as long to check each part, which the tests of charts do instead."""
    return go.Figure(traces, layout, _validate=False)


def _title(words: str) -> dict[str, object]:
    return {"text": words, "font": {"size": 13}}


def outline(theme: Theme) -> dict[str, object]:
    """Around a mark or a bar: some bands are as pale as the ground."""
    return {"width": 1, "color": INKS[theme].muted}


def mark_colours(band: LimitUse, theme: Theme) -> dict[str, object]:
    """The colour of a band within its outline; a hollow mark is all outline."""
    colour = INKS[theme].muted if band is LimitUse.UNUSED else BANDS[band].tone(theme).bg
    return {"color": colour, "line": outline(theme)}


def say(layout: Spec, sentence: str) -> go.Figure:
    """The same axes with a sentence in the middle, for a frame without rows."""
    for axis in ("xaxis", "yaxis"):
        layout[axis] |= {"showticklabels": False, "showgrid": False, "zeroline": False}
    words = {"text": sentence, "font": {"size": 15}, "showarrow": False}
    return figure(layout | {"annotations": [words | {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}]})


def refuse_too_many(frame: pd.DataFrame) -> None:
    """A drawing of more marks stalls the browser: such data is binned in the database."""
    if len(frame) > MOST_MARKS:
        raise ValueError(f"{len(frame):,} marks are more than {MOST_MARKS:,}: bin them before drawing")


def floats(column: pd.Series) -> np.ndarray:
    """Money as pixels need it; this is the one place where it stops being exact."""
    return column.to_numpy(dtype="float64", na_value=np.nan)


def total(column: pd.Series) -> Decimal:
    return sum(column, Decimal(0))


def names(column: pd.Series) -> list[str]:
    """What people typed, as text: hovers read a few HTML tags."""
    return [escape(name, quote=False) for name in column]
