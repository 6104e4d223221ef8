"""The choice of columns: which field each column of a file is, and how the file writes dates and amounts."""

from collections.abc import Mapping

import streamlit as st

from dashboard.kit.feedback import escape
from data_access.base.text.text_keys import fold
from data_access.imports.catalogue.headings import FirstLook
from data_access.imports.files.mapping_text import HowWritten, mapping_text
from data_access.imports.kinds import FileKind

_DAYS = {"%Y-%m-%d": "2026-12-31", "%d.%m.%Y": "31.12.2026", "%d/%m/%Y": "31/12/2026", "%m/%d/%Y": "12/31/2026"}
_MARKS = {".": "1234.56", ".,": "1,234.56", ",": "1234,56", ",.": "1.234,56", ", ": "1 234,56", ".'": "1'234.56"}
_BLANKS = {"keep": "nothing: what stands here is kept", "clear": "blank: what stands here is cleared"}
_SAMPLE = 60


def column_choice(kind: FileKind, look: FirstLook, key: str) -> str | None:
    """Draws it; the mapping that it makes, None while a field is missing that there has to be."""
    how = _how(look, key)
    st.markdown("**Which column is which field**")
    columns = _columns(kind, look, key)
    constants = _constants(kind, columns, key)
    missing = [kind.labels[name] for name in kind.required if name not in columns and name not in constants]
    if missing:
        st.caption(f"Still missing: {escape(', '.join(missing))}. Choose a column, or what is the same for every row.")
        return None
    return mapping_text(columns, constants, how)


def _how(look: FirstLook, key: str) -> HowWritten:
    with st.container(horizontal=True):
        day = st.selectbox("Days are written", list(_DAYS), format_func=_DAYS.__getitem__, key=f"{key}-days", width=180)
        mark = st.selectbox(
            "Amounts are written", list(_MARKS), format_func=_MARKS.__getitem__, key=f"{key}-marks", width=180
        )
        blank = st.selectbox(
            "A blank cell means", list(_BLANKS), format_func=_BLANKS.__getitem__, key=f"{key}-blank", width=320
        )
    return HowWritten(day, mark[0], mark[1:], blank, look.delimiter, look.encoding)


def _columns(kind: FileKind, look: FirstLook, key: str) -> dict[str, str]:
    """By field the column that was chosen for it, the first one where there are several."""
    guessed, chosen = _guessed(kind, look), dict[str, str]()
    for number, heading in enumerate(look.headings):
        with st.container(horizontal=True, vertical_alignment="center"):
            sample = look.first.get(heading, "").strip()
            st.markdown(f"{escape(heading)}  \n:gray[:small[{escape(sample[:_SAMPLE]) or 'blank'}]]", width=300)
            field = st.selectbox(
                f"Field of {heading}", ["", *kind.labels],
                index=[*kind.labels].index(guessed[heading]) + 1 if heading in guessed else 0,
                format_func=lambda name: kind.labels.get(name, "Leave out"), key=f"{key}-column-{number}",
                label_visibility="collapsed", width=340,
            )  # fmt: skip
        if field in chosen:
            st.caption(f":material/warning: {escape(kind.labels[field])} stands above already: this one is left out.")
        elif field:
            chosen[field] = heading
    return chosen


def _guessed(kind: FileKind, look: FirstLook) -> Mapping[str, str]:
    """By column the field that is called so, by its label or its name in a mapping; each once."""
    known = {_letters(text): name for name, label in kind.labels.items() for text in (name, label)}
    found = {heading: known.get(_letters(heading), "") for heading in look.headings}
    return {heading: name for heading, name in found.items() if name and [*found.values()].count(name) == 1}


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _constants(kind: FileKind, columns: Mapping[str, str], key: str) -> dict[str, str]:
    """What is the same for every row: of fields that there have to be and that no column gives, and of any other."""
    st.markdown("**The same for every row**")
    absent = [name for name in kind.labels if name not in columns]
    asked = [name for name in absent if name in kind.required]
    others = [name for name in absent if name not in kind.required]
    asked += st.multiselect(
        "Other fields that are", others, format_func=kind.labels.__getitem__, key=f"{key}-others", placeholder="None",
        width=504, select_all=False,
    )  # fmt: skip
    with st.container(horizontal=True):
        typed = {name: st.text_input(kind.labels[name], key=f"{key}-same-{name}", width=240) for name in asked}
    return {name: text.strip() for name, text in typed.items() if text and text.strip()}
