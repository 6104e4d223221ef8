"""The write path of uploaded files: their parts, the results of each batch, and deleting what is no longer needed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from data_access.base.clock import system_clock
from data_access.base.engine import read_turn
from data_access.commands.imports.runs import LetFileGo
from data_access.domain.entered.imported_files import RESULT_KEPT
from data_access.models.work.imports import FileImport, FilePart, ImportBatch
from data_access.queries.imports.turns import AbandonedFiles
from data_access.store.access import Access, new_command_id
from data_access.store.job_leases import job_door

_NEVER_WHOLE = timedelta(days=1)
_AT_ONCE = 50  # parts that are deleted in one transaction: nobody waits long


def keep_part(engine: Engine, upload: str, number: int, content: bytes, at: datetime) -> None:
    """Keeps a part of a file, in a transaction of its own."""
    with job_door(engine) as session:
        session.execute(insert(FilePart).values(upload=upload, number=number, content=content, at=at))


def parts_of(engine: Engine, upload: str) -> Iterator[bytes]:
    """The parts of a file in their order, one at a time."""
    number = 1
    while True:
        with read_turn(engine), engine.connect() as connection:
            asked = select(FilePart.content).where(FilePart.upload == upload, FilePart.number == number)
            content = connection.scalar(asked)
        if content is None:
            return
        yield bytes(content)
        number += 1


def keep_batch(engine: Engine, values: Mapping[str, Any]) -> None:
    """Keeps what came of a batch that wrote nothing; one that is kept already stays."""
    try:
        with job_door(engine) as session:
            session.execute(insert(ImportBatch).values(**values))
    except IntegrityError:
        if not _is_kept(engine, values):
            raise


def _is_kept(engine: Engine, values: Mapping[str, Any]) -> bool:
    same = [getattr(ImportBatch, name) == values[name] for name in ("import_id", "is_trial", "number")]
    with read_turn(engine), engine.connect() as connection:
        return connection.scalar(select(ImportBatch.id).where(*same)) is not None


def forget_batches(engine: Engine, import_id: int) -> None:
    """Lets go what came of earlier trials and runs: another one begins."""
    with job_door(engine) as session:
        session.execute(delete(ImportBatch).where(ImportBatch.import_id == import_id))


def let_old_files_go(access: Access) -> None:
    """Lets go files that nobody brings in, and what is left of those that were."""
    for import_id in access.fetch(AbandonedFiles()):
        access.execute(LetFileGo(import_id=import_id, command_id=new_command_id()))
    while _prune(access.engine, access.now(), system_clock() - _NEVER_WHOLE):
        continue


def _prune(engine: Engine, now: datetime, abandoned: datetime) -> int:
    """Lets go some of the parts that nobody needs, and results that are old; how many rows went.

    A file is needed until its import has ended. Parts of before `abandoned` that no import claims were never whole.
    """
    needed = select(FileImport.upload).where(FileImport.removed_at.is_(None))
    claimed = select(FileImport.upload)
    over = FilePart.upload.in_(claimed) | (FilePart.at < abandoned)
    old = select(FileImport.id).where(FileImport.made_at < now - RESULT_KEPT, FileImport.removed_at.is_not(None))
    gone = 0
    with job_door(engine) as session:
        for model, unneeded in (
            (FilePart, FilePart.upload.not_in(needed) & over), (ImportBatch, ImportBatch.import_id.in_(old)),
        ):  # fmt: skip
            ids = session.scalars(select(model.id).where(unneeded).limit(_AT_ONCE)).all()
            session.execute(delete(model).where(model.id.in_(ids)))
            gone += len(ids)
    return gone
