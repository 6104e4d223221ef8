"""The tariffs of the demo: what a minute to each part of the world costs, and whose tariff is overridden."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from data_access.base.text.text_keys import fold
from data_access.models.usage.measuring import MEASURED_ROWS
from data_access.seed.destiny import Destiny, Life
from data_access.seed.reference import Segment

Row = dict[str, Any]
STANDARD, BUSINESS = "Standard EUR", "Business EUR calls"
_TARIFF_OF = {"Residential EUR": STANDARD, "Business EUR": BUSINESS}
_OVERRIDDEN_EVERY = 90  # of the customers by number
_HUNDREDTH = Decimal("0.0001")
_WORLD = (  # prefix, destination, cents a minute as households pay them
    ("1", "USA and Canada", "1.9"), ("1242", "Bahamas", "14"), ("1876", "Jamaica", "22"), ("20", "Egypt", "12"),
    ("2010", "Egypt, mobile", "14"), ("212", "Morocco", "21"), ("2126", "Morocco, mobile", "34"),
    ("216", "Tunisia", "38"), ("234", "Nigeria", "12"), ("254", "Kenya", "14"), ("27", "South Africa", "7"),
    ("278", "South Africa, mobile", "13"), ("30", "Greece", "1.9"), ("306", "Greece, mobile", "3.9"),
    ("31", "Netherlands", "1.9"), ("316", "Netherlands, mobile", "5.9"), ("32", "Belgium", "1.9"),
    ("324", "Belgium, mobile", "6.9"), ("33", "France", "1.9"), ("336", "France, mobile", "4.9"),
    ("337", "France, mobile", "4.9"), ("34", "Spain", "1.9"), ("346", "Spain, mobile", "4.9"),
    ("351", "Portugal", "1.9"), ("3519", "Portugal, mobile", "5.9"), ("352", "Luxembourg", "2.9"),
    ("353", "Ireland", "1.9"), ("3538", "Ireland, mobile", "6.9"), ("354", "Iceland", "3.9"), ("358", "Finland", "3.9"),
    ("3584", "Finland, mobile", "6.9"), ("36", "Hungary", "2.9"), ("380", "Ukraine", "12"),
    ("385", "Croatia", "2.9"), ("3859", "Croatia, mobile", "9.9"), ("39", "Italy", "1.9"),
    ("393", "Italy, mobile", "5.9"), ("40", "Romania", "2.9"), ("41", "Switzerland", "2.9"),
    ("417", "Switzerland, mobile", "14"), ("420", "Czechia", "2.9"), ("4206", "Czechia, mobile", "5.9"),
    ("43", "Austria", "1.9"), ("436", "Austria, mobile", "6.9"), ("44", "United Kingdom", "1.9"),
    ("447", "United Kingdom, mobile", "5.9"), ("45", "Denmark", "1.9"), ("46", "Sweden", "1.9"),
    ("467", "Sweden, mobile", "3.9"), ("47", "Norway", "1.9"), ("48", "Poland", "1.9"),
    ("485", "Poland, mobile", "4.9"), ("49", "Germany", "1.9"), ("4915", "Germany, mobile", "7.9"),
    ("4916", "Germany, mobile", "7.9"), ("4917", "Germany, mobile", "7.9"), ("49800", "Germany, free of charge", "0"),
    ("49180", "Germany, service numbers", "14"), ("52", "Mexico", "4.9"), ("55", "Brazil", "5.9"),
    ("61", "Australia", "2.9"), ("614", "Australia, mobile", "9.9"), ("81", "Japan", "4.9"), ("86", "China", "2.9"),
    ("886", "Taiwan", "3.9"), ("90", "Türkiye", "4.9"), ("905", "Türkiye, mobile", "19"), ("91", "India", "3.9"),
    ("971", "United Arab Emirates", "22"), ("972", "Israel", "2.9"),
)  # fmt: skip


def tariff_rows() -> list[Row]:
    """Both tariffs; their rates come once they have their ids."""
    says = {STANDARD: "Households: charged by the minute.", BUSINESS: "Companies: charged by the second."}
    return [{"name": name, "name_key": fold(name), "currency": "EUR", "description": told}
            for name, told in says.items()]  # fmt: skip


def rate_rows(tariff_ids: dict[str, int]) -> Iterator[Row]:
    """Companies pay six tenths, by the second; a message costs the same everywhere."""
    for name, share, seconds in ((STANDARD, Decimal(1), 60), (BUSINESS, Decimal("0.6"), 1)):
        for prefix, destination, cents in _WORLD:
            price = (Decimal(cents) * share / 100).quantize(_HUNDREDTH, ROUND_HALF_UP)
            yield {
                "tariff_id": tariff_ids[name], "prefix": prefix, "destination": destination, "price": price,
                "message_price": Decimal("0.07") if price else None, "first_seconds": seconds, "next_seconds": seconds,
            }  # fmt: skip


def of_class(name: str, tariff_ids: dict[str, int]) -> Row:
    """What a class says of usage: which tariff, and for companies what extensions of their telephone system cost."""
    measured = [["pbx_extensions", "maximum", "2.50", "5", "PBX-EXT", "Equipment"]]
    return {
        "tariff_id": tariff_ids.get(_TARIFF_OF.get(name, "")),
        "measured_services": MEASURED_ROWS.join(measured) if name == "Business EUR" else "",
    }


def is_overridden(life: Life) -> bool:
    """A household that pays what companies pay: a few that telephone much."""
    return (
        life.of_class.name in _TARIFF_OF
        and life.of_class.segment is Segment.RESIDENTIAL
        and life.destiny is Destiny.IN_ORDER
        and life.number % _OVERRIDDEN_EVERY < 3
    )
