"""One note about a customer, as it is opened to be changed."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.base.text.masking import shown
from data_access.models.customers import Note
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class OpenNote:
    """A note with its version. `refusal` says why this person cannot correct the text; None if they can."""

    note_id: int
    version: int
    author: str
    text: str
    sticky: bool
    refusal: str | None


@dataclass(frozen=True)
class FindNote(Query[OpenNote]):
    """The note as it stands now; NotFound for one that this person cannot see."""

    needs: ClassVar = Permission.NOTE_WRITE
    note_id: int

    def run(self, reader: Reader) -> OpenNote:
        note = reader.session.scalar(visible(Note, reader.actor).where(Note.id == self.note_id))
        if note is None:
            raise NotFound("The note")
        text = shown(note.text, reader.actor)
        return OpenNote(note.id, note.version, note.author, text, note.sticky, _refusal(reader, note.author))


def _refusal(reader: Reader, author: str) -> str | None:
    if author != reader.actor.login:
        return f"Only {author} can correct this note. Write one of your own beside it."
    if not reader.actor.may(Permission.PERSONAL_READ):
        return "The text is hidden from you, so you cannot correct it: you have no right to see personal data."
    return None
