"""The dialogs of records of a customer: add one, change it, remove it, declared by a row for any section."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.customer.actions import Action, chosen
from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.customer.dialogs.outcome import shown_if_changed
from dashboard.customer.dialogs.section_dialog import basis_of, names_for, to_edit
from dashboard.kit.feedback import escape
from dashboard.kit.forms import dialog_state, edit_conflicts, section_form
from dashboard.kit.forms.forms import Form
from dashboard.kit.forms.section_form import Layout, Lists
from data_access.fields.section import FieldSection
from data_access.queries.customers.customer import Head
from data_access.queries.customers.section import SectionView
from data_access.queries.customers.section_rows import RecordBeside
from data_access.services.section_records import AddBeside, ChangeBeside, RemoveBeside, RowSaved
from data_access.store.access import Access

_PICK = "Choose a row in the table first."


def _row_id(row: Any) -> int:
    return int(row.record_id)


@dataclass(frozen=True)
class RowDialogs:
    """Three dialogs about the records of a section. `called`: what one of them is, as in “Add a number”: `number`.

    A command that is left out has no button. `warns` is told before one is removed. `row_id`: which record a row of
    the table is, where the table asks for more than the records themselves. `why_not`: why a row cannot be touched.
    """

    called: str
    section: FieldSection
    add: type[AddBeside] | None = None
    change: type[ChangeBeside] | None = None
    remove: type[RemoveBeside] | None = None
    layout: Layout | None = None
    lists: Callable[[Access, Head], Lists] | None = None
    warns: str = "It is taken out of the list. The audit keeps it."
    row_id: Callable[[Any], int] = _row_id
    why_not: Callable[[Any], str] = lambda _: ""

    def actions(self, head: Head, row: Any | None) -> Sequence[Action]:  # noqa: ARG002  as every table of rows is asked
        """The buttons above the table, with the row that is chosen in it."""
        about = chosen(row, self.row_id, _PICK)
        about_row = about.subject, about.obstacle if row is None else self.why_not(row)
        right = self.section.changes
        offered = (
            (self.add, Action(self._name("add"), f"Add {_a(self.called)}", ":material/add:", right, edits=True)),
            (self.change, Action(self._name("change"), "Change", ":material/edit:", right, *about_row, edits=True)),
            (self.remove, Action(self._name("remove"), "Remove", ":material/delete:", right, *about_row, edits=True)),
        )
        return [action for command, action in offered if command is not None]

    @property
    def dialogs(self) -> Mapping[str, Draw]:
        """What `dialog_host` draws."""
        a_row = _a(self.called)
        return {
            self._name("add"): window(f"Add {a_row}", self._add, width="medium"),
            self._name("change"): window(f"Change {a_row}", self._change, width="medium"),
            self._name("remove"): window(f"Remove {a_row}", self._remove),
        }

    def _name(self, verb: str) -> str:
        return f"{verb}_{self.section.name}"

    def _view(self, access: Access, head: Head, row_id: int | None) -> SectionView:
        return access.fetch(RecordBeside(head.customer_id, self.section.name, row_id))

    def _open(
        self, access: Access, head: Head, view: SectionView, section: FieldSection
    ) -> tuple[FieldSection, Lists]:  # fmt: skip
        lists = (self.lists or names_for(section))(access, head)
        return to_edit(section, view, access, lists), lists

    def _add(self, access: Access, head: Head) -> None:
        view = self._view(access, head, None)
        if self.add is None or _is_refused(view):
            return
        form, command = Form(access, self._name("add"), head.customer_id), self.add
        asked, lists = self._open(access, head, view, self.section.not_fixed())
        typed = section_form.fields(form, asked, view.shown, layout=self.layout, lists=lists)
        finish(
            form, head, f"Add the {self.called}",
            lambda: command(customer_id=head.customer_id, values=typed, command_id=form.command_id),
            lambda _: f"The {self.called} is added.",
        )  # fmt: skip

    def _change(self, access: Access, head: Head) -> None:
        row_id = dialog_state.subject()
        view = self._view(access, head, row_id)
        if self.change is None or _is_refused(view):
            return
        form = Form(access, self._name("change"), row_id)
        asked, lists = self._open(access, head, view, self.section)
        edit = section_form.edit(form, asked, basis_of(view), layout=self.layout, lists=lists)
        with st.container(horizontal=True):
            if st.button("Save", type="primary", key=form.key("save")):
                order = self.change(
                    row_id=row_id, version=edit.since.version, shown=edit.since.shown, changes=edit.changes,
                    command_id=form.command_id,
                )  # fmt: skip
                edit_conflicts.save(
                    form, order, lambda _: f"The {self.called} is saved.{shown_if_changed(access, head)}", edit,
                    lambda: basis_of(self._view(access, head, row_id)),
                )  # fmt: skip
            form.offer_start_over()

    def _remove(self, access: Access, head: Head) -> None:
        row_id = dialog_state.subject()
        view = self._view(access, head, row_id)
        if self.remove is None or _is_refused(view):
            return
        form, command = Form(access, self._name("remove"), row_id), self.remove
        facts(*view.said)
        st.text(self.warns)

        def order() -> RemoveBeside:
            return command(row_id=row_id, version=view.version, command_id=form.command_id)

        def said(_: RowSaved) -> str:
            return f"The {self.called} is removed."

        seen = [f"{label}: {words}" for label, words in view.said]
        finish(form, head, f"Remove the {self.called}", order, said, showed=seen, is_final=True)


def _is_refused(view: SectionView) -> bool:
    if view.refusal:
        st.info(escape(view.refusal), icon=":material/lock:")
    return bool(view.refusal)


def _a(called: str) -> str:
    return f"{'an' if called[0] in 'aeiou' else 'a'} {called}"
