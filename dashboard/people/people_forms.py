"""The forms of People and roles: add a person, change one, disable, enable, give a new password."""

from collections.abc import Mapping

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.forms import edit_conflicts, one_time
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.people import limit_rows, session_list
from dashboard.people.people_table import limits, rights
from data_access.base.errors import NotFound, Stale
from data_access.base.permissions import PEOPLE_ROLES
from data_access.commands.people.identities import ReleaseIdentity
from data_access.commands.people.people import (
    OFFERED,
    PERSON_FIELDS,
    AddPerson,
    DisablePerson,
    EditPerson,
    EnablePerson,
    ResetPassword,
)
from data_access.domain.editing import typed_fields
from data_access.domain.field_labels import field_label
from data_access.queries.customers.choices import ChoiceLists
from data_access.queries.people.people import ListPeople, PersonRow
from data_access.store.access import Access

ADD, EDIT, ENABLE, RESET = "add_person", "edit_person", "enable_person", "reset_password"
RELEASE = "release_identity"
_ROLES = {role.value: role.value.capitalize() for role in PEOPLE_ROLES}
_LABELS = {name: field_label("Person", name) for name in PERSON_FIELDS}
_HELP = {
    "email": "Used for single sign-on.",
    "extra_grants": "Beyond those of the role, for this person alone. The tab Roles says what each role has.",
    "reseller_id": "People of a reseller see its customers only.",
}
_RELEASES = "For a new account at your organisation: the person is found by e-mail address again."
_RIGHTS = {right.value: right.label.capitalize() for right in OFFERED}
_EMPTY: Mapping[str, str] = dict.fromkeys(PERSON_FIELDS, "") | {"role": "support"}


def add(access: Access, choices: ChoiceLists) -> None:
    """Adds a person; the password is made here and shown once."""
    form = Form(access, ADD)
    typed = _fields(form, choices, _EMPTY)
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


def _fields(form: Form, choices: ChoiceLists, shown: Mapping[str, str]) -> dict[str, str]:
    typed = {}
    for pair in (("login", "name"), ("email", "reseller_id")):
        for name, column in zip(pair, st.columns(2), strict=True):
            with column:
                typed[name] = _field(form, name, shown[name], choices)
    typed["limits"] = limit_rows.draw(form, _LABELS["limits"], shown["limits"])
    typed["role"] = form.one_of("role", _LABELS["role"], _ROLES, shown["role"], horizontal=True)
    typed["extra_grants"] = form.several(
        "extra_grants", _LABELS["extra_grants"], _RIGHTS, shown["extra_grants"], help=_HELP["extra_grants"]
    )
    return typed


def _field(form: Form, name: str, start: str, choices: ChoiceLists) -> str:
    if name != "reseller_id":
        return form.text(name, _LABELS[name], start, help=_HELP.get(name))
    return form.choice(
        name, _LABELS[name], _resellers(choices), start, help=_HELP[name], placeholder="Sees every customer"
    )


def _word(name: str, text: str, choices: ChoiceLists) -> str:
    if name == "extra_grants":
        return rights(text)
    if name == "limits":
        return limits(text)
    return _resellers(choices).get(text, text) if name == "reseller_id" else text


def _resellers(choices: ChoiceLists) -> dict[str, str]:
    return {str(key): reseller for key, reseller in choices.resellers}


def _basis_of(person: PersonRow) -> edit_conflicts.Basis:
    return edit_conflicts.Basis(person.version, typed_fields(person, PERSON_FIELDS))


def _edit(access: Access, person: PersonRow, choices: ChoiceLists) -> None:
    form = Form(access, EDIT, person.id)
    since = edit_conflicts.basis(form, _basis_of(person))
    holds = edit_conflicts.choices(form, _LABELS, lambda name, text: _word(name, text, choices))
    typed = _fields(form, choices, since.shown)
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("save")):
            _save(form, person, since, edit_conflicts.changes(typed, since, holds), edit_conflicts.undecided(holds))
        form.offer_start_over()


def _save(
    form: Form, person: PersonRow, since: edit_conflicts.Basis, changes: Mapping[str, str], undecided: Mapping[str, str]
) -> None:
    if undecided:
        form.complain(undecided)
        return
    order = EditPerson(
        person_id=person.id, version=since.version, shown=since.shown, changes=changes, command_id=form.command_id
    )
    try:
        form.save(order, lambda saved: f"{saved.login} is saved. The rights apply at once.")
    except Stale as stale:
        edit_conflicts.ask_again(form, stale.conflicts, _basis_of(_again(form.access, person)))


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
        secret = one_time.hash_for(form.command_id, person.login)
        order = ResetPassword(person_id=person.id, password_hash=secret, command_id=form.command_id)
        form.save(order, lambda saved: f"{saved.login} has a new password.")
