"""What all commands about an import share: its owner, the states in which each is allowed, and the new state."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import NotFound, Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import ImportState
from data_access.models.work.imports import FileImport
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

CALLED = "The import"


@dataclass(frozen=True, slots=True)
class ImportSaved:
    """`import_state`: how the import stands after the command."""

    import_id: int
    import_state: str


def saved(row: FileImport) -> ImportSaved:
    """How the import stands."""
    return ImportSaved(row.id, row.state)


@dataclass(frozen=True, kw_only=True)
class ImportMove(Command[ImportSaved]):
    """An order about one's own import, in one of these states."""

    needs: ClassVar = Permission.IMPORT_RUN
    result_type: ClassVar = ImportSaved
    states: ClassVar[frozenset[ImportState]]

    import_id: int

    def own(self, work: UnitOfWork) -> FileImport:
        """The import, locked. NotFound for that of somebody else, Rejected in another state."""
        row = work.lock(FileImport, self.import_id, called=CALLED)
        if row.person_id != work.actor.person_id:
            raise NotFound(CALLED)
        if row.state not in self.states:
            raise Rejected(f"This import is in another state now: {row.state.label[0].lower()}{row.state.label[1:]}.")
        return row
