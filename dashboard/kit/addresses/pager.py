"""The pager: the position in a list from the URL, the sentence under it and the buttons to its other pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.kit.addresses.list_state import AFTER, AT, BEFORE, PAGE, asked_number, go, params, without_place
from data_access.queries.pagination.pages import Cursor, Direction, Page
from data_access.search.filter_params import Params

Ways = Mapping[str, Params | None]
LOST = "The place in the list that this address gives cannot be read: showing the beginning."
LABELS = ("First", "Previous", "Next", "Last")
_MOST_PAGES = 99_999
_FORMERLY = {"older": Direction.AFTER, "newer": Direction.BEFORE}  # addresses of the audit log once had `at=older-70`
_END = "0"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list begins; `is_lost`: the address names a place that cannot be read."""

    direction: Direction = Direction.FIRST
    cursor: str = ""
    is_lost: bool = False


def asked_place(read: Callable[[str], Cursor]) -> Place:
    """What the address asks for; a damaged place is the beginning."""
    address = params()
    for direction, cursor in _named(address):
        try:
            read(cursor)
        except ValueError:
            return Place(is_lost=True)
        return Place(direction, cursor)
    is_last = address.get(PAGE) == [Direction.LAST.value] or address.get(AT) == [f"newer-{_END}"]
    return Place(Direction.LAST if is_last else Direction.FIRST)


def _named(address: Params) -> list[tuple[Direction, str]]:
    named = {Direction.AFTER: address.get(AFTER), Direction.BEFORE: address.get(BEFORE)}
    towards, _, number = "".join(address.get(AT, [])[:1]).partition("-")
    formerly = [(_FORMERLY[towards], number)] if towards in _FORMERLY and number != _END else []
    return [(direction, cursors[0]) for direction, cursors in named.items() if cursors and cursors[0]] or formerly


def pager(sentence: str, page: Page[object], *, key: str) -> None:
    """Draws both under a list that goes on from places."""
    back: Ways = {"First": {}, "Previous": {BEFORE: [str(page.first or "")]}}
    on: Ways = {"Next": {AFTER: [str(page.last or "")]}, "Last": {PAGE: [Direction.LAST.value]}}
    _draw(sentence, {**(back if page.has_previous else {}), **(on if page.has_next else {})}, key=key)


def numbered_pager(sentence: str, number: int, last: int, *, key: str) -> None:
    """Draws both under a list whose pages are counted, from 0."""
    back: Ways = {"First": {}, "Previous": {PAGE: [str(number - 1)]}}
    on: Ways = {"Next": {PAGE: [str(number + 1)]}, "Last": {PAGE: [str(last)]}}
    _draw(sentence, {**(back if number > 0 else {}), **(on if number < last else {})}, key=key)


def _draw(sentence: str, ways: Ways, *, key: str) -> None:
    with st.container(key="pager", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.text(sentence)
        with st.container(horizontal=True, width="content", gap="xsmall"):
            for label in LABELS:
                way = ways.get(label)
                if st.button(label, key=f"{key}-{label.lower()}", disabled=way is None) and way is not None:
                    go(without_place(params()) | way)


def page_number() -> int:
    """Which page the address asks for, counted from 0; a damaged one is the first."""
    return asked_number(PAGE, _MOST_PAGES) or 0
