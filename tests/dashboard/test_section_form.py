"""The form of a made-up section: each field drawn as its kind is, complained of, kept in a draft and merged."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.kit.forms import section_form
from dashboard.kit.tables.field_column import field_column
from data_access.base.permissions import Role
from data_access.domain.sections import DID
from data_access.queries.customers.section import SectionOf
from data_access.store.access import new_command_id
from tests.support.builders import a_customer
from tests.support.desk_app import DeskApp
from tests.support.forms import field, fill, labels, press, said
from tests.support.made_up import PETS, EditPets, pets_in
from tests.support.people import a_person, access_for

SCRIPT = """
import streamlit as st
from dashboard.kit import context
from dashboard.kit.forms import edit_conflicts, section_form
from dashboard.kit.forms.edit_conflicts import Basis
from dashboard.kit.forms.forms import Form, just_saved
from data_access.queries.customers.section import SectionOf
from tests.support.made_up import PETS, EditPets

def basis():
    view = access.fetch(SectionOf({customer_id}, PETS.name))
    return Basis(view.version, view.shown)

access = context.access()
if just_saved("pets", {customer_id}):
    st.text("Saved.")
form = Form(access, "pets", {customer_id})
edit = section_form.edit(form, PETS, basis(), lists={{"subscription_plans": {{"1": "Fibre"}}}})
if st.button("Save", key=form.key("save")):
    order = EditPets(customer_id={customer_id}, version=edit.since.version, shown=edit.since.shown,
                     changes=edit.changes, command_id=form.command_id)
    edit_conflicts.save(form, order, lambda _: "Saved.", edit, basis)
"""


@pytest.fixture(autouse=True)
def _known(desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pets_in(desk_app.engine, monkeypatch):
        yield


def opened(desk_app: DeskApp, tmp_path: Path, customer_id: int, actor: Any) -> AppTest:
    script = tmp_path / "pets.py"
    script.write_text(SCRIPT.format(customer_id=customer_id))
    app = desk_app.sign_in_as(actor, script=script).run()
    assert not app.exception
    return app


@pytest.fixture
def actor(desk_app: DeskApp) -> Any:
    return a_person(desk_app.engine, Role.MANAGER)


def test_each_kind_has_its_widget_and_what_does_not_apply_is_not_asked(
    desk_app: DeskApp, tmp_path: Path, actor: Any
) -> None:
    app = opened(desk_app, tmp_path, a_customer(desk_app.engine), actor)
    rows = {"Toys", "Words"}
    assert set(PETS.labels.values()) - set(labels(app)) == rows
    assert {"Toy", "How many"} <= set(labels(app))
    assert field(app, "Plan of the pet").options == ["Fibre"]
    assert field(app, "Colour").options == ["Grey"]
    fill(app, Species="parrot")
    assert field(app, "Colour").options == ["Green", "Grey"]
    assert "Words" in labels(app)


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept_over_a_reload(
    desk_app: DeskApp, tmp_path: Path, actor: Any
) -> None:
    customer_id = a_customer(desk_app.engine)
    app = press(fill(opened(desk_app, tmp_path, customer_id, actor), Legs="9", Keep="-1"), "Save")
    for sentence in ("from 0 to 8", "Nobody is paid for a pet.", "Look at: Name of the pet, Legs, Keep."):
        assert sentence in said(app)
    assert field(opened(desk_app, tmp_path, customer_id, actor), "Legs").value == "9"


def test_a_record_is_filled_in_saved_and_read_back(desk_app: DeskApp, tmp_path: Path, actor: Any) -> None:
    customer_id = a_customer(desk_app.engine)
    app = opened(desk_app, tmp_path, customer_id, actor)
    fill(app, Name_of_the_pet="Polly", Species="parrot", Tame=True, Insured="no", Toy="ball")
    fill(app, Colour="green", Words="300", Tricks=["speak"], Born_in="DE")
    next(one for one in app.text_input if "toys-0-many" in one.key).set_value("2").run()
    assert "Saved." in said(press(app, "Save"))
    view = access_for(desk_app.engine, Role.MANAGER).fetch(SectionOf(customer_id, PETS.name))
    wanted = {"species": "parrot", "colour": "green", "words": "300", "tame": "yes", "insured": "no", "tricks": "speak"}
    assert wanted.items() <= view.shown.items()
    assert view.shown["toys"] == '[["ball", "2"]]'


def test_two_people_choose_field_by_field(desk_app: DeskApp, tmp_path: Path, actor: Any) -> None:
    customer_id = a_customer(desk_app.engine)
    other = access_for(desk_app.engine, Role.MANAGER)

    def save(version: int, **changes: str) -> None:
        own = {"version": version, "shown": {}, "changes": changes}
        other.execute(EditPets(customer_id=customer_id, command_id=new_command_id(), **own))

    save(0, pet_name="Rex", legs="4")
    app = fill(opened(desk_app, tmp_path, customer_id, actor), Legs="3", Chip="C-8")
    save(1, legs="5")
    press(app, "Save")
    assert "Someone else changed the same fields" in said(app)
    app.radio[0].set_value("mine").run()
    press(app, "Save")
    shown = other.fetch(SectionOf(customer_id, PETS.name)).shown
    assert (shown["legs"], shown["chip"]) == ("3", "C-8")


def test_a_list_has_it_as_a_column() -> None:
    row = SimpleNamespace(**{name: PETS[name].read(text) for name, text in {"species": "dog", "legs": "4"}.items()})
    column, number = field_column(PETS["species"], 80), field_column(PETS["legs"])
    assert (column.label, column.cell(row), column.kind, column.width) == ("Species", "Dog", "text", 80)
    assert (number.cell(row), number.kind) == ("4", "amount")


def test_a_field_that_is_told_leaves_no_gap_in_the_layout() -> None:
    layout = (("number", "country"), (("batch_id", "fee"), "vendor_cost"), ("description",))
    left = section_form.there(DID.only(("country", "fee", "vendor_cost")), layout)
    assert [list(row) for row in left] == [["country"], [("batch_id", "fee"), "vendor_cost"]]
