"""Which import of a file is carried on, in whose name, and what is done of it already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import func
from sqlalchemy.orm import load_only

from data_access.base.permissions import SYSTEM, Actor, Permission
from data_access.base.statuses import CARRIED_ON, ImportState
from data_access.domain.entered.imported_files import FILE_KEPT
from data_access.models.people import Person
from data_access.models.work.imports import FileImport, ImportBatch
from data_access.store.access import Query, Reader
from data_access.store.scope import visible
from data_access.store.sign_ins import ACTS_AS, actor_of

_COUNTED = {name: name for name in ("rows", "created", "changed", "unchanged", "refused")} | {
    "customers": "customers_created"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportTurn:
    """An import that goes on, with its file. `actor` None: whoever brings it in can sign in no more."""

    import_id: int
    stage: ImportState
    trial: int
    kind: str
    mapping: str
    file: str
    upload: str
    digest: str
    login: str
    actor: Actor | None


@dataclass(frozen=True)
class TurnOfImport(Query[ImportTurn | None]):
    """The import as it stands; None when it does not go on any more."""

    needs: ClassVar = Permission.SYSTEM_RUN

    import_id: int

    def run(self, reader: Reader) -> ImportTurn | None:
        row = reader.session.scalar(visible(FileImport, reader.actor).where(FileImport.id == self.import_id))
        if row is None or row.state not in CARRIED_ON:
            return None
        person = reader.session.scalar(
            visible(Person, SYSTEM).where(Person.id == row.person_id).options(load_only(*ACTS_AS, Person.is_active))
        )
        assert person is not None
        actor = actor_of(person) if person.is_active else None
        return ImportTurn(
            row.id, row.state, row.trial, row.kind, row.mapping, row.file, row.upload, row.digest, person.login, actor
        )


@dataclass(frozen=True)
class ImportsUnderWay(Query[list[int]]):
    """The imports that go on, above an id, in the order in which their files came."""

    needs: ClassVar = Permission.SYSTEM_RUN

    after: int = 0
    limit: int = 500

    def run(self, reader: Reader) -> list[int]:
        under_way = visible(FileImport, reader.actor).where(
            FileImport.state.in_(CARRIED_ON), FileImport.id > self.after
        )
        ids = under_way.with_only_columns(FileImport.id).order_by(FileImport.id).limit(self.limit)
        return list(reader.session.scalars(ids))


@dataclass(frozen=True)
class AbandonedFiles(Query[list[int]]):
    """The imports whose files nobody has brought in for days."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def run(self, reader: Reader) -> list[int]:
        waiting = visible(FileImport, reader.actor).where(
            FileImport.removed_at.is_(None), FileImport.state.not_in(CARRIED_ON),
            FileImport.made_at < reader.now - FILE_KEPT,
        )  # fmt: skip
        return list(reader.session.scalars(waiting.with_only_columns(FileImport.id).order_by(FileImport.id)))


@dataclass(frozen=True)
class CountsOfImport(Query[Mapping[str, int]]):
    """How many rows came to what, in a trial or when they were brought in, as the audit calls each count."""

    needs: ClassVar = Permission.SYSTEM_RUN

    import_id: int
    is_trial: bool

    def run(self, reader: Reader) -> Mapping[str, int]:
        batches = visible(ImportBatch, reader.actor).where(
            ImportBatch.import_id == self.import_id, ImportBatch.is_trial == self.is_trial, ImportBatch.number > 0
        )
        sums = (func.coalesce(func.sum(getattr(ImportBatch, name)), 0) for name in _COUNTED)
        row = reader.session.execute(batches.with_only_columns(*sums)).one()
        return {told: int(count) for told, count in zip(_COUNTED.values(), row, strict=True)}


@dataclass(frozen=True)
class BatchesDone(Query[Mapping[int, bytes]]):
    """What came of each batch that was brought in already, packed, by its number."""

    needs: ClassVar = Permission.SYSTEM_RUN

    import_id: int

    def run(self, reader: Reader) -> Mapping[int, bytes]:
        done = visible(ImportBatch, reader.actor).where(
            ImportBatch.import_id == self.import_id, ImportBatch.is_trial.is_(False), ImportBatch.number > 0
        )
        rows = reader.session.execute(done.with_only_columns(ImportBatch.number, ImportBatch.content))
        return {row.number: bytes(row.content) for row in rows}
