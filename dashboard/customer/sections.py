"""Declarations of tabs and their sections: what each section reads and shows, and its actions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

import streamlit as st

from dashboard.customer.actions import Action, action_buttons
from dashboard.kit.addresses import page_params
from dashboard.kit.feedback import escape
from dashboard.kit.tables.table import Column, Columns, chosen_row, table
from data_access.base.permissions import Actor, Permission, who_can
from data_access.fields.section import FieldSection
from data_access.queries.customers.customer import Head
from data_access.queries.customers.section import SectionOf
from data_access.queries.pagination.pages import Page
from data_access.store.access import Access, Query

R = TypeVar("R")


class TabSection(Protocol):
    """A part of a tab: rows as declared here, fields as declared elsewhere, or something of its own."""

    @property
    def draw(self) -> Callable[[Access, Head], None]: ...


@dataclass(frozen=True)
class Tab:
    """A tab: its title in the bar and in the address, and its sections from top to bottom. `stands`: for whom."""

    title: str
    sections: tuple[TabSection, ...]
    stands: Callable[[Head], bool] = lambda _: True


@dataclass(frozen=True)
class Drawn:
    """A section that draws itself."""

    draw: Callable[[Access, Head], None]


@dataclass(frozen=True)
class Fields:
    """The fields of a declared section that hold something, in words. `edit`: the button that edits them.

    `also`: what else is told of the customer, below them.
    """

    section: FieldSection
    empty: str
    edit: Action | None = None
    also: Callable[[Head], Sequence[tuple[str, str]]] = lambda _: ()

    def draw(self, access: Access, head: Head) -> None:
        view = access.fetch(SectionOf(head.customer_id, self.section.name))
        if self.edit is not None:
            action_buttons(access, head, [replace(self.edit, obstacle=self._hidden(access.actor))])
        if any(not self.section.is_seen(field, access.actor) for field in self.section):
            st.caption(escape(f"Personal data is masked: your role has no right to see it. {_who_sees()} can."))
        given = [*((label, words) for label, words in view.said if words), *self.also(head)]
        if not given:
            st.text(self.empty)
            return
        columns: Columns[tuple[str, str]] = (Column("Field", lambda row: row[0]), Column("Entered", lambda row: row[1]))
        table(given, columns, alt=f"{self.section.title} of the customer")

    def _hidden(self, actor: Actor) -> str:
        """Why somebody who sees none of the fields cannot edit them."""
        if any(self.section.is_seen(field, actor) for field in self.section):
            return ""
        return f"All of it is personal data, which your role has no right to see. {_who_sees()} can."


def _who_sees() -> str:
    return who_can(Permission.PERSONAL_READ).capitalize()


@dataclass(frozen=True)
class Rows(Generic[R]):
    """Rows that belong to the customer, all of them or from a place on.

    A section without a word for `empty` is not drawn where there are none.
    `actions`: what can be done with them, with the row that is chosen or without one; they stand above the table.
    `details`: what is told of the chosen row, below. `remark` draws what is said of the rows before them.
    `waits`: what has to come first, as a sentence; until then nothing can be added.
    """

    asks: Callable[[int], Query[tuple[R, ...]] | Query[Page[R]]]
    columns: Callable[[Access, Head], Columns[R]]
    alt: str
    empty: str
    key: str
    title: str = ""
    remark: Callable[[Head, Sequence[R]], None] | None = None
    actions: Callable[[Head, R | None], Sequence[Action]] | None = None
    details: Callable[[Access, Head, R], None] | None = None
    waits: Callable[[Access, Head], str] | None = None

    def draw(self, access: Access, head: Head) -> None:
        found: tuple[R, ...] | Page[R] = access.fetch(self.asks(head.customer_id))  # type: ignore[assignment]  # one of both
        rows = found.rows if isinstance(found, Page) else found
        if not rows and not self.empty:
            return
        if self.title:
            st.header(self.title, anchor=False)
        above = st.container() if self.actions else None
        row = self._rows(access, head, rows)
        if isinstance(found, Page):
            older(found, key=self.key)
        if above is not None and self.actions is not None:
            with above:
                action_buttons(access, head, self._offered(access, head, self.actions(head, row)))
        if row is not None and self.details is not None:
            self.details(access, head, row)

    def _offered(self, access: Access, head: Head, actions: Sequence[Action]) -> Sequence[Action]:
        why_not = self.waits(access, head) if self.waits is not None else ""
        if not why_not:
            return actions
        return [one if one.subject or one.obstacle else replace(one, obstacle=why_not) for one in actions]

    def _rows(self, access: Access, head: Head, rows: Sequence[R]) -> R | None:
        """The row that is chosen, where rows can be."""
        if not rows:
            st.text(self.empty)
            return None
        if self.remark is not None:
            self.remark(head, rows)
        columns = self.columns(access, head)
        if self.actions or self.details:
            return chosen_row(rows, columns, key=f"{self.key}-{head.customer_id}", alt=self.alt)
        table(rows, columns, alt=self.alt)
        return None


def older(page: Page[R], *, key: str) -> None:
    """The way down a list that goes on, and back to the newest where one has gone down."""
    if page.older is None and not page_params.below():
        return
    with st.container(horizontal=True):
        if page_params.below():
            st.button("Newest", key=f"newest-{key}", icon=":material/first_page:", on_click=page_params.go_to_top)
        if page.older is not None:
            st.button(
                "Older", key=f"older-{key}", icon=":material/chevron_right:", on_click=page_params.go_below,
                args=(page.older,),
            )  # fmt: skip
