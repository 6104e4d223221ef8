"""A page of simple records: the list with its search, the selected one with its form and its users, and a new one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.list_state import to_the_beginning
from dashboard.kit.feedback import escape
from dashboard.kit.formats import counted
from dashboard.kit.forms import edit_conflicts, section_form
from dashboard.kit.forms.edit_conflicts import Basis
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.forms.section_form import NOTHING, Layout, Lists
from dashboard.kit.tables.field_column import record_columns
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.errors import NotFound
from data_access.base.text.numerals import whole_number
from data_access.fields.section import FieldSection
from data_access.queries.records.record_names import RecordNames
from data_access.queries.records.records import MOST, RecordRow, Records
from data_access.services.section_records import AddRecord, ChangeRecord, RemoveRecord
from data_access.store.access import Access

_USED_BY = "Used by"


@dataclass(frozen=True)
class RecordPage:
    """A kind of record. `one`: what one of them is called; `about`: a sentence on what they are for.

    `columns`: the fields in the list, all of them if none are named. `lists` holds what references are chosen from;
    `beside` draws what else belongs to the chosen record, below its form. `listed` draws another list in place of that
    of the fields, where one finds by more than a text, and says which record was clicked. `adding` draws other ways to
    add, for those who may.
    """

    one: str
    about: str
    section: FieldSection
    add: type[AddRecord]
    change: type[ChangeRecord]
    remove: type[RemoveRecord]
    columns: tuple[str, ...] = ()
    layout: Layout | None = None
    lists: Callable[[Access], Lists] | None = None
    beside: Callable[[Access, RecordRow], None] | None = None
    listed: Callable[[Access], int | None] | None = None
    adding: Callable[[Access], None] | None = None

    def draw(self, access: Access) -> None:
        """Everything below the title."""
        self._tell()
        may_edit = access.actor.may(self.section.changes)
        able = access.actor.who_can(self.section.changes).capitalize()
        st.caption(escape(self.about if may_edit else f"{self.about} {able} can change them."))
        self._chosen(access, may_edit=may_edit)
        place = st.container()
        found = self._list(access)
        if may_edit:
            with place:
                with st.expander(f"Add {self._a_one}", icon=":material/add:", expanded=not found):
                    self._new(access)
                if self.adding is not None:
                    self.adding(access)

    @property
    def _a_one(self) -> str:
        return f"{'an' if self.one[0] in 'aeiou' else 'a'} {self.one}"

    def _form(self, access: Access, verb: str, subject: object = "") -> Form:
        return Form(access, f"{verb}_{self.section.name}", subject)

    def _tell(self) -> None:
        """What was saved in the run before: said, and its form is closed."""
        just_saved(f"add_{self.section.name}")
        forms = [f"{verb}_{self.section.name}" for verb in ("change", "remove")]
        if any(just_saved(form, page_params.changing()) for form in forms):
            page_params.stop_changing()
        feedback.show_done()

    def _lists(self, access: Access) -> Lists:
        if self.lists is not None:
            return self.lists(access)
        refers = any(field.refers_to for field in self.section)
        return access.fetch(RecordNames(self.section.name)) if refers else NOTHING

    def _list(self, access: Access) -> bool:
        """Whether there is any record at all."""
        if self.listed is not None:
            _open(self.listed(access), keeps_place=True)
            return True
        text = st.text_input("Find", key="find", bind="query-params", icon=":material/search:", width=300)
        found = access.fetch(Records(self.section.name, text))
        if not found.rows:
            st.info(f"No {self.one} holds this text." if text else f"There is no {self.one} yet.")
            return bool(text)
        columns = record_columns(self.section, *self.columns, opener=True)
        used: Columns[RecordRow] = (Column(_USED_BY, lambda row: row.used_by or "nothing yet"),)
        alt = counted(len(found.rows), self.one)
        click = table(found.rows, (*columns, *used), key=self.section.name, alt=alt)
        if found.more:
            st.caption(f"The first {MOST}: type more of what you look for.")
        _open(None if click is None else click.row.record_id)
        return True

    def _chosen(self, access: Access, *, may_edit: bool) -> None:
        record_id = page_params.changing()
        if not record_id:
            return
        with feedback.refusals(), st.container(border=True):
            record = self._record(access, record_id)
            name = record.words[self.section.fields[0].name]
            st.header(escape(name), anchor=False)
            if self.listed is None:
                st.caption(escape(f"{_USED_BY}: {record.used_by or 'nothing yet'}."))
            if may_edit:
                self._edit(access, record, name)
            else:
                st.button("Close", key="close-record", on_click=page_params.stop_changing)
            if self.beside is not None:
                self.beside(access, record)

    def _record(self, access: Access, record_id: str) -> RecordRow:
        try:
            found = access.fetch(Records(self.section.name, only=whole_number(record_id, 1))).rows
        except ValueError:
            found = ()
        if not found:
            raise NotFound(f"The {self.one}")
        return found[0]

    def _edit(self, access: Access, record: RecordRow, name: str) -> None:
        form, lists = self._form(access, "change", record.record_id), self._lists(access)
        asked = section_form.told_and_open(self.section, record.shown, access.actor, lists)
        basis = Basis(record.version, record.shown)
        edit = section_form.edit(form, asked, basis, layout=self.layout, lists=lists)
        with st.container(horizontal=True):
            if st.button("Save", type="primary", key=form.key("save")):
                order = self.change(
                    record_id=record.record_id, version=edit.since.version, shown=edit.since.shown,
                    changes=edit.changes, command_id=form.command_id,
                )  # fmt: skip
                edit_conflicts.save(
                    form, order, lambda _: f"{name} is saved.", edit, lambda: self._current(access, record.record_id)
                )
            self._remove(access, record, name)
            st.button("Close", key=form.key("close"), on_click=page_params.stop_changing)
            form.offer_start_over()

    def _current(self, access: Access, record_id: int) -> Basis:
        now = self._record(access, str(record_id))
        return Basis(now.version, now.shown)

    def _remove(self, access: Access, record: RecordRow, name: str) -> None:
        form = self._form(access, "remove", record.record_id)
        why_not = f"In use by {record.used_by}: give them another one first." if record.used_by else ""
        with st.popover("Remove", icon=":material/delete:", disabled=bool(why_not), help=why_not or None):
            st.text(f"{name} is taken out of the list and can no longer be chosen. The audit keeps it.")
            if form.sends("Remove it", is_final=True):
                order = self.remove(record_id=record.record_id, version=record.version, command_id=form.command_id)
                form.save(order, lambda _: f"{name} is removed.")

    def _new(self, access: Access) -> None:
        form, lists = self._form(access, "add"), self._lists(access)
        typed = section_form.fields(form, self.section, self.section.unwritten(), layout=self.layout, lists=lists)
        with st.container(horizontal=True):
            if st.button(f"Add the {self.one}", type="primary", key=form.key("go")):
                order = self.add(values=typed, command_id=form.command_id)
                form.save(order, lambda _: f"{self._named(typed)} is added.")
            form.offer_start_over()

    def _named(self, typed: Mapping[str, str]) -> str:
        return typed[self.section.fields[0].name].strip()


def _open(record_id: int | None, *, keeps_place: bool = False) -> None:
    """`keeps_place`: the place in the address is that of the list itself, not of what stands beside a record."""
    if record_id is not None and page_params.changing() != str(record_id):
        page_params.change(str(record_id))
        if not keeps_place:
            to_the_beginning()
        st.rerun()
