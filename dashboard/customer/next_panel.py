"""What happens next: the future steps of a customer with their dates, the next one always visible."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import streamlit as st

from dashboard.kit import formats, viewer
from dashboard.kit.feedback import escape
from dashboard.kit.markdown import prose
from dashboard.planned.planned_list import says
from data_access.queries.customers.customer import Head
from data_access.queries.forecast.forecast_steps import ForecastStep
from data_access.store.access import Access

_SHOWN = 6


def draw(
    access: Access, head: Head, ahead: Sequence[ForecastStep], *, awaited: Decimal | None = None, is_open: bool
) -> None:
    """Draws nothing for a customer to whom nothing happens by itself any more. `awaited`: the payment that resumes."""
    if not ahead and awaited is None:
        return
    now, today = access.now(), viewer.today(access)
    first = f", {_when(ahead[0], now, today)}: {says(ahead[0], head.currency)}" if ahead and not is_open else ""
    with st.expander(f"What happens next{escape(first)}", expanded=is_open, icon=":material/event:"):
        if awaited is not None:
            st.markdown(f"**When {prose(formats.exact_money(awaited, head.currency))} is paid**: services resume.")
        if ahead:
            _steps(ahead, head.currency, now, today)


def _steps(ahead: Sequence[ForecastStep], currency: str, now: datetime, today: date) -> None:
    st.markdown("  \n".join(_line(step, currency, now, today) for step in ahead[:_SHOWN]))
    more = len(ahead) - _SHOWN
    after = f" {formats.counted(more, 'more step')} after these." if more > 0 else ""
    st.caption(f"If nobody pays and nobody steps in.{escape(after)}")


def _line(step: ForecastStep, currency: str, now: datetime, today: date) -> str:
    return f"**{prose(formats.day(step.on))}**, {prose(_when(step, now, today))}: {prose(says(step, currency))}"


def _when(step: ForecastStep, now: datetime, today: date) -> str:
    """What is due already is done by the next run."""
    return "any moment now" if step.at <= now else formats.relative(step.on, today)
