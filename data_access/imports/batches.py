"""Batches of an import: one audited command each, done once however often the file is sent, stopped between two."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError

from data_access.audit_trail import Order
from data_access.bulk import BulkLoad, bulk_load
from data_access.chain import sha256
from data_access.clashes import refusal_of
from data_access.clock import Clock
from data_access.errors import Invalid
from data_access.imports.mapping import FileMapping
from data_access.imports.reading import LARGEST, Line, file_digest, lines
from data_access.imports.report import Report
from data_access.permissions import Actor

BATCH = 1000
Progress = Callable[[int], None]
G = TypeVar("G")


@dataclass(frozen=True, slots=True)
class Run:
    """One import of one file: by whom, when, and whether it only tries. `told` hears how many rows are done."""

    engine: Engine
    actor: Actor
    clock: Clock
    path: Path
    mapping: FileMapping
    name: str
    dry_run: bool = False
    largest: int = LARGEST
    told: Progress = lambda _rows: None


class Importer(Protocol):
    """What one kind of file does with its rows."""

    def key(self, line: Line) -> Hashable:
        """What no two rows of a file may share; None if the row has none."""

    def apply(self, load: BulkLoad, rows: list[Line], report: Report) -> None:
        """Writes the rows of a batch; what it refuses goes to the report."""


def run_batches(run: Run, importer: Importer) -> Report:
    """Applies each batch of the file inside its own command; a dry run leaves every batch without completing it."""
    digest = sha256(f"{file_digest(run.path)} {run.mapping.text}")
    total, seen = Report(), dict[Hashable, int]()
    for number, batch in enumerate(_batched(lines(run.path, run.mapping, run.largest)), 1):
        order = Order(
            f"{run.name}-{digest[:32]}-{number}", run.name, digest, f"{run.path.name}, batch {number}", run.clock
        )
        total.add(_run_batch(run, order, _without_repeats(importer, batch, seen), importer))
        run.told(total.rows)
    return total


def _batched(rows: Iterable[Line]) -> Iterator[list[Line]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _without_repeats(importer: Importer, batch: list[Line], seen: dict[Hashable, int]) -> list[Line]:
    """The batch; a row that repeats an earlier one of the file carries the complaint instead of its cells."""
    told = []
    for line in batch:
        key = None if line.complaint else importer.key(line)
        first = line.number if key is None else seen.setdefault(key, line.number)
        same = first == line.number
        told.append(
            line if same else Line(line.number, complaint=f"Line {first} says this already: it is a repetition.")
        )
    return told


def _run_batch(run: Run, order: Order, batch: list[Line], importer: Importer) -> Report:
    report = Report(rows=len(batch))
    with bulk_load(run.engine, run.actor, order) as load:
        first = load.replayed()
        if first is not None:
            report.batches_done_before, report.refused_before = 1, first["refused"]
            return report
        for line in batch:
            if line.complaint:
                report.refuse(line.number, {"": line.complaint})
        importer.apply(load, [line for line in batch if not line.complaint], report)
        if not run.dry_run:
            load.complete(report.counts())
    return report


def insert_whole_or_one_by_one(
    load: BulkLoad, groups: list[G], insert: Callable[[list[G]], None], refuse: Callable[[G, dict[str, str]], None]
) -> list[G]:
    """The groups that were inserted: all at once, or each behind its own savepoint if the database refuses one."""
    if _inserted(load, groups, insert) is None:
        return groups
    kept = []
    for group in groups:
        complaints = _inserted(load, [group], insert)
        if complaints is None:
            kept.append(group)
        else:
            refuse(group, complaints)
    return kept


def _inserted(load: BulkLoad, groups: list[G], insert: Callable[[list[G]], None]) -> dict[str, str] | None:
    """None if they went in; the complaints if the database refused, and then nothing of them stays."""
    noted = len(load.changes)
    try:
        with load.row_boundary():
            insert(groups)
    except (IntegrityError, DataError) as clash:
        del load.changes[noted:]
        refusal = refusal_of(clash) if isinstance(clash, IntegrityError) else Invalid({"": "The database refuses it."})
        if refusal is None:
            raise
        return refusal.complaints if isinstance(refusal, Invalid) else {"": str(refusal)}
    return None
