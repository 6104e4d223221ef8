"""The plot: a chart on the page with its sentence, and the marks that were clicked."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

_CONFIG = {"displayModeBar": False, "scrollZoom": False}


def plot(figure: go.Figure, *, alt: str, key: str) -> list[Sequence[Any]]:
    """Draws the figure in its own colours; what comes back is the customdata of each clicked mark."""
    state = st.plotly_chart(
        figure, theme=None, key=key, alt=alt, config=_CONFIG, on_select="rerun", selection_mode="points"
    )
    return [point["customdata"] for point in state["selection"]["points"] if "customdata" in point]
