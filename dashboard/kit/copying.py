"""Copying: texts with a button each that copies them to the clipboard, for mouse, keyboard and screen reader alike.

A script in the browser does it: no click comes to the server. What was copied is said beside the button and aloud.
"""

from collections.abc import Iterable
from html import escape
from pathlib import Path

import streamlit as st

WATCH_COPIES = f"<script>{Path(__file__).with_name('copying.js').read_text(encoding='utf-8')}</script>"


def copyable(entries: Iterable[tuple[str, str, bool]], *, key: str) -> None:
    """Label and text of each, side by side; those that may be copied with the button for it."""
    with st.container(key=f"copyable-{key}"):
        st.html(f"<dl>{''.join(_entry(*entry) for entry in entries)}</dl>")


def _entry(label: str, text: str, may_copy: bool) -> str:
    button = (
        f'<button type="button" aria-label="Copy {escape(label.lower())}"></button><span role="status"></span>'
        if may_copy
        else ""
    )
    return f"<div><dt>{escape(label)}</dt><dd><span>{escape(text)}</span>{button}</dd></div>"
