"""Imports of files by the people who upload them: stored, tried, imported, cancelled, discarded; and their stages."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sqlalchemy import func

from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import CARRIED_ON, READY, WAITING, ImportState
from data_access.domain.entered.imported_files import FILE_KEPT, FILE_KINDS, MOST_FILES, SUFFIXES
from data_access.models.work.imports import WHY_LENGTH, FileImport, FilePart
from data_access.services.bulk.import_moves import CALLED, ImportMove, ImportSaved, saved
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

S = ImportState
_MAPPING_LENGTH = 1_000_000


@dataclass(frozen=True, kw_only=True)
class KeepFile(Command[ImportSaved]):
    """Makes an import of a file whose parts were kept. Rejected if they are not the whole file."""

    needs: ClassVar = Permission.IMPORT_RUN
    result_type: ClassVar = ImportSaved

    upload: str
    file: str
    size: int
    digest: str
    headings: tuple[str, ...]
    first: Mapping[str, str]
    delimiter: str
    encoding: str

    def apply(self, work: UnitOfWork) -> ImportSaved:
        assert work.actor.person_id is not None
        if Path(self.file).name != self.file or Path(self.file).suffix.lower() not in SUFFIXES:
            raise Rejected(f"The name of the file has to end in {', '.join(SUFFIXES)}.")
        own = work.select(FileImport).where(
            FileImport.person_id == work.actor.person_id, FileImport.removed_at.is_(None)
        )
        if len(work.session.scalars(own.with_only_columns(FileImport.id)).all()) >= MOST_FILES:
            raise Rejected(f"{MOST_FILES} files of yours wait already: import one of them first, or discard it.")
        stored = work.select(FilePart).where(FilePart.upload == self.upload)
        size = stored.with_only_columns(func.sum(func.length(FilePart.content)))
        if not self.size or work.session.scalar(size) != self.size:
            raise Rejected("The file did not arrive whole: upload it again.")
        look = {
            "headings": list(self.headings), "first": dict(self.first), "delimiter": self.delimiter,
            "encoding": self.encoding,
        }  # fmt: skip
        row = FileImport(
            person_id=work.actor.person_id, login=work.actor.login, made_at=work.now, file=self.file[-200:],
            upload=self.upload, size=self.size, digest=self.digest, look=look,
        )  # fmt: skip
        return saved(work.add(row))


@dataclass(frozen=True, kw_only=True)
class TryFile(ImportMove):
    """Has the whole file tried: nothing is written before it is brought in. `mapping` blank: the headings say it."""

    needs: ClassVar = Permission.IMPORT_RUN
    states: ClassVar = WAITING

    kind: str
    mapping: str

    def apply(self, work: UnitOfWork) -> ImportSaved:
        row = self.own(work)
        if self.kind not in FILE_KINDS:
            raise Invalid({"kind": "Choose what the file holds."})
        if len(self.mapping) > _MAPPING_LENGTH:
            raise Invalid({"mapping": f"A mapping has at most {_MAPPING_LENGTH:,} characters."})
        row.kind, row.mapping, row.trial = self.kind, self.mapping, row.trial + 1
        row.state, row.says, row.why, row.ended_at = S.TRYING, "", "", None
        return saved(row)


@dataclass(frozen=True, kw_only=True)
class BringFileIn(ImportMove):
    """Has the rows brought in as the trial said. Rejected if it is not the last trial that was seen."""

    needs: ClassVar = Permission.IMPORT_RUN
    states: ClassVar = READY

    trial: int

    def apply(self, work: UnitOfWork) -> ImportSaved:
        row = self.own(work)
        if row.trial != self.trial:
            raise Rejected("The file was tried again since, in another way: look at what that trial says.")
        row.state, row.why, row.ended_at = S.RUNNING, "", None
        row.started_at = row.started_at or work.now
        return saved(row)


def _break_off(row: FileImport, state: ImportState, work: UnitOfWork) -> None:
    """A trial has written nothing: its file is as it was before. An import ends in this state."""
    is_trial = row.state is S.TRYING
    row.state, row.ended_at = (S.KEPT, None) if is_trial else (state, work.now)


@dataclass(frozen=True, kw_only=True)
class CancelImport(ImportMove):
    """Ends what goes on: whole batches that are done stay done, and the others can be brought in later."""

    needs: ClassVar = Permission.IMPORT_RUN
    states: ClassVar = CARRIED_ON

    def apply(self, work: UnitOfWork) -> ImportSaved:
        row = self.own(work)
        _break_off(row, S.CANCELLED, work)
        return saved(row)


@dataclass(frozen=True, kw_only=True)
class DiscardFile(ImportMove):
    """Lets the file go; what was brought in stays."""

    needs: ClassVar = Permission.IMPORT_RUN
    states: ClassVar = WAITING

    def apply(self, work: UnitOfWork) -> ImportSaved:
        row = self.own(work)
        row.state, row.ended_at, row.removed_at = S.DISCARDED, work.now, work.now
        return saved(row)


@dataclass(frozen=True, kw_only=True)
class LetFileGo(Command[ImportSaved]):
    """Lets a file go that nobody has brought in for days."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = ImportSaved

    import_id: int

    def apply(self, work: UnitOfWork) -> ImportSaved:
        row = work.lock(FileImport, self.import_id, called=CALLED)
        if row.removed_at is None and row.state not in CARRIED_ON:
            row.state, row.ended_at, row.removed_at = S.DISCARDED, work.now, work.now
            row.why = f"It was not brought in within {FILE_KEPT.days} days: the file was removed."
        return saved(row)


@dataclass(frozen=True, kw_only=True)
class EndImportStage(Command[ImportSaved]):
    """Ends the trial, or the import, whose last batch is done."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = ImportSaved

    import_id: int
    stage: ImportState
    trial: int
    says: str

    def apply(self, work: UnitOfWork) -> ImportSaved:
        row = work.lock(FileImport, self.import_id, called=CALLED)
        if row.state is self.stage and row.state in CARRIED_ON and row.trial == self.trial:
            if row.state is S.RUNNING:
                row.ended_at = row.removed_at = work.now
            row.state, row.says = S.TRIED if row.state is S.TRYING else S.DONE, self.says
        return saved(row)


@dataclass(frozen=True, kw_only=True)
class StopImport(Command[ImportSaved]):
    """Stops an import that cannot go on as it is, and says why."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = ImportSaved

    import_id: int
    stage: ImportState
    trial: int
    why: str

    def apply(self, work: UnitOfWork) -> ImportSaved:
        row = work.lock(FileImport, self.import_id, called=CALLED)
        if row.state is self.stage and row.state in CARRIED_ON and row.trial == self.trial:
            _break_off(row, S.STOPPED, work)
            row.why = self.why[:WHY_LENGTH]
        return saved(row)
