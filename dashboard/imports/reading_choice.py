"""How a file is read: its kind, and the source of its columns."""

import streamlit as st

from dashboard.imports.column_choice import column_choice
from dashboard.kit.saving import save_button
from data_access.base.labelled import Labelled
from data_access.imports.catalogue.headings import FirstLook
from data_access.imports.kinds import KINDS, FileKind
from data_access.queries.imports.runs import ImportShown
from data_access.store.access import Access


class Way(Labelled):
    """Who says which column is which field."""

    TRIED = "tried", "As it was tried"
    HEADINGS = "headings", "The headings of the file"
    EXPORTED = "exported", "It was exported by Customer Desk"
    HERE = "here", "Choose the columns here"
    MAPPING = "mapping", "A mapping file"


def reading_choice(access: Access, row: ImportShown) -> tuple[str, str] | None:
    """Draws it; the kind of file and the text of its mapping, None while it is not known yet.

    The text is blank where the headings say it.
    """
    kinds = {name: kind for name, kind in KINDS.items() if all(map(access.actor.may, kind.needs))}
    key = f"import-{row.id}"
    st.markdown("**How the file is read**")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = list(kinds).index(row.kind) if row.kind in kinds else 0
        name = st.selectbox(
            "The file holds", list(kinds), start, format_func=lambda one: kinds[one].holds, key=f"{key}-kind"
        )
        ways = _ways(kinds[name], was_tried=name == row.kind)
        likely = 0 if name == row.kind else ways.index(_likely(ways, kinds[name], row))
        way = st.selectbox(
            "Its columns are told by", ways, likely, format_func=lambda one: one.label, key=f"{key}-way-{name}"
        )
    mapping = _mapping(kinds[name], way, row, key)
    return None if mapping is None else (name, mapping)


def _ways(kind: FileKind, *, was_tried: bool) -> list[Way]:
    found = [Way.TRIED] if was_tried else []
    found += [Way.HEADINGS] if kind.has_headings else []
    found += [Way.EXPORTED] if kind.exported else []
    found += [Way.HERE] if kind.name != "classes" else []  # a class has more fields than a page can ask for
    return [*found, Way.MAPPING]


def _likely(ways: list[Way], kind: FileKind, row: ImportShown) -> Way:
    """The first of the ways that the file has the columns for."""
    if ways[0] is not Way.EXPORTED or kind.exported is None:
        return ways[0]
    headings = set(row.look["headings"])
    fits = kind.mapping(kind.exported, kind.exported).fitted(headings).columns() <= headings
    return ways[0] if fits else ways[1]


def _mapping(kind: FileKind, way: Way, row: ImportShown, key: str) -> str | None:
    if way is Way.TRIED:
        return row.mapping
    if way is Way.HEADINGS:
        return ""
    if way is Way.EXPORTED:
        assert kind.exported is not None
        return kind.exported.read_text(encoding="utf-8")
    if way is Way.HERE:
        look = FirstLook(tuple(row.look["headings"]), row.look["first"], row.look["delimiter"], row.look["encoding"])
        chosen = column_choice(kind, look, f"{key}-{kind.name}")
        if chosen is not None:
            save_button(
                "Save the mapping", chosen.encode(), f"{kind.name}.toml", "application/toml", key=f"{key}-saved"
            )
        return chosen
    given = st.file_uploader("Mapping", type=["toml"], key=f"{key}-mapping-{kind.name}", max_upload_size=1)
    return None if given is None else given.getvalue().decode("utf-8-sig", "replace")
