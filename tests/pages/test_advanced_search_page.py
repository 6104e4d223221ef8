"""Advanced search: the rows of conditions, and the permanently terminated."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from data_access.base.permissions import PEOPLE_ROLES, Role
from data_access.base.statuses import BillStatus
from tests.support.builders import a_customer
from tests.support.desk_app import DeskApp, desk_app_on


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    with desk_app_on(sqlite_url, monkeypatch) as app:
        a_customer(app.engine, customer_code="C-1", company_name="Aurora", balance=Decimal(50))
        a_customer(app.engine, customer_code="C-2", company_name="Blue", balance=Decimal(5))
        a_customer(app.engine, customer_code="C-3", bill_status=BillStatus.PERMANENTLY_TERMINATED)
        yield app


def codes(app: AppTest) -> list[str]:
    return [] if not app.dataframe else list(app.dataframe[0].value["Customer ID"])


def said(app: AppTest) -> str:
    return " ".join(str(e.value) for kind in (app.text, app.info, app.error, app.caption) for e in kind)


def _choice(app: AppTest, of: str) -> Selectbox:
    return next(box for box in app.selectbox if box.label == f"{of} of condition 1")


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_without_conditions_all_but_the_permanently_terminated_are_listed(desk: DeskApp, role: Role) -> None:
    app = desk.open("advanced_search", role)
    assert not app.exception
    assert codes(app) == ["C-1", "C-2"]


def test_the_status_permanently_terminated_finds_them(desk: DeskApp) -> None:
    app = desk.open("advanced_search")
    app.button(key="condition-closed").click().run()
    assert codes(app) == ["C-3"]
    assert app.query_params["where"] == "status.is.permanently_terminated"


def test_conditions_of_the_address_are_shown_asked_and_taken_away(desk: DeskApp) -> None:
    app = desk.open("advanced_search", where="balance.at_least.10")
    assert codes(app) == ["C-1"]
    assert app.text_input[0].value == "10"
    app.button(key="condition-remove-1").click().run()
    assert codes(app) == ["C-1", "C-2"]


def with_conditions(desk: DeskApp, *where: str) -> AppTest:
    app = desk.sign_in()
    app.switch_page("../pages/advanced_search.py")
    app.query_params["where"] = list(where)
    return app.run()


def test_conditions_of_a_group_stay_in_it_when_they_are_changed(desk: DeskApp) -> None:
    app = with_conditions(desk, "or1:balance.at_least.10", "or1:customer_id.is.C-2", "currency.is.EUR")
    assert codes(app) == ["C-1", "C-2"]
    assert "(Balance at least 10 or Customer ID is C-2), Currency is EUR" in said(app)
    app.text_input[1].set_value("C-9").run()
    assert app.query_params["where"] == ["or1:balance.at_least.10", "or1:customer_id.is.C-9", "currency.is.EUR"]
    assert codes(app) == ["C-1"]


def test_conditions_are_put_into_a_group_of_which_any_has_to_hold(desk: DeskApp) -> None:
    app = with_conditions(desk, "balance.at_least.10", "customer_id.is.C-2")
    assert codes(app) == []
    for number in (1, 2):
        box = next(each for each in app.selectbox if each.label == f"Group of condition {number}")
        assert box.options[:2] == ["Must hold", "Any of group 1"]
        app = box.set_value("or1").run()
    assert app.query_params["where"] == ["or1:balance.at_least.10", "or1:customer_id.is.C-2"]
    assert codes(app) == ["C-1", "C-2"]


def test_groups_are_added_turned_round_and_taken_away_and_a_pill_removes_its_condition(desk: DeskApp) -> None:
    app = with_conditions(desk, "or1:balance.at_least.10", "or1:customer_id.is.C-2")
    app = app.button(key="group-add-or1").click().run()
    assert app.query_params["where"][-1] == "or1:and1:customer_id_or_name.begins_with."
    app = app.text_input[-1].set_value("blue").run()
    app = app.button_group[0].set_value("and").run()
    assert app.query_params["where"] == [
        "and1:balance.at_least.10", "and1:customer_id.is.C-2", "and1:and1:customer_id_or_name.begins_with.blue"
    ]  # fmt: skip
    assert codes(app) == []
    app = app.button(key="condition-pill-1").click().run()
    assert codes(app) == ["C-2"]
    app = app.button(key="group-remove-and1").click().run()
    assert codes(app) == ["C-1", "C-2"]


def test_many_conditions_are_folded_away_until_one_of_them_is_wrong(desk: DeskApp) -> None:
    app = with_conditions(desk, *["currency.is.EUR"] * 4)
    assert codes(app) == ["C-1", "C-2"]
    assert not app.text_input
    assert [button.label for button in app.button if "pill" in (button.key or "")] == ["Currency is EUR"] * 4
    app = with_conditions(desk, *["currency.is.EUR"] * 3, "shoe.is.4")
    assert "shoe" in app.error[0].value
    assert len([button for button in app.button if button.label == "Remove"]) == 4


def test_a_value_between_two_is_typed_end_by_end(desk: DeskApp) -> None:
    app = desk.open("advanced_search", where="balance.between.")
    app = app.text_input[0].set_value("1").run()
    assert "has no value yet" in said(app)
    app = app.text_input[1].set_value("5").run()
    assert app.query_params["where"] == "balance.between.1|5"
    assert codes(app) == ["C-2"]


@pytest.mark.parametrize(("day", "weekday"), [("2026-11-29", "Sunday"), ("soon", ""), ("", "")])
def test_the_weekday_of_a_day_stands_beside_its_condition(desk: DeskApp, day: str, weekday: str) -> None:
    captions = [caption.value for caption in desk.open("advanced_search", where=f"terminates.before.{day}").caption]
    assert [word for word in captions if word.endswith("day")] == ([weekday] if weekday else [])


def test_a_condition_is_added_and_waits_for_its_value(desk: DeskApp) -> None:
    app = desk.open("advanced_search")
    app.button(key="condition-add").click().run()
    assert codes(app) == ["C-1", "C-2"]
    assert "has no value yet" in said(app)
    app.text_input[0].set_value("blue").run()
    assert codes(app) == ["C-2"]


def test_another_field_brings_its_own_operations(desk: DeskApp) -> None:
    app = desk.open("advanced_search", where="name.contains.x")
    _choice(app, "Field").set_value("Balance").run()
    assert app.query_params["where"] == "balance.at_least."
    assert _choice(app, "Operation").options == [
        "at least", "at most", "more than", "below", "is", "is not", "between"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "named"),
    [("shoe_size.is.44", "shoe"), ("balance.like.4", "like"), ("balance.at_least.lots", "lots"), ("x", "x")],
)
def test_what_cannot_be_asked_is_refused_at_its_row_and_nothing_is_searched(
    desk: DeskApp, where: str, named: str
) -> None:
    app = desk.open("advanced_search", where=where)
    assert not app.exception
    assert named in app.error[0].value
    assert codes(app) == []


def test_an_analyst_is_told_why_a_name_cannot_be_searched(desk: DeskApp) -> None:
    app = desk.open("advanced_search", Role.ANALYST, where="city.is.Oslo")
    assert "personal" in said(app)
    assert "Remove" in [button.label for button in app.button]
    assert codes(app) == []
