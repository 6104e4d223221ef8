"""Taxes for tests: profiles, and whose they are."""

import json
from itertools import count

from sqlalchemy import Engine

from data_access.base.text.text_keys import fold
from data_access.models.card.invoicing import InvoicingSettings, OwnTaxation
from data_access.models.taxation import TaxProfile, TaxWay
from tests.support.rows import insert

_numbers = count(1)
VAT_10, VAT_19, CITY_2 = ("VAT", "10"), ("VAT", "19"), ("City tax", "2")


def a_profile(engine: Engine, *rates: tuple[str, str], way: TaxWay = TaxWay.ADDED, reason: str = "") -> int:
    name = f"Profile {next(_numbers)}"
    written = {"name": name, "name_key": fold(name), "way": way, "rates": json.dumps(rates), "exempt_reason": reason}
    return insert(engine, TaxProfile, written)


def taxed_by(engine: Engine, customer_id: int, profile_id: int | None) -> int:
    """Its own taxation; without a profile, taxes are included in the rates."""
    own = OwnTaxation.INCLUDED if profile_id is None else OwnTaxation.PROFILE
    written = {"customer_id": customer_id, "taxation": own, "tax_profile_id": profile_id}
    return insert(engine, InvoicingSettings, written)
