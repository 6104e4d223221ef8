"""The forms of People and roles: add a person, change one, disable, enable, set a new password."""

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.addresses import page_params
from dashboard.kit.forms import edit_conflicts, one_time, section_form
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.people import session_list
from data_access.base.errors import NotFound, Rejected
from data_access.commands.people.identities import ReleaseIdentity
from data_access.commands.people.people import (
    AddPerson,
    DisablePerson,
    EditPerson,
    EnablePerson,
    ResetPassword,
)
from data_access.domain.sections import PERSON
from data_access.queries.customers.choices import ChoiceLists
from data_access.queries.people.people import ListPeople, PersonRow
from data_access.store.access import Access

ADD, EDIT, ENABLE, RESET = "add_person", "edit_person", "enable_person", "reset_password"
RELEASE = "release_identity"
_RELEASES = "For a new account at your organisation: the person is found by e-mail address again."
_OWN_PASSWORD = (
    "You cannot reset your own password: you would be signed out before the new one is shown. Change it where you sign "
    "in, or have someone else who manages people reset it."
)
_EMPTY = dict.fromkeys(PERSON.names, "") | {"role": "support"}
_LAYOUT = (("login", "name"), ("email", "reseller_id"), ("limits",), ("role",), ("extra_grants",))


def add(access: Access, choices: ChoiceLists) -> None:
    """Adds a person; the password is made here and shown once."""
    form = Form(access, ADD)
    typed = section_form.fields(form, PERSON, _EMPTY, layout=_LAYOUT, lists=choices.lists)
    with st.container(horizontal=True):
        if st.button("Add the person", type="primary", key=form.key("go")):
            secret = one_time.hash_for(form.command_id, typed["login"])
            order = AddPerson(**typed, password_hash=secret, command_id=form.command_id)
            form.save(order, lambda saved: f"{saved.login} is added.")
        form.offer_start_over()


def change(access: Access, person: PersonRow, choices: ChoiceLists) -> None:
    """Everything that can be done to one person."""
    _edit(access, person, choices)
    st.divider()
    with st.container(horizontal=True):
        _password(access, person)
        _enable(access, person)
        _release(access, person)
    with st.expander("Sessions", icon=":material/devices:"):
        session_list.of(access, person)


def told(people: tuple[PersonRow, ...]) -> None:
    """What was saved in the run before: said, with the new password if there is one."""
    for name, subject in _subjects(people):
        saved = just_saved(name, subject)
        if saved is not None:
            one_time.reveal(saved.command_id)
    feedback.show_done()


def _subjects(people: tuple[PersonRow, ...]) -> list[tuple[str, object]]:
    names = (EDIT, ENABLE, RESET, RELEASE, session_list.OF)
    return [(ADD, ""), *((name, person.id) for person in people for name in names)]


def _basis_of(person: PersonRow) -> edit_conflicts.Basis:
    return edit_conflicts.Basis(person.version, PERSON.typed(PERSON.values(person)) | {"limits": person.limits})


def _edit(access: Access, person: PersonRow, choices: ChoiceLists) -> None:
    form = Form(access, EDIT, person.id)
    edit = section_form.edit(form, PERSON, _basis_of(person), layout=_LAYOUT, lists=choices.lists)
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("save")):
            order = EditPerson(
                person_id=person.id, version=edit.since.version, shown=edit.since.shown, changes=edit.changes,
                command_id=form.command_id,
            )  # fmt: skip
            said = "is saved. The rights apply at once."
            edit_conflicts.save(
                form, order, lambda saved: f"{saved.login} {said}", edit, lambda: _basis_of(_again(access, person))
            )
        st.button("Close", key=form.key("close"), on_click=page_params.stop_changing)
        form.offer_start_over()


def _again(access: Access, person: PersonRow) -> PersonRow:
    found = next((row for row in access.fetch(ListPeople()) if row.id == person.id), None)
    if found is None:
        raise NotFound("The person")
    return found


def _enable(access: Access, person: PersonRow) -> None:
    form = Form(access, ENABLE, person.id)
    if person.is_active and st.button("Disable", key=form.key("go"), help="Signs the person out everywhere, at once."):
        order = DisablePerson(person_id=person.id, command_id=form.command_id)
        form.save(order, lambda saved: f"{saved.login} is disabled and signed out.")
    if not person.is_active and st.button("Enable", key=form.key("go")):
        back = EnablePerson(person_id=person.id, command_id=form.command_id)
        form.save(back, lambda saved: f"{saved.login} can sign in again.")


def _release(access: Access, person: PersonRow) -> None:
    form = Form(access, RELEASE, person.id)
    if person.is_bound and st.button("Release single sign-on", key=form.key("go"), help=_RELEASES):
        order = ReleaseIdentity(person_id=person.id, command_id=form.command_id)
        form.save(order, lambda saved: f"{saved.login} is signed out, and linked again at the next single sign-on.")


def _password(access: Access, person: PersonRow) -> None:
    form = Form(access, RESET, person.id)
    if st.button("Reset password", key=form.key("go"), help="A new one is made and shown once; sessions are ended."):
        if person.id == access.actor.person_id:
            feedback.show_refusal(Rejected(_OWN_PASSWORD))
            return
        secret = one_time.hash_for(form.command_id, person.login)
        order = ResetPassword(person_id=person.id, password_hash=secret, command_id=form.command_id)
        form.save(order, lambda saved: f"{saved.login} has a new password.")
