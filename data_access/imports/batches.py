"""Batches of an import: one audited command each, tried again as commands are, and a dry run that leaves nothing."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import filterfalse, islice
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from data_access.base.audit_hash_chain import sha256
from data_access.base.clock import Clock
from data_access.base.engine import apart
from data_access.base.errors import Invalid, Refusal
from data_access.base.integrity_errors import refusal_of
from data_access.base.permissions import Actor
from data_access.base.running.garbage import no_collecting
from data_access.base.settings import largest_file
from data_access.imports.files.first_rows import FirstRows, Seen, first_rows
from data_access.imports.files.mapping import FieldRule, FileMapping
from data_access.imports.files.reading import FileRow, Table, opened
from data_access.imports.report import Report
from data_access.models.base import Base
from data_access.store.access import Access, Command, new_command_id, patiently
from data_access.store.audit_trail import CommandHeader
from data_access.store.bulk import BulkLoad, bulk_load, fold_counts, know_rows_on, know_the_rows
from data_access.store.unit_of_work import UnitOfWork

BATCH = 1000
_LOOKED_AT_AFTER = 8  # batches
_FOLDED_AFTER = 10  # batches: the parts of the kept counts are read whole to be folded
Progress = Callable[[int], None]
Insert = Callable[[type[Base], list[dict[str, Any]]], None]
G = TypeVar("G")
R = TypeVar("R")


class Journal(Protocol):
    """Where an import keeps what came of each batch, so that it can go on after it was broken off."""

    def command_id(self, number: int) -> str:
        """The id of a batch, made so that it is done once."""

    def sees(self, table: Table) -> None:
        """Keeps what the file is like."""

    def refused_in(self, number: int) -> frozenset[int] | None:
        """The lines that were refused in a batch which is done; None for one that is not."""

    def keep(self, number: int, report: Report, insert: Insert | None = None) -> None:
        """Keeps what came of a batch, in the transaction in which it was brought in where there is one."""


@dataclass(frozen=True, slots=True)
class Run:
    """One import of one file: by whom, when, and whether it only tries. `progress` hears how many rows are done.

    With a `journal` the remarks are kept there, and the report has the counts alone.
    """

    engine: Engine
    actor: Actor
    clock: Clock
    path: Path
    mapping: FileMapping
    name: str
    dry_run: bool = False
    largest: int = field(default_factory=largest_file)
    progress: Progress = lambda _rows: None
    report: Report = field(default_factory=Report)
    top: list[list[str]] = field(default_factory=list)
    journal: Journal | None = None

    def sees(self, table: Table) -> None:
        """Keeps what stands above the rows, for those that will be refused."""
        self.top.extend(table.top)
        self.report.stopped_at = table.stopped_at
        if self.journal is not None:
            self.journal.sees(table)

    def refused_in(self, number: int) -> frozenset[int] | None:
        """The lines that were refused in a batch which is done already; None for one that is to be done."""
        return None if self.journal is None else self.journal.refused_in(number)

    def add(self, number: int, batch: list[FileRow], report: Report) -> None:
        """Takes the report of a batch that is done, and was not kept with its load."""
        report.place(batch, self.mapping)
        if self.journal is not None:
            self.journal.keep(number, report)
        self.done(report)

    def carry_out(
        self, access: Access, number: int, batch: list[FileRow], report: Report, orders: list["BatchOrder[Any]"]
    ) -> None:
        """Executes the commands for the sound rows of a batch; what came of it is kept with the last of them."""
        execute = access.rehearse if self.dry_run else access.execute
        is_kept = bool(orders) and self.journal is not None and not self.dry_run
        for one in orders[:-1] if is_kept else orders:
            one.tell(execute(one.command), report)
        if is_kept:
            kept = _Kept(self, number, batch, report, orders[-1])
            access.execute(orders[-1].command, kept)
            self.done(kept.told)
        else:
            self.add(number, batch, report)

    def done(self, report: Report) -> None:
        """Counts a batch that is done; what came of it is here, unless a journal has it."""
        if self.journal is None:
            self.report.add(report)
        else:
            self.report.rows += report.rows
        self.progress(self.report.rows)


@dataclass(frozen=True, slots=True)
class BatchOrder(Generic[R]):
    """A command for sound rows of a batch, and how the report tells its result."""

    command: Command[R]
    tell: Callable[[R, Report], None]


@dataclass(slots=True)
class _Kept:
    """What came of a batch, kept in the transaction of its command; `report` is what was told before."""

    run: Run
    number: int
    batch: list[FileRow]
    report: Report
    order: BatchOrder[Any]
    told: Report = field(default_factory=Report)

    def before(self, work: UnitOfWork) -> None:
        """Nothing is judged here."""

    def after(self, work: UnitOfWork, result: Any) -> None:
        assert self.run.journal is not None
        self.told = deepcopy(self.report)  # the command may be tried again
        self.order.tell(result, self.told)
        self.told.place(self.batch, self.run.mapping)
        self.run.journal.keep(
            self.number, self.told, lambda model, rows: work.session.add_all(model(**row) for row in rows)
        )


class Importer(Protocol):
    """What one kind of file does with its rows."""

    def key(self, line: FileRow) -> Hashable:
        """What no two rows of a file may share; None if the row has none."""

    def repeats(self, line: FileRow, first: Seen) -> str:
        """Why a row is refused whose key an earlier one has."""

    def passes_over(self, line: FileRow) -> None:
        """Takes note of a row that was brought in before, for what later ones must not repeat."""

    def apply(self, load: BulkLoad, rows: list[FileRow], report: Report) -> None:
        """Writes the rows of a batch; what it refuses goes to the report."""


def run_batches(run: Run, importer_of: Callable[[FileMapping], Importer], later: Collection[str] = ()) -> Report:
    """Applies each batch of the file inside its own command; the report grows with each that is written.

    A row that says what stands here already is left as it is, so the same file can be sent at any time. `later`:
    fields that refer to other rows; the rows that have something there come after all others.
    """
    with opened(run.path, run.mapping, run.largest) as table, first_rows() as seen:
        run.sees(table)
        run, importer = replace(run, mapping=table.mapping), importer_of(table.mapping)
        batches = _orders(run, table, importer, later, seen)
        if run.dry_run:
            _try_all(run, batches, importer)
        else:
            for number, (order, batch) in enumerate(batches, 1):
                _do(run, number, order, batch, importer)
                if number % _FOLDED_AFTER == 0:
                    fold_counts(run.engine)
                if _has_doubled(number):
                    know_the_rows(run.engine)
            fold_counts(run.engine)
            know_the_rows(run.engine)
    run.report.put_in_order()
    return run.report


def _do(run: Run, number: int, order: CommandHeader, batch: list[FileRow], importer: Importer) -> None:
    refused = run.refused_in(number)
    if refused is None:
        run.done(patiently(lambda: _run_batch(run, number, order, batch, importer)))
        return
    for line in batch:
        if line.number not in refused:
            importer.passes_over(line)


def _orders(
    run: Run, table: Table, importer: Importer, later: Collection[str], seen: FirstRows
) -> Iterator[tuple[CommandHeader, list[FileRow]]]:
    digest = sha256(f"{table.digest} {run.mapping.text}")
    for number, batch in enumerate(_batches(table, [rule for rule in map(table.mapping.fields.get, later) if rule]), 1):
        message = f"{run.path.name}, batch {number}"
        command_id = new_command_id() if run.journal is None else run.journal.command_id(number)
        yield (
            CommandHeader(command_id, run.name, digest, message, run.clock),
            _without_repeats(importer, batch, seen, run.mapping.fields.get("customer_code")),
        )


def _batches(table: Table, referring: list[FieldRule]) -> Iterator[list[FileRow]]:
    def refers(line: FileRow) -> bool:
        return bool(line.cells) and any(rule.cell(line.cells) for rule in referring)

    yield from batched(filterfalse(refers, table.lines()))
    if referring:
        yield from batched(filter(refers, table.lines()))


def batched(rows: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _without_repeats(
    importer: Importer, batch: list[FileRow], seen: FirstRows, code: FieldRule | None
) -> list[FileRow]:
    """The batch; a row that repeats an earlier one of the file carries the complaint."""
    checked = []
    for line in batch:
        key = None if line.complaint else importer.key(line)
        if key is None:
            checked.append(line)
            continue
        first = seen.of(key, Seen(line.number, code.cell(line.cells) if code else ""))
        is_first = first.number == line.number
        checked.append(line if is_first else replace(line, complaint=importer.repeats(line, first)))
    return checked


def _try_all(run: Run, batches: Iterator[tuple[CommandHeader, list[FileRow]]], importer: Importer) -> None:
    """All batches in one transaction that is left without completing it: each sees what those before it did."""
    with apart(run.engine) as engine, ExitStack() as stack:
        load: BulkLoad | None = None
        for number, (order, batch) in enumerate(batches, 1):
            load = load or stack.enter_context(bulk_load(engine, run.actor, order, is_trial=True))
            report = Report(rows=len(batch))
            with no_collecting():
                _apply(replace(load, order=order, at=None, changes=[]), batch, importer, report)
            run.add(number, batch, report)
            if _has_doubled(number):
                know_rows_on(load.connection)


def _has_doubled(number: int) -> bool:
    """Whether twice as many rows stand here as when SQLite last looked: it would read all to find the few it needs."""
    return number >= _LOOKED_AT_AFTER and number.bit_count() == 1


def _run_batch(
    run: Run, number: int, order: CommandHeader, batch: list[FileRow], importer: Importer
) -> Report:  # fmt: skip
    report = Report(rows=len(batch))
    with no_collecting(), bulk_load(run.engine, run.actor, order) as load:
        load.take_turn()
        if load.replayed() is not None:  # it was committed, and the answer was lost
            report.unchanged = len(batch)
            return report
        _apply(load, batch, importer, report)
        report.place(batch, run.mapping)
        if report.wrote:
            if run.journal is not None:
                run.journal.keep(number, report, load.insert)
            load.complete(report.counts())
    if run.journal is not None and not report.wrote:
        run.journal.keep(number, report)
    return report


def _apply(load: BulkLoad, batch: list[FileRow], importer: Importer, report: Report) -> None:
    for line in batch:
        if line.complaint:
            report.refuse(line.number, {"": line.complaint})
    importer.apply(load, [line for line in batch if not line.complaint], report)


def insert_whole_or_one_by_one(
    load: BulkLoad, groups: list[G], insert: Callable[[list[G]], None], refuse: Callable[[G, dict[str, str]], None]
) -> list[G]:
    """The groups that were inserted: all at once, or each behind its own savepoint if the database refuses one."""
    if attempted(load, lambda: insert(groups)) is None:
        return groups
    kept = []
    for group in groups:
        complaints = attempted(load, partial(insert, [group]))
        if complaints is None:
            kept.append(group)
        else:
            refuse(group, complaints)
    return kept


def attempted(load: BulkLoad, do: Callable[[], None]) -> dict[str, str] | None:
    """None if it was done; the complaints if it was refused, also by the database, and then nothing of it stays."""
    noted = len(load.changes)
    try:
        with load.row_boundary():
            do()
    except (StatementError, Refusal) as clash:
        del load.changes[noted:]
        refusal = clash if isinstance(clash, Refusal) else _refusal_of(clash)
        if refusal is None:
            raise
        return complaints_of(refusal)
    return None


def complaints_of(refusal: Refusal) -> dict[str, str]:
    """What a refusal says, by field."""
    return refusal.complaints if isinstance(refusal, Invalid) else {"": str(refusal)}


def _refusal_of(clash: StatementError) -> Refusal | None:
    """What a failed statement means to a person; None if it means a bug."""
    if isinstance(clash, IntegrityError):
        return refusal_of(clash)
    if isinstance(clash, DataError) or isinstance(clash.orig, ValueError):
        return Invalid({"": "Its amounts add up to more than twelve digits, which cannot be stored."})
    return None
