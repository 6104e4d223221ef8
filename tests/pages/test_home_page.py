"""Home: figures that lead to their rows, and what is due."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.home.home import BY_NEED
from data_access.base.clock import system_clock
from data_access.base.permissions import PEOPLE_ROLES, Role
from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import Shown
from tests.support.builders import a_class, a_customer, a_suspended_customer, an_invoice, later
from tests.support.desk_app import DeskApp, desk_app_on


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    with desk_app_on(sqlite_url, monkeypatch) as app:
        yield app


def counts(app: AppTest) -> dict[str, str]:
    """How many stand in each status, as the boxes say it: a word, and under it the link."""
    ways = [link.proto for link in app.get("page_link")]
    links = [way.label for way in ways if re.search("(status|blocked|where|queue)=", way.query_string)]
    texts = [text.value for text in app.main.get("text")]
    return dict(zip(texts[texts.index("Overdue, not suspended") :], links, strict=False))


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_the_counts_are_of_the_shown_status(desk: DeskApp, role: Role) -> None:
    a_customer(desk.engine)
    a_suspended_customer(desk.engine, blocked=True)
    a_customer(desk.engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    app = desk.sign_in(role).run()
    assert not app.exception
    counted = {status: count for status, count in counts(app).items() if count != "nobody"}
    one = "1 customer"
    assert counted == {"Active": one, "Blocked": one, "Permanently terminated": one, "Blocked, whatever is shown": one}


def test_each_figure_leads_to_its_rows(desk: DeskApp) -> None:
    app = desk.sign_in().run()
    ways = [element.proto.query_string for element in app.get("page_link")]
    assert "status=suspended" in ways
    assert "where=status.is.permanently_terminated" in ways
    assert "queue=overdue" in ways
    assert len(ways) == 12


def test_every_status_is_counted_and_what_needs_work_stands_first(desk: DeskApp) -> None:
    app = desk.sign_in().run()
    words = list(counts(app))
    assert words[:3] == ["Overdue, not suspended", "Suspended", "Suspension lifted"]
    assert set(BY_NEED) == set(Shown)
    assert len(words) == len(Shown) + 2


def test_suspensions_that_are_due_are_listed_and_lead_to_the_rest(desk: DeskApp) -> None:
    of_class = a_class(desk.engine, suspend_after=3, working_days_only=False)
    for code, days in (("soon", 2), ("later", 6), ("in time", -2)):
        customer = a_customer(desk.engine, customer_code=code, customer_class_id=of_class)
        due_on = later(days, system_clock())
        an_invoice(desk.engine, customer, issued_on=due_on - timedelta(days=14), due_on=due_on)
    app = desk.sign_in().run()
    assert list(app.dataframe[0].value["Customer ID"]) == ["in time", "soon"]
    way = app.get("page_link")[-1].proto
    assert (way.label, way.query_string) == ("Open all 2 in Planned changes", "kind=suspension&days=7")


def test_lifts_and_terminations_that_are_due_are_listed(desk: DeskApp) -> None:
    now = system_clock()
    a_suspended_customer(
        desk.engine, customer_code="L", suspension_lifted_until=now + timedelta(hours=20), first_lifted_on=now.date()
    )
    a_suspended_customer(
        desk.engine, customer_code="later", suspension_lifted_until=now + timedelta(days=9), first_lifted_on=now.date()
    )
    a_customer(desk.engine, customer_code="T", terminate_on=now.date() + timedelta(days=7))
    a_customer(desk.engine, customer_code="not yet", terminate_on=now.date() + timedelta(days=9))
    app = desk.sign_in().run()
    assert [list(table.value["Customer ID"]) for table in app.dataframe] == [["L"], ["T"]]
