"""The report of an import: what was done, each refused row with line, field and reason, and each difference."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data_access.labels import LABELS


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one line of the file. `field` "" is about the whole row."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        where = f", {LABELS.get(self.field, self.field)}" if self.field else ""
        return f"line {self.line}{where}: {self.reason}"


_COUNTS = (
    "rows", "created", "changed", "unchanged", "batches_done_before", "refused_before",
)  # fmt: skip


@dataclass(slots=True)
class Report:
    """Counts of rows, and the remarks in the order of the file."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    batches_done_before: int = 0
    refused_before: int = 0
    new_customers: set[str] = field(default_factory=set)
    refused: list[Remark] = field(default_factory=list)
    differences: list[Remark] = field(default_factory=list)

    def refuse(self, line: int, complaints: Mapping[str, str]) -> None:
        """One remark a complaint."""
        self.refused.extend(Remark(line, name, reason) for name, reason in complaints.items())

    @property
    def refused_rows(self) -> int:
        return len({remark.line for remark in self.refused})

    def add(self, other: "Report") -> None:
        """Takes in the report of another batch."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.new_customers |= other.new_customers
        self.refused += other.refused
        self.differences += other.differences

    def counts(self) -> dict[str, int]:
        """What the audit keeps of a batch."""
        return {
            "rows": self.rows, "created": self.created, "changed": self.changed, "unchanged": self.unchanged,
            "customers_created": len(self.new_customers), "refused": self.refused_rows,
            "differences": len(self.differences),
        }  # fmt: skip

    def summary(self, most: int, *, dry_run: bool) -> str:
        """What was done, in lines for a person; at most so many remarks of each kind."""
        done = [
            f"{self.rows:,} rows: {self.created:,} added, {self.changed:,} changed, {self.unchanged:,} as they were, "
            f"{self.refused_rows:,} refused; {len(self.new_customers):,} new customers."
        ]
        if self.batches_done_before:
            done.append(
                f"{self.batches_done_before:,} batches were done before and are left as they are; "
                f"{self.refused_before:,} of their rows were refused then."
            )
        for title, remarks in (("Refused", self.refused), ("Different, and not booked again", self.differences)):
            done += [f"{title}: {remark}" for remark in remarks[:most]]
            if len(remarks) > most:
                done.append(f"… and {len(remarks) - most:,} more: give --report FILE to have them all.")
        return "\n".join([*done, *(["Nothing was written: this was a dry run."] if dry_run else [])])

    def write(self, path: Path) -> None:
        """All remarks as a CSV file."""
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("line", "kind", "field", "reason"))
            for kind, remarks in (("refused", self.refused), ("difference", self.differences)):
                writer.writerows((one.line, kind, LABELS.get(one.field, one.field), one.reason) for one in remarks)
