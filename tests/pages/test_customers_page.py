"""The Customers page, as each role sees it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from data_access.base.permissions import PEOPLE_ROLES, Role
from data_access.base.statuses import BillStatus
from data_access.queries.collections.sums import _sums
from data_access.search.filters import CustomerFilter
from tests.support.builders import a_class, a_customer, a_suspended_customer
from tests.support.desk_app import DeskApp, desk_app_on


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    with desk_app_on(sqlite_url, monkeypatch) as app:
        yield app


def names(app: AppTest) -> list[str]:
    return [] if not app.dataframe else list(app.dataframe[0].value["Name"])


def with_more_filters(app: AppTest) -> AppTest:
    app.session_state["more-filters"] = True
    return app.run()


def balance_to(app: AppTest) -> Any:
    return next(field for field in app.text_input if field.label == "Balance at most")


def said(app: AppTest) -> str:
    kinds = (app.text, app.info, app.warning, app.error)
    return " ".join(str(element.value) for kind in kinds for element in kind)


def a_few(desk: DeskApp) -> None:
    class_id = a_class(desk.engine, name="Gold")
    a_customer(desk.engine, customer_code="C-1", company_name="Aurora", balance=Decimal(5), customer_class_id=class_id)
    a_suspended_customer(desk.engine, customer_code="C-2", company_name="Blue Harbour")
    a_customer(desk.engine, customer_code="C-3", company_name="Closed", bill_status=BillStatus.PERMANENTLY_TERMINATED)


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_every_role_sees_the_list_and_analysts_masked_names(desk: DeskApp, role: Role) -> None:
    a_few(desk)
    app = desk.open("customers", role)
    assert not app.exception
    assert names(app) == (["A•••••", "B••••• H•••••"] if role is Role.ANALYST else ["Aurora", "Blue Harbour"])
    assert "1–2 of 2 customers" in said(app)
    assert "not permanently terminated" in said(app)


def test_the_rows_are_found_before_anybody_is_counted(desk: DeskApp) -> None:
    a_few(desk)
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append("found" if " ORDER BY customers.name_key" in statement else "")
        sent.append("counted" if "count(*) FILTER" in statement else "")

    event.listen(desk.engine, "before_cursor_execute", note)
    desk.open("customers", currency="EUR")
    event.remove(desk.engine, "before_cursor_execute", note)
    assert list(filter(None, sent)) == ["found", "counted"]


@pytest.mark.parametrize("page", ["customers", "advanced_search"])
def test_an_empty_desk_says_so_and_does_not_speak_of_a_filter(desk: DeskApp, page: str) -> None:
    assert "There is no customer here yet" in said(desk.open(page))


def test_a_filter_that_finds_nobody_is_told(desk: DeskApp) -> None:
    assert "No customer matches" in said(desk.open("customers", currency="EUR"))


def test_the_address_chooses_and_the_widgets_show_it(desk: DeskApp) -> None:
    a_few(desk)
    app = desk.open("customers", q="BLUE", match="contains")
    assert names(app) == ["Blue Harbour"]
    assert app.text_input[0].value == "BLUE"
    assert app.selectbox[0].value == "contains"


def test_typing_changes_the_address_and_the_list(desk: DeskApp) -> None:
    a_few(desk)
    app = desk.open("customers", after="zzz~99")
    app.text_input[0].set_value("aur").run()
    assert names(app) == ["Aurora"]
    assert app.query_params["q"] == "aur"
    assert "after" not in app.query_params


def test_a_choice_acts_at_once_and_can_be_taken_back(desk: DeskApp) -> None:
    a_few(desk)
    app = desk.open("customers")
    next(group for group in app.button_group if group.label == "Status").set_value(["suspended"]).run()
    assert names(app) == ["Blue Harbour"]
    app.button(key="filters-default").click().run()
    assert names(app) == ["Aurora", "Blue Harbour"]


def test_what_the_address_asks_in_vain_is_said_and_stays_in_its_field(desk: DeskApp) -> None:
    a_few(desk)
    app = desk.open("customers", balance_from="lots", status="permanently_terminated", sort="shoe", after="x")
    assert names(app) == ["Aurora", "Blue Harbour"]
    assert "lots" in said(app)
    assert "Advanced search only" in said(app).replace("\\", "")
    assert "shoe" in said(app)
    assert "lots" in [field.value for field in with_more_filters(app).text_input]


def test_a_search_that_only_hides_says_how_many_and_leads_there(desk: DeskApp) -> None:
    a_few(desk)
    app = desk.open("customers", q="closed")
    links = [element.proto.label for element in app.get("page_link")]
    assert "1 match is permanently terminated\\: show" in links


def test_an_analyst_opening_a_link_with_a_name_is_refused_with_the_reason(desk: DeskApp) -> None:
    a_few(desk)
    app = desk.open("customers", Role.ANALYST, q="aur")
    assert "personal" in said(app)
    assert not app.dataframe


def test_an_analyst_types_customer_ids(desk: DeskApp) -> None:
    a_few(desk)
    app = desk.open("customers", Role.ANALYST)
    app.text_input[0].set_value("c-1").run()
    assert app.query_params["fields"] == "customer_id"
    assert names(app) == ["A•••••"]


def test_the_pages_are_turned(desk: DeskApp) -> None:
    class_id = a_class(desk.engine)
    for number in range(27):
        a_customer(desk.engine, customer_code=f"K-{number:02}", customer_class_id=class_id)
    app = desk.open("customers")
    app.button(key="pager-next").click().run()
    assert names(app) == ["K-25", "K-26"]
    assert "26–27 of 27" in said(app)
    app.button(key="pager-previous").click().run()
    assert names(app)[0] == "K-00"
    app.button(key="pager-last").click().run()
    assert names(app)[-1] == "K-26"
    app.button(key="pager-first").click().run()
    assert "page" not in app.query_params


@pytest.mark.parametrize(("role", "may"), [(Role.SUPPORT, True), (Role.ANALYST, False)])
def test_new_customer_is_offered_to_those_who_may_add_one(desk: DeskApp, role: Role, may: bool) -> None:
    app = desk.open("customers", role)
    assert ("new-customer" in [button.key for button in app.button]) is may


def test_the_footer_sums_what_is_found_and_not_the_page(desk: DeskApp) -> None:
    of_class = a_class(desk.engine)
    for count in range(27):
        a_customer(desk.engine, customer_class_id=of_class, balance=Decimal(1), blocked=count < 26)
    assert "26.00 EUR owed, nothing overdue" in said(desk.open("customers", blocked="yes"))
    assert "27.00 EUR owed, nothing overdue" in said(desk.open("customers"))


def test_the_footer_says_where_too_many_are_found_to_be_added_up(
    desk: DeskApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_access.queries.collections.sums.MORE", 2)
    _sums._made.cache_clear()
    for _ in range(2):
        a_customer(desk.engine, balance=Decimal(1))
    text = said(desk.open("customers", balance_from="1"))
    _sums._made.cache_clear()
    assert "Together: not added up, for more than 10,000 customers are found." in text
    assert "owed" not in text


def test_each_facet_has_a_widget(desk: DeskApp) -> None:
    app = with_more_filters(desk.open("customers"))
    shown = [box.label for kind in (app.text_input, app.selectbox, app.multiselect, app.date_input) for box in kind]
    assert len(shown) + len(app.button_group) == len(CustomerFilter.facets()) + 1  # and the order


def test_the_weekday_of_a_chosen_day_stands_beside_it(desk: DeskApp) -> None:
    app = with_more_filters(desk.open("customers", created_from="2026-11-29", created_to="tomorrow"))
    assert [box.label for box in app.date_input] == ["Created from · Sunday", "Created to", "Terminates before"]


def test_a_rare_filter_holds_while_its_widgets_are_put_away(desk: DeskApp) -> None:
    a_few(desk)
    app = desk.open("customers", balance_to="5")
    assert len(app.text_input) == 1
    assert names(app) == ["Aurora"]
    assert app.query_params["balance_to"] == "5"


def test_a_rare_filter_acts_at_once(desk: DeskApp) -> None:
    a_few(desk)
    app = with_more_filters(desk.open("customers"))
    balance_to(app).set_value("5").run()
    assert app.query_params["balance_to"] == "5"
    assert names(app) == ["Aurora"]


def test_what_is_typed_last_counts_when_it_arrives_with_the_closing(desk: DeskApp) -> None:
    a_few(desk)
    app = with_more_filters(desk.open("customers"))
    balance_to(app).set_value("5")
    app.session_state["more-filters"] = False
    app.run()
    assert names(app) == ["Aurora"]
    assert len(app.text_input) == 1


def ways_on(app: AppTest) -> dict[str, str]:
    """What the same text finds elsewhere, with the address that each link leads to."""
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    return {label: way for label, way in links.items() if "permanently" not in label}


def test_few_hits_tell_what_the_same_text_finds_elsewhere(desk: DeskApp) -> None:
    a_few(desk)
    a_customer(desk.engine, customer_code="C-4", company_name="Salt", email="harbour@salt.example", city="Harbour")
    found = desk.open("customers", q="harbour")
    assert names(found) == ["Blue Harbour"]
    assert ways_on(found) == {
        "1 by e\\-mail": "q=harbour&match=contains&fields=email", "1 by city": "q=harbour&fields=city"
    }  # fmt: skip
    assert names(desk.open("customers", q="harbour", fields="city")) == ["Salt"]
    assert ways_on(desk.open("customers", q="arbour"))["1 anywhere in the name"].startswith("q=arbour&match=contains")
    assert ways_on(desk.open("customers")) == {}


def test_more_than_are_counted_are_told_as_more(desk: DeskApp, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("dashboard.lists.customer_list", "data_access.queries.lists.further"):
        monkeypatch.setattr(f"{module}.MORE", 1)
    a_few(desk)
    assert [*ways_on(desk.open("customers", q="arbour"))] == [r"more than 10\,000 anywhere in the name"]
