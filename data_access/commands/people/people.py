"""People who sign in: add, edit, disable, enable, set a new password."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import inspect

from data_access.base.errors import Rejected
from data_access.base.permissions import Permission, Role
from data_access.base.text.text_keys import fold
from data_access.commands.people.personal_limits import limits_of, set_limits
from data_access.commands.people.sessions import end_sessions
from data_access.domain.sections import PERSON
from data_access.fields.section import Judged
from data_access.models.people import Person, Reseller
from data_access.services.section_edit import SectionEdit
from data_access.store.access import Command
from data_access.store.command_form import Secret
from data_access.store.unit_of_work import UnitOfWork

_PERSON = "The person"
ENDS_SESSIONS = ("password_hash", "is_active", "role", "reseller_id")  # what a session was opened under


@dataclass(frozen=True, slots=True)
class PersonSaved:
    person_id: int
    login: str
    version: int


@dataclass(frozen=True, kw_only=True)
class AddPerson(Command[PersonSaved]):
    """Adds a person, who chooses their own password at the first sign-in.

    `limits`: a currency each, such as `EUR 50 200`: 50 at a time, 200 in 24 hours. What is left out allows nothing.
    """

    needs: ClassVar = Permission.PEOPLE_MANAGE
    result_type: ClassVar = PersonSaved

    password_hash: Secret | None
    login: str = ""
    name: str = ""
    email: str = ""
    role: str = ""
    reseller_id: str = ""
    limits: str = ""
    extra_grants: str = ""

    def apply(self, work: UnitOfWork) -> PersonSaved:
        judged = PERSON.judged({name: getattr(self, name) for name in PERSON.names})
        values = Judged(judged.values, _unfit(work, judged.values, 0) | judged.complaints).sound()
        secret = {"password_hash": self.password_hash, "must_change_password": self.password_hash is not None}
        _refuse_confined_first(work, values)
        limits = values.pop("limits")
        person = work.add(Person(**values, **secret, login_key=fold(values["login"]), created_at=work.now))
        set_limits(work, person, limits)
        return PersonSaved(person.id, person.login, person.version)


@dataclass(frozen=True, kw_only=True)
class EditPerson(SectionEdit[PersonSaved]):
    """Changes fields of a person; Stale for a field that two administrators changed. The rights apply at once."""

    needs: ClassVar = Permission.PEOPLE_MANAGE
    result_type: ClassVar = PersonSaved
    section: ClassVar = PERSON
    called: ClassVar = _PERSON

    person_id: int

    def apply(self, work: UnitOfWork) -> PersonSaved:
        person = lock_person(work, self.person_id)
        different = self.different(work, person, limits=limits_of(work, person))
        if "limits" in different:
            set_limits(work, person, different.pop("limits"))
        return change_person(work, person, **different, login_key=fold(different.get("login", person.login)))

    def unfit(self, work: UnitOfWork, row: Any, values: dict[str, Any]) -> dict[str, str]:
        return _unfit(work, values, but=row.id)


@dataclass(frozen=True, kw_only=True)
class DisablePerson(Command[PersonSaved]):
    """Ends a person's right to sign in, at once, also for sessions that are open."""

    needs: ClassVar = Permission.PEOPLE_MANAGE
    result_type: ClassVar = PersonSaved

    person_id: int

    def apply(self, work: UnitOfWork) -> PersonSaved:
        person = lock_person(work, self.person_id)
        if person.id == work.actor.person_id:
            raise Rejected("You cannot disable yourself: someone else who manages people has to.")
        if not person.is_active:
            raise Rejected(f"{person.login} is already disabled.")
        return change_person(work, person, is_active=False)


@dataclass(frozen=True, kw_only=True)
class EnablePerson(Command[PersonSaved]):
    """Lets a disabled person sign in again."""

    needs: ClassVar = Permission.PEOPLE_MANAGE
    result_type: ClassVar = PersonSaved

    person_id: int

    def apply(self, work: UnitOfWork) -> PersonSaved:
        person = lock_person(work, self.person_id)
        if person.is_active:
            raise Rejected(f"{person.login} can already sign in.")
        return change_person(work, person, is_active=True)


