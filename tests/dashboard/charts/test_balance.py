"""One customer's balance over time: steps, the limit across, and a sentence."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.customer.tabs.money import balance_chart
from tests.dashboard.charts import frames

BEFORE, NOW = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC)


def history(bookings: pd.DataFrame, *given: Any, until: datetime = BEFORE, **how: Any) -> go.Figure:
    return balance_chart.history(bookings, *given, until=until, **how)


def test_a_balance_changes_in_steps():
    line = history(frames.bookings("10", "25", "-5"), None, "EUR", "light").data[0]
    assert (line.line.shape, list(line.y)) == ("hv", [10, 25, -5])


def test_a_step_says_who_owes_whom():
    line = history(frames.bookings("10", "-5"), None, "EUR", "light").data[0]
    assert list(line.text) == ["owes 10.00 EUR", "5.00 EUR in credit"]


def test_the_limit_runs_across_when_there_is_one():
    figure = history(frames.bookings("10", "25"), Decimal(1000), "EUR", "light")
    assert figure.data[1].name == "credit limit 1,000.00 EUR"
    assert list(figure.data[1].y) == [1000, 1000]


def test_without_a_limit_there_is_no_line():
    assert len(history(frames.bookings("10", "25"), None, "EUR", "light").data) == 1


def test_a_balance_stands_until_now_and_so_does_the_limit():
    line, limit = history(frames.bookings("10", "25"), Decimal(1000), "EUR", "light", until=NOW).data
    assert [list(drawn.y)[-2:] for drawn in (line, limit)] == [[25, 25], [1000, 1000]]
    assert {str(drawn.x[-1])[:16] for drawn in (line, limit)} == {"2026-06-01T12:00"}
    ahead = history(frames.bookings("10", "25"), None, "EUR", "light").data[0]  # a value date may be still to come
    assert list(ahead.y) == [10, 25]


def test_the_bookings_of_one_day_stand_between_days():
    axis = history(frames.bookings("10"), None, "EUR", "light").layout.xaxis
    assert [end[:10] for end in axis.range] == ["2026-02-27", "2026-03-03"]
    assert history(frames.bookings("1", "2", "3"), None, "EUR", "light").layout.xaxis.range is None


def test_nothing_to_draw_is_said():
    figure = history(frames.bookings(), Decimal(5), "EUR", "dark")
    assert not figure.data
    assert figure.layout.annotations[0].text == "No transaction yet."
    assert figure.layout.yaxis.title.text == "Owed, EUR"


def test_a_sentence_tells_the_highest_and_the_last():
    assert balance_chart.describe(frames.bookings("10", "25", "-5"), "EUR") == (
        "Balance after each of 3 bookings, 1 Mar 2026 to 3 Mar 2026: highest owes 25.00 EUR, last 5.00 EUR in credit."
    )


def test_times_are_drawn_in_the_zone_they_come_in():
    bookings = frames.bookings("10", "25")
    local = bookings.assign(at=bookings["at"].dt.tz_convert("Asia/Tokyo"))
    assert str(history(local, None, "EUR", "light").data[0].x[0]).startswith("2026-03-01T18:00")


def test_the_funds_of_a_prepaid_customer_are_drawn_as_available():
    figure = history(frames.bookings("-20", "-5", "3"), None, "EUR", "light", prepaid=True)
    assert list(figure.data[0].y) == [20, 5, -3]
    assert figure.data[0].text[0] == "20.00 EUR available"
    assert figure.layout.yaxis.title.text == "Available, EUR"


def test_the_sentence_of_a_prepaid_customer_tells_the_lowest_funds():
    assert balance_chart.describe(frames.bookings("-20", "-5", "-12"), "EUR", prepaid=True) == (
        "Available funds after each of 3 bookings, 1 Mar 2026 to 3 Mar 2026: lowest 5.00 EUR available, "
        "last 12.00 EUR available."
    )
