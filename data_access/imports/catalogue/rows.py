"""Rows of records that administrators maintain: read by a mapping, checked by their fields, saved in batches."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from data_access.fields.section import FieldSection
from data_access.imports.batches import BatchOrder, Run, batched
from data_access.imports.catalogue.headings import by_headings
from data_access.imports.files.cells import read_fields
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.mapping_file import read_mapping
from data_access.imports.files.reading import FileRow, opened
from data_access.imports.report import Report
from data_access.services.records.entered_rows import ADDED, CHANGED, REFUSED, UNCHANGED
from data_access.store.access import Access, Command

Typed = dict[str, str]
Key = tuple[Any, ...]


class Outcomes(Protocol):
    """What a command says of each row that it was given."""

    @property
    def outcomes(self) -> list[str]: ...


R = TypeVar("R", bound=Outcomes)


@dataclass(frozen=True, slots=True)
class EnteredRow:
    """A row that can be sent: its line, and its fields as typed."""

    line: int
    typed: Typed


@dataclass(frozen=True)
class RecordFile(Generic[R]):
    """A kind of file in which a row is a record of `section`.

    `labels`: its columns by their name in a mapping. `by`: the field that no two rows share. `named` puts ids in the
    place of names, and complains about names that are none. `orders`: the commands for sound rows, each with its rows.
    """

    section: FieldSection
    labels: Mapping[str, str]
    required: tuple[str, ...]
    in_files: Callable[[str], str]
    by: str
    named: Callable[[Access], Callable[[Typed], tuple[Typed, dict[str, str]]]]
    orders: Callable[[list[EnteredRow]], Iterable[tuple[Command[R], list[EnteredRow]]]]

    def mapping(self, path: Path | None, file: Path, constants: Mapping[str, str] | None = None) -> FileMapping:
        """The mapping of a file: that of a TOML file, or what its headings say."""
        if path is None:
            return by_headings(file, self.labels, required=self.required, constants=constants)
        return read_mapping(path, frozenset(self.labels), required=self.required, labels=self.labels)

    def bring_in(self, run: Run) -> Report:
        """What was done with each row. NotPermitted without the right to change such records."""
        run.actor.require(self.section.changes)
        access, seen = Access(run.engine, run.actor, run.clock), dict[Key, int]()
        with opened(run.path, run.mapping, run.largest) as table:
            run.sees(table)
            for number, batch in enumerate(batched(table.lines()), 1):
                report = Report(rows=len(batch))
                sound = self._sound(access, run.mapping, batch, report, seen)
                if run.refused_in(number) is None:
                    orders = [BatchOrder(order, partial(_tell, sent)) for order, sent in self.orders(sound)]
                    run.carry_out(access, number, batch, report, orders)
        return run.report

    def _sound(
        self, access: Access, mapping: FileMapping, batch: list[FileRow], report: Report, seen: dict[Key, int]
    ) -> list[EnteredRow]:
        """The rows that can be sent; the others are told in the report, each complaint at its column."""
        sound, named = [], self.named(access)
        for line in batch:
            if line.complaint:
                report.refuse(line.number, {"": line.complaint})
                continue
            silent = {name for name, rule in mapping.fields.items() if rule.tells_nothing(line.cells)}
            texts, wrong = read_fields(line.cells, mapping.fields)
            typed, unknown = named({name: text for name, text in texts.items() if name not in silent})
            own = {name: text for name, text in typed.items() if name in self.section.names}
            judged = self.section.judged({self.by: "", **own})
            misread = {self.in_files(name): says for name, says in judged.complaints.items()}
            key = (*(text for name, text in typed.items() if name not in own), judged.values.get(self.by))
            if complaints := misread | unknown | wrong:
                report.refuse(line.number, complaints)
            elif key in seen:
                report.refuse(line.number, {"": f"Line {seen[key]} already says this: it is a duplicate."})
            else:
                seen[key] = line.number
                sound.append(EnteredRow(line.number, typed))
        return sound


def _tell(rows: list[EnteredRow], done: Outcomes, report: Report) -> None:
    for row, outcome in zip(rows, done.outcomes, strict=True):
        if outcome.startswith(REFUSED):
            report.refuse(row.line, {"": outcome.removeprefix(REFUSED)})
            continue
        report.results[row.line] = outcome
        report.created += outcome == ADDED
        report.changed += outcome == CHANGED
        report.unchanged += outcome == UNCHANGED
