"""The shell around every page: the menu by role, who is signed in, and the one place that handles refusals."""

from collections.abc import Iterable
from copy import copy
from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.kit import context, feedback, formats, viewer
from dashboard.kit.addresses.navigation import HOME, PAGES, PageEntry
from dashboard.kit.forms import sight
from dashboard.kit.look.theme import apply_look
from dashboard.server.signin.signin_page import PRODUCT
from dashboard.shell import finder
from dashboard.shell.run_log import PageRun, told
from data_access.base.permissions import Actor
from data_access.base.settings import settings
from data_access.store.access import Access

_HELP = """
**Ctrl+K** finds a customer from anywhere.

Every list, tab and chart is a link: copy the address to share what you see.

A button that is missing or refused needs a right; its message says who has it.
"""
_SIGN_OUT = '<a href="/logout" target="_self" style="color: inherit">Sign out</a>'
_SESSIONS = '<a href="/sessions" target="_self" style="color: inherit">Your sessions</a><br>'
_OWN_PASSWORD = '<a href="/login/password" target="_self" style="color: inherit">Change password</a><br>'


def render(pages: Iterable[PageEntry] = PAGES) -> None:
    """One run of the dashboard: who, where to, and the page."""
    with told() as run:
        _render(pages, run)


def _render(pages: Iterable[PageEntry], run: PageRun) -> None:
    st.set_page_config(page_title=PRODUCT, page_icon="🗂️", layout="wide")
    apply_look()
    try:
        with context.one_run() as access:
            run.login = access.actor.login
            _draw(pages, access, run)
    except feedback.SignedOut as over:
        _signed_out(over)


def _draw(pages: Iterable[PageEntry], access: Access, run: PageRun) -> None:
    page = st.navigation(menu(pages, access.actor), position="sidebar", expanded=True)
    st.set_page_config(page_title=f"{page.title} · {PRODUCT}")  # never a customer's name: it stays in the history
    run.page = page.url_path or HOME
    with feedback.refusals():
        finder.button(access)
    _foot(access)
    feedback.show_done()
    sight.acknowledge(access)
    with feedback.refusals():
        page.run()
    sight.ask_for_receipts()


def menu(pages: Iterable[PageEntry], actor: Actor) -> dict[str, list[StreamlitPage]]:
    """All pages, by section; hidden where the role may not go, so that a link there explains itself."""
    menu: dict[str, list[StreamlitPage]] = {}
    for entry in pages:
        menu.setdefault(entry.section, []).append(_page(entry, actor))
    return menu


def _page(entry: PageEntry, actor: Actor) -> StreamlitPage:
    """A copy: Streamlit writes into the page that it runs."""
    return copy(_made(entry, is_shown=entry.is_in_menu and actor.may(entry.needs)))


@cache
def _made(entry: PageEntry, *, is_shown: bool) -> StreamlitPage:
    """Looks for the file, and is therefore made once; only inside a run does Streamlit make it whole."""
    return st.Page(
        entry.path,
        title=entry.title,
        icon=entry.icon,
        url_path=entry.file,
        default=entry.is_default,
        visibility="visible" if is_shown else "hidden",
    )


def _foot(access: Access) -> None:
    actor = access.actor
    with st.sidebar.container(key="foot", gap="xsmall"):
        if settings().is_demo:
            st.badge("Demo data", icon=":material/science:", color="orange")
            st.caption(f"Today is {formats.day(viewer.today(access))}.")  # its clock can be moved ahead
        st.text(actor.name)
        st.caption(f"Signed in as {feedback.escape(actor.login)}, {actor.role}")
        with st.popover("Help", icon=":material/help:", type="tertiary"):
            st.markdown(_HELP)
        st.html(_SESSIONS + ("" if settings().is_demo else _OWN_PASSWORD) + _SIGN_OUT)


def _signed_out(over: feedback.SignedOut) -> None:
    st.title(PRODUCT, anchor=False)
    feedback.show_refusal(over)
