"""The page of a made-up kind of record: the list, a new one, a change, and the removal that waits for its users."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access.base.permissions import Role
from data_access.queries.records.records import Records
from data_access.store.access import new_command_id
from tests.support.builders import a_customer
from tests.support.desk_app import DeskApp
from tests.support.forms import field, fill, labels, press, said
from tests.support.made_up import BREEDS, AddBreed, AddWalk, pets_in
from tests.support.people import access_for

SCRIPT = """
from dashboard.kit.context import open_page
from dashboard.records.record_page import RecordPage
from data_access.base.permissions import Permission
from tests.support.made_up import BREEDS, AddBreed, ChangeBreed, RemoveBreed

access = open_page("Breeds", Permission.CLASS_READ)
RecordPage("breed", "What pets are.", BREEDS, AddBreed, ChangeBreed, RemoveBreed).draw(access)
"""


@pytest.fixture(autouse=True)
def _known(desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pets_in(desk_app.engine, monkeypatch):
        yield


def opened(desk_app: DeskApp, tmp_path: Path, role: Role = Role.ADMIN, **address: str) -> AppTest:
    script = tmp_path / "breeds.py"
    script.write_text(SCRIPT)
    app = desk_app.sign_in(role, script=script)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def a_breed(desk_app: DeskApp, **values: str) -> int:
    order = AddBreed(values=values, command_id=new_command_id())
    return access_for(desk_app.engine, Role.ADMIN).execute(order).record_id


def names(desk_app: DeskApp) -> list[str]:
    rows = access_for(desk_app.engine, Role.ADMIN).fetch(Records(BREEDS.name)).rows
    return [f"{row.words['name']}, {row.words['size']}" for row in rows]


def test_without_one_the_page_says_so_and_the_first_is_added(desk_app: DeskApp, tmp_path: Path) -> None:
    app = opened(desk_app, tmp_path)
    assert "There is no breed yet." in said(app)
    press(app, "Add the breed")
    assert "Give the breed." in said(app)
    press(fill(app, Breed="Collie", Size="large"), "Add the breed")
    assert "Collie is added." in said(app)
    assert app.dataframe[0].value.to_numpy().tolist() == [["Collie", "Large", "nothing yet"]]


def test_one_is_changed_and_its_form_closes(desk_app: DeskApp, tmp_path: Path) -> None:
    collie = a_breed(desk_app, name="Collie")
    app = opened(desk_app, tmp_path, change=str(collie))
    size = next(one for one in app.selectbox if one.key.startswith("change_breeds"))
    size.set_value("large").run()
    press(app, "Save")
    assert "Collie is saved." in said(app)
    assert "Save" not in [one.label for one in app.button]
    assert names(desk_app) == ["Collie, Large"]


def test_one_in_use_says_by_how_many_and_is_removed_once_it_is_free(desk_app: DeskApp, tmp_path: Path) -> None:
    used, free = a_breed(desk_app, name="Collie"), a_breed(desk_app, name="Poodle")
    walk = {"name": "Park", "breed_id": str(used)}
    access_for(desk_app.engine, Role.ADMIN).execute(
        AddWalk(customer_id=a_customer(desk_app.engine), values=walk, command_id=new_command_id())
    )
    app = opened(desk_app, tmp_path, change=str(used))
    assert "Used by: 1 customer." in said(app)
    press(opened(desk_app, tmp_path, change=str(free)), "Remove it")
    assert names(desk_app) == ["Collie, Small"]


def test_a_reader_sees_the_list_and_who_can_change_it(desk_app: DeskApp, tmp_path: Path) -> None:
    collie = a_breed(desk_app, name="Collie")
    app = opened(desk_app, tmp_path, Role.MANAGER, change=str(collie))
    assert "An admin can change them." in said(app)
    assert labels(app) == ["Find"]
    press(app, "Close")
    assert "change" not in app.query_params


def test_the_list_is_searched(desk_app: DeskApp, tmp_path: Path) -> None:
    for name in ("Collie", "Poodle"):
        a_breed(desk_app, name=name)
    app = opened(desk_app, tmp_path)
    field(app, "Find").set_value("ood").run()
    assert [row[0] for row in app.dataframe[0].value.to_numpy().tolist()] == ["Poodle"]
    assert "No breed holds this text." in said(opened(desk_app, tmp_path, find="Beagle"))


def test_a_row_that_stays_selected_opens_its_record_once(desk_app: DeskApp, tmp_path: Path) -> None:
    breed = a_breed(desk_app, name="Parrot")
    app = opened(desk_app, tmp_path)
    app.session_state[BREEDS.name] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert "".join(app.query_params["change"]) == str(breed)
    app = press(app, "Close")
    assert "change" not in app.query_params


def test_one_that_was_removed_meanwhile_is_said_to_be_gone(desk_app: DeskApp, tmp_path: Path) -> None:
    collie = a_breed(desk_app, name="Collie")
    changing, removing, first = (opened(desk_app, tmp_path, change=str(collie)) for _ in range(3))
    next(one for one in changing.text_input if one.key.startswith("change_breeds")).set_value("Poodle").run()
    press(first, "Remove it")
    for late, button in ((removing, "Remove it"), (changing, "Save")):
        assert "The breed was not found." in said(press(late, button))
    assert names(desk_app) == []
