"""The actions of a customer's page: what this person may do here opens a dialog, the rest says who can."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.customer.dialogs import add_note, adjust_balance, change_status, edit_customer, legal_hold, promises
from data_access.base.bookings import BOOKINGS
from data_access.base.permissions import Actor, Permission, who_can
from data_access.domain.moves import MOVES
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


@dataclass(frozen=True, slots=True)
class Action:
    """One button. Any of the rights is enough to use it; the first is the one that a refusal speaks of."""

    name: str
    label: str
    icon: str
    rights: tuple[Permission, ...]
    open: Callable[[Access, Head], None]
    after_the_end: bool = True
    is_primary: bool = False
    is_rare: bool = False


_MOVING = tuple(move.permission for move in MOVES.values() if not move.by_system)
_BOOKING = tuple(row.permission for row in BOOKINGS.values() if row.permission is not None)

ACTIONS = (
    Action("adjust-balance", "Adjust balance", ":material/payments:", _BOOKING, adjust_balance.open, is_primary=True),
    Action("note", "Note", ":material/note_add:", (Permission.NOTE_WRITE,), add_note.open),
    Action(
        "edit", "Edit", ":material/edit:", (Permission.CUSTOMER_EDIT,), edit_customer.open,
        after_the_end=False,
    ),
    Action(
        "change-status", "Change status", ":material/swap_horiz:", _MOVING, change_status.open,
        after_the_end=False,
    ),
    Action(
        "promise", "Record promise", ":material/handshake:", (Permission.CUSTOMER_LIFT,), promises.open,
        after_the_end=False, is_rare=True,
    ),
    Action(
        "legal-hold", "Legal hold", ":material/balance:", (Permission.PERSONAL_HOLD,), legal_hold.open,
        is_rare=True,
    ),
)  # fmt: skip


def actions(access: Access, head: Head) -> None:
    """The buttons at the right of the head, the rare ones under More; one that cannot be used is pale and says why."""
    with st.container(horizontal=True, width="content", gap="xsmall", key="actions"):
        for action in ACTIONS:
            if not action.is_rare:
                _button(action, access, head)
        with st.popover("More", icon=":material/more_horiz:"):
            for action in ACTIONS:
                if action.is_rare:
                    _button(action, access, head)


def _button(action: Action, access: Access, head: Head) -> None:
    why_not = obstacle(action, access.actor, head)
    st.button(
        action.label,
        key=f"{action.name}-{head.customer_id}",
        icon=action.icon,
        type="primary" if action.is_primary else "secondary",
        disabled=why_not is not None,
        help=why_not,
        on_click=action.open,
        args=(access, head),
    )


def obstacle(action: Action, actor: Actor, head: Head) -> str | None:
    """Why this person cannot do it here, as a whole sentence; None if they can."""
    if not any(map(actor.may, action.rights)):
        first = action.rights[0]
        return f"Your role has no right to {first.label}. {who_can(first).capitalize()} can."
    if head.is_closed and not action.after_the_end:
        return "The customer is permanently terminated: no edit and no status change is possible any more."
    return None
