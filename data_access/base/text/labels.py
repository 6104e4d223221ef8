"""Labels: what every choice of a field is called on screen."""

from enum import StrEnum

import pycountry

from data_access.base.labelled import Labelled

_SPECIAL = {
    "sim": "SIM",
    "one_time_code": "One-time code",
    "thirty_days": "Every 30 days",
    "semimonthly": "Twice a month",
    "anniversary": "Monthly (anniversary)",
    "impossible": "No longer possible",
    "to_five": "To the nearest 5 of the last decimal",
    "environment": "Everybody together",
    "reseller": "Each reseller",
    "customer": "Each customer",
}


def word(choice: StrEnum) -> str:
    """What one of the choices of a field is called."""
    if isinstance(choice, Labelled):
        return choice.label
    return _SPECIAL.get(choice.value, choice.value.replace("_", " ").capitalize())


def country_name(code: str) -> str:
    """Germany for DE; a code that names no country as it is."""
    country = pycountry.countries.get(alpha_2=code)
    return code if country is None else str(country.name)


def command_words(name: str) -> str:
    """Change status for ChangeStatus."""
    spaced = "".join(f" {mark.lower()}" if mark.isupper() else mark for mark in name)
    return spaced.strip().capitalize()
