"""Days in forms: their weekday beside them, the usual ones a click away, and one sentence for what may not be."""

from datetime import date, timedelta

import pytest

from dashboard.kit.formats import day_and_distance, relative
from dashboard.kit.forms.day_choices import usual
from data_access.base.clock import Days, day_in, in_words, system_clock
from data_access.base.permissions import Role
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove
from data_access.models.money import Transaction
from tests.support.builders import a_customer, a_suspended_customer, today
from tests.support.forms import field, fill, press, said
from tests.support.tables import only, rows

SUNDAY = date(2026, 11, 29)


def lifting(desk_app, open_dialog, role):
    app = open_dialog("change_status", a_suspended_customer(desk_app.engine), role)
    return fill(app, **{"What should happen?": "lift_suspension"}, Reason="calls back")


def test_a_lift_beyond_the_horizon_is_refused_in_one_sentence_with_whose_it_is(desk_app, open_dialog):
    app = fill(lifting(desk_app, open_dialog, Role.SUPPORT), Date=today() + timedelta(days=4))
    last = in_words(today() + timedelta(days=3))
    sentence = f"You can lift this suspension until {last} at the latest: 3 days from the day of the first lift"
    for again in (app, press(app, "Lift the suspension")):
        assert said(again).count(sentence) == 1
        assert "A manager or an admin can lift for longer, up to 30 days." in said(again)
        assert "Give the date" not in said(again)
    assert only(desk_app.engine, Customer).suspension_lifted_until is None
    press(fill(app, Date=today() + timedelta(days=3)), "Lift the suspension")
    assert only(desk_app.engine, Customer).suspension_lifted_until is not None


def test_who_goes_furthest_reads_that_nobody_goes_further(desk_app, open_dialog):
    app = fill(lifting(desk_app, open_dialog, Role.MANAGER), Date=today() + timedelta(days=31))
    assert "Nobody can lift for longer." in said(app)


def test_the_weekday_stands_beside_the_day(desk_app, open_dialog):
    day = today() + timedelta(days=2)
    app = fill(lifting(desk_app, open_dialog, Role.SUPPORT), Date=day)
    assert f"{day:%A}, in 2 days. Possible from" in said(app)


def test_the_date_of_money_is_today_or_yesterday_by_a_click_and_its_first_day_is_not_told(desk_app, open_dialog):
    app = fill(open_dialog("adjust_balance", a_customer(desk_app.engine)), Transaction="manual_payment")
    assert f"{today():%A}, today. Possible until" in said(app)
    assert "1970" not in said(app)
    assert field(press(app, "Yesterday"), "Date of the money").value == today() - timedelta(days=1)


def test_a_usual_day_is_a_click_away(desk_app, open_dialog):
    app = press(lifting(desk_app, open_dialog, Role.SUPPORT), "Tomorrow")
    assert field(app, "Date").value == today() + timedelta(days=1)
    press(app, "Lift the suspension")
    assert only(desk_app.engine, Customer).suspension_lifted_until is not None


@pytest.mark.parametrize(
    ("first", "last", "offered"),
    [
        (1, 3, [1, 3]),  # tomorrow is Monday
        (0, 9, [0, 1, 7, 9]),
        (1, 30, [1, 8, 30]),
        (1, 300, []),
        (-20000, 0, [-1, 0]),
        (-20000, 1, [0, 1]),  # it is tomorrow already where the customer is
        (-20000, -5, []),
        (2, 1, []),
    ],
)
def test_of_a_short_span_the_usual_days_are_offered_in_their_order(first, last, offered):
    days = Days(SUNDAY + timedelta(days=first), SUNDAY + timedelta(days=last))
    assert list(usual(days, SUNDAY)) == [SUNDAY + timedelta(days=ahead) for ahead in offered]


def test_a_plan_for_today_is_refused_with_the_first_day(desk_app, open_dialog):
    app = open_dialog("change_status", a_customer(desk_app.engine))
    fill(app, **{"What should happen?": "provisionally_terminate", "Not now: plan it for a later day": True})
    press(fill(app, **{"On the day": today()}, Reason="moves away"), "Plan it")
    assert f"{in_words(today() + timedelta(days=1))} is the first day that can be chosen." in said(app)
    assert rows(desk_app.engine, PlannedMove) == []


def test_money_of_the_future_does_not_reach_the_review(desk_app, open_dialog):
    app = fill(open_dialog("adjust_balance", a_customer(desk_app.engine)), Transaction="manual_payment")
    press(fill(app, **{"Amount in EUR": "5", "Date of the money": today() + timedelta(days=1)}), "Review")
    assert said(app).count("cannot lie in the future: nobody can book a day after") == 1
    assert "Confirm" not in [button.label for button in app.button]
    assert rows(desk_app.engine, Transaction) == []


def test_a_form_and_its_review_tell_one_distance(desk_app, open_dialog):
    now = system_clock()
    zone = "Etc/GMT+12" if now.hour < 12 else "Etc/GMT-14"  # twelve hours behind, fourteen ahead
    there = day_in(zone, now)
    app = open_dialog("adjust_balance", a_customer(desk_app.engine, billing_zone=zone))
    fill(app, Transaction="manual_payment", **{"Amount in EUR": "5"})
    assert f"{there:%A}, {relative(there, now.date())}." in said(app)
    press(app, "Review")
    assert f"Date of the money: {day_and_distance(there, now.date())}" in said(app)
