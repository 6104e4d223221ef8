"""Forms that lose no input: their fields, the review, and the only way to submit them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from dashboard.kit import feedback, viewer
from dashboard.kit.forms import day_choices, form_notices, sight
from dashboard.kit.forms.entry import FormEntry
from dashboard.kit.forms.sight import YES, as_text
from dashboard.kit.look.palette import FINAL
from data_access.base.clock import Days
from data_access.base.errors import Invalid, Refusal, Stale
from data_access.store.access import Command
from data_access.store.drafts import LastCommand

R = TypeVar("R")
_CALENDAR = date(1950, 1, 1), date(2099, 12, 31)
_ANY_DAY = Days()


@dataclass(frozen=True, slots=True)
class Saved:
    """That a form was saved, told to the run after it: a second click may end the run that saved."""

    command_id: str
    sentence: str
    leads_to: int | None


class Form(FormEntry):
    """One form of one person about one subject: drawn field by field, looked at, sent once."""

    def _widget(self, field: str, start: str, value_of: Callable[[str], Any] = str) -> str:
        """The key of a field's widget. One that is drawn for the first time holds what the field is to show.

        Not by the widget's own default: what has one cannot be emptied again.
        """
        text, key = self._settle(field, start), self.key(field)
        if key not in st.session_state:
            st.session_state[key] = value_of(text)
        return key

    def text(
        self,
        field: str,
        label: str,
        start: str = "",
        *,
        help: str | None = None,
        placeholder: str | None = None,
        disabled: bool = False,
    ) -> str:
        """A line of text; `placeholder`: what a blank stands for."""
        key = self._widget(field, start)
        with st.container(gap="xxsmall"):
            typed = st.text_input(label, key=key, help=help, placeholder=placeholder, disabled=disabled)
            return self._took(field, label, start, typed)

    def lines(
        self,
        field: str,
        label: str,
        start: str = "",
        *,
        help: str | None = None,
        placeholder: str | None = None,
        height: int = 80,
    ) -> str:
        """A text of several lines; `placeholder`: what a blank stands for."""
        key = self._widget(field, start)
        with st.container(gap="xxsmall"):
            typed = st.text_area(label, key=key, help=help, placeholder=placeholder, height=height)
            return self._took(field, label, start, typed)

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
        key = self._widget(field, start, lambda text: text if text in options else None)
        with st.container(gap="xxsmall"):
            chosen = st.selectbox(
                label, list(options), None, options.__getitem__, key=key, help=help, placeholder=placeholder
            )
            return self._took(field, label, start, chosen, options)

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
        key = self._widget(field, start, lambda text: text if text in options else None)
        with st.container(gap="xxsmall"):
            chosen = st.radio(
                label, list(options), None, words.__getitem__, key=key, captions=said, horizontal=horizontal
            )
            return self._took(field, label, start, chosen, options)

    def several(self, field: str, label: str, options: Mapping[str, str], start: str = "", *, help: str) -> str:
        """Any number of a list; their names in order, with a blank between them."""
        key = self._widget(field, start, lambda text: [value for value in text.split() if value in options])
        with st.container(gap="xxsmall"):
            chosen = st.multiselect(
                label, list(options), None, options.__getitem__, key=key, help=help, placeholder="None",
                select_all=False,
            )  # fmt: skip
            return self._took(field, label, start, chosen)

    def check(self, field: str, label: str, start: str = "", *, help: str | None = None) -> bool:
        """Yes or no; `start` is YES or blank."""
        key = self._widget(field, start, lambda text: text == YES)
        with st.container(gap="xxsmall"):
            return self._took(field, label, start, st.checkbox(label, key=key, help=help)) == YES

    def day(self, field: str, label: str, start: date | None, days: Days = _ANY_DAY) -> date | None:
        """A day, with its weekday; one of these is a click away, and any other is refused in their own words."""
        key = self._widget(field, as_text(start), lambda text: date.fromisoformat(text) if text else None)
        with st.container(gap="xxsmall"):
            picked = st.date_input(label, None, *_CALENDAR, key=key, format="YYYY-MM-DD")
            chosen = picked if isinstance(picked, date) else None
            day_choices.draw(self._sight, self.key, field, chosen, days, viewer.today(self.access))
            self._took(field, label, as_text(start), chosen)
        misfit = None if chosen is None else days.misfit(chosen)
        if misfit is not None:
            self._misfits[field] = misfit
            self._complain(field, misfit)
        return chosen

    @property
    def is_reviewed(self) -> bool:
        """Whether this tab looks at what the form will do, before it does. A review never comes back by itself."""
        return self._sight.is_reviewed

    def to_review(self) -> None:
        """From the fields to what they will do."""
        if not self._is_overtaken() and not self._is_unfit():
            self._sight.is_reviewed = True
            st.rerun()

    def to_fields(self) -> None:
        """From the review back to the fields."""
        self._sight.is_reviewed = False
        st.rerun()

    def sends(self, label: str, showed: Sequence[str] = (), *, is_final: bool = False) -> bool:
        """The button that sends the form: True for a click on what is still so.

        `showed` is what it will do, in sentences. Where that is different by now, nothing is sent and both are shown.
        `is_final`: it cannot be undone, and has the colour of danger.
        """
        before, self._sight.showed = self._sight.showed, tuple(showed)
        is_clicked = st.button(label, type="primary", key=self.key(FINAL.strip("-") if is_final else "go"))
        if is_clicked and before != self._sight.showed:
            form_notices.changed(before, self._sight.showed)
        return is_clicked and before == self._sight.showed

    def save(
        self,
        order: Command[R],
        said: Callable[[R], str],
        *,
        leads_to: Callable[[R], int] | None = None,
        refill: Mapping[str, str] | None = None,
    ) -> None:
        """Executes once, however often it is clicked. A refusal keeps what was typed; Stale is the caller's.

        Afterwards to the record that `leads_to` names, or on with a new form that starts with `refill`.
        """
        self.carry_out(self.doing(order), said, leads_to=leads_to, refill=refill)

    def doing(self, order: Command[R]) -> Callable[[], R]:
        """What `carry_out` does with one command."""
        return lambda: self.access.execute(order)

    def carry_out(
        self,
        act: Callable[[], R],
        said: Callable[[R], str],
        *,
        leads_to: Callable[[R], int] | None = None,
        refill: Mapping[str, str] | None = None,
    ) -> None:
        """As `save`, for what is more than one command; it must be done once under the form's command id.

        Nothing is done for a click on something else than what stands in the draft now.
        """
        if self._is_overtaken() or self._is_unfit():
            return
        try:
            result = act()
        except Invalid as refusal:
            if not self.is_reviewed:
                self.complain(refusal.complaints)
                return
            self.remember(refusal.complaints)
            self.to_fields()
        except Stale:
            raise
        except Refusal as refusal:
            feedback.show_refusal(refusal)
            return
        else:
            saved = Saved(self.command_id, said(result), leads_to(result) if leads_to else None)
            st.session_state[_saved_key(self.name, self.subject)] = saved
            done = LastCommand(self.command_id, self.access.now(), saved.sentence, is_told=False)
            sight.begin_again(self.access, self.name, self.subject, self._sight.draft, done, refill or {})
        st.rerun()

    def offer_start_over(self) -> None:
        """A way to discard what was typed, when there is something; a draft of before has it at the top."""
        if self.is_typed and self._sight.kept_from is None:
            st.button(
                "Start over",
                key=self.key("start-over"),
                on_click=self._start_over,
                help="What you type is kept until you save it, even across a reload. This discards it.",
            )


def _saved_key(name: str, subject: object) -> str:
    return f"saved-{name}-{subject}"


def just_saved(name: str, subject: object = "") -> Saved | None:
    """What the run before this one saved, once: its draft is renewed and what was done waits to be said."""
    done: Saved | None = st.session_state.pop(_saved_key(name, subject), None)
    if done is not None:
        feedback.done(done.sentence)
        sight.will_be_read(done.command_id)
    return done
