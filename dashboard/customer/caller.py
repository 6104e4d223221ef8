"""The caller: the details to ask for, with a click to copy each, and whether the caller was verified, and by whom."""

import streamlit as st

from dashboard.customer.actions import Action, action_button
from dashboard.customer.dialogs.calls import verify_caller
from dashboard.kit import viewer
from dashboard.kit.copying import copyable
from dashboard.kit.feedback import escape
from dashboard.kit.look.palette import VERIFIED
from data_access.base.clock import time_in_words
from data_access.base.permissions import Permission
from data_access.queries.customers.customer import Head, VerifiedCaller
from data_access.store.access import Access


def draw(access: Access, head: Head) -> None:
    """One line under the name of the customer."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="caller"):
        copyable(((one.label, one.words, not one.is_masked) for one in head.caller), key="caller")
        if head.verified is not None:
            st.badge(escape(_verified(head.verified)), icon=VERIFIED.icon, color=VERIFIED.badge)
        label = "Verify again" if head.verified else "Verify the caller"
        verify = Action(verify_caller.NAME, label, VERIFIED.icon, Permission.NOTE_WRITE, after_the_end=True)
        action_button(access, head, verify, where="head")


def _verified(told: VerifiedCaller) -> str:
    return f"Verified by {told.login} until {time_in_words(told.until, viewer.zone())}"
