"""Edit conflicts: what a form showed when editing began, and the choice if two people changed the same field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from dashboard.kit.feedback import done
from dashboard.kit.forms.forms import Form
from data_access.base.errors import Conflict, Stale
from data_access.store.access import Command
from data_access.store.drafts import OWN

R = TypeVar("R")
BASIS, CONFLICTS = f"{OWN}basis", f"{OWN}conflicts"
THEIRS, MINE = "theirs", "mine"
_MEANWHILE = "Someone else changed this meanwhile. What you typed is kept: look at it and save again."


@dataclass(frozen=True, slots=True)
class Basis:
    """What the fields showed when one began to type, and the version that this was."""

    version: int
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be saved: since when, which side was chosen where both changed a field, what becomes different."""

    since: Basis
    holds: Mapping[str, str]
    changes: Mapping[str, str]

    @property
    def whole(self) -> dict[str, str]:
        """Every field as it would stand afterwards."""
        return {**self.since.shown, **self.changes}


def basis(form: Form, current: Basis) -> Basis:
    """As kept when the form was first drawn; as now while nothing is typed and the form is opened again."""
    kept = form.typed.get(BASIS)
    if kept is not None:
        form.edition = str(kept["version"])
        if form.is_typed or not form.is_first or kept["version"] == current.version:
            return Basis(int(kept["version"]), kept["shown"])
    _start_from(form, current)
    return current


def _start_from(form: Form, current: Basis) -> None:
    form.keep({BASIS: {"version": current.version, "shown": dict(current.shown)}})
    form.edition = str(current.version)


def choices(form: Form, labels: Mapping[str, str], word: Callable[[str, str], str]) -> dict[str, str]:
    """Which text holds, for each field that someone else changed too; blank until chosen."""
    found: list[list[str]] = form.typed.get(CONFLICTS, [])
    if found:
        st.warning("Someone else changed the same fields since you opened them. Choose what to keep, then save again.")
    return {
        name: _choice(form, labels[name], name, word(name, theirs), word(name, yours)) for name, theirs, yours in found
    }


def _choice(form: Form, label: str, name: str, theirs: str, yours: str) -> str:
    words = {THEIRS: f"Theirs: {theirs or 'blank'}", MINE: f"Yours: {yours or 'blank'}"}
    return form.one_of(f"holds-{name}", label, words, horizontal=True)


def undecided(holds: Mapping[str, str]) -> dict[str, str]:
    """A complaint for each choice that is still open."""
    return {f"holds-{name}": "Choose which one to keep." for name, choice in holds.items() if not choice}


def changes(typed: Mapping[str, str], since: Basis, holds: Mapping[str, str]) -> dict[str, str]:
    """The fields that are to become something else, without those that were left to the other person."""
    return {name: text for name, text in typed.items() if text != since.shown.get(name) and holds.get(name) != THEIRS}


def ask_again(form: Form, conflicts: tuple[Conflict, ...], current: Basis) -> None:
    """From now on the form shows what is there; what was typed stays, and the fields of both are asked for."""
    _start_from(form, current)
    form.keep({CONFLICTS: [[one.field, one.theirs or "", one.yours or ""] for one in conflicts]})
    st.rerun()


def save(
    form: Form,
    order: Command[R],
    said: Callable[[R], str],
    edit: Edit,
    current: Callable[[], Basis],
    *,
    wrong: Mapping[str, str] | None = None,
) -> None:
    """Saves what was changed; overtaken by someone else, it asks again, with what `current` finds there now.

    `wrong`: what the form itself complains of.
    """
    if complaints := undecided(edit.holds) | dict(wrong or {}):
        form.complain(complaints)
        return
    try:
        form.save(order, said)
    except Stale as stale:
        theirs = current()
        if not stale.conflicts:
            done(_MEANWHILE)
        ask_again(form, stale.conflicts or _conflicts(edit, theirs), theirs)


def _conflicts(edit: Edit, theirs: Basis) -> tuple[Conflict, ...]:
    """The fields that both changed, to something different."""
    before = edit.since.shown
    return tuple(
        Conflict(name, before[name], theirs.shown[name], text)
        for name, text in edit.changes.items()
        if theirs.shown[name] not in (before[name], text)
    )
