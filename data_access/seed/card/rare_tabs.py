"""The tabs that few customers of the demo use: short numbers, custom fields, fraud protection, own measured terms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.base.text.text_keys import fold
from data_access.domain.entered.custom_fields import sort_key
from data_access.models.card.additional import AdditionalInfo
from data_access.models.card.custom_fields import CustomKind, CustomValue
from data_access.models.card.dialing import AbbreviatedNumber, Dialing
from data_access.models.card.fraud import FraudProtection, Mobility
from data_access.models.usage.measuring import MeasuredService
from data_access.seed.destiny import Destiny, Life
from data_access.seed.reference import Segment

Row = dict[str, Any]
_OFFICE_EVERY, _ASKED_EVERY, _AT_HOME_EVERY, _OWN_TERMS_EVERY = 5, 6, 25, 12
REPRESENTATIVES = ("North and east", "South and west", "Carriers")
_SHORT_NUMBERS = (("1", 0, "Reception"), ("2", 1, "Workshop"), ("112", None, "Emergency"))
_FOUND_BY = ("Recommendation", "Advertisement", "Fair")
MODELS = (AdditionalInfo, Dialing, AbbreviatedNumber, CustomValue, FraudProtection, MeasuredService)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the rows refer to: custom fields by name, with what kind they are of, and the representatives."""

    custom: Mapping[str, tuple[int, CustomKind]]
    representative_ids: tuple[int, ...]


def representative_rows() -> list[Row]:
    """Those who look after companies."""
    return [{"name": name, "name_key": fold(name)} for name in REPRESENTATIVES]


def rare_rows(
    life: Life, catalogue: Catalogue, account_codes: tuple[str, ...], *, overrides: bool
) -> dict[Any, list[Row]]:
    """Drawn by the number of the customer alone, so that nothing else of the demo depends on it."""
    is_company = life.of_class.segment in (Segment.BUSINESS, Segment.WHOLESALE)
    in_order = life.destiny is Destiny.IN_ORDER
    has_office = is_company and life.number % _OFFICE_EVERY == 0
    return {
        AdditionalInfo: list(_additional(life, catalogue, overrides=overrides, is_company=is_company)),
        Dialing: [{"longest": 3}] if has_office else [],
        AbbreviatedNumber: list(_short_numbers(account_codes)) if has_office else [],
        CustomValue: list(_custom(life, catalogue)) if life.number % _ASKED_EVERY == 0 else [],
        FraudProtection: list(_protection(life)) if in_order and life.number % _AT_HOME_EVERY == 0 else [],
        MeasuredService: list(_own_terms(life)) if in_order and life.number % _OWN_TERMS_EVERY == 0 else [],
    }


def _additional(life: Life, catalogue: Catalogue, *, overrides: bool, is_company: bool) -> Iterator[Row]:
    row: Row = {"override_tariffs_enabled": overrides}
    if is_company and life.number % 2 == 0:
        reference = f"CRM-{70_000 + life.number}"
        row |= {
            "reference_number": reference, "reference_number_key": fold(reference),
            "tax_id": f"{life.land.code}{810_000_000 + life.number}",
            "representative_id": catalogue.representative_ids[life.number // 2 % len(catalogue.representative_ids)],
        }  # fmt: skip
    if len(row) > 1 or overrides:
        yield row


def _short_numbers(account_codes: tuple[str, ...]) -> Iterator[Row]:
    """Telephones of the customer, and an emergency number that nothing translates."""
    for number, place, description in _SHORT_NUMBERS:
        if place is None or place < len(account_codes):
            target = "" if place is None else account_codes[place]
            yield {"number": number, "target": target, "description": description}


def _custom(life: Life, catalogue: Catalogue) -> Iterator[Row]:
    draw = Random(f"custom {life.number}")
    signed = life.created_at.date()
    values = {
        "Contract number": f"{life.land.code}-{signed.year}-{life.number:05}",
        "Contract ends": signed + timedelta(days=730),
        "Found us by": draw.choice(_FOUND_BY),
    }
    for name, value in values.items():
        field_id, kind = catalogue.custom[name]
        yield {"custom_field_id": field_id, "value": str(value), "sort_key": sort_key(kind, value)}


def _protection(life: Life) -> Iterator[Row]:
    """At home in their country; fraud protection takes a class with a currency."""
    if life.of_class.currency is not None:
        yield {"default_country": life.land.code, "mobility": Mobility.STATIONARY, "warning_percent": 90}


def _own_terms(life: Life) -> Iterator[Row]:
    """Channels of a carrier or a company, by the most that were in use at once."""
    if life.of_class.segment is Segment.BUSINESS and not life.pays_ahead:
        yield {
            "parameter": MeasuredParameter.CONCURRENT_CALLS, "basis": ChargeBasis.MAXIMUM,
            "price": Decimal("1.50") * life.land.price, "free_items": 4, "rate_code": "CHANNELS", "service": "Calls",
        }  # fmt: skip
