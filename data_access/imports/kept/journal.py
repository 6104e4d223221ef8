"""The journal of an import: the result of each batch, stored with what it wrote, so that the import can continue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from data_access.domain.entered.imported_files import batch_command_id
from data_access.imports.batches import Insert
from data_access.imports.files.reading import Table
from data_access.imports.kept.kept_files import keep_batch
from data_access.imports.kept.packed import FileHead, packed, packed_head, report_of
from data_access.imports.outcome import CollectionOutcome
from data_access.imports.report import Report
from data_access.models.work.imports import ImportBatch


@dataclass(slots=True)
class KeptJournal:
    """Of one trial, or of what is brought in. `done`: the batches of before it was broken off, packed."""

    engine: Engine
    import_id: int
    trial: int
    is_trial: bool
    done: Mapping[int, bytes] = field(default_factory=dict)
    ahead: CollectionOutcome | None = None

    def command_id(self, number: int) -> str:
        return batch_command_id(self.import_id, self.trial, number)

    def sees(self, table: Table) -> None:
        head = FileHead(table.top, table.mapping.delimiter, table.mapping.encoding, table.stopped_at)
        keep_batch(self.engine, self._row(0, packed_head(head), rows=table.rows))

    def refused_in(self, number: int) -> frozenset[int] | None:
        if number not in self.done:
            return None
        report = report_of(self.done[number])
        self._foresees(report)
        return frozenset(report.rejected)

    def keep(self, number: int, report: Report, insert: Insert | None = None) -> None:
        told = len(report.refused) + len(report.changes) + len(report.differences)
        row = self._row(
            number, packed(report), rows=report.rows, created=report.created, changed=report.changed,
            unchanged=report.unchanged, refused=report.refused_rows, customers=len(report.new_customers), told=told,
        )  # fmt: skip
        if insert is None:
            keep_batch(self.engine, row)
        else:
            insert(ImportBatch, [row])
        self._foresees(report)

    def _row(self, number: int, content: bytes, **counts: int) -> dict[str, Any]:
        usual = dict.fromkeys(("created", "changed", "unchanged", "refused", "customers", "told"), 0)
        own = {"import_id": self.import_id, "is_trial": self.is_trial, "number": number, "content": content}
        return usual | own | counts

    def _foresees(self, report: Report) -> None:
        if report.ahead is not None:
            self.ahead = self.ahead or CollectionOutcome()
            self.ahead.add(report.ahead)
