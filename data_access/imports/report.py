"""The report of an import: what was done, each refused row with its place and reason, each change and difference."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from data_access.base.text.numerals import counted
from data_access.base.text.sheets import Cell, csv_line, harmless
from data_access.domain.entered.card_columns import heading_of
from data_access.domain.field_labels import LABELS
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.reading import FileRow
from data_access.imports.files.record_columns import IN_FILES
from data_access.imports.outcome import CollectionOutcome


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one line of the file. `field` "" is about the whole row."""

    line: int
    field: str
    reason: str
    customer_code: str = ""
    column: str = ""

    @property
    def label(self) -> str:
        return called(self.field)

    def __str__(self) -> str:
        column = f" (column “{self.column}”)" if self.column and self.column != self.label else ""
        parts = (f"line {self.line}", self.customer_code, f"{self.label}{column}" if self.field else "")
        return f"{', '.join(part for part in parts if part)}: {self.reason}"


_CALLED = IN_FILES | {
    "opening_balance": "Balance", "limit_choice": "Kind of credit limit",
    "customer_class": "Customer class", "reseller": "Reseller", "number": "Number",
    "issued_on": "Issued on", "due_on": "Due on", "total": "Total", "settled_on": "Settled on", "disputed": "Disputed",
    "account_code": "Account ID", "reference": "Reference", "amount": "Amount", "service": "Service",
    "used_on": "Used on", "quantity": "Quantity", "unit": "Unit", "not_invoiced": "Not invoiced yet",
    "balance_due_on": "Due day of the opening debt", "open_invoices": "Open invoices",
    "class_net_days": "Days to pay of the class",
    "dialled": "Number dialled", "seconds": "Seconds", "messages": "Messages", "used_at": "Used at",
    "parameter": "Measured parameter", "version": "Version", "counted_at": "Counted at", "value": "Value",
    "class_currency": "Currency of the class", "class_business_model": "Business model of the class",
}  # fmt: skip


def called(field: str) -> str:
    """What a field of a mapping is called on the screen."""
    if "." in field:
        return heading_of(field)
    return LABELS.get(field) or _CALLED.get(field, field)


_COUNTS = ("rows", "created", "changed", "unchanged")
_REASON = "Refused because"
REPORT_HEADING = ("line", "Customer ID", "kind", "field", "column", "reason")


