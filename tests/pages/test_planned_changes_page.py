"""The page Planned changes: a calendar that leads to its rows, what happens in words, and plans changed from here."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from dashboard.planned.planned_bar import PlannedFilter
from dashboard.planned.planned_export import HEADER, exported
from data_access.base.clock import system_clock
from data_access.base.errors import Rejected
from data_access.base.permissions import PEOPLE_ROLES, Role
from data_access.commands.collections.promises import MakePromise
from data_access.commands.customers.status import PlanMove
from data_access.models.history import CommandLog
from data_access.queries.forecast.forecast_steps import Foreseen
from data_access.queries.planned.planned import PlannedChanges
from data_access.store.access import Access, new_command_id
from tests.pages.test_finder import with_export_open
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer, an_invoice, later
from tests.support.forms import fill, press, said
from tests.support.people import access_for


def soon(days: int) -> date:
    return later(days, system_clock())


def monday_before(day: date) -> date:
    return day - timedelta(days=day.weekday())


def manager(engine: Engine) -> Access:
    return access_for(engine, Role.MANAGER, system_clock())


def a_debtor(engine: Engine, code: str, due_in: int, **over: Any) -> int:
    """Suspended three days after the due day, unless paid."""
    of_class = a_class(engine, suspend_after=3, working_days_only=False)
    customer = a_customer(engine, customer_code=code, customer_class_id=of_class, **over)
    an_invoice(engine, customer, number=f"I-{code}", issued_on=soon(due_in - 14), due_on=soon(due_in))
    return customer


def a_plan(engine: Engine, customer_id: int, days: int) -> int:
    order = PlanMove(
        customer_id=customer_id, move="provisionally_terminate", due_on=soon(days), reason="moves *away*",
        command_id=new_command_id(),
    )  # fmt: skip
    return manager(engine).execute(order).plan_id


@pytest.fixture
def ahead(desk_app: Any) -> dict[str, int]:
    """A suspension in 5 days, a lift that ends in 2, a planned termination in 9; the customers' ids."""
    engine, now = desk_app.engine, system_clock()
    lift = {"suspension_lifted_until": now + timedelta(days=2), "first_lifted_on": now.date()}
    leaving = a_customer(engine, customer_code="P-1", first_name="*Nadia*", last_name="$5")
    a_plan(engine, leaving, 9)
    return {
        "S-1": a_debtor(engine, "S-1", 2),
        "L-1": a_suspended_customer(engine, customer_code="L-1", **lift),
        "P-1": leaving,
    }


def table(app: AppTest) -> Any:
    return next(one.value for one in app.dataframe if "Customer ID" in one.value.columns)


def codes(app: AppTest) -> list[str]:
    return list(table(app)["Customer ID"])


@pytest.mark.usefixtures("ahead")
@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_every_role_sees_what_is_ahead_the_next_first(desk_app: Any, role: Role) -> None:
    app = desk_app.open("planned_changes", role)
    assert not app.exception
    assert codes(app) == ["L-1", "S-1", "P-1"]
    assert list(table(app)["What happens"])[:2] == [
        "Suspended again, unless what is overdue is paid.", "Suspended, unless invoice I-S-1 is paid."
    ]  # fmt: skip


@pytest.mark.usefixtures("ahead")
def test_a_row_says_the_day_how_far_it_is_and_the_status_then(desk_app: Any) -> None:
    row = table(desk_app.open("planned_changes", Role.MANAGER)).iloc[1]
    assert (row["In"], row["Kind"], list(row["Status then"])) == ("in 5 days", "Suspension", ["❚❚ Suspended"])
    assert row["On"].endswith(str(soon(5).year))


@pytest.mark.usefixtures("ahead")
def test_an_analyst_sees_no_name_and_is_offered_no_change(desk_app: Any) -> None:
    rows = table(desk_app.open("planned_changes", Role.ANALYST))
    assert "*Nadia* $5" not in set(rows["Name"])
    assert "Change" not in rows.columns
    assert "*Nadia* $5" in set(table(desk_app.open("planned_changes", Role.MANAGER))["Name"])


