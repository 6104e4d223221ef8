"""Days as a file writes them, within the years that a desk can mean."""

from datetime import date, datetime

EARLIEST, LATEST = date(1950, 1, 1), date(2099, 12, 31)


def day_of(text: str, date_format: str) -> date:
    """A day as the file writes it; ValueError for anything else."""
    if not text:
        raise ValueError("Give the date.")
    try:
        day = datetime.strptime(text, date_format).date()  # noqa: DTZ007  a day has no zone
    except ValueError as wrong:
        shape = date_format.replace("%d", "day").replace("%m", "month").replace("%Y", "year")
        raise ValueError(f"“{text[:40]}” is not a date of the form {shape}.") from wrong
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"“{text[:40]}” is too far off: days from {EARLIEST.year} to {LATEST.year} are read.")
    return day
