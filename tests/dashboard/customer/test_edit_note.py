"""The dialog Change a note, worked in as a person does on the customer's page."""

from typing import Any

import pytest
from sqlalchemy import select

from data_access.base.permissions import Role
from data_access.commands.customers.notes import EditNote
from data_access.models.customers import Note
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_note
from tests.support.forms import fill, labels, press, said
from tests.support.people import a_person


def note_of(engine: Any) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(Note.__table__)).one()


def the_page(desk_app: Any, actor: Any, **note: Any) -> Any:
    """A customer's page with one note, the dialog Change a note open."""
    customer_id = a_customer(desk_app.engine)
    a_note(desk_app.engine, customer_id, **note)
    app = desk_app.sign_in_as(actor).run()
    app.switch_page("../pages/customer.py")
    app.query_params["id"] = str(customer_id)
    return app.run()


def opened(desk_app: Any, actor: Any, where: str = "timeline", **note: Any) -> Any:
    app = the_page(desk_app, actor, **note)
    return next(one for one in app.button if (one.key or "").startswith(f"change-note-{where}-")).click().run()


def test_one_corrects_a_note_of_ones_own(desk_app):
    ann = a_person(desk_app.engine)
    app = opened(desk_app, ann, author=ann.login, text="Caled back.")
    press(fill(app, Note="Called back."), "Save")
    assert note_of(desk_app.engine).text == "Called back."
    assert "The note is corrected." in said(app)
    assert "Note" not in labels(app)


def test_a_note_of_someone_else_is_shown_with_who_can_correct_it(desk_app):
    app = opened(desk_app, a_person(desk_app.engine), author="zoe")
    assert "Only zoe can correct this note." in said(app)
    assert "Save" not in [button.label for button in app.button]


@pytest.mark.parametrize(("where", "sticky"), [("timeline", False), ("timeline", True), ("head", True)])
def test_whoever_writes_notes_pins_any_and_takes_it_down(desk_app, where, sticky):
    app = opened(desk_app, a_person(desk_app.engine), where, author="zoe", sticky=sticky)
    press(app, "Unpin" if sticky else "Pin under the head")
    assert note_of(desk_app.engine).sticky is not sticky
    assert ("The note is unpinned." if sticky else "The note is pinned.") in said(app)
    press_again = [button.label for button in app.button if "Pin" in button.label or "Take" in button.label]
    assert press_again == []


@pytest.mark.parametrize(("holds", "text"), [("theirs", "In the other window."), ("mine", "Mine.")])
def test_a_note_corrected_in_another_window_is_chosen_between(desk_app, holds, text):
    ann = a_person(desk_app.engine)
    app = fill(opened(desk_app, ann, author=ann.login), Note="Mine.")
    meanwhile = note_of(desk_app.engine)
    Access(desk_app.engine, ann).execute(
        EditNote(note_id=meanwhile.id, version=1, text="In the other window.", command_id=new_command_id())
    )
    press(app, "Save")
    assert "In the other window." in said(app) + repr([radio.options for radio in app.radio])
    app.radio[0].set_value(holds).run()
    press(app, "Save")
    assert note_of(desk_app.engine).text == text


def test_whoever_writes_no_notes_finds_no_way_in(desk_app):
    app = the_page(desk_app, a_person(desk_app.engine, Role.ANALYST), sticky=True)
    assert "Change" not in [button.label for button in app.button]
