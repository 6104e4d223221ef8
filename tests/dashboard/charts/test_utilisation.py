"""Shares of the limit: a bar a band, those without a share apart, every bar named."""

from dashboard.exposure import utilisation
from tests.dashboard.charts import frames

BARS = (
    ("prepaid", None, None, 7, "-70"),
    ("over", 1.5, None, 2, "900"),
    ("over", 1.0, 1.1, 3, "300"),
    ("from_80", 0.9, 1.0, 4, "380"),
    ("under_80", 0.0, 0.1, 50, "100"),
    ("in_credit", None, None, 5, "-25"),
    ("no_limit", None, None, 6, "60"),
)


def test_the_axis_has_a_place_for_every_share_and_every_kind():
    axis = list(utilisation.histogram(frames.bars(*BARS), "EUR", "light").layout.xaxis.categoryarray)
    assert axis[:3] == ["in credit", "unused", "0–10 %"]
    assert axis[-4:] == ["140–150 %", "over 150 %", "no limit", "prepaid"]
    assert len(axis) == 20


def test_every_bar_stands_on_the_axis():
    figure = utilisation.histogram(frames.bars(*BARS), "EUR", "light")
    drawn = [label for trace in figure.data for label in trace.x]
    places = [figure.layout.xaxis.categoryarray.index(label) for label in drawn]
    assert places == sorted(places)
    assert len(drawn) == len(BARS)


def test_a_bar_leads_to_its_band():
    figure = utilisation.histogram(frames.bars(*BARS), "EUR", "light")
    over = next(trace for trace in figure.data if trace.name == "over the limit")
    assert [list(bounds) for bounds in over.customdata] == [["over", 1.0, 1.1], ["over", 1.5, None]]
    assert list(over.y) == [3, 2]


def test_a_bar_says_how_many_and_how_much():
    over = next(t for t in utilisation.histogram(frames.bars(*BARS), "EUR", "light").data if t.name == "over the limit")
    assert over.hovertext[1] == "2 customers, together they owe 900.00 EUR"


def test_prepaid_customers_have_funds_and_no_debt():
    bars = {trace.name: trace for trace in utilisation.histogram(frames.bars(*BARS), "EUR", "light").data}
    assert bars["prepaid"].hovertext[0] == "7 customers, together 70.00 EUR available"


def test_no_two_bands_share_a_colour():
    figure = utilisation.histogram(frames.bars(*BARS), "EUR", "dark")
    colours = [trace.marker.color for trace in figure.data]
    assert len(set(colours)) == len(colours) == 6


def test_the_largest_debt_stands_at_the_top():
    figure = utilisation.top(frames.customers(("900", "100"), ("50", "100"), band="over"), "EUR", "light")
    assert list(figure.data[0].y) == ["Customer 1 (C-1)", "Customer 2 (C-2)"]
    assert figure.layout.yaxis.autorange == "reversed"
    assert list(figure.data[0].customdata[0]) == [1]


def test_nothing_to_draw_is_said():
    for figure in (
        utilisation.histogram(frames.bars(), "EUR", "light"),
        utilisation.top(frames.customers(), "EUR", "light"),
    ):
        assert not figure.data
        assert figure.layout.annotations[0].text == utilisation.NOTHING


def test_a_sentence_tells_what_the_bars_show():
    assert utilisation.describe(frames.bars(*BARS), "EUR") == (
        "77 customers by share of the credit limit in use; in credit: 5, under 80 %: 50, 80 to 100 %: 4, "
        "over the limit: 5, no limit: 6, prepaid: 7. Prepaid apart, together they owe 1,715.00 EUR net of credits."
    )


def test_a_sentence_names_the_largest_debt():
    assert utilisation.describe_top(frames.customers(("900", "100"), ("50", "100")), "EUR") == (
        "The 2 customers who owe most, together 950.00 EUR; first Customer 1 with 900.00 EUR."
    )
    assert utilisation.describe_top(frames.customers(("900", "100")), "EUR") == (
        "The customer who owes most: Customer 1 with 900.00 EUR."
    )
