"""Dates as a file writes them, within a plausible range of years."""

from datetime import date, datetime

from data_access.base.clock import near


def day_of(text: str, date_format: str) -> date:
    """A day as the file writes it; ValueError for anything else."""
    if not text:
        raise ValueError("Give the date.")
    try:
        day = datetime.strptime(text, date_format).date()  # noqa: DTZ007  a day has no zone
    except ValueError as wrong:
        shape = date_format.replace("%d", "day").replace("%m", "month").replace("%Y", "year")
        raise ValueError(f"“{text[:40]}” is not a date of the form {shape}.") from wrong
    return near(day, text[:40])
