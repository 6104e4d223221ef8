"""Saved views on their pages: kept, picked, opened by a link, changed, made the default, and told what is gone."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from data_access.base.choices.viewed_lists import SharedWith, ViewedList
from data_access.base.engine import Door
from data_access.base.permissions import Actor, Role
from data_access.commands.people.views import ChooseDefaultView, SaveView
from data_access.models.history import CommandLog
from data_access.models.work.views import SavedView
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer
from tests.support.desk_app import DeskApp, desk_app_on
from tests.support.people import a_person

CUSTOMERS = ViewedList.CUSTOMERS


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    with desk_app_on(sqlite_url, monkeypatch) as app:
        a_customer(app.engine, customer_code="C-1", company_name="Aurora", balance=Decimal(50))
        a_customer(app.engine, customer_code="C-2", company_name="Blue", balance=Decimal(5), currency="USD")
        yield app


def keep(desk: DeskApp, owner: Actor, name: str, address: str, **more: Any) -> int:
    order: dict[str, Any] = {"page": CUSTOMERS, "name": name, "address": address} | more
    saved = Access(desk.engine, owner).execute(SaveView(command_id=new_command_id(), **order))
    return saved.view_id


def opened(desk: DeskApp, actor: Actor, page: str = "customers", **address: str) -> AppTest:
    app = desk.sign_in_as(actor)
    app.switch_page(f"../pages/{page}.py")
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def codes(app: AppTest) -> list[str]:
    assert not app.exception
    return [] if not app.dataframe else list(app.dataframe[0].value["Customer ID"])


def pills(app: AppTest) -> Any:
    return next(group for group in app.button_group if group.label == "Saved views")


def said(app: AppTest) -> str:
    return " ".join(str(e.value) for kind in (app.warning, app.error, app.caption) for e in kind)


def test_a_list_is_kept_under_a_name_and_picked_again_in_one_click(desk: DeskApp) -> None:
    owner = a_person(desk.engine, Role.MANAGER)
    app = opened(desk, owner, currency="USD", columns="class")
    app.session_state["views-menu"] = True
    app = app.run()
    assert codes(app) == ["C-2"]
    next(box for box in app.text_input if box.label == "Name of the view").set_value("Dollars")
    app = next(button for button in app.button if button.label == "Save the view").click().run()
    assert pills(app).options[0] == "Dollars · 1"
    assert (codes(app), list(app.query_params)) == (["C-2"], ["view"])
    assert list(app.dataframe[0].value) == ["Customer ID", "Name", "Customer class"]
    app = pills(app).set_value(None).run()
    assert codes(app) == ["C-1", "C-2"]
    app = pills(app).set_value(1).run()
    assert codes(app) == ["C-2"]
    with Session(desk.engine) as session:
        assert session.scalars(select(SavedView.address)).all() == ["columns=class&currency=USD"]


def test_a_view_is_opened_by_its_link_with_the_rights_of_its_reader(desk: DeskApp) -> None:
    owner, everyone = a_person(desk.engine, Role.MANAGER), {"shared_with": SharedWith.EVERYONE}
    shared, own = keep(desk, owner, "Aurora", "q=aurora", **everyone), keep(desk, owner, "Own", "currency=USD")
    assert codes(opened(desk, a_person(desk.engine), view=str(shared))) == ["C-1"]
    analyst = opened(desk, a_person(desk.engine, Role.ANALYST), view=str(shared))
    assert (codes(analyst), "see personal data" in said(analyst)) == ([], True)
    assert pills(analyst).options[0] == "Aurora"
    assert not [box for box in analyst.text_input if box.value == "aurora"]
    stranger = opened(desk, a_person(desk.engine), view=str(own))
    assert "not shared with you" in said(stranger)


def test_the_default_opens_the_list_and_the_whole_list_stays_in_reach(desk: DeskApp) -> None:
    owner = a_person(desk.engine, Role.MANAGER)
    view_id = keep(desk, owner, "Dollars", "currency=USD")
    order = ChooseDefaultView(command_id=new_command_id(), page=CUSTOMERS, view_id=view_id)
    Access(desk.engine, owner).execute(order)
    app = opened(desk, owner)
    assert codes(app) == ["C-2"]
    app = app.button(key="filters-default").click().run()
    assert (codes(app), app.query_params["view"]) == (["C-1", "C-2"], "none")


def test_a_view_that_names_what_is_gone_opens_with_a_warning(desk: DeskApp) -> None:
    owner = a_person(desk.engine, Role.MANAGER)
    view_id = keep(desk, owner, "Old", "currency=USD")
    door = desk.engine.execution_options(door=Door(is_open=True))
    with door.begin() as connection:  # as if the list once had a filter that it has no more
        changed = update(SavedView).where(SavedView.id == view_id).values(address="currency=USD&colour=red")
        connection.execute(changed)
    app = opened(desk, owner, view=str(view_id))
    assert codes(app) == ["C-2"]
    assert "“colour” is no filter of this list" in said(app)


def test_a_view_of_ones_own_is_changed_and_removed(desk: DeskApp) -> None:
    owner = a_person(desk.engine, Role.MANAGER)
    view_id = keep(desk, owner, "Dollars", "currency=USD")
    app = opened(desk, owner, view=str(view_id), currency="EUR")
    assert pills(app).options[0] == "Dollars · changed"
    app.session_state["views-menu"] = True
    app = app.run()
    next(box for box in app.text_input if box.value == "Dollars").set_value("Euros")
    app = next(button for button in app.button if button.label == "Save").click().run()
    assert pills(app).options[0] == "Euros · 1"
    assert codes(opened(desk, owner, view=str(view_id))) == ["C-1"]
    app = next(button for button in app.button if button.label == "Remove the view").click().run()
    assert codes(app) == ["C-1", "C-2"]
    with Session(desk.engine) as session:
        done = session.scalars(select(CommandLog.name).order_by(CommandLog.number.desc()).limit(3)).all()
    assert list(done) == ["RemoveView", "ChangeView", "SaveView"]


def test_columns_and_high_rows_are_remembered(desk: DeskApp) -> None:
    owner = a_person(desk.engine)
    app = opened(desk, owner)
    app.session_state["columns-choice"] = True
    app = app.run()
    app = next(box for box in app.multiselect if box.label == "Columns").set_value(["class"]).run()
    app = next(each for each in app.toggle if each.label == "High rows").set_value(True).run()
    assert app.dataframe[0].proto.row_height == 40
    again = opened(desk, owner)
    assert list(again.dataframe[0].value) == ["Customer ID", "Name", "Customer class"]
    assert again.dataframe[0].proto.row_height == 40
