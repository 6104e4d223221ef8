"""The notices of a form: earlier unsaved input, changes by another tab, and the choice between the two."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.kit import viewer
from dashboard.kit.feedback import escape
from dashboard.kit.forms.sight import Sight

BEHIND = "Nothing was saved: this is not what the form showed when you clicked. Check what it shows now, then continue."
HERE, THERE = "here", "there"
BOTH = "You also typed into this form in another tab. Nothing was saved: choose what to keep."
_CHANGED = "Nothing was done: what this does has changed since you looked. Check what it shows now, then confirm."


def draw(sight: Sight, key: Callable[[str], str], start_over: Callable[[], None]) -> None:
    """What was left in a form; nothing where nothing was."""
    if sight.kept_from is not None:
        began = viewer.moment(sight.kept_from)
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            text = f"You started this on {began} (not saved): continue, or start over."
            st.markdown(f":orange[:material/edit_note:] {escape(text)}")
            st.button("Continue", key=key("go-on"), on_click=_go_on, args=(sight,))
            st.button("Start over", key=key("start-over-kept"), on_click=start_over)


def _go_on(sight: Sight) -> None:
    sight.kept_from = None


def not_saved(stored: str) -> str:
    """The mark under a field that holds what was typed before, as markdown; what is stored beside it."""
    beside = f" It was “{escape(stored)}”." if stored else ""
    return f":small[:orange[:material/edit_note: Not saved.]{beside}]"


def ask(sight: Sight, field: str, label: str, key: str, words: Mapping[str, str]) -> None:
    """The choice between what was typed here and in another tab; it acts at once."""
    theirs, mine = sight.conflicts[field], sight.fields[field].text
    if next(iter(sight.conflicts)) == field:
        st.warning(BOTH, icon=":material/sync_problem:")
    sides = {HERE: f"Here: {words.get(mine, mine) or 'blank'}", THERE: f"There: {words.get(theirs, theirs) or 'blank'}"}
    said = {side: escape(text) for side, text in sides.items()}
    st.radio(
        f"{escape(label)}: which one to keep?", list(sides), None, said.__getitem__, key=key, horizontal=True,
        on_change=choose, args=(sight, field, key, theirs),
    )  # fmt: skip


def choose(sight: Sight, field: str, key: str, theirs: str) -> None:
    """Ends the conflict. Called again where the run after the click was broken off, perhaps when it is done already."""
    if sight.conflicts.pop(field, None) is None and field not in sight.chosen:
        return
    sight.chosen[field] = theirs if st.session_state[key] == THERE else sight.fields[field].text


def changed(before: Sequence[str], now: Sequence[str]) -> None:
    """What a review said and no longer says."""
    gone = [sentence for sentence in before if sentence not in now]
    st.warning(_CHANGED, icon=":material/sync_problem:")
    if gone:
        st.caption(f"It said before: {escape(' '.join(gone))}")
