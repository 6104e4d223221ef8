"""People for the tests: someone of a role, and what they can see and do."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine

from data_access.base.errors import Repeated
from data_access.base.money import CURRENCIES
from data_access.base.permissions import Actor, Permission, Role
from data_access.base.text.text_keys import fold
from data_access.commands.billing.money import Booked, BookTransaction
from data_access.models.people import Person, PersonalLimit
from data_access.store.access import Access
from tests.support.rows import insert

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)  # a Monday
_numbers = count(1)


def a_person(engine: Engine, role: Role = Role.SUPPORT, **over: Any) -> Actor:
    """Someone of this role, written to the database; `over` holds columns of their row.

    `credit_per_booking` and `credit_per_day` are their own limits in every currency.
    """
    login = str(over.pop("login", f"{role.value}-{next(_numbers)}"))
    row: dict[str, Any] = {
        "login": login, "login_key": fold(login), "name": login.capitalize(), "role": role, "created_at": NOW,
    } | over  # fmt: skip
    allowed = {"per_booking": row.pop("credit_per_booking", None), "per_day": row.pop("credit_per_day", None)}
    person_id = insert(engine, Person, row)
    for currency in CURRENCIES if allowed["per_booking"] is not None else ():
        insert(engine, PersonalLimit, {"person_id": person_id, "currency": currency} | allowed)
    granted = frozenset(right for right in Permission if right in row.get("extra_grants", "").split())
    return Actor(person_id, login, row["name"], role, granted, row.get("reseller_id"))


def knowingly(access: Access, order: BookTransaction) -> Booked:
    """Books it, also where a payment like it stands already: whoever books knows of that one."""
    try:
        return access.execute(order)
    except Repeated as repeated:
        return access.execute(replace(order, knows_of=repeated.earlier_id))


def access_for(engine: Engine, role: Role = Role.SUPPORT, now: datetime = NOW, **over: Any) -> Access:
    """What a new person of this role can see and do, at a moment that stands still."""
    return Access(engine, a_person(engine, role, **over), lambda: now)
