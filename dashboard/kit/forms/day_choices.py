"""Under a date field: its weekday and how far away it is, the allowed range, and common dates to click."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import streamlit as st

from dashboard.kit import formats
from dashboard.kit.feedback import escape
from dashboard.kit.forms.sight import Sight
from data_access.base.clock import Days

_DAY, _SHORT, _WORTH_SAYING = timedelta(days=1), timedelta(days=35), timedelta(days=3660)
_WEEK = 7


def draw(sight: Sight, key: Callable[[str], str], field: str, chosen: date | None, days: Days, today: date) -> None:
    """What one wants to know about the chosen day, and where only a few may be given, some of them."""
    st.caption(escape(" ".join(_said(chosen, days, today))))
    offered = list(usual(days, today))
    if not offered:
        return
    with st.container(horizontal=True, gap="xsmall"):
        for day in offered:
            st.button(
                _label(day, today),
                key=key(f"{field}-{day}"),
                type="tertiary",
                on_click=_choose,
                args=(sight, field, day),
            )


def _choose(sight: Sight, field: str, day: date) -> None:
    sight.chosen[field] = day.isoformat()


def _said(chosen: date | None, days: Days, today: date) -> Iterator[str]:
    if chosen is not None:
        yield f"{chosen:%A}, {formats.relative(chosen, today)}."
    near = {"from": days.earliest, "until": days.latest}
    bounds = [f"{word} {_short(day)}" for word, day in near.items() if day and abs(day - today) < _WORTH_SAYING]
    if bounds:
        yield f"Possible {' '.join(bounds)}."


def usual(days: Days, today: date) -> Iterator[date]:
    """Of a short span the first day, the next Monday, a week later, the last; up to tomorrow the last two. In order."""
    if days.earliest is None or days.latest is None or days.latest < today - _DAY:
        return
    if days.latest <= today + _DAY:
        wanted = {days.latest - _DAY, days.latest}
    elif days.latest - days.earliest <= _SHORT:
        wanted = {days.earliest, today + (_WEEK - today.weekday()) * _DAY, days.earliest + _WEEK * _DAY, days.latest}
    else:
        return
    yield from sorted(day for day in wanted if days.earliest <= day <= days.latest)


def _label(day: date, today: date) -> str:
    """Tomorrow, Monday; further off with its date."""
    if abs((day - today).days) <= 1:
        return formats.relative(day, today).capitalize()
    return f"{day:%A}" if 1 < (day - today).days <= _WEEK else escape(_short(day))


def _short(day: date) -> str:
    return f"{day:%a}, {formats.day(day)}"
