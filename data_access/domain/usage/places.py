"""Places: where a service is used, whether it may be used there, and which numbers are of emergency."""

from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers

from data_access.base.permissions import Permission, who_can
from data_access.base.text.labels import country_name
from data_access.base.text.text_keys import fold_phone
from data_access.models.card.fraud import FraudProtection, Mobility

_EVERYWHERE = frozenset({"112", "911"})


@dataclass(frozen=True, slots=True)
class UsePlace:
    """What was dialled, if anything, and the country in which a service is used; blank: nobody says."""

    number: str = ""
    country: str = ""


def is_emergency(place: UsePlace, known: Iterable[str]) -> bool:
    """Whether an emergency number is called, of the country it is called in or of one that is known of the customer."""
    dialled = fold_phone(place.number)
    if not dialled:
        return False
    countries = {place.country, *known} - {""}
    return dialled in _EVERYWHERE or any(phonenumbers.is_emergency_number(dialled, country) for country in countries)


def place_refusal(protection: FraudProtection | None, country: str) -> str:
    """Why a service may not be used in a country; empty where it may, or where nothing is known yet."""
    if protection is None or protection.mobility is not Mobility.STATIONARY or not country:
        return ""
    safe = list(dict.fromkeys(one for one in (protection.default_country, protection.current_country) if one))
    if not safe or country in safe:
        return ""
    named = " and ".join(country_name(one) for one in safe)
    return (
        f"The customer is stationary and uses its services in {named} alone, not in {country_name(country)}: "
        f"{who_can(Permission.CUSTOMER_EDIT)} can change that on Fraud protection."
    )


def learnt(protection: FraudProtection, country: str) -> dict[str, str]:
    """What a use in a country tells of where the customer is: its first use sets the default, each where it is now."""
    told = {"current_country": country}
    if not protection.default_country:
        told["default_country"] = country
    return {name: value for name, value in told.items() if getattr(protection, name) != value}
