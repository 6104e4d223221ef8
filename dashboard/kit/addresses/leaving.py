"""Leaving a page for another: one entry in the browser's history, however many messages the platform sends for it.

The platform sends the other page's query first and the page afterwards. By itself the browser keeps an entry of each:
this page with the other one's query, and Back would show what nobody has seen, be it another customer. So the query
carries a mark that names the page, and a script in the browser waits for that page and takes the mark away.
"""

from pathlib import Path
from typing import NoReturn

import streamlit as st

from dashboard.kit.addresses.navigation import HOME, PAGES
from data_access.search.filter_params import Params

MARK = "opening"
FILES = {entry.file: entry.path for entry in PAGES}
_SCRIPT = Path(__file__).with_name("leaving.js").read_text(encoding="utf-8")
WATCH_HISTORY = f"<script>{_SCRIPT.replace('MARK', MARK).replace('HOME', HOME)}</script>"


def leave_for(file: str, shows: Params) -> NoReturn:
    """Opens the other page, which shows this."""
    st.switch_page(FILES[file], query_params=[*shows.items(), (MARK, file)])


def unmarked(address: Params) -> Params:
    """What a page has to read of its address."""
    return {name: values for name, values in address.items() if name != MARK}
