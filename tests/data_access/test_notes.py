"""Notes: who writes them, corrects them and pins them."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected, Stale
from data_access.base.permissions import Role
from data_access.commands.customers.notes import AddNote, EditNote, NoteSaved, PinNote
from data_access.models.customers import Note
from data_access.queries.customers.notes import FindNote
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_note, a_reseller
from tests.support.people import NOW, access_for


def write(access: Access, customer_id: int, text: str = "Called back.", **over: Any) -> NoteSaved:
    return access.execute(AddNote(customer_id=customer_id, text=text, **({"command_id": new_command_id()} | over)))


def correct(access: Access, note_id: int, text: str, version: int = 1) -> NoteSaved:
    return access.execute(EditNote(note_id=note_id, version=version, text=text, command_id=new_command_id()))


def notes(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(Note.__table__).order_by(Note.__table__.c.id)))


def test_a_note_is_kept_with_its_author_and_moment(engine):
    access = access_for(engine)
    write(access, a_customer(engine), " Promised to pay.\r\nOn Friday. ", sticky=True)
    (note,) = notes(engine)
    assert (note.text, note.sticky) == ("Promised to pay.\nOn Friday.", True)
    assert (note.author, note.at) == (access.actor.login, NOW)


@pytest.mark.parametrize("text", ["", "  \n", "x" * 10_000, "a\x00b"])
def test_a_note_that_cannot_be_kept_is_refused_at_its_field(engine, text):
    with pytest.raises(Invalid) as refusal:
        write(access_for(engine), a_customer(engine), text)
    assert set(refusal.value.complaints) == {"text"}


@pytest.mark.parametrize("text", ["'; DROP TABLE notes; --", "😀", "שלום", "<b>*x*</b>"])
def test_any_text_is_kept_as_typed(engine, text):
    write(access_for(engine), a_customer(engine), text)
    assert notes(engine)[0].text == text


def test_the_same_note_twice_is_written_once(engine):
    access, customer_id = access_for(engine), a_customer(engine)
    assert write(access, customer_id, command_id="n") == write(access, customer_id, command_id="n")
    assert len(notes(engine)) == 1


def test_an_analyst_writes_no_notes(engine):
    with pytest.raises(NotPermitted, match="no right to write notes"):
        write(access_for(engine, Role.ANALYST), a_customer(engine))


def test_only_the_author_corrects_a_note(engine):
    author, other = access_for(engine), access_for(engine, Role.ADMIN)
    note_id = write(author, a_customer(engine)).note_id
    with pytest.raises(Rejected, match=author.actor.login):
        correct(other, note_id, "Never called.")
    correct(author, note_id, "Called twice.")
    assert notes(engine)[0].text == "Called twice."


def test_a_note_corrected_meanwhile_is_not_overwritten(engine):
    author = access_for(engine)
    note_id = write(author, a_customer(engine)).note_id
    correct(author, note_id, "One.")
    with pytest.raises(Stale):
        correct(author, note_id, "Two.", version=1)


def test_a_correction_of_nothing_says_so(engine):
    author = access_for(engine)
    note_id = write(author, a_customer(engine)).note_id
    with pytest.raises(Rejected, match="Nothing was changed"):
        correct(author, note_id, " Called back. ")


def test_a_note_is_opened_with_the_reason_why_another_cannot_correct_it(engine):
    author, other = access_for(engine), access_for(engine, Role.ADMIN)
    note_id = write(author, a_customer(engine)).note_id
    mine, theirs = (access.fetch(FindNote(note_id)) for access in (author, other))
    assert (mine.text, mine.version, mine.refusal) == ("Called back.", 1, None)
    assert author.actor.login in (theirs.refusal or "")


def test_a_hidden_text_is_not_offered_for_correction(engine):
    author = access_for(engine, Role.ANALYST, extra_grants="note:write")
    note = author.fetch(FindNote(write(author, a_customer(engine)).note_id))
    assert "Called" not in note.text
    assert "no right to see personal data" in (note.refusal or "")


def test_whoever_writes_notes_can_take_one_down(engine):
    note_id = a_note(engine, a_customer(engine), sticky=True)
    access_for(engine).execute(PinNote(note_id=note_id, sticky=False, command_id="u"))
    assert not notes(engine)[0].sticky


def test_notes_of_another_resellers_customer_are_not_found(engine):
    mine, theirs = a_reseller(engine), a_reseller(engine)
    customer_id = a_customer(engine, reseller_id=theirs)
    note_id = a_note(engine, customer_id)
    confined = access_for(engine, reseller_id=mine)
    with pytest.raises(NotFound):
        write(confined, customer_id)
    with pytest.raises(NotFound):
        confined.execute(PinNote(note_id=note_id, sticky=True, command_id="p"))
    with pytest.raises(NotFound):
        confined.fetch(FindNote(note_id))
