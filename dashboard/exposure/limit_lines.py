"""Limit lines: the credit limit and 80 % of it, drawn over balances."""

import numpy as np

from dashboard.kit.charts.canvas import Spec
from dashboard.kit.look.palette import INKS, Theme
from data_access.domain.limit_use import NEAR

_STEPS = 60


def limit_lines(largest: float, theme: Theme, *, squeeze: bool = False) -> list[Spec]:
    """Balance = limit and balance = 80 % of it, from zero to the largest limit; squeezed as the axes are."""
    ink = INKS[theme]
    limits = np.expm1(np.linspace(0, np.log1p(largest), _STEPS)) if squeeze else np.array([0.0, largest])
    return [
        {
            "type": "scatter",
            "x": squeezed(limits) if squeeze else limits,
            "y": squeezed(share * limits) if squeeze else share * limits,
            "mode": "lines",
            "name": words,
            "line": {"color": colour, "dash": dash, "width": 2},
            "hoverinfo": "skip",
        }
        for share, colour, dash, words in (
            (1.0, ink.limit, "solid", "at the limit"),
            (float(NEAR), ink.near, "dash", "80 % of the limit"),
        )
    ]


def squeezed(values: np.ndarray) -> np.ndarray:
    """Order of magnitude with the sign kept, so that 10 and a million share one axis and zero stays zero."""
    order: np.ndarray = np.sign(values) * np.log10(1 + np.abs(values))
    return order
