"""The dialog Change a note: correct your own, pin or unpin any under the header of the page."""

import streamlit as st

from dashboard.kit import context, feedback
from dashboard.kit.forms import dialog_state, edit_conflicts
from dashboard.kit.forms.forms import Form
from data_access.base.permissions import Permission
from data_access.commands.customers.notes import EditNote, PinNote
from data_access.queries.customers.customer import Head
from data_access.queries.customers.notes import FindNote, OpenNote
from data_access.store.access import Access

NAME, PIN = "edit_note", "pin_note"
_LABELS = {"text": "Note"}


def button(access: Access, head: Head, note_id: int, *, where: str) -> None:
    """The way into the dialog, beside a note; nothing for whoever writes no notes."""
    if access.actor.may(Permission.NOTE_WRITE):
        key, args = f"change-note-{where}-{note_id}", (NAME, head.customer_id, note_id)
        st.button(
            "Change", key=key, type="tertiary", icon=":material/edit_note:", on_click=dialog_state.show, args=args
        )


@st.dialog("Change a note", on_dismiss=dialog_state.close)
def draw(head: Head) -> None:
    """The dialog itself; it runs without its page, so it asks again who is signed in."""
    with feedback.refusals():
        access = context.access()
        _draw(access, head, access.fetch(FindNote(dialog_state.subject())))


def _draw(access: Access, head: Head, note: OpenNote) -> None:
    st.text(f"{head.customer_code}  ·  {head.name}")
    form = Form(access, NAME, note.note_id)
    if note.refusal is None:
        _correction(form, note)
    else:
        st.text(note.text)
        st.info(feedback.escape(note.refusal), icon=":material/lock:")
        _pin(access, note)


def _correction(form: Form, note: OpenNote) -> None:
    since = edit_conflicts.basis(form, _basis_of(note))
    holds = edit_conflicts.choices(form, _LABELS, lambda _, text: text)
    typed = {
        "text": form.lines(
            "text", _LABELS["text"], since.shown["text"], height=140, help="The audit keeps the earlier text."
        )
    }
    edit = edit_conflicts.Edit(since, holds, edit_conflicts.changes(typed, since, holds))
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("save")):
            order = EditNote(
                note_id=note.note_id, version=since.version, text=edit.whole["text"], command_id=form.command_id
            )
            said = "The note is corrected."
            edit_conflicts.save(form, order, lambda _: said, edit, lambda: _basis_of(_again(form, note)))
        _pin(form.access, note)
        form.offer_start_over()


def _again(form: Form, note: OpenNote) -> OpenNote:
    return form.access.fetch(FindNote(note.note_id))


def _basis_of(note: OpenNote) -> edit_conflicts.Basis:
    return edit_conflicts.Basis(note.version, {"text": note.text})


def _pin(access: Access, note: OpenNote) -> None:
    form = Form(access, PIN, note.note_id)
    label, icon = ("Unpin", "keep_off") if note.sticky else ("Pin under the head", "push_pin")
    if st.button(label, key=form.key("go"), icon=f":material/{icon}:"):
        order = PinNote(note_id=note.note_id, sticky=not note.sticky, command_id=form.command_id)
        form.save(order, lambda _: "The note is unpinned." if note.sticky else "The note is pinned.")