@dataclass(slots=True)
class Report:
    """Counts of rows, and the remarks in the order of the file. `rejected` is what was refused, as it stood there.

    `results`: what became of each row that was not refused, by its line, where the kind of file says so.
    `ahead`: what collection makes of the invoices that were added; None where that is no matter of the file.
    """

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    stopped_at: int | None = None
    ahead: CollectionOutcome | None = None
    new_customers: set[str] = field(default_factory=set)
    refused: list[Remark] = field(default_factory=list)
    changes: list[Remark] = field(default_factory=list)
    differences: list[Remark] = field(default_factory=list)
    rejected: dict[int, tuple[str, ...]] = field(default_factory=dict)
    results: dict[int, str] = field(default_factory=dict)

    def refuse(self, line: int, complaints: Mapping[str, str]) -> None:
        """One remark a complaint."""
        self.refused.extend(Remark(line, name, reason) for name, reason in complaints.items())

    @property
    def refused_rows(self) -> int:
        return len({remark.line for remark in self.refused})

    @property
    def wrote(self) -> bool:
        return bool(self.created or self.changed)

    def place(self, lines: Iterable[FileRow], mapping: FileMapping) -> None:
        """Says of each remark in which column it is and about whom, and keeps the rows that were refused."""
        by_number = {line.number: line for line in lines}
        for remarks in (self.refused, self.changes, self.differences):
            remarks[:] = [_placed(remark, by_number[remark.line], mapping) for remark in remarks]
            remarks.sort(key=lambda remark: remark.line)
        self.rejected = {remark.line: by_number[remark.line].row for remark in self.refused}

    def add(self, other: "Report") -> None:
        """Takes in the report of another batch."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.ahead is not None:
            self.ahead = self.ahead or CollectionOutcome()
            self.ahead.add(other.ahead)
        self.new_customers |= other.new_customers
        self.refused += other.refused
        self.changes += other.changes
        self.differences += other.differences
        self.rejected |= other.rejected
        self.results |= other.results

    def put_in_order(self) -> None:
        """The remarks and the refused rows in the order of the file, whatever order the rows were brought in."""
        for remarks in (self.refused, self.changes, self.differences):
            remarks.sort(key=lambda remark: remark.line)
        self.rejected = dict(sorted(self.rejected.items()))

    def counts(self) -> dict[str, int]:
        """What the audit keeps of a batch."""
        return {
            "rows": self.rows, "created": self.created, "changed": self.changed, "unchanged": self.unchanged,
            "customers_created": len(self.new_customers), "refused": self.refused_rows,
            "differences": len(self.differences),
        }  # fmt: skip

    def totals(self) -> list[str]:
        """How many rows came to what, and what collection makes of it: sentences."""
        done = [counts_in_words(self.counts())]
        if self.stopped_at is not None:
            done.append(f"The table ends before line {self.stopped_at:,}, where stop_at says so.")
        if self.ahead is not None:
            done.append(str(self.ahead))
        return done

    def remarks(self) -> Iterator[tuple[str, Remark]]:
        """Each with its kind in a word: refused, changed or different."""
        for kind, remarks in self._told():
            for one in remarks:
                yield kind.partition(",")[0], one

    def summary(self, most: int, *, dry_run: bool) -> str:
        """What was done, in lines for a person; at most so many remarks of each kind."""
        done = self.totals()
        for kind, remarks in self._told():
            if kind != _CHANGE or dry_run:
                done += [f"{kind}: {remark}" for remark in remarks[:most]]
                if len(remarks) > most:
                    done.append(f"… and {len(remarks) - most:,} more: give --report FILE to have them all.")
        return "\n".join([*done, *(["Nothing was written: this was a dry run."] if dry_run else [])])

    def _told(self) -> Iterator[tuple[str, list[Remark]]]:
        yield "Refused", self.refused
        yield _CHANGE, self.changes
        yield "Different, and not booked again", self.differences

    def write(self, path: Path) -> None:
        """All remarks as a CSV file."""
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(REPORT_HEADING)
            writer.writerows([harmless(cell) for cell in cells] for cells in self.told_rows())

    def told_rows(self) -> Iterator[tuple[Cell, ...]]:
        """Each remark as a row of a file."""
        for kind, one in self.remarks():
            yield one.line, one.customer_code, kind.lower(), one.label, one.column, one.reason

    def write_rejected(self, path: Path, top: list[list[str]], mapping: FileMapping) -> None:
        """The refused rows as they stood in the file, below its own heading, with the reasons beside them."""
        rows = [*headed(top), *self.rejected_rows(len(top[-1]))]
        with path.open("w", newline="", encoding=mapping.encoding, errors="backslashreplace") as file:
            file.writelines(csv_line(row, mapping.delimiter) for row in rows)

    def rejected_rows(self, width: int) -> Iterator[list[str]]:
        """Each refused row as it stood, with its reasons behind it."""
        reasons: dict[int, list[str]] = {}
        for remark in self.refused:
            why = f"{remark.label}: {remark.reason}" if remark.field else remark.reason
            reasons.setdefault(remark.line, []).append(why)
        for line, row in self.rejected.items():
            yield [*row, *[""] * (width - len(row)), " ".join(reasons[line])]


def counts_in_words(counts: Mapping[str, int]) -> str:
    """How many rows came to what."""
    return (
        f"{counted(counts['rows'], 'row')}: {counts['created']:,} added, {counts['changed']:,} changed, "
        f"{counts['unchanged']:,} unchanged, {counts['refused']:,} refused; "
        f"{counted(counts['customers_created'], 'new customer')}."
    )


def headed(top: list[list[str]]) -> list[list[str]]:
    """What stands above the rows of a file, with one more column for the reasons."""
    return [*top[:-1], [*top[-1], _REASON]]


_CHANGE = "Changed"


def _placed(remark: Remark, line: FileRow, mapping: FileMapping) -> Remark:
    rule = mapping.fields.get("customer_code")
    code = rule.cell(line.cells) if rule and line.cells else ""
    return replace(remark, customer_code=code[:64], column=mapping.column_of(remark.field))
