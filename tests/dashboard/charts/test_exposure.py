"""Balance against limit: every customer in its band, the limit in sight, counts in words."""

from decimal import Decimal

import numpy as np
import pytest

from dashboard.exposure import points
from dashboard.kit.charts.canvas import mark_colours
from dashboard.kit.look.palette import INKS, contrast
from data_access.domain.limit_use import LimitUse
from tests.dashboard.charts import frames

EVEN_CELLS = (("0", "1000", "0", "500", 30, "9000"), ("1000", "2000", "500", "1000", 1, "700"))
GROWING_CELLS = (
    ("0", "10", "-10", "0", 3, "-12"),
    ("10", "100", "0", "10", 5, "30"),
    ("100", "1000", "10", "100", 900, "5"),
)


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_each_band_is_a_trace_with_its_own_shape():
    figure = points.scatter(
        frames.customers(("-5", "100"), ("50", "100"), ("85", "100"), ("120", "100")), "EUR", "light"
    )
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [mark.name for mark in marks] == ["in credit", "under 80 %", "80 to 100 %", "over the limit"]
    assert len({mark.marker.symbol for mark in marks}) == 4


def test_a_mark_leads_to_its_customer():
    marks = traces(points.scatter(frames.customers(("50", "100"), ("120", "100")), "EUR", "light"))
    assert list(marks["over the limit"].customdata[0]) == [2]


def test_a_hover_names_the_customer_and_the_figures():
    marks = traces(points.scatter(frames.customers(("124", "100")), "EUR", "light"))
    assert marks["over the limit"].text[0] == "Customer 1 (C-1)<br>owes 124.00 EUR<br>limit 100.00 EUR, 124 % in use"


def test_a_name_with_tags_is_shown_as_it_was_typed():
    named = frames.customers(("50", "100")).assign(name="<b>Bold & Sons</b>")
    assert "&lt;b&gt;Bold &amp; Sons" in points.scatter(named, "EUR", "light").data[0].text[0]


def test_the_limit_line_is_where_balance_equals_limit():
    lines = traces(points.scatter(frames.customers(("50", "100"), ("1", "400")), "EUR", "light", squeeze=False))
    assert list(lines["at the limit"].x) == list(lines["at the limit"].y) == [0, 400]
    assert list(lines["80 % of the limit"].y) == [0, 320]


def test_points_are_drawn_by_order_of_magnitude_on_both_sides_of_zero():
    figure = points.scatter(frames.customers(("-99", "99"), ("9", "99999"), ("0", "9")), "EUR", "light")
    places = {trace.name: (list(trace.x), list(trace.y)) for trace in figure.data if trace.mode == "markers"}
    assert places["in credit"] == ([2], [-2])
    assert places["under 80 %"] == ([5], [1])
    assert places["unused"] == ([1], [0])
    assert {"-10", "0", "10", "1,000", "10,000"} <= set(figure.layout.yaxis.ticktext)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("band", LimitUse)
def test_every_mark_can_be_told_from_the_ground(band, theme):
    ground = INKS[theme].ground
    assert contrast(mark_colours(band, theme)["line"]["color"], ground) >= 3
    if band is LimitUse.UNUSED:
        assert contrast(mark_colours(band, theme)["color"], ground) >= 3


def test_a_limit_of_zero_is_drawn_without_a_share():
    marks = traces(points.scatter(frames.customers(("5", "0")), "EUR", "light"))
    assert marks["over the limit"].text[0].endswith("limit 0.00 EUR")


def test_too_many_marks_are_refused():
    many = frames.customers(*[("1", "2")] * 10_001)
    with pytest.raises(ValueError, match="10,001 marks"):
        points.scatter(many, "EUR", "light")


def test_a_cell_covers_its_bin_and_leads_to_it():
    tiles = points.density(frames.cells(*EVEN_CELLS), "EUR", "light").data[0]
    assert (tiles.x[1] - tiles.width[1] / 2, tiles.x[1] + tiles.width[1] / 2) == (1000, 2000)
    assert (tiles.base[1], tiles.base[1] + tiles.y[1]) == (500, 1000)
    assert list(tiles.customdata[1]) == [1000, 2000, 500, 1000, 1]


def test_a_cell_says_how_many_and_how_much():
    tiles = points.density(frames.cells(*EVEN_CELLS), "EUR", "light").data[0]
    assert (
        tiles.text[0] == "30 customers, together they owe 9,000.00 EUR<br>limit 0 to 1,000 EUR<br>balance 0 to 500 EUR"
    )


def test_growing_bins_are_drawn_by_order_of_magnitude():
    figure = points.density(frames.cells(*GROWING_CELLS), "EUR", "light")
    widths = figure.data[0].width
    assert max(widths) < 1.1 * min(widths)
    assert list(figure.layout.xaxis.ticktext) == ["0", "10", "100", "1,000", "-10"]
    assert figure.data[0].customdata[2][1] == 1000


def test_the_limit_line_bends_with_squeezed_axes():
    lines = traces(points.density(frames.cells(*GROWING_CELLS), "EUR", "light"))
    near = lines["80 % of the limit"]
    assert np.allclose(10**near.y - 1, 0.8 * (10**near.x - 1))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "figure",
    [
        lambda theme: points.scatter(frames.customers(), "EUR", theme),
        lambda theme: points.density(frames.cells(), "EUR", theme),
    ],
)
def test_nothing_to_draw_is_said_between_titled_axes(figure, theme):
    drawn = figure(theme)
    assert not drawn.data
    assert drawn.layout.annotations[0].text == points.NOTHING
    assert (drawn.layout.xaxis.title.text, drawn.layout.yaxis.title.text) == ("Credit limit, EUR", "Owed, EUR")


def test_light_and_dark_use_their_own_inks():
    light, dark = (points.scatter(frames.customers(("5", "10")), "EUR", theme) for theme in ("light", "dark"))
    assert light.data[0].marker.color != dark.data[0].marker.color
    assert light.layout.font.color != dark.layout.font.color


def test_a_sentence_tells_what_the_points_show():
    told = points.describe(frames.customers(("-5", "100"), ("120", "100")), "EUR")
    assert told == (
        "2 customers with a credit limit: balance against limit in EUR. Together they owe 115.00 EUR net of credits "
        "against limits of 200.00 EUR; 1 over the limit, owes 120.00 EUR."
    )


def test_a_sentence_of_one_customer_speaks_of_one():
    assert points.describe(frames.customers(("5", "100")), "EUR") == (
        "1 customer with a credit limit: balance against limit in EUR. Owes 5.00 EUR against a limit of 100.00 EUR; "
        "nobody is over the limit."
    )


def test_a_sentence_tells_what_the_cells_show():
    told = points.describe_density(frames.cells(*EVEN_CELLS), "EUR")
    assert told == (
        "31 customers with a credit limit, in cells of limit and balance: together they owe 9,700.00 EUR. Most, 30, "
        "have a limit of 0 to 1,000 EUR and a balance of 0 to 500 EUR."
    )


def test_a_total_in_the_sentence_is_exact():
    cents = frames.customers(*[("0.1", "1")] * 3)
    assert "Together they owe 0.30 EUR" in points.describe(cents.assign(balance=Decimal("0.1")), "EUR")
