"""A day in a filter: blank or one day, with its weekday in the label. The URL holds it, so the widget has no key."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import streamlit as st

_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)


def day_filter(label: str, now: Sequence[str], *, width: int | None = None) -> list[str]:
    """What the address is to hold; what is no day, or none of these centuries, stays as it is until one is chosen."""
    shown = read_day("".join(now[:1]))
    named = f"{label} · {shown:%A}" if shown else label
    picked = st.date_input(named, shown, _EARLIEST, _LATEST, format="YYYY-MM-DD", width=width or "stretch")
    if isinstance(picked, date):
        return [picked.isoformat()]
    return list(now) if shown is None else []


def read_day(text: str) -> date | None:
    """The day that was written; None for anything else."""
    with suppress(ValueError):
        day = date.fromisoformat(text)
        return day if _EARLIEST <= day <= _LATEST else None
    return None
