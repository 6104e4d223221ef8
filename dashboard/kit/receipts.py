"""Receipts: the browser records which results it has shown, so that a reload right afterwards does not repeat them.

The answer to a click may be lost on its way. At the end of the answer stand the ids of the commands that it tells of; a
script in the browser keeps them in a cookie, where the next session of this browser reads what has arrived.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_COOKIE, _BETWEEN = "shown", "."
WATCH_RECEIPTS = f"<script>{Path(__file__).with_name('receipts.js').read_text(encoding='utf-8')}</script>"


def ask_for(command_ids: Sequence[str]) -> None:
    """Draws nothing that is seen: once the browser has this, it has all that was drawn before."""
    if command_ids:
        with st.container(key="unseen-receipts"):
            st.html(_BETWEEN.join(command_ids))


def has_shown(command_id: str) -> bool:
    """Whether this browser has shown what the command did, in this tab or another."""
    return command_id in st.context.cookies.get(_COOKIE, "").split(_BETWEEN)
