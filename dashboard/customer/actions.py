"""The actions of a customer's page: buttons that open a dialog; a disabled one is pale and says why."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import streamlit as st

from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.entry import preset
from data_access.base.permissions import Actor, Permission, who_can
from data_access.domain.editing import edit_refusal, refusal_unless_running
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

Row = TypeVar("Row")
MENU = "head-more"  # under which the rare actions stand


@dataclass(frozen=True, slots=True)
class Action:
    """One button. `dialog` is what it opens, on `subject` or on the customer; `obstacle` is why not, for anybody.

    Any of the rights is enough; the first is the one that a refusal speaks of. `fills`: what stands in the form of the
    dialog already. `edits`: not of a customer that cannot be edited. `gives`: what only a running customer is given.
    """

    dialog: str
    label: str
    icon: str
    needs: Permission | tuple[Permission, ...]
    subject: int | None = None
    obstacle: str = ""
    after_the_end: bool = False
    fills: Mapping[str, str] = field(default_factory=dict)
    is_primary: bool = False
    edits: bool = False
    gives: str = ""


def action_buttons(access: Access, head: Head, actions: Iterable[Action]) -> None:
    """Draws them side by side."""
    with st.container(horizontal=True, gap="xsmall"):
        for action in actions:
            action_button(access, head, action)


def action_button(access: Access, head: Head, action: Action, *, where: str = "tab") -> None:
    """`where`: the head may offer what a tab offers too."""
    why_not = obstacle(action, access.actor, head)
    st.button(
        action.label,
        key=f"{where}-{action.dialog}-{action.subject or head.customer_id}-{action.label}",
        icon=action.icon,
        type="primary" if action.is_primary else "secondary",
        disabled=bool(why_not),
        help=why_not or None,
        on_click=_open,
        args=(action, head),
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an action is about once a row is chosen, and why there is none before."""

    subject: int | None
    obstacle: str


def chosen(row: Row | None, subject: Callable[[Row], int], otherwise: str) -> Chosen:
    """Of the row that is chosen in a table below the actions."""
    return Chosen(None, otherwise) if row is None else Chosen(subject(row), "")


def _open(action: Action, head: Head) -> None:
    if action.fills:
        preset(action.dialog, action.subject or head.customer_id, action.fills)
    if MENU in st.session_state:
        st.session_state[MENU] = False  # it would lie over the dialog
    dialog_state.show(action.dialog, head.customer_id, action.subject)


def obstacle(action: Action, actor: Actor, head: Head) -> str:
    """Why this person cannot do it here, as a whole sentence; blank if they can."""
    rights = action.needs if isinstance(action.needs, tuple) else (action.needs,)
    if not any(map(actor.may, rights)):
        return f"Your role has no right to {rights[0].label}. {who_can(rights[0]).capitalize()} can."
    if head.is_closed and not action.after_the_end:
        return "The customer is permanently terminated: this is not possible any more."
    status = head.facts.bill_status
    refusal = edit_refusal(status) if action.edits else None
    return refusal or (refusal_unless_running(status, action.gives) if action.gives else "") or action.obstacle
