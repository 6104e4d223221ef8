"""Tariffs for the tests, and what stands beside them."""

from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Engine

from data_access.base.text.text_keys import fold
from data_access.models.usage.tariffs import OverrideTariff, Tariff, TariffRate
from tests.support.rows import insert

_numbers = count(1)


def a_tariff(engine: Engine, rates: dict[str, str] | None = None, **over: Any) -> int:
    """A tariff in EUR; `rates`: the price of a minute by prefix."""
    name = over.pop("name", None) or f"Tariff {next(_numbers)}"
    row = {"name": name, "name_key": fold(name), "currency": "EUR"} | over
    tariff_id = insert(engine, Tariff, row)
    for prefix, price in (rates or {}).items():
        a_rate(engine, tariff_id, prefix=prefix, price=Decimal(price))
    return tariff_id


def a_rate(engine: Engine, tariff_id: int, **over: Any) -> int:
    """A rate of three cents a minute to Germany."""
    row = {"tariff_id": tariff_id, "prefix": "49", "destination": "Germany", "price": Decimal("0.03")} | over
    return insert(engine, TariffRate, row)


def an_override(engine: Engine, customer_id: int, original: int, override: int, **over: Any) -> int:
    """That one tariff overrides another for a customer."""
    row = {"customer_id": customer_id, "original_id": original, "override_id": override} | over
    return insert(engine, OverrideTariff, row)
