"""Days ahead that people may choose for a change: from one on, and never further than ten years."""

from datetime import date, timedelta

from data_access.base.clock import Days, from_day

TEN_YEARS = timedelta(days=3653)
TOO_FAR = "Nothing is planned for longer than ten years"
NOT_BACK = "Choose today or a later day"


def days_ahead(earliest: date, why: str = NOT_BACK) -> Days:
    """`why` says why no day before is one."""
    return from_day(earliest, why, earliest + TEN_YEARS, TOO_FAR)


def misfits(days: dict[str, date], today: date) -> dict[str, str]:
    """A complaint for each field whose day is none from today on."""
    found = {name: days_ahead(today).misfit(day) for name, day in days.items()}
    return {name: why for name, why in found.items() if why is not None}
