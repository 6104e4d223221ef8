"""Sign-ins for tests: a row of a person with a known password, and changes behind their back."""

from datetime import UTC, datetime
from functools import cache

from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_access.base.engine import Door
from data_access.base.permissions import Role
from data_access.base.text.text_keys import fold
from data_access.models.people import Person

PASSWORD = "correct horse battery staple"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


# A hash carries what it cost, so that these are quick to compare too. The product makes its own, at full cost.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@cache
def hashed(password: str) -> str:
    """What the database keeps of a password."""
    return QUICK.hash(password)


def a_person(
    engine: Engine,
    login: str = "ann",
    *,
    role: Role = Role.SUPPORT,
    name: str = "Ann Example",
    email: str | None = None,
    password: str | None = PASSWORD,
    is_active: bool = True,
    must_change_password: bool = False,
    extra_grants: str = "",
) -> int:
    """Adds a person; gives the id."""
    person = Person(
        login=login,
        login_key=fold(login),
        name=name,
        email=email,
        role=role,
        password_hash=None if password is None else hashed(password),
        is_active=is_active,
        must_change_password=must_change_password,
        extra_grants=extra_grants,
        created_at=NOON,
    )
    with Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        session.add(person)
        session.flush()
        return person.id


def change_person(engine: Engine, person_id: int, **values: object) -> None:
    """Sets columns of a person behind the back of whoever is signed in."""
    with Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        person = session.get_one(Person, person_id)
        for name, value in values.items():
            setattr(person, name, value)
