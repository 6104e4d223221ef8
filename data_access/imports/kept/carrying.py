"""Imports of files run by the worker: tried or imported batch by batch, in the name of their person."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from data_access.base.errors import Busy, NotPermitted, Refusal, Rejected
from data_access.base.permissions import Permission
from data_access.base.schedule import Job
from data_access.base.statuses import ImportState
from data_access.commands.imports.runs import EndImportStage, StopImport
from data_access.imports.batches import Run
from data_access.imports.kept import kept_files
from data_access.imports.kept.journal import KeptJournal
from data_access.imports.kept.kept_files import let_old_files_go
from data_access.imports.kinds import KINDS
from data_access.imports.report import Report, counts_in_words
from data_access.jobs.table import WORK
from data_access.jobs.work import GoesOn, Work
from data_access.models.work.imports import FileImport
from data_access.queries.imports.turns import (
    BatchesDone,
    CountsOfImport,
    ImportsUnderWay,
    ImportTurn,
    TurnOfImport,
)
from data_access.store.access import Access, new_command_id

_FAULT = "A fault of the program stopped it. The page Jobs tells administrators which; whole batches are kept."
_EXCHANGED = "The file is not the one that was uploaded: its digest is another. Upload it again, and try it."


class _BrokenOff(Exception):
    """Not to be gone on with by this one: told to stop, cancelled, or the person has other rights now."""


def carry_on(access: Access, import_id: int, goes_on: GoesOn) -> None:
    """Tries the file or brings it in, to its end or as long as it goes on. What stops it for good is kept with it."""
    turn = access.fetch(TurnOfImport(import_id))
    if turn is None:
        return
    try:
        _stage(access, turn, goes_on)
    except (_BrokenOff, Busy):
        return
    except NotPermitted as refusal:
        _stop(access, turn, f"{turn.login} has no right to it any more. {refusal}")
    except Refusal as refusal:
        _stop(access, turn, str(refusal))


def _stage(access: Access, turn: ImportTurn, goes_on: GoesOn) -> None:
    if turn.actor is None:
        raise Rejected(f"{turn.login} cannot sign in any more: what was left is not done.")
    turn.actor.require(Permission.IMPORT_RUN)
    is_trial = turn.stage is ImportState.TRYING
    if is_trial:
        kept_files.forget_batches(access.engine, turn.import_id)
    done = {} if is_trial else access.fetch(BatchesDone(turn.import_id))
    journal = KeptJournal(access.engine, turn.import_id, turn.trial, is_trial, done)
    kind = KINDS[turn.kind]
    with _on_disk(access, turn) as (path, written):
        mapping = kind.mapping(written, path)

        def look(_rows: int) -> None:
            if not goes_on() or access.fetch(TurnOfImport(turn.import_id)) != turn:
                raise _BrokenOff

        run = Run(
            access.engine, turn.actor, access.now, path, mapping, kind.order, is_trial, progress=look, journal=journal
        )
        stopped_at = kind.bring_in(run).stopped_at
    _end(access, turn, journal, stopped_at)


def _end(access: Access, turn: ImportTurn, journal: KeptJournal, stopped_at: int | None) -> None:
    says = [counts_in_words(access.fetch(CountsOfImport(turn.import_id, journal.is_trial)))]
    says += Report(stopped_at=stopped_at, ahead=journal.ahead).totals()[1:]
    access.execute(
        EndImportStage(
            import_id=turn.import_id, stage=turn.stage, trial=turn.trial, says=" ".join(says),
            command_id=new_command_id(),
        )
    )  # fmt: skip
    let_old_files_go(access)


@contextmanager
def _on_disk(access: Access, turn: ImportTurn) -> Iterator[tuple[Path, Path | None]]:
    """The file under its own name, and the mapping if there is one; private, and gone afterwards.

    Rejected where the file is not the one that was uploaded.
    """
    with TemporaryDirectory(prefix="import-") as folder:
        path, digest = Path(folder) / Path(turn.file).name, sha256()
        with path.open("wb") as file:
            for part in kept_files.parts_of(access.engine, turn.upload):
                digest.update(part)
                file.write(part)
        if digest.hexdigest() != turn.digest:
            raise Rejected(_EXCHANGED)
        written = None
        if turn.mapping:
            written = Path(folder) / f"{turn.kind} mapping.toml"
            written.write_text(turn.mapping, encoding="utf-8")
        yield path, written


def _stop(access: Access, turn: ImportTurn, why: str) -> None:
    access.execute(
        StopImport(
            import_id=turn.import_id, stage=turn.stage, trial=turn.trial, why=why, command_id=new_command_id()
        )
    )  # fmt: skip


def keep_fault(access: Access, import_id: int) -> None:
    """What is kept of an import that a fault of the program broke off: it does not come again by itself."""
    turn = access.fetch(TurnOfImport(import_id))
    if turn is not None:
        _stop(access, turn, _FAULT)


def _due(access: Access, after: int, limit: int) -> list[int]:
    return access.fetch(ImportsUnderWay(after, limit))


def _to_its_end(access: Access, import_id: int) -> None:
    carry_on(access, import_id, lambda: True)


def _is_asked_for(access: Access) -> bool:
    return bool(access.fetch(ImportsUnderWay(limit=1)))


IMPORTING = Work(FileImport, _due, _to_its_end, keep_fault=keep_fault, is_asked_for=_is_asked_for, lasting=carry_on)


def _tidy(access: Access, key: int) -> None:
    WORK[Job.TIDY].do(access, key)
    let_old_files_go(access)


EVERY_WORK = WORK | {Job.IMPORT_FILES: IMPORTING, Job.TIDY: replace(WORK[Job.TIDY], do=_tidy)}
