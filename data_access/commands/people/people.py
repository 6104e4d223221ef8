"""People who sign in: add, edit, disable, enable, give a new password."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import inspect

from data_access.base.errors import Invalid, Rejected, Stale
from data_access.base.permissions import PEOPLE_ROLES, SYSTEM, Permission, Role
from data_access.base.text.parsing import an_id, email_addresses, one_of, plain, within
from data_access.base.text.text_keys import fold
from data_access.commands.people.personal_limits import limits_of, set_limits
from data_access.commands.people.sessions import end_sessions
from data_access.domain.allowances import read_allowances, written
from data_access.domain.editing import conflicts, typed_fields
from data_access.models.people import Person, Reseller
from data_access.store.access import Command
from data_access.store.command_form import Secret
from data_access.store.unit_of_work import UnitOfWork

OFFERED = tuple(right for right in Permission if right is not Permission.SYSTEM_RUN)


def _required(most: int, otherwise: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not fold(text):
            raise ValueError(otherwise)
        return within(plain(text), most)

    return read


def _login(text: str) -> str:
    login = _required(100, "Give the sign-in name.")(text)
    if len(fold(login)) > 100:
        raise ValueError("This contains characters that are too long when written out: shorten it.")
    if fold(login) == fold(SYSTEM.login):
        raise ValueError(f"“{login}” stands for what happens automatically: choose another name.")
    return login


def _email(text: str) -> str | None:
    address = within(email_addresses(text), 254)
    if "," in address:
        raise ValueError("One address only: it can be used for single sign-on.")
    return address or None


def _grants(text: str) -> str:
    names = set(text.split())
    if not names <= set(OFFERED):
        raise ValueError("Choose the additional rights from the list.")
    granted = " ".join(sorted(names))
    if len(granted) > 400:
        raise ValueError("These are too many additional rights: choose a role that has most of them.")
    return granted


_READERS: Mapping[str, Callable[[str], Any]] = {
    "login": _login,
    "name": _required(120, "Give the name."),
    "email": _email,
    "role": lambda text: Role(one_of(text, PEOPLE_ROLES, "Choose the role.")),
    "reseller_id": lambda text: an_id(text, "Choose the reseller from the list.") if text.strip() else None,
    "limits": read_allowances,
    "extra_grants": _grants,
}
PERSON_FIELDS = tuple(_READERS)
_COLUMNS = tuple(name for name in PERSON_FIELDS if name != "limits")
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
        values = _read(work, {name: getattr(self, name) for name in PERSON_FIELDS})
        secret = {"password_hash": self.password_hash, "must_change_password": self.password_hash is not None}
        _refuse_confined_first(work, values)
        limits = values.pop("limits")
        person = work.add(Person(**values, **secret, login_key=fold(values["login"]), created_at=work.now))
        set_limits(work, person, limits)
        return PersonSaved(person.id, person.login, person.version)


@dataclass(frozen=True, kw_only=True)
class EditPerson(Command[PersonSaved]):
    """Changes fields of a person; Stale for a field that two administrators changed. The rights apply at once."""

    needs: ClassVar = Permission.PEOPLE_MANAGE
    result_type: ClassVar = PersonSaved

    person_id: int
    version: int
    shown: Mapping[str, str]
    changes: Mapping[str, str]

    def apply(self, work: UnitOfWork) -> PersonSaved:
        person = lock_person(work, self.person_id)
        wanted = _read(work, self.changes, but=person.id)
        stored = {name: getattr(person, name) for name in _COLUMNS} | {"limits": limits_of(work, person)}
        different = {name: value for name, value in wanted.items() if value != stored[name]}
        if self.version != person.version:
            typed = typed_fields(person, _COLUMNS) | {"limits": written(stored["limits"])}
            told = {name: written(value) if name == "limits" else value for name, value in different.items()}
            both = conflicts(typed, shown=self.shown, wanted=told)
            if both:
                raise Stale("The person", both)
        if not different:
            raise Rejected("Nothing was changed, so nothing was saved.")
        if "limits" in different:
            set_limits(work, person, different.pop("limits"))
        return change_person(work, person, **different, login_key=fold(wanted.get("login", person.login)))


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
    return work.lock(Person, person_id, called="The person")


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


def _read(work: UnitOfWork, typed: Mapping[str, str], but: int = 0) -> dict[str, Any]:
    values: dict[str, Any] = {}
    complaints: dict[str, str] = {}
    for name, text in typed.items():
        try:
            values[name] = _READERS[name](text)
        except ValueError as wrong:
            complaints[name] = str(wrong)
    complaints = _unfit(work, values, but) | complaints
    if complaints:
        raise Invalid(complaints)
    return values


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
