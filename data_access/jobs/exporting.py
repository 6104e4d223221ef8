"""Exports by the worker: requested lists are written, and expired files are removed."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, update

from data_access.base.choices.export_choices import ExportState
from data_access.base.engine import keep_private
from data_access.base.errors import Busy, Refusal, Rejected
from data_access.commands.exports.export_files import FinishExport, RefuseExport, RemoveOldExport
from data_access.jobs.work import Work
from data_access.models.work.export_files import ExportFile
from data_access.queries.lists.export_files import CountWaitingExports, ExportTurn, ExportTurnOf, NextExports
from data_access.queries.lists.list_files import Contents, write_customers
from data_access.search.list_address import selection_at
from data_access.services.exports.acting import require_same_sight
from data_access.services.exports.folder import export_path
from data_access.store.access import Access, new_command_id
from data_access.store.job_leases import job_door

_NOTED_EVERY_SECONDS = 1.0
_FAULT = "A fault of the program stopped it, or the disk is full. The page Jobs tells administrators which."
_FILE, _PART = "", ".part"


class _StoppedError(Exception):
    """It was cancelled, or the worker ends: what was written so far goes."""


@dataclass(slots=True)
class _Progress:
    """Notes how many rows stand in the file, now and then; whoever cancelled it meanwhile is heard then."""

    engine: Engine
    export_id: int
    goes_on: Callable[[], bool]
    noted_at: float = field(default=0.0)

    def __call__(self, rows: int) -> None:
        if time.monotonic() - self.noted_at < _NOTED_EVERY_SECONDS:
            return
        self.noted_at = time.monotonic()
        if not (self.goes_on() and self._note(rows)):
            raise _StoppedError

    def _note(self, rows: int) -> bool:
        this = update(ExportFile).where(ExportFile.id == self.export_id, ExportFile.state == ExportState.ASKED)
        with job_door(self.engine) as session:
            noted: Any = session.execute(this.values(written=rows))
            return bool(noted.rowcount)


def take_export(access: Access, export_id: int, goes_on: Callable[[], bool] = lambda: True) -> None:
    """Writes it, ends its time, or takes away what is left of it, as its state says."""
    turn = access.fetch(ExportTurnOf(export_id))
    if turn.state is ExportState.ASKED:
        _write(access, turn, goes_on)
        return
    removed = RemoveOldExport(export_id=export_id, command_id=new_command_id())
    if turn.state is not ExportState.READY or access.execute(removed).export_state == ExportState.REMOVED:
        _clear(access, turn)


def _write(access: Access, turn: ExportTurn, goes_on: Callable[[], bool]) -> None:
    try:
        rows, size = _written(access, turn, _Progress(access.engine, turn.id, goes_on))
    except _StoppedError:
        return
    except Busy:
        raise
    except Refusal as refusal:
        access.execute(RefuseExport(export_id=turn.id, why=str(refusal), command_id=new_command_id()))
        return
    access.execute(FinishExport(export_id=turn.id, rows=rows, size=size, command_id=new_command_id()))


def _written(access: Access, turn: ExportTurn, progress: _Progress) -> tuple[int, int]:
    """How many rows, and how many bytes. The file has its name once it is whole."""
    if turn.actor is None:
        raise Rejected(f"{turn.login} cannot sign in any more.")
    selection = selection_at(turn.page, turn.address)
    require_same_sight(turn.actor, turn.sight, selection)
    acts = Access(access.engine, turn.actor, access.now)
    path, part = (export_path(turn.file + ending) for ending in (_FILE, _PART))
    progress(0)
    path.parent.mkdir(parents=True, exist_ok=True)
    keep_private(part)
    try:
        with part.open("wb") as file:
            rows = write_customers(acts, file, turn.kind, Contents(selection, turn.content), progress)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return rows, path.stat().st_size


def _clear(access: Access, turn: ExportTurn) -> None:
    for ending in (_FILE, _PART):
        export_path(turn.file + ending).unlink(missing_ok=True)
    with job_door(access.engine) as session:
        session.execute(update(ExportFile).where(ExportFile.id == turn.id).values(is_cleared=True))


def _due(access: Access, after: int, limit: int) -> list[int]:
    return access.fetch(NextExports(after, limit))


def _waiting(access: Access) -> int:
    return access.fetch(CountWaitingExports())


def _keep_fault(access: Access, export_id: int) -> None:
    access.execute(RefuseExport(export_id=export_id, why=_FAULT, command_id=new_command_id()))


EXPORTING = Work(
    ExportFile, _due, take_export,
    waiting=_waiting, keep_fault=_keep_fault, is_asked_for=lambda access: _waiting(access) > 0, lasting=take_export,
)  # fmt: skip