@dataclass(frozen=True, kw_only=True)
class ResetPassword(Command[PersonSaved]):
    """Replaces a person's password by one that is good for choosing another.

    Only its hash comes here, and the audit says no more than that it changed.
    """

    needs: ClassVar = Permission.PEOPLE_MANAGE
    result_type: ClassVar = PersonSaved

    person_id: int
    password_hash: Secret

    def apply(self, work: UnitOfWork) -> PersonSaved:
        person = lock_person(work, self.person_id)
        return change_person(work, person, password_hash=self.password_hash, must_change_password=True)


@dataclass(frozen=True, kw_only=True)
class ChangeOwnPassword(Command[PersonSaved]):
    """Replaces the password of whoever asks by one that they chose; only its hash comes here.

    `version` is that of the person whose present password was checked: a reset in between wins.
    """

    needs: ClassVar = Permission.CUSTOMER_READ  # every role has it: whoever may sign in may do this
    result_type: ClassVar = PersonSaved

    version: int
    password_hash: Secret

    def apply(self, work: UnitOfWork) -> PersonSaved:
        person = lock_person(work, work.actor.person_id or 0)
        if person.version != self.version:
            raise Rejected("Your sign-in was changed a moment ago. Sign in again, then choose a password.")
        return change_person(work, person, password_hash=self.password_hash, must_change_password=False)


def lock_person(work: UnitOfWork, person_id: int) -> Person:
    return work.lock(Person, person_id, called=_PERSON)


def change_person(work: UnitOfWork, person: Person, **values: Any) -> PersonSaved:
    """The one place that changes a person: keeps an admin who sees everything, and ends the sessions it has to."""
    was_all_seeing = is_all_seeing(person)
    if was_all_seeing:
        others = _other_all_seeing(work, person)
    for name, value in values.items():
        setattr(person, name, value)
    if was_all_seeing and not is_all_seeing(person) and not others:
        raise Rejected(
            f"{person.login} is the last admin who can sign in and sees every customer. "
            "Make someone else such an admin first."
        )
    if any(inspect(person).attrs[name].history.has_changes() for name in ENDS_SESSIONS):
        end_sessions(work, person.id)
    person.version += 1
    return PersonSaved(person.id, person.login, person.version)


def _refuse_confined_first(work: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Where nobody is yet, someone is made who can manage everybody; nobody could be added by them otherwise."""
    if values["role"] is Role.ADMIN and values["reseller_id"] is None:
        return
    if work.session.scalars(work.select(Person).limit(1)).first() is None:
        raise Rejected("The first person is an admin who sees every customer: add that one first.")


def is_all_seeing(person: Person) -> bool:
    """Whether they can manage everybody: an admin who can sign in and is not confined to one reseller."""
    return person.role is Role.ADMIN and person.is_active and person.reseller_id is None


def _other_all_seeing(work: UnitOfWork, person: Person) -> int:
    """How many others there are; locked, so that two cannot leave at once."""
    admins = work.select(Person).where(
        Person.role == Role.ADMIN, Person.is_active, Person.reseller_id.is_(None), Person.id != person.id
    )
    return len(work.session.scalars(admins.order_by(Person.id).with_for_update()).all())


def _unfit(work: UnitOfWork, values: Mapping[str, Any], but: int) -> dict[str, str]:
    found = {}
    if "login" in values:
        same = work.select(Person).where(Person.login_key == fold(values["login"]), Person.id != but)
        if work.session.scalars(same).first() is not None:
            found["login"] = "This login is already used."
    if values.get("reseller_id") is not None:
        reseller = work.select(Reseller).where(Reseller.id == values["reseller_id"])
        if work.session.scalars(reseller).first() is None:
            found["reseller_id"] = "This reseller no longer exists: choose another."
    elif "reseller_id" in values and work.actor.reseller_id is not None:
        found["reseller_id"] = "Choose your own reseller: you see its people and customers only."
    return found
