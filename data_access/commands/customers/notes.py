"""Notes about a customer: write, correct, pin and unpin."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from data_access.base.errors import Invalid, Rejected, Stale
from data_access.base.permissions import Permission
from data_access.domain.entered.row_sections import NOTE
from data_access.models.customers import Customer, Note
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class NoteSaved:
    note_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class AddNote(Command[NoteSaved]):
    """Adds a note by this person; a sticky one stands under the head of the page.

    `at`, `author`: of one that was written at another desk. They take the right to import.
    """

    needs: ClassVar = Permission.NOTE_WRITE
    result_type: ClassVar = NoteSaved

    customer_id: int
    text: str
    sticky: bool = False
    at: datetime | None = None
    author: str = ""

    def apply(self, work: UnitOfWork) -> NoteSaved:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        if self.at is not None or self.author:
            work.actor.require(Permission.IMPORT_RUN)
        if self.at is not None and self.at > work.now:
            raise Invalid({"at": "A note cannot be written in the future."})
        author = _read("author", self.author) if self.author else work.actor.login
        note = Note(
            customer_id=customer.id, at=self.at or work.now, author=author, text=_read("text", self.text),
            sticky=self.sticky,
        )  # fmt: skip
        return NoteSaved(work.add(note).id, customer.id)


@dataclass(frozen=True, kw_only=True)
class EditNote(Command[NoteSaved]):
    """Corrects a note of one's own. The text before it stays in the audit."""

    needs: ClassVar = Permission.NOTE_WRITE
    result_type: ClassVar = NoteSaved

    note_id: int
    version: int
    text: str

    def apply(self, work: UnitOfWork) -> NoteSaved:
        note = _lock(work, self.note_id)
        if note.author != work.actor.login:
            raise Rejected(f"Only {note.author} can correct this note. Write one of your own beside it.")
        if note.version != self.version:
            raise Stale("The note")
        text = _read("text", self.text)
        if text == note.text:
            raise Rejected("Nothing was changed, so nothing was saved.")
        note.text = text
        note.version += 1
        return NoteSaved(note.id, note.customer_id)


@dataclass(frozen=True, kw_only=True)
class PinNote(Command[NoteSaved]):
    """Pins a note under the head of the customer's page, or takes it down. Whoever writes notes can."""

    needs: ClassVar = Permission.NOTE_WRITE
    result_type: ClassVar = NoteSaved

    note_id: int
    sticky: bool

    def apply(self, work: UnitOfWork) -> NoteSaved:
        note = _lock(work, self.note_id)
        note.sticky = self.sticky
        return NoteSaved(note.id, note.customer_id)


def _lock(work: UnitOfWork, note_id: int) -> Note:
    note = work.lock(Note, note_id, called="The note")
    work.customer_id = note.customer_id
    return note


def _read(name: str, typed: str) -> str:
    return str(NOTE.judged({name: typed}).sound()[name])
