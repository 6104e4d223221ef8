"""The actions in the header of a customer's page: the most frequent ones, and the rare ones under More."""

import streamlit as st

from dashboard.customer.actions import MENU, Action, action_button
from dashboard.customer.dialogs import add_note, adjust_balance, change_status, edit_customer, hold_form, tags
from dashboard.customer.tabs.money import promises
from data_access.base.bookings import BOOKINGS
from data_access.base.permissions import Permission
from data_access.domain.moves import MOVES
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

_MOVING = tuple(move.permission for move in MOVES.values() if not move.by_system)
_BOOKING = tuple(row.permission for row in BOOKINGS.values() if row.permission is not None)

OFTEN = (
    Action(adjust_balance.NAME, "Adjust balance", ":material/payments:", _BOOKING, after_the_end=True, is_primary=True),
    Action(add_note.NAME, "Note", ":material/note_add:", Permission.NOTE_WRITE, after_the_end=True),
    Action(edit_customer.NAME, "Edit", ":material/edit:", Permission.CUSTOMER_EDIT, edits=True),
    Action(change_status.NAME, "Change status", ":material/swap_horiz:", _MOVING),
)


def rare(head: Head) -> tuple[Action, ...]:
    """What stands under More."""
    return (
        Action(tags.NAME, "Tags", ":material/label:", Permission.CUSTOMER_EDIT, edits=True),
        promises.record(head),
        Action(hold_form.NAME, "Legal hold", ":material/balance:", Permission.PERSONAL_HOLD, after_the_end=True),
    )


def draw(access: Access, head: Head) -> None:
    """The buttons at the right of the head."""
    with st.container(horizontal=True, width="content", gap="xsmall", key="actions"):
        for action in OFTEN:
            action_button(access, head, action, where="head")
        with st.popover("More", icon=":material/more_horiz:", key=MENU, on_change="rerun"):
            for action in rare(head):
                action_button(access, head, action, where="head")
