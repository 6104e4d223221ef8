"""Identities of single sign-on: bound to a person at the first sign-in, released by an administrator."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import Rejected
from data_access.base.permissions import Permission
from data_access.commands.people.people import PersonSaved, change_person, lock_person
from data_access.commands.people.sessions import end_sessions
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class BindIdentity(Command[PersonSaved]):
    """Binds whoever asks to an issuer and a subject: from now on these sign them in, and no e-mail address does."""

    needs: ClassVar = Permission.CUSTOMER_READ  # every role has it: whoever may sign in may do this
    result_type: ClassVar = PersonSaved

    issuer: str
    subject: str

    def apply(self, work: UnitOfWork) -> PersonSaved:
        person = lock_person(work, work.actor.person_id or 0)
        if person.oidc_subject is not None or not person.is_active:
            raise Rejected("Your sign-in was changed a moment ago. Try again.")
        return change_person(work, person, oidc_issuer=self.issuer, oidc_subject=self.subject)


@dataclass(frozen=True, kw_only=True)
class ReleaseIdentity(Command[PersonSaved]):
    """Ends a binding and the sessions of that person; whoever proves their e-mail address next is bound again."""

    needs: ClassVar = Permission.PEOPLE_MANAGE
    result_type: ClassVar = PersonSaved

    person_id: int

    def apply(self, work: UnitOfWork) -> PersonSaved:
        person = lock_person(work, self.person_id)
        if person.oidc_subject is None:
            raise Rejected(f"{person.login} is not linked to a single sign-on identity.")
        end_sessions(work, person.id)
        return change_person(work, person, oidc_issuer=None, oidc_subject=None)
