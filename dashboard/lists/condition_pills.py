"""The pills of Advanced search: each condition in words, in its groups; a click removes it."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.kit.feedback import escape
from dashboard.lists.condition_groups import ANY, Path, members
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import ConditionRow

Ask = Callable[[Sequence[str]], None]


def condition_pills(lines: Sequence[ConditionRow], ask: Ask) -> None:
    """Draws a line of them; nothing where nothing is asked yet."""
    if any(line.condition for line in lines):
        with st.container(key="condition-pills", horizontal=True, vertical_alignment="center", gap="xsmall"):
            _group(lines, (), ask)


def filter_sentence(chosen: AdvancedFilter) -> None:
    """What is asked as a whole, above the rows that it finds."""
    said = chosen.describe() if chosen.conditions else "all customers but the permanently terminated"
    st.caption(escape(f"{said[:1].upper()}{said[1:]}."))


def _group(lines: Sequence[ConditionRow], path: Path, ask: Ask) -> None:
    joining = "or" if path and path[-1].startswith(ANY) else "and"
    shown = [one for one in members(lines, path) if _is_asked(lines, one)]
    for place, one in enumerate(shown):
        if place:
            st.text(joining, width="content")
        if isinstance(one, int):
            _pill(lines, one, ask)
        else:
            st.text("(", width="content")
            _group(lines, one, ask)
            st.text(")", width="content")


def _is_asked(lines: Sequence[ConditionRow], one: int | Path) -> bool:
    if isinstance(one, int):
        return lines[one].condition is not None
    return any(_is_asked(lines, inner) for inner in members(lines, one))


def _pill(lines: Sequence[ConditionRow], number: int, ask: Ask) -> None:
    condition = lines[number].condition
    if condition is None:
        return
    said = condition.describe(quoted=True)
    if st.button(
        escape(said), icon=":material/close:", icon_position="right", key=f"condition-pill-{number + 1}",
        help="Take this condition away.",
    ):  # fmt: skip
        ask([str(line) for place, line in enumerate(lines) if place != number])
