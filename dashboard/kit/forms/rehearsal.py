"""Rehearsal: the command itself is tried, so that what would be refused is already refused at the review."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.forms.forms import Form
from data_access.base.errors import Invalid, Refusal, Repeated
from data_access.store.access import Command

R = TypeVar("R")
_KNOWN = "#knows-of"
Make = Callable[[int | None], Command[R]]  # handed the earlier payment that whoever books it knows of


def to_review(form: Form, make: Make[R]) -> None:
    """From the fields to the review, unless the order would be refused."""
    try:
        form.access.rehearse(make(None))
    except Invalid as wrong:
        form.complain(wrong.complaints)
    except Repeated:
        form.to_review()  # where it is asked about
    except Refusal as refusal:
        feedback.show_refusal(refusal)
    else:
        form.to_review()


def rehearsed(form: Form, make: Make[R]) -> R | None:
    """What the order will give; None when it would be refused, or waits for an answer. Both are said."""
    try:
        return form.access.rehearse(make(knows_of(form)))
    except Invalid as wrong:
        form.remember(wrong.complaints)
        form.to_fields()
    except Repeated as repeated:
        _ask(form, repeated)
    except Refusal as refusal:
        feedback.show_refusal(refusal)
    return None


def _ask(form: Form, repeated: Repeated) -> None:
    st.warning(feedback.escape(str(repeated)), icon=":material/content_copy:")
    if st.button("It is another payment", key=form.key(f"another-{repeated.earlier_id}")):
        form.keep({_KNOWN: str(repeated.earlier_id)})
        st.rerun()


def knows_of(form: Form) -> int | None:
    """The earlier payment that was shown, and is another one."""
    return int(form.typed[_KNOWN]) if form.typed.get(_KNOWN) else None
