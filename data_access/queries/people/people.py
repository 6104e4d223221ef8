"""The people who may sign in, and what each role may do, in words."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import GRANTS, PEOPLE_ROLES, Permission, Role
from data_access.domain.allowances import Allowance, written
from data_access.models.people import Person, PersonalLimit, Reseller
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_MOST = 500


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as an administrator sees them. `reseller` None: sees every reseller's customers.

    `is_bound`: single sign-on knows them by an identity, and no more by their e-mail address.
    """

    id: int
    version: int
    login: str
    name: str
    email: str | None
    role: Role
    reseller_id: int | None
    reseller: str | None
    is_active: bool
    has_password: bool
    must_change_password: bool
    is_bound: bool
    extra_grants: str
    limits: str


@dataclass(frozen=True)
class ListPeople(Query[tuple[PersonRow, ...]]):
    """Everyone, those who may sign in first, then by sign-in name; at most 500."""

    needs: ClassVar = Permission.PEOPLE_MANAGE

    def run(self, reader: Reader) -> tuple[PersonRow, ...]:
        rows = reader.session.execute(
            visible(Person, reader.actor)
            .outerjoin(Reseller, Reseller.id == Person.reseller_id)
            .with_only_columns(
                Person.id, Person.version, Person.login, Person.name, Person.email, Person.role, Person.reseller_id,
                Reseller.name.label("reseller"), Person.is_active, Person.extra_grants, Person.must_change_password,
                Person.password_hash.is_not(None).label("has_password"),
                Person.oidc_subject.is_not(None).label("is_bound"),
            )
            .order_by(Person.is_active.desc(), Person.login_key, Person.id)
            .limit(_MOST)
        )  # fmt: skip
        limits = _limits(reader)
        return tuple(PersonRow(**row, limits=written(limits.get(row["id"], ()))) for row in rows.mappings())


def _limits(reader: Reader) -> dict[int, list[Allowance]]:
    held: dict[int, list[Allowance]] = {}
    rows = reader.session.scalars(visible(PersonalLimit, reader.actor).order_by(PersonalLimit.id))
    for row in rows:
        held.setdefault(row.person_id, []).append(Allowance(row.currency, row.per_booking, row.per_day))
    return held


def role_matrix() -> list[dict[str, str]]:
    """A row a right, in words, with a column a role: read off the table of grants that every call is judged by."""
    offered = [right for right in Permission if any(right in GRANTS[role] for role in PEOPLE_ROLES)]
    return [
        {"Right": right.label.capitalize()}
        | {role.value.capitalize(): "yes" if right in GRANTS[role] else "no" for role in PEOPLE_ROLES}
        for right in offered
    ]
