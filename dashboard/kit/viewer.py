"""The viewer: the time zone of the browser, and the current date there."""

from datetime import date, datetime

import streamlit as st

from dashboard.kit import formats
from data_access.base.clock import day_in
from data_access.store.access import Access


def zone() -> str:
    """As the browser names it; UTC where it does not."""
    return st.context.timezone or "UTC"


def today(access: Access) -> date:
    """Words such as “tomorrow” count from it on every page, as the date in the sidebar does."""
    return day_in(zone(), access.now())


def moment(at: datetime) -> str:
    """12 Dec 2026, 14:05, as the reader's clock showed it."""
    return formats.moment(at, zone())
