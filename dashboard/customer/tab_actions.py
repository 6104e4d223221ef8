"""Tab actions: the buttons of a tab that open a dialog; one that cannot be used is pale and says why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import streamlit as st

from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.entry import preset
from data_access.base.permissions import Permission, who_can
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Button:
    """One button. `dialog` is what it opens, on `subject` or on the customer; `obstacle` is why not, for anybody.

    `fills`: what stands in the form of the dialog already.
    """

    dialog: str
    label: str
    icon: str
    needs: Permission
    subject: int | None = None
    obstacle: str = ""
    after_the_end: bool = False
    fills: Mapping[str, str] = field(default_factory=dict)


def ways(access: Access, head: Head, *entries: Button) -> None:
    """Draws them side by side."""
    with st.container(horizontal=True, gap="xsmall"):
        for way in entries:
            why_not = _why_not(way, access, head)
            st.button(
                way.label,
                key=f"way-{way.dialog}-{way.subject or head.customer_id}-{way.label}",
                icon=way.icon,
                disabled=bool(why_not),
                help=why_not or None,
                on_click=_open,
                args=(way, head),
            )


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a way is about once a row is chosen, and why there is none before."""

    subject: int | None
    obstacle: str


def chosen(row: Row | None, subject: Callable[[Row], int], otherwise: str) -> Chosen:
    """Of the row that is chosen in a table below the ways."""
    return Chosen(None, otherwise) if row is None else Chosen(subject(row), "")


def _open(way: Button, head: Head) -> None:
    if way.fills:
        preset(way.dialog, way.subject or head.customer_id, way.fills)
    dialog_state.show(way.dialog, head.customer_id, way.subject)


def _why_not(way: Button, access: Access, head: Head) -> str:
    if not access.actor.may(way.needs):
        return f"Your role has no right to {way.needs.label}. {who_can(way.needs).capitalize()} can."
    if head.is_closed and not way.after_the_end:
        return "The customer is permanently terminated: this is not possible any more."
    return way.obstacle
