"""The form of a section: each declared field drawn by its kind, and the only way to edit what others edit too."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard.kit.feedback import escape
from dashboard.kit.forms import edit_conflicts
from dashboard.kit.forms.edit_conflicts import Basis, Edit
from dashboard.kit.forms.forms import Form
from dashboard.kit.forms.sight import YES, as_text
from data_access.base.permissions import Actor
from data_access.fields.field import Control, Field, Typed
from data_access.fields.section import FieldSection

Lists = Mapping[str, Mapping[str, str]]  # by what a field refers to, each id with its name
Layout = Sequence[Sequence[str | Sequence[str]]]  # rows of cells; a cell holds a field, or several below one another
NOTHING: Lists = {}


def edit(
    form: Form, section: FieldSection, current: Basis, *, layout: Layout | None = None, lists: Lists = NOTHING
) -> Edit:
    """The fields as one began to type into them, with the choice where someone else changed the same ones."""
    since, holds = opened(form, section, current, lists)
    return to_save(since, holds, fields(form, section, since.shown, layout=layout, lists=lists))


def opened(form: Form, section: FieldSection, current: Basis, lists: Lists = NOTHING) -> tuple[Basis, dict[str, str]]:
    """What the fields showed when one began to type, and which side was chosen where both changed one."""
    since = edit_conflicts.basis(form, current)
    holds = edit_conflicts.choices(form, section.labels, lambda name, text: word(section[name], text, lists))
    return since, holds


def to_save(since: Basis, holds: Mapping[str, str], typed: Typed) -> Edit:
    """What is to be saved of what was typed."""
    return Edit(since, holds, edit_conflicts.changes(typed, since, holds))


def fields(
    form: Form, section: FieldSection, shown: Typed, *, layout: Layout | None = None, lists: Lists = NOTHING
) -> dict[str, str]:
    """Every field of a section that applies, row by row, so that one column on a narrow screen keeps the order."""
    typed: dict[str, str] = {}
    for row in there(section, layout) if layout else _in_pairs(section):
        for cell, column in zip(row, st.columns(len(row)) if len(row) > 1 else [st.container()], strict=True):
            with column:
                for name in _names(cell):
                    if name in section.names and section[name].applies({**shown, **typed}):
                        typed[name] = ask(form, section[name], shown.get(name, ""), {**shown, **typed}, lists)
    return typed


def _names(cell: str | Sequence[str]) -> Sequence[str]:
    return (cell,) if isinstance(cell, str) else cell


def there(section: FieldSection, layout: Layout) -> Layout:
    """The layout without the places of fields that are not asked for."""
    rows = ([cell for cell in row if {*_names(cell)} & {*section.names}] for row in layout)
    return [row for row in rows if row]


def told_and_open(section: FieldSection, shown: Typed, actor: Actor, lists: Lists = NOTHING) -> FieldSection:
    """The fields that a person can change in what is there; the others are told, with the reason and who can."""
    locks = {field.name: why for field in section if (why := _lock(field, actor))}
    with st.container(gap="xxsmall"):
        for field in section:
            if field.name in locks and field.name in shown:
                st.text(f"{field.label}: {word(field, shown[field.name], lists) or 'nothing'}. {locks[field.name]}")
    hidden = [field.label for field in section if not section.is_seen(field, actor)]
    if hidden:
        st.caption(escape(f"Personal data, not shown to your role: {', '.join(hidden)}."))
    return section.only(name for name in section.names if name in shown and name not in locks)


def _lock(field: Field, actor: Actor) -> str:
    if field.fixed or field.right is None or actor.may(field.right):
        return field.fixed
    return f"{actor.who_can(field.right).capitalize()} can change it."


def _in_pairs(section: FieldSection) -> Layout:
    wide = [field.name for field in section if field.drawn_with in (Control.LINES, Control.ROWS)]
    narrow = [name for name in section.names if name not in wide]
    pairs = [narrow[first : first + 2] for first in range(0, len(narrow), 2)]
    return [*pairs, *([name] for name in wide)]


def options_of(field: Field, typed: Typed, lists: Lists = NOTHING) -> Mapping[str, str]:
    """What can be chosen in a field beside what else is typed, each value with its word."""
    options = lists.get(field.refers_to, {}) if field.refers_to else field.options
    if field.offers is not None:
        offered = field.offers(typed)
        options = {value: label for value, label in options.items() if value in offered}
    return {"": field.stands_for, **options} if field.inherits and field.stands_for else options


def word(field: Field, text: str, lists: Lists = NOTHING) -> str:
    """What stands in a field, in words."""
    return field.in_words(text, lists.get(field.refers_to, {}) if field.refers_to else field.options)


def ask(form: Form, field: Field, start: str = "", beside: Typed | None = None, lists: Lists = NOTHING) -> str:
    """One field, drawn as its kind is; what stands in it."""
    name, label, help_, options = field.name, field.label, field.help or None, options_of(field, beside or {}, lists)
    match field.drawn_with:
        case Control.LINE:
            return form.text(name, label, start, help=help_, placeholder=field.stands_for or None)
        case Control.LINES:
            return form.lines(name, label, start, help=help_, placeholder=field.stands_for or None)
        case Control.LIST:
            return form.choice(name, label, options, start, help=help_, placeholder=field.stands_for or "Choose")
        case Control.RADIO | Control.SIDE_BY_SIDE as control:
            captions = [field.captions.get(value, "") for value in options] if field.captions else None
            is_a_row = control is Control.SIDE_BY_SIDE
            return form.one_of(name, label, options, start, captions=captions, horizontal=is_a_row)
        case Control.SEVERAL:
            return form.several(name, label, options, start, help=field.help)
        case Control.TICK:
            return YES if form.check(name, label, start, help=help_) else ""
        case Control.DAY:
            if field.stands_for:
                st.caption(escape(f"Blank: {field.stands_for}"))
            return as_text(form.day(name, label, date.fromisoformat(start) if start else None))
        case Control.ROWS:
            return _rows(form, field, start)


def _rows(form: Form, field: Field, start: str) -> str:
    """The rows that there are, and an empty one below them; what is missing in one is the command's to complain of."""
    if field.rows is None:
        raise TypeError(f"{field.label} does not say what stands in its rows")
    st.caption(escape(f"{field.label}. {field.rows.says}".strip()))
    stored, rows = field.rows.split(start) if start else [], []
    for place in range(field.rows.most):
        cells = _row(form, field, place, stored[place] if place < len(stored) else [])
        if any(cells):
            rows.append(cells)
        elif place >= len(stored):
            break
    return field.rows.join(rows) if rows else ""


def _row(form: Form, field: Field, place: int, start: Sequence[str]) -> list[str]:
    cells = []
    of_row = field.rows.columns if field.rows else ()
    for number, (column, spot) in enumerate(zip(of_row, st.columns(len(of_row)), strict=True)):
        with spot:
            named = replace(column, name=f"{field.name}-{place}-{column.name}")
            cells.append(ask(form, named, start[number] if start else "").strip())
    return cells
