"""The dialogs that follow from a declared section, on the customer's page: what is edited, refused and told."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.customers.section import SectionOf
from data_access.queries.customers.section_rows import RecordsBeside
from data_access.store.access import new_command_id
from tests.support.builders import a_class, a_customer, a_plan
from tests.support.desk_app import DeskApp
from tests.support.forms import field, fill, labels, press, said
from tests.support.made_up import PETS, WALKS, AddWalk, EditPets
from tests.support.people import access_for
from tests.support.pet_desk import pets_on_the_page


@pytest.fixture(autouse=True)
def _known(desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pets_on_the_page(desk_app.engine, monkeypatch):
        yield


def pets_tab(desk_app: DeskApp, role: Role = Role.MANAGER, **of_customer: object) -> tuple[AppTest, int]:
    customer_id = a_customer(desk_app.engine, **of_customer)
    app = desk_app.open("customer", role, id=str(customer_id), tab="Pets")
    assert not app.exception
    return app, customer_id


def test_a_section_is_opened_changed_and_in_the_audit(desk_app: DeskApp) -> None:
    plan_id = a_plan(desk_app.engine, name="Fibre")
    app, customer_id = pets_tab(desk_app)
    press(app, "Edit pets")
    fill(app, Name_of_the_pet="Polly", Legs="2", Insured="yes", Plan_of_the_pet=str(plan_id))
    press(app, "Save")
    assert "The pet is saved." in said(app)
    assert "Edit pets" in [one.label for one in app.button]
    access = access_for(desk_app.engine, Role.MANAGER)
    assert {"pet_name": "Polly", "legs": "2"}.items() <= access.fetch(SectionOf(customer_id, PETS.name)).shown.items()
    told = {row.field: row.after for row in access.fetch(CustomerAudit(customer_id)).rows}
    assert (told["Legs"], told["Plan of the pet"]) == ("2", "Fibre")


def test_what_the_class_gives_stands_in_its_place_and_can_be_returned_to(desk_app: DeskApp) -> None:
    of_class = a_class(desk_app.engine, name="Homes", suspend_on_insufficient_funds=True)
    app, customer_id = pets_tab(desk_app, customer_class_id=of_class)
    access = access_for(desk_app.engine, Role.MANAGER)
    changes = {"pet_name": "Rex", "insured": "no"}
    access.execute(EditPets(customer_id=customer_id, version=0, shown={}, changes=changes, command_id=new_command_id()))
    press(app.run(), "Edit pets")
    assert "as Homes says" in said(app)
    assert field(app, "Insured").options == ["As class: Yes", "Yes", "No"]
    press(fill(app, Insured=""), "Save")
    assert dict(access.fetch(SectionOf(customer_id, PETS.name)).said)["Insured"] == "As class: Yes"


def a_walk(desk_app: DeskApp, customer_id: int, **values: str) -> int:
    order = AddWalk(customer_id=customer_id, values=values, command_id=new_command_id())
    return access_for(desk_app.engine, Role.MANAGER).execute(order).row_id


def walks(desk_app: DeskApp, customer_id: int) -> list[tuple[str, str]]:
    rows = access_for(desk_app.engine, Role.MANAGER).fetch(RecordsBeside(customer_id, WALKS.name))
    return [(row.words["name"], row.words["minutes"]) for row in rows]


def choose(app: AppTest, customer_id: int, row: int = 0) -> AppTest:
    app.session_state[f"walks-{customer_id}"] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return app.run()


def test_a_row_is_added_and_what_is_wrong_is_said_at_its_field(desk_app: DeskApp) -> None:
    app, customer_id = pets_tab(desk_app)
    assert "No walks." in said(app)
    press(fill(press(app, "Add a walk"), Walk="Park", Minutes="2"), "Add the walk")
    assert "Look at: Minutes." in said(app)
    press(fill(app, Minutes="20"), "Add the walk")
    assert "The walk is added." in said(app)
    assert walks(desk_app, customer_id) == [("Park", "20")]


def test_the_chosen_row_is_changed_and_removed_after_its_facts_were_shown(desk_app: DeskApp) -> None:
    app, customer_id = pets_tab(desk_app)
    for name in ("Park", "Lake"):
        a_walk(desk_app, customer_id, name=name)
    choose(app, customer_id, 1)
    assert field(press(app, "Change"), "Walk").value == "Lake"
    press(fill(app, Minutes="15"), "Save")
    assert "The walk is saved." in said(app)
    press(choose(app, customer_id), "Remove")
    assert "Walk: Park" in said(app)
    press(app, "Remove the walk")
    assert "The walk is removed." in said(app)
    assert walks(desk_app, customer_id) == [("Lake", "15")]


def test_a_field_with_a_right_of_its_own_is_told_with_who_can(desk_app: DeskApp) -> None:
    app, _ = pets_tab(desk_app, Role.SUPPORT)
    press(app, "Edit pets")
    assert "Keep: nothing. A manager or an admin can change it." in said(app)
    assert "Keep" not in labels(app)


@pytest.mark.parametrize(("role", "over", "why"), [
    (Role.ANALYST, {}, "Your role has no right to edit customers."),
    (Role.ADMIN, {"bill_status": BillStatus.EXPORTED}, "The customer is exported"),
    (Role.ADMIN, {"bill_status": BillStatus.PERMANENTLY_TERMINATED}, "The customer is permanently terminated"),
])  # fmt: skip
def test_where_it_cannot_be_edited_the_button_says_why(
    desk_app: DeskApp, role: Role, over: dict[str, object], why: str
) -> None:
    app, _ = pets_tab(desk_app, role, **over)
    (button,) = [one for one in app.button if one.label == "Edit pets"]
    assert button.disabled
    assert why in (button.help or "")
