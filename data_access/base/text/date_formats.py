"""Date and time formats that people choose: DD, MM, MON, YYYY, HH24, MI and SS, ignoring case."""

import re
from datetime import date

_DAY = {"DD": "%d", "MM": "%m", "MON": "%b", "YYYY": "%Y"}
_TIME = {"HH24": "%H", "MI": "%M", "SS": "%S"}
_TOKENS = {**_DAY, **_TIME}
_PART = re.compile(r"HH24|YYYY|MON|DD|MM|MI|SS", re.IGNORECASE)
_BETWEEN = re.compile(r"[ .,:/-]*")
_OF_A_DAY, _OF_A_TIME = "DD.MM.YYYY or YYYY-MM-DD", "HH24:MI or HH24:MI:SS"


def a_date_format(text: str) -> str:
    """The format, its tokens in capitals. ValueError unless it names the day, the month and the year, once each."""
    parts = _parts(text, _DAY, _OF_A_DAY)
    months = [part for part in parts if part in ("MM", "MON")]
    if len(months) != 1 or sorted(set(parts) - set(months)) != ["DD", "YYYY"] or len(parts) != 3:
        raise ValueError(f"Name the day, the month and the year once each, such as {_OF_A_DAY}.")
    return _capitals(text)


def a_time_format(text: str) -> str:
    """The format, its tokens in capitals. ValueError unless it names the hour, the minute and at most the second."""
    parts = _parts(text, _TIME, _OF_A_TIME)
    if parts not in (["HH24", "MI"], ["HH24", "MI", "SS"]):
        raise ValueError(f"Name the hour, then the minute, then the second if wanted, such as {_OF_A_TIME}.")
    return _capitals(text)


def written(shape: str, moment: date) -> str:
    """A day or a moment in a format."""
    return moment.strftime(_PART.sub(lambda found: _TOKENS[found[0].upper()], shape.replace("%", "%%")))


def _parts(text: str, allowed: dict[str, str], such_as: str) -> list[str]:
    found = [part.upper() for part in _PART.findall(text)]
    between = _PART.split(text)
    if any(part not in allowed for part in found) or not all(_BETWEEN.fullmatch(gap) for gap in between):
        raise ValueError(f"“{text[:40]}” is not a format: write it like {such_as}.")
    return found


def _capitals(text: str) -> str:
    return _PART.sub(lambda found: found[0].upper(), text.strip())