@pytest.mark.usefixtures("ahead")
def test_fewer_days_and_one_kind_are_asked_for_in_the_address(desk_app: Any) -> None:
    assert codes(desk_app.open("planned_changes", Role.SUPPORT, days="7")) == ["L-1", "S-1"]
    assert codes(desk_app.open("planned_changes", Role.SUPPORT, kind="plan")) == ["P-1"]
    assert codes(desk_app.open("planned_changes", Role.SUPPORT, day=soon(5).isoformat())) == ["S-1"]


@pytest.mark.usefixtures("ahead")
def test_a_choice_of_kinds_goes_into_the_address(desk_app: Any) -> None:
    app = desk_app.open("planned_changes", Role.SUPPORT)
    assert [kind.partition(" · ")[2] for kind in app.get("button_group")[-1].options] == ["1", "1", "1"]
    app.get("button_group")[-1].set_value(["suspension"]).run()
    assert app.query_params["kind"] == "suspension"
    assert codes(app) == ["S-1"]


@pytest.mark.usefixtures("ahead")
def test_a_day_of_the_calendar_leads_to_its_rows_and_back(desk_app: Any) -> None:
    app = desk_app.open("planned_changes", Role.SUPPORT)
    weeks, day = app.dataframe[0].value, soon(5)
    row = sorted({monday_before(soon(days)) for days in (2, 5, 9)}).index(monday_before(day))
    assert weeks[f"{day:%A}"].iloc[row] == f"{day.day} {day:%b} · 1"
    app.session_state[f"calendar-{day:%A}"] = {"row": row, "label": "x"}
    app.run()
    assert app.query_params["day"] == day.isoformat()
    assert codes(app) == ["S-1"]
    press(app, f"Only {day.day} {day:%b %Y}")
    assert codes(app) == ["L-1", "S-1", "P-1"]


def test_a_click_opens_the_customer(desk_app: Any, ahead: dict[str, int]) -> None:
    app = desk_app.open("planned_changes", Role.SUPPORT)
    app.session_state["planned-Name"] = {"row": 1, "label": "x"}
    assert app.run().query_params["id"] == str(ahead["S-1"])


def plans(engine: Engine) -> list[date]:
    rows = manager(engine).fetch(PlannedChanges(days=30)).rows
    return [row.told.on for row in rows if row.told.plan_id is not None]


@pytest.mark.usefixtures("ahead")
def test_a_plan_is_put_on_another_day_from_here(desk_app: Any) -> None:
    app = desk_app.open("planned_changes", Role.MANAGER)
    app.session_state["planned-Change"] = {"row": 2, "label": "Change"}
    app.run()
    app = fill(app, On_the_day=soon(12), Reason="Asked for it")
    press(app, "Move it to this day")
    assert not app.exception
    assert plans(desk_app.engine) == [soon(12)]
    assert "planned for" in said(app)


def test_a_plan_is_cancelled_from_here(desk_app: Any) -> None:
    plan = a_plan(desk_app.engine, a_customer(desk_app.engine, customer_code="P-2"), 3)
    app = press(desk_app.open("planned_changes", Role.MANAGER, plan=str(plan)), "Cancel the plan")
    assert plans(desk_app.engine) == []
    assert "P-2: the planned change is cancelled." in said(app)


def test_a_plan_beyond_the_horizon_of_the_list_is_changed_too(desk_app: Any) -> None:
    plan = a_plan(desk_app.engine, a_customer(desk_app.engine, customer_code="P-3"), 300)
    app = desk_app.open("planned_changes", Role.MANAGER, plan=str(plan))
    assert "Provisionally terminate, as planned by" in said(app)
    press(fill(app, On_the_day=soon(20)), "Move it to this day")
    assert plans(desk_app.engine) == [soon(20)]


