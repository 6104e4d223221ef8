"""The dialog that edits any section of a customer: declared by a row, drawn from the fields of the section."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.customer.actions import Action
from dashboard.customer.dialogs.dialog_frame import Draw, window
from dashboard.customer.dialogs.outcome import shown_if_changed
from dashboard.kit.feedback import escape
from dashboard.kit.forms import edit_conflicts, section_form
from dashboard.kit.forms.edit_conflicts import Basis
from dashboard.kit.forms.forms import Form
from dashboard.kit.forms.section_form import Layout, Lists
from data_access.fields.section import FieldSection
from data_access.queries.customers.customer import Head
from data_access.queries.customers.section import SectionOf, SectionView
from data_access.queries.records.record_names import RecordNames
from data_access.services.section_edit import EditBeside
from data_access.store.access import Access


def names_for(section: FieldSection) -> Callable[[Access, Head], Lists]:
    """What the references of a section are chosen from, unless its dialog says otherwise."""
    return lambda access, _: access.fetch(RecordNames(section.name))


@dataclass(frozen=True)
class SectionDialog:
    """Edits a section beside a customer. `layout`: its fields in rows of one's own; `lists`: what they refer to."""

    title: str
    section: FieldSection
    command: type[EditBeside]
    layout: Layout | None = None
    lists: Callable[[Access, Head], Lists] | None = None

    @property
    def name(self) -> str:
        return f"edit_{self.section.name}"

    @property
    def action(self) -> Action:
        """Its button."""
        return Action(self.name, self.title, ":material/edit:", self.section.changes, edits=True)

    @property
    def dialogs(self) -> Mapping[str, Draw]:
        """What `dialog_host` draws."""
        return {self.name: window(self.title, self._body, width="large")}

    def _body(self, access: Access, head: Head) -> None:
        view = self._view(access, head)
        if view.refusal:
            st.info(escape(view.refusal), icon=":material/lock:")
            return
        form = Form(access, self.name, head.customer_id)
        lists = (self.lists or names_for(self.section))(access, head)
        edit = section_form.edit(
            form, to_edit(self.section, view, access, lists), basis_of(view), layout=self.layout, lists=lists
        )
        with st.container(horizontal=True):
            if st.button("Save", type="primary", key=form.key("save")):
                order = self.command(
                    customer_id=head.customer_id, version=edit.since.version, shown=edit.since.shown,
                    changes=edit.changes, command_id=form.command_id,
                )  # fmt: skip
                said = f"{self.command.called} is saved."
                edit_conflicts.save(
                    form, order, lambda _: f"{said}{shown_if_changed(access, head)}", edit,
                    lambda: basis_of(self._view(access, head)),
                )  # fmt: skip
            form.offer_start_over()

    def _view(self, access: Access, head: Head) -> SectionView:
        return access.fetch(SectionOf(head.customer_id, self.section.name))


def basis_of(view: SectionView) -> Basis:
    """What an edit starts from."""
    return Basis(view.version, view.shown)


def to_edit(section: FieldSection, view: SectionView, access: Access, lists: Lists) -> FieldSection:
    """The fields that this person can edit; what is left to the class says so in place."""
    if view.left_to_class:
        st.caption(escape(f"What is left to the {section.left_to} is as {view.class_name} says, and follows it."))
    asked = section.standing_for(view.left_to_class)
    return section_form.told_and_open(asked, view.shown, access.actor, lists)
