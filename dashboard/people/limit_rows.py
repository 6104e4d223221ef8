"""The limits of a person as rows: a currency, the most at a time, the most in 24 hours."""

import streamlit as st

from dashboard.kit.forms.forms import Form
from data_access.base.money import CURRENCIES

_CURRENCY, _AT_ONCE, _A_DAY = "Currency", "Limit per booking", "Limit per 24 hours"
_SAYS = "A currency without a row allows nothing. Admins have no limits. To remove a row, empty it."


def draw(form: Form, label: str, start: str) -> str:
    """The rows that stand, and one that is empty; as they are typed: `EUR 50 200, JPY 5000 20000`."""
    st.caption(f"{label}. {_SAYS}")
    stored = [part.split() for part in start.split(", ") if part]
    rows: list[str] = []
    for place in range(len(CURRENCIES) + 1):
        row = _row(form, place, stored[place] if place < len(stored) else ["", "", ""])
        if row:
            rows.append(row)
        elif place >= len(stored):
            break
    return ", ".join(sorted(rows))


def _row(form: Form, place: int, start: list[str]) -> str:
    """One of them; empty where nothing stands in it. What is missing in it is the command's to complain of."""
    code, at_once, a_day = (f"limit-{place}-{name}" for name in ("currency", "at-once", "a-day"))
    first, second, third = st.columns(3)
    with first:
        words = [form.choice(code, _CURRENCY, {code: code for code in CURRENCIES}, start[0])]
    with second:
        words.append(form.text(at_once, _AT_ONCE, start[1]).strip())
    with third:
        words.append(form.text(a_day, _A_DAY, start[2]).strip())
    return " ".join(words).strip()
