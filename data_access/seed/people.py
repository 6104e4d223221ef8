"""The people of the demo: one for each role, with the published passwords of the demo."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from data_access.base.choices.viewed_lists import SharedWith, ViewedList
from data_access.base.permissions import Role
from data_access.base.text.text_keys import fold
from data_access.domain.passwords import DEMO_SIGN_INS, hash_password
from data_access.seed.names import LANDS

_IN_EUR = {Role.SUPPORT: (50, 200), Role.MANAGER: (500, 2000)}  # at a time, in 24 hours


def demo_people(now: datetime) -> list[dict[str, Any]]:
    """Their rows. The passwords let nobody in outside the demo."""
    return [
        {
            "login": demo.login, "login_key": fold(demo.login), "name": f"Demo {demo.role.value}", "role": demo.role,
            "password_hash": hash_password(demo.password), "created_at": now,
        }
        for demo in DEMO_SIGN_INS
    ]  # fmt: skip


def demo_limits(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What they may credit and give back, in each currency of the demo."""
    prices = {land.currency: land.price for land in LANDS}
    return [
        {
            "person_id": person["id"],
            "currency": currency,
            "per_booking": Decimal(at_once) * price,
            "per_day": Decimal(a_day) * price,
        }
        for person in people
        if person["role"] in _IN_EUR
        for at_once, a_day in [_IN_EUR[person["role"]]]
        for currency, price in prices.items()
    ]


_VIEWS = (
    (ViewedList.CUSTOMERS, "Overdue over 10 days", "overdue_over=10&sort=overdue"),
    (ViewedList.CUSTOMERS, "Suspended, with their classes",
     "columns=status&columns=class&columns=balance&columns=overdue&columns=next&sort=overdue&status=suspended"),
    (ViewedList.CUSTOMERS, "Four fifths of the limit used", "sort=balance&used_from=80"),
    (ViewedList.ADVANCED_SEARCH, "Overdue, and much of the limit used",
     "where=days_overdue.more_than.5&where=or1%3Ause_of_limit.at_least.60&where=or1%3Aoverdue_amount.more_than.500"),
)  # fmt: skip


def demo_views(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The views that the manager of the demo shares with everyone."""
    owner = next(person["id"] for person in people if person["role"] is Role.MANAGER)
    return [
        {
            "owner_id": owner, "page": page, "name": name, "name_key": fold(name), "address": address,
            "shared_with": SharedWith.EVERYONE,
        }
        for page, name, address in _VIEWS
    ]  # fmt: skip
