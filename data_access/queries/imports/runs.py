"""Imports of files as their person reads them: how far each has come, and what came of each batch of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Select, func

from data_access.base.errors import NotFound
from data_access.base.permissions import SYSTEM, Permission
from data_access.base.statuses import CARRIED_ON, OF_TRIAL, ImportState
from data_access.models.work.imports import FileImport, ImportBatch
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

CALLED = "The import"
NEWEST = 25
AT_ONCE = 5  # batches
COUNTS = ("rows", "created", "changed", "unchanged", "refused", "customers", "told")


@dataclass(frozen=True, slots=True)
class ImportShown:
    """An import. `counts`: of the trial, or of what was brought in; `of_file`: how many rows the file has, once known.

    `before`: how many imports are carried on before this one.
    """

    id: int
    file: str
    size: int
    made_at: datetime
    look: Mapping[str, Any]
    kind: str
    mapping: str
    trial: int
    state: ImportState
    says: str
    why: str
    started_at: datetime | None
    ended_at: datetime | None
    removed_at: datetime | None
    counts: Mapping[str, int]
    of_file: int
    before: int

    @property
    def is_under_way(self) -> bool:
        return self.state in CARRIED_ON

    @property
    def is_of_trial(self) -> bool:
        return self.state in OF_TRIAL


_COLUMNS = tuple(
    getattr(FileImport, name) for name in ImportShown.__slots__ if name not in ("counts", "of_file", "before")
)  # fmt: skip


def _own(reader: Reader) -> Select[Any]:
    return visible(FileImport, reader.actor).where(FileImport.person_id == reader.actor.person_id)


@dataclass(frozen=True)
class ImportOfFile(Query[ImportShown]):
    """One's own import; NotFound for that of anybody else."""

    needs: ClassVar = Permission.IMPORT_RUN

    import_id: int

    def run(self, reader: Reader) -> ImportShown:
        mine = _own(reader).where(FileImport.id == self.import_id)
        row = reader.session.execute(mine.with_only_columns(*_COLUMNS)).one_or_none()
        if row is None:
            raise NotFound(CALLED)
        return _shown(reader, [row])[0]


@dataclass(frozen=True)
class OwnImports(Query[Sequence[ImportShown]]):
    """One's own imports, the newest first."""

    needs: ClassVar = Permission.IMPORT_RUN

    def run(self, reader: Reader) -> Sequence[ImportShown]:
        newest = _own(reader).order_by(FileImport.id.desc()).limit(NEWEST)
        return _shown(reader, reader.session.execute(newest.with_only_columns(*_COLUMNS)).all())


def _shown(reader: Reader, rows: Sequence[Any]) -> list[ImportShown]:
    batches = visible(ImportBatch, reader.actor).where(ImportBatch.import_id.in_([row.id for row in rows]))
    is_file = ImportBatch.number == 0
    grouped = batches.group_by(ImportBatch.import_id, ImportBatch.is_trial, is_file).with_only_columns(
        ImportBatch.import_id, ImportBatch.is_trial, is_file.label("is_file"),
        *(func.sum(getattr(ImportBatch, name)).label(name) for name in COUNTS),
    )  # fmt: skip
    found = {(row.import_id, row.is_trial, bool(row.is_file)): row for row in reader.session.execute(grouped)}
    under_way = _ids_under_way(reader) if any(row.state in CARRIED_ON for row in rows) else []
    return [_one(row, found, sum(key < row.id for key in under_way)) for row in rows]


def _one(row: Any, found: Mapping[tuple[int, bool, bool], Any], before: int) -> ImportShown:
    is_trial = row.state in OF_TRIAL
    done, file = found.get((row.id, is_trial, False)), found.get((row.id, is_trial, True))
    counts = {name: int(getattr(done, name)) if done else 0 for name in COUNTS}
    own = {column.key: getattr(row, column.key) for column in _COLUMNS}
    return ImportShown(**own, counts=counts, of_file=int(file.rows) if file else 0, before=before)


def _ids_under_way(reader: Reader) -> list[int]:
    """Of everybody: how long one waits says nothing of what others bring in."""
    asked = visible(FileImport, SYSTEM).where(FileImport.state.in_(CARRIED_ON))
    return list(reader.session.scalars(asked.with_only_columns(FileImport.id)))


@dataclass(frozen=True)
class ImportBatches(Query[Sequence[tuple[int, bytes]]]):
    """What came of the next batches after a number, packed: of the trial, or of what was brought in."""

    needs: ClassVar = Permission.IMPORT_RUN

    import_id: int
    is_trial: bool
    after: int = -1
    with_remarks: bool = False

    def run(self, reader: Reader) -> Sequence[tuple[int, bytes]]:
        if reader.session.scalar(_own(reader).where(FileImport.id == self.import_id)) is None:
            raise NotFound(CALLED)
        told = [ImportBatch.told > 0] if self.with_remarks else []
        batches = visible(ImportBatch, reader.actor).where(
            ImportBatch.import_id == self.import_id, ImportBatch.is_trial == self.is_trial,
            ImportBatch.number > self.after, *told,
        )  # fmt: skip
        next_ones = batches.order_by(ImportBatch.number).limit(AT_ONCE)
        rows = reader.session.execute(next_ones.with_only_columns(ImportBatch.number, ImportBatch.content))
        return [(row.number, bytes(row.content)) for row in rows]
