"""Every figure of ours is valid: what Plotly would check at each look is checked here, once."""

import ast
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import plotly.graph_objects as go
import pytest

from dashboard.customer.tabs.money import balance_chart
from dashboard.customer.tabs.services import measured_chart, spending_bar
from dashboard.exposure import points, utilisation
from dashboard.kit.charts.canvas import blank, figure
from dashboard.kit.look.palette import Theme
from data_access.base.clock import UTC
from data_access.domain.usage.measuring import MeasuredLevel, Sample, TimeSpan
from data_access.queries.services.fraud import SpendingToday
from data_access.queries.services.measured_services import DayLevel
from tests.architecture.source import modules
from tests.dashboard.charts import frames
from tests.dashboard.charts.test_exposure import EVEN_CELLS, GROWING_CELLS
from tests.dashboard.charts.test_utilisation import BARS

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVERY_BAND = frames.customers(("-5", "100"), ("50", "100"), ("85", "100"), ("120", "100"), ("0", "10"))
LEVELS = [DayLevel(date(2026, 5, day), MeasuredLevel(Decimal(day + 1), day + 5, day)) for day in (1, 2, 3)]
SAMPLES = [Sample(NOW - timedelta(hours=hour), hour) for hour in (20, 10, 3)]


def _samples(found: list[Sample], theme: Theme) -> go.Figure:
    span = TimeSpan(NOW - timedelta(days=1), NOW)
    return measured_chart.samples(found, "Lines", "Europe/Prague", span, theme)


def _spending(spent: str, theme: Theme) -> go.Figure:
    limit = Decimal(10)
    today = SpendingToday("", "EUR", limit, limit, limit, Decimal(8), "own", Decimal(spent), None, None, None)
    return spending_bar.bar(today, theme)


CHARTS: dict[str, tuple[Callable[[Theme], go.Figure], ...]] = {
    "scatter": (
        lambda theme: points.scatter(EVERY_BAND, "EUR", theme),
        lambda theme: points.scatter(EVERY_BAND, "EUR", theme, squeeze=False),
        lambda theme: points.scatter(frames.customers(), "EUR", theme),
    ),
    "density": (
        lambda theme: points.density(frames.cells(*GROWING_CELLS), "EUR", theme),
        lambda theme: points.density(frames.cells(*EVEN_CELLS), "EUR", theme),
    ),
    "histogram": (lambda theme: utilisation.histogram(frames.bars(*BARS), "EUR", theme),),
    "top": (lambda theme: utilisation.top(EVERY_BAND, "EUR", theme),),
    "history": (
        lambda theme: balance_chart.history(frames.bookings("10", "25"), Decimal(50), "EUR", theme, until=NOW),
        lambda theme: balance_chart.history(frames.bookings("10"), None, "EUR", theme, until=NOW, prepaid=True),
    ),
    "days": (lambda theme: measured_chart.days(LEVELS, "Lines", theme),),
    "samples": (
        lambda theme: _samples(SAMPLES, theme),
        lambda theme: _samples(SAMPLES * 4_000, theme),
    ),
    "bar": (
        lambda theme: _spending("5", theme),
        lambda theme: _spending("12", theme),
    ),
}  # fmt: skip
PARTS = {"figure", "say"}  # of the canvas


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("drawn", [each for draws in CHARTS.values() for each in draws])
def test_plotly_knows_each_part_of_a_figure(drawn, theme):
    go.Figure(drawn(theme).to_dict())  # raises otherwise


def test_a_part_that_plotly_does_not_know_is_found():
    made = figure(blank("light", x="", y=""), {"type": "bar", "colour": "red"})
    with pytest.raises(ValueError, match="colour"):
        go.Figure(made.to_dict())


def test_every_chart_is_among_those_checked():
    drawing = {
        node.name
        for module in modules("dashboard")
        for node in module.nodes
        if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "go.Figure"
    }
    assert drawing == CHARTS.keys() | PARTS
