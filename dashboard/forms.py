"""Forms that lose nothing: what is typed stands in a draft row until it is saved, complaints stand at their fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from dashboard import feedback
from data_access import technical
from data_access.access import Access, Command
from data_access.errors import Invalid, Refusal, Stale

R = TypeVar("R")
YES = "yes"
OWN = "#"  # begins the names of what a form keeps beside its fields
ENTRY, REVIEW = {"#step": ""}, {"#step": "review"}  # the two steps of a form that is looked at before it is sent


@dataclass(frozen=True, slots=True)
class Saved:
    """That a form was saved, told to the run after it: a second click may end the run that saved."""

    command_id: str
    sentence: str
    customer_id: int | None
    refill: Mapping[str, str] | None


class Form:
    """One form of one person about one subject. Its draft gives the values to start with and the command's id.

    `edition` changes when what is shown changes under the form: every field is drawn anew from the draft.
    """

    def __init__(self, access: Access, name: str, subject: object = "") -> None:
        self.access, self.name, self.subject = access, name, str(subject)
        draft = technical.draft_for(access.engine, self._person_id, name, self.subject, access.now())
        self.command_id, self.typed = draft.command_id, dict(draft.typed)
        self.edition = ""
        self._slots: dict[str, Any] = {}
        self._labels: dict[str, str] = {}
        self._values = {name: text for name, text in self.typed.items() if not name.startswith(OWN)}
        self._complaints: dict[str, tuple[str, str]] = st.session_state.get(self._complaints_key, {})

    @property
    def _person_id(self) -> int:
        return self.access.actor.person_id or 0

    @property
    def _complaints_key(self) -> str:
        return f"complaints-{self.name}-{self.subject}-{self.command_id}"

    def key(self, field: str) -> str:
        """The key of a field's widget: of this form, this subject and this command alone."""
        return f"{self.name}-{self.subject}-{field}-{self.edition}-{self.command_id[:8]}"

    def now(self, field: str, start: str = "") -> str:
        """What stands in a field that may be drawn further down."""
        value = st.session_state.get(self.key(field), self.typed.get(field, start))
        return "" if value is None else str(value)

    def text(self, field: str, label: str, start: str = "", *, help: str | None = None, disabled: bool = False) -> str:
        """A line of text."""
        before = self.typed.get(field, start)
        with st.container(gap="xxsmall"):
            value = st.text_input(label, before, key=self.key(field), help=help, disabled=disabled)
            return self._took(field, label, start, value)

    def lines(self, field: str, label: str, start: str = "", *, help: str | None = None, height: int = 80) -> str:
        """A text of several lines."""
        before = self.typed.get(field, start)
        with st.container(gap="xxsmall"):
            value = st.text_area(label, before, key=self.key(field), help=help, height=height)
            return self._took(field, label, start, value)

    def choice(
        self,
        field: str,
        label: str,
        options: Mapping[str, str],
        start: str = "",
        *,
        help: str | None = None,
        placeholder: str = "Choose",
    ) -> str:
        """One of a list that can be searched; blank until chosen."""
        at = self._index(field, start, list(options))
        with st.container(gap="xxsmall"):
            chosen = st.selectbox(
                label, list(options), at, options.__getitem__, key=self.key(field), help=help, placeholder=placeholder
            )
            return self._took(field, label, start, chosen)

    def one_of(
        self,
        field: str,
        label: str,
        options: Mapping[str, str],
        start: str = "",
        *,
        captions: Sequence[str] | None = None,
        horizontal: bool = False,
    ) -> str:
        """One of a few, all in sight."""
        words = {value: feedback.escape(word) for value, word in options.items()}
        said = None if captions is None else [feedback.escape(caption) for caption in captions]
        at = self._index(field, start, list(options))
        with st.container(gap="xxsmall"):
            chosen = st.radio(
                label, list(options), at, words.__getitem__, key=self.key(field), captions=said, horizontal=horizontal
            )
            return self._took(field, label, start, chosen)

    def several(self, field: str, label: str, options: Mapping[str, str], start: str = "", *, help: str) -> str:
        """Any number of a list; their names in order, with a blank between them."""
        before = [value for value in self.typed.get(field, start).split() if value in options]
        with st.container(gap="xxsmall"):
            chosen = st.multiselect(
                label,
                list(options),
                before,
                options.__getitem__,
                key=self.key(field),
                help=help,
                placeholder="None",
                select_all=False,
            )
            return self._took(field, label, start, " ".join(sorted(chosen)))

    def _index(self, field: str, start: str, options: list[str]) -> int | None:
        before = self.typed.get(field, start)
        return options.index(before) if before in options else None

    def check(self, field: str, label: str, start: str = "", *, help: str | None = None) -> bool:
        """Yes or no; `start` is YES or blank."""
        before = self.typed.get(field, start) == YES
        with st.container(gap="xxsmall"):
            ticked = st.checkbox(label, before, key=self.key(field), help=help)
            return self._took(field, label, start, YES if ticked else "") == YES

    def day(
        self, field: str, label: str, start: date | None, *, earliest: date | None = None, latest: date | None = None
    ) -> date | None:
        """A day between bounds; the calendar offers no other, and the command refuses it again."""
        before = self.typed.get(field)
        value = date.fromisoformat(before) if before else start
        inside = value if value is None else min(max(value, earliest or value), latest or value)
        first = earliest or date(2000, 1, 1)
        with st.container(gap="xxsmall"):
            picked = st.date_input(label, inside, first, latest, key=self.key(field), format="YYYY-MM-DD")
            chosen = picked if isinstance(picked, date) else None
            self._took(field, label, "" if start is None else start.isoformat(), chosen.isoformat() if chosen else "")
        return chosen

    def _took(self, field: str, label: str, start: str, value: str | None) -> str:
        text = self._values[field] = value or ""
        if self.typed.get(field, start) != text:
            self.keep({field: text})
        self._slots[field], self._labels[field] = st.empty(), label
        sentence, at_value = self._complaints.get(field, ("", ""))
        if sentence and at_value == text:
            self._complain(field, sentence)
        return text

    def keep(self, values: Mapping[str, Any]) -> None:
        """Keeps values in the draft, beside what is typed."""
        self.typed |= values
        technical.keep_draft(
            self.access.engine, self._person_id, self.name, self.subject, typed=self.typed, now=self.access.now()
        )

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
        kept = {field: (sentence, self._values.get(field, "")) for field, sentence in complaints.items()}
        st.session_state[self._complaints_key] = kept

    def _complain(self, field: str, sentence: str) -> None:
        self._slots[field].markdown(f":red[:material/error: {feedback.escape(sentence)}]")

    def save(
        self,
        order: Command[R],
        said: Callable[[R], str],
        *,
        leads_to: Callable[[R], int] | None = None,
        refill: Mapping[str, str] | None = None,
        back: Mapping[str, str] | None = None,
    ) -> None:
        """Executes once, however often it is clicked. A refusal keeps what was typed; Stale is the caller's.

        Afterwards to the customer that `leads_to` names, or on with a new form that starts with `refill`.
        With complaints `back` is kept in the draft: what brings the fields into sight again.
        """
        self.carry_out(lambda: self.access.execute(order), said, leads_to=leads_to, refill=refill, back=back)

    def carry_out(
        self,
        act: Callable[[], R],
        said: Callable[[R], str],
        *,
        leads_to: Callable[[R], int] | None = None,
        refill: Mapping[str, str] | None = None,
        back: Mapping[str, str] | None = None,
    ) -> None:
        """As `save`, for what is more than one command; it must be done once under the form's command id."""
        try:
            result = act()
        except Invalid as refusal:
            if back is None:
                self.complain(refusal.complaints)
                return
            self.remember(refusal.complaints)
            self.keep(back)
        except Stale:
            raise
        except Refusal as refusal:
            feedback.show_refusal(refusal)
            return
        else:
            done = Saved(self.command_id, said(result), leads_to(result) if leads_to else None, refill)
            st.session_state[_saved_key(self.name, self.subject)] = done
        st.rerun()

    def offer_start_over(self) -> None:
        """A way to discard what was typed, when there is something."""
        if any(not name.startswith(OWN) for name in self.typed):
            st.button(
                "Start over",
                key=self.key("start-over"),
                on_click=renew,
                args=(self.access, self.name, self.subject, self.command_id),
                help="What you type is kept until you save it, also over a reload. This discards it.",
            )


def _saved_key(name: str, subject: object) -> str:
    return f"saved-{name}-{subject}"


def renew(access: Access, name: str, subject: object, used: str) -> None:
    """Empties a draft under which something was done; nothing if that was renewed already."""
    person_id = access.actor.person_id or 0
    technical.renew_draft(access.engine, person_id, name, str(subject), used=used, now=access.now())


def just_saved(access: Access, name: str, subject: object = "") -> Saved | None:
    """What the run before this one saved, once: its draft is renewed and what was done waits to be said."""
    key = _saved_key(name, subject)
    done: Saved | None = st.session_state.get(key)
    if done is None:
        return None
    renew(access, name, subject, done.command_id)
    if done.refill:
        Form(access, name, subject).keep(done.refill)
    feedback.done(done.sentence)
    del st.session_state[key]
    return done