@pytest.mark.parametrize(("days", "seen"), [("30", []), ("90", ["P-9"]), ("365", ["P-9", "P-99"])])
def test_the_list_looks_a_year_ahead_when_it_is_asked_to(desk_app: Any, days: str, seen: list[str]) -> None:
    for code, far in (("P-9", 80), ("P-99", 300)):
        a_plan(desk_app.engine, a_customer(desk_app.engine, customer_code=code), far)
    app = desk_app.open("planned_changes", Role.MANAGER, days=days, kind="plan")
    assert (codes(app) if seen else []) == seen
    assert [len(one.value) for one in app.dataframe[:1]] == [max(len(seen), 1)]


def test_a_list_that_is_not_whole_says_from_when_on(desk_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_access.queries.planned.ahead._SPARE", -998)
    for number in range(3):
        a_debtor(desk_app.engine, f"S-{number}", 2)
    app = desk_app.open("planned_changes", Role.SUPPORT)
    assert len(codes(app)) == 2
    assert "on, not all are listed: choose fewer days, or a kind." in said(app)
    assert "1–2 of more than 2, soonest first." in said(app)


def exported_rows(access: Access, chosen: PlannedFilter, kind: Any = "CSV") -> list[list[str]]:
    text = exported(access, kind, chosen, None).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.usefixtures("ahead")
def test_the_export_holds_the_list_with_names_for_who_may_and_no_formula(desk_app: Any) -> None:
    a_plan(desk_app.engine, a_customer(desk_app.engine, customer_code="=1+1"), 3)
    header, *rows = exported_rows(manager(desk_app.engine), PlannedFilter())
    assert tuple(header) == HEADER
    assert [row[1] for row in rows] == ["L-1", "'=1+1", "S-1", "P-1"]
    assert rows[3][2] == "*Nadia* $5"
    masked = exported_rows(access_for(desk_app.engine, Role.SUPPORT, system_clock()), PlannedFilter())
    assert masked[4][2] != "*Nadia* $5"


@pytest.mark.usefixtures("ahead")
def test_the_export_is_narrowed_as_the_list_is_and_noted_in_the_audit(desk_app: Any) -> None:
    chosen = PlannedFilter(days=30, kind=frozenset({Foreseen.SUSPENSION}), day=soon(5))
    assert [row[1] for row in exported_rows(manager(desk_app.engine), chosen)[1:]] == ["S-1"]
    log = CommandLog.__table__
    with desk_app.engine.connect() as connection:
        (noted,) = connection.execute(select(log.c.result).where(log.c.name == "ExportPlanned")).scalars()
    assert noted == {
        "changes": 1, "filter": f"the next 30 days; Suspension; on {soon(5).day} {soon(5):%b %Y}", "format": "CSV",
    }  # fmt: skip


@pytest.mark.usefixtures("ahead")
def test_what_is_too_much_for_a_file_is_refused_whole(desk_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_access.queries.planned.planned.EXPORT_MOST", 2)
    with pytest.raises(Rejected, match="choose fewer days or one kind"):
        exported(manager(desk_app.engine), "CSV", PlannedFilter(), None)


@pytest.mark.usefixtures("ahead")
def test_the_export_is_a_sheet_too(desk_app: Any) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(exported(manager(desk_app.engine), "XLSX", PlannedFilter(), None))).active
    assert sheet is not None
    assert [row[1] for row in sheet.iter_rows(values_only=True)] == ["Customer ID", "L-1", "S-1", "P-1"]


def test_support_cannot_open_a_plan(desk_app: Any) -> None:
    plan = a_plan(desk_app.engine, a_customer(desk_app.engine), 3)
    app = desk_app.open("planned_changes", Role.SUPPORT, plan=str(plan))
    assert not [button for button in app.button if button.label == "Cancel the plan"]


def test_a_plan_that_is_over_is_said_to_be(desk_app: Any) -> None:
    assert "is over, or there is none" in said(desk_app.open("planned_changes", Role.MANAGER, plan="404"))


def test_amounts_stand_in_the_customers_currency(desk_app: Any) -> None:
    order = MakePromise(
        customer_id=a_customer(desk_app.engine), amount=Decimal(20), due_on=soon(4), command_id=new_command_id()
    )
    manager(desk_app.engine).execute(order)
    told = list(table(desk_app.open("planned_changes", Role.SUPPORT))["What happens"])
    assert told == ["The promise to pay is decided: 20.00 EUR of it has not been received yet."]


def test_billing_periods_are_a_count_that_leads_to_them(desk_app: Any) -> None:
    a_customer(
        desk_app.engine, customer_code="B-1", period_from=soon(-20), period_to=soon(3),
        closes_at=system_clock() + timedelta(days=4),
    )  # fmt: skip
    app = desk_app.open("planned_changes", Role.SUPPORT)
    assert "Nothing is coming up here" in said(app)
    way = app.get("page_link")[-1].proto
    assert (way.label, way.query_string) == ("1 billing period closes in these days", "kind=period")
    assert codes(desk_app.open("planned_changes", Role.SUPPORT, kind="period")) == ["B-1"]


def test_a_long_list_has_pages(desk_app: Any) -> None:
    for number in range(27):
        a_plan(desk_app.engine, a_customer(desk_app.engine, customer_code=f"N-{number:02}"), 2)
    app = desk_app.open("planned_changes", Role.MANAGER)
    assert (len(codes(app)), "1–25 of 27, soonest first." in said(app)) == (25, True)
    press(app, "Next")
    assert len(codes(app)) == 2
    assert codes(desk_app.open("planned_changes", Role.MANAGER, page="99999")) == codes(app)


def test_a_resellers_people_see_their_own_customers_only(desk_app: Any) -> None:
    own = a_reseller(desk_app.engine)
    a_debtor(desk_app.engine, "ours", 1)
    a_debtor(desk_app.engine, "theirs", 1, reseller_id=own)
    app = desk_app.sign_in(Role.MANAGER, reseller_id=own).run()
    app.switch_page("../pages/planned_changes.py").run()
    assert codes(app) == ["theirs"]


def test_one_reseller_is_chosen_among_several(desk_app: Any) -> None:
    a_reseller(desk_app.engine, name="Alpenfunk")
    a_debtor(desk_app.engine, "ours", 1)
    a_debtor(desk_app.engine, "theirs", 1, reseller_id=a_reseller(desk_app.engine, name="*North*"))
    app = fill(desk_app.open("planned_changes", Role.SUPPORT), Reseller="*North*")
    assert app.query_params["reseller"] == "*North*"
    assert codes(app) == ["theirs"]
    assert sorted(codes(fill(app, Reseller=""))) == ["ours", "theirs"]
    assert "Reseller “x” is left out" in said(desk_app.open("planned_changes", Role.SUPPORT, reseller="x"))


@pytest.mark.usefixtures("ahead")
@pytest.mark.parametrize(
    "damaged", [{"days": "x"}, {"kind": "x"}, {"day": "x"}, {"page": "x"}, {"plan": "x"}, {"reseller": "x"}]
)
def test_a_damaged_address_shows_the_whole_list(desk_app: Any, damaged: dict[str, str]) -> None:
    app = desk_app.open("planned_changes", Role.SUPPORT, **damaged)
    assert not app.exception
    assert codes(app) == ["L-1", "S-1", "P-1"]


@pytest.mark.usefixtures("ahead")
def test_a_file_takes_two_clicks(desk_app: Any) -> None:
    app = with_export_open(desk_app.open("planned_changes", Role.SUPPORT))
    assert [button.proto.label for button in app.get("download_button")] == ["CSV", "XLSX"]
