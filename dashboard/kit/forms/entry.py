"""The input of a form: typed text is saved in a draft row at once, and no tab overwrites the input of another one."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.forms import form_notices, sight
from dashboard.kit.forms.sight import SeenField, as_text
from data_access.base.errors import Refusal
from data_access.store import drafts
from data_access.store.access import Access


class FormEntry:
    """What one person has entered about one subject. Its draft gives the values to start with and the command's id.

    Where it is made stands its top: what was left in it, and what another tab did to it. `edition` changes when what
    is shown changes under the form: every field is drawn again from the draft.
    """

    def __init__(self, access: Access, name: str, subject: object = "") -> None:
        self.access, self.name, self.subject = access, name, str(subject)
        looked = sight.look(access, name, self.subject)
        self._sight, self.is_first, self._is_behind = looked.sight, looked.is_first, looked.is_behind
        self.command_id, self.typed = self._sight.draft.command_id, dict(self._sight.draft.typed)
        self.edition = ""
        self._slots: dict[str, Any] = {}
        self._labels: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._settled: dict[str, str] = {}
        self._misfits: dict[str, str] = {}
        self._complaints: dict[str, tuple[str, str]] = st.session_state.get(self._complaints_key, {})
        self._top = st.container()
        with self._top:
            self._news = st.empty() if self._sight.news else None  # an empty place would leave a gap
            if self._news is not None:
                self._news.info(feedback.escape(self._sight.news), icon=":material/info:")
            form_notices.draw(self._sight, self.key, self._start_over)
        if preset := st.session_state.pop(_preset_key(name, self.subject), None):
            self.keep(preset)

    @property
    def _complaints_key(self) -> str:
        return f"complaints-{self.name}-{self.subject}-{self.command_id}"

    @property
    def is_typed(self) -> bool:
        """Whether a field holds something that is not saved."""
        return any(not name.startswith(drafts.OWN) for name in self.typed)

    def key(self, field: str) -> str:
        """The key of a field's widget: of this form, this subject and this command alone."""
        turn = self._sight.turns.get(field, 0)
        return f"{sight.prefix(self.name, self.subject)}{field}-{self.edition}-{turn}-{self.command_id[:8]}"

    def now(self, field: str, start: str = "") -> str:
        """What stands in a field that may be drawn further down."""
        return self._values[field] if field in self._values else self._settle(field, start)

    def _settle(self, field: str, start: str) -> str:
        """What a field is to show: what was changed here last, or what another tab or a save has put there since."""
        if field not in self._settled:
            self._settled[field] = self._settle_now(field, start)
        return self._settled[field]

    def _settle_now(self, field: str, start: str) -> str:
        seen, theirs, held = self._sight.fields.get(field), self.typed.get(field, start), field in self._sight.held
        chosen = self._sight.chosen.get(field)
        if chosen is not None:
            return self._turned(field, chosen)
        if seen is None or not (held or seen.key in st.session_state):
            return str(theirs)
        mine = seen.text if held else as_text(st.session_state[seen.key])
        if mine == theirs:
            self._sight.conflicts.pop(field, None)
            return mine
        is_untouched = mine == seen.text and not held
        if field in self._sight.conflicts or not (is_untouched or theirs == seen.text):
            self._sight.conflicts[field], self._is_behind = theirs, True
            return mine
        if is_untouched:
            self._is_behind = True
            return self._turned(field, theirs)
        return mine

    def _turned(self, field: str, text: str) -> str:
        """A widget keeps its own value: another value needs another widget."""
        self._sight.turns[field] = self._sight.turns.get(field, 0) + 1
        return text

    def _took(self, field: str, label: str, start: str, value: Any, words: Mapping[str, str] | None = None) -> str:
        """What a field holds now, kept unless another tab has typed something else into it."""
        text = self._values[field] = as_text(value)
        is_open = field in self._sight.conflicts
        if not is_open:
            self._put(field, text, start)
        self._sight.fields[field] = SeenField(self.key(field), text)
        self._sight.chosen.pop(field, None)  # not before: the next click may have ended a run in which it was chosen
        if is_open:
            if self._news is not None and self._sight.news == sight.CHANGED:  # says the same with less
                self._news.empty()
            with self._top:
                form_notices.ask(self._sight, field, label, self.key(f"here-or-there-{field}"), words or {})
        self._slots[field], self._labels[field] = st.empty(), label
        sentence, at_value = self._complaints.get(field, ("", ""))
        if sentence and at_value == text:
            self._complain(field, sentence)
        elif self._sight.kept_from is not None and field in self.typed:
            self._slots[field].markdown(form_notices.not_saved((words or {}).get(start, start)))
        return text

    def _put(self, field: str, text: str, start: str) -> None:
        """A field that is as it was before it was touched leaves nothing in the draft."""
        typed = {name: value for name, value in self.typed.items() if name != field}
        if text != start:
            typed[field] = text
        if typed != self.typed:
            self._write(typed)

    def keep(self, values: Mapping[str, Any]) -> None:
        """Keeps values in the draft, beside what is typed."""
        typed = {**self.typed, **values}
        if typed != self.typed:
            self._write(typed)

    def _write(self, typed: dict[str, Any]) -> None:
        written = drafts.keep(self.access.engine, self._sight.draft, typed, self.access.now())
        if written is None:  # another tab was quicker: the next run looks at what it did
            st.rerun()
        self.typed, self._sight.draft, self._sight.news = typed, written, ""

    def complain(self, complaints: Mapping[str, str]) -> None:
        """Shows each complaint at its field until that is changed; without a field, where the form stands now."""
        self.remember(complaints)
        for field, sentence in complaints.items():
            if field in self._slots:
                self._complain(field, sentence)
            else:
                feedback.show_refusal(Refusal(sentence))
        if named := ", ".join(label for field, label in self._labels.items() if field in complaints):
            feedback.show_refusal(Refusal(f"Nothing was saved yet. Look at: {named}."))

    def remember(self, complaints: Mapping[str, str]) -> None:
        """Leaves complaints for the next time the fields are drawn."""
        kept = {field: (sentence, self.now(field)) for field, sentence in complaints.items()}
        st.session_state[self._complaints_key] = kept

    def _complain(self, field: str, sentence: str) -> None:
        self._slots[field].markdown(f":red[:material/error: {feedback.escape(sentence)}]")

    def _is_unfit(self) -> bool:
        """Whether a day that nobody may choose stands in a field; if so, nothing is sent."""
        if self._misfits:
            self.complain(self._misfits)
        return bool(self._misfits)

    def _is_overtaken(self) -> bool:
        """Whether what was clicked on is not what stands in the draft; if so, that is said."""
        is_overtaken = self._is_behind or bool(self._sight.conflicts.keys() & self._values.keys())
        if is_overtaken:
            feedback.show_refusal(Refusal(form_notices.BEHIND))
        return is_overtaken

    def _start_over(self) -> None:
        sight.start_over(self.access, self.name, self.subject, self._sight.draft)


def _preset_key(name: str, subject: object) -> str:
    return f"preset-{name}-{subject}"


def preset(name: str, subject: object, values: Mapping[str, str]) -> None:
    """What a form that is opened next stands on, beside what was typed into it before."""
    st.session_state[_preset_key(name, subject)] = dict(values)
