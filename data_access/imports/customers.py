"""Importing customers: new ones are added, those that are here are brought up to date, no balance is booked twice."""

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from data_access.bulk import BulkLoad
from data_access.editing import as_typed, edit_refusal, fixed
from data_access.imports.arrivals import Arrival, arrivals, settle_in
from data_access.imports.batches import Run, insert_whole_or_one_by_one, run_batches
from data_access.imports.entries import CUSTOMER_FIELDS, Entry, Values, code_key, directory, entry_of
from data_access.imports.mapping import FileMapping, read_mapping
from data_access.imports.reading import Line
from data_access.imports.report import Remark, Report
from data_access.models.customers import Customer
from data_access.permissions import Permission as P
from data_access.validation import folded_keys

NEEDS = (P.IMPORT_RUN, P.CUSTOMER_CREATE, P.CUSTOMER_EDIT, P.LIMIT_EDIT)
_REQUIRED = ("customer_code", "customer_class", "balance_control", "currency")
_COLUMN_OF = {"customer_class": "customer_class_id", "reseller": "reseller_id"}
Known = Row[*tuple[Any, ...]]


def customer_mapping(path: Path) -> FileMapping:
    """The mapping of a file of customers."""
    return read_mapping(path, CUSTOMER_FIELDS, required=_REQUIRED)


def import_customers(run: Run) -> Report:
    """What was done with each row. NotPermitted without the rights to all that an import does."""
    for permission in NEEDS:
        run.actor.require(permission)
    return run_batches(run, CustomerFile(run.mapping))


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """A file in which a row is a customer."""

    mapping: FileMapping

    def key(self, line: Line) -> Hashable:
        return code_key(line.cells, self.mapping.fields)

    def apply(self, load: BulkLoad, rows: list[Line], report: Report) -> None:
        classes = directory(load, self.mapping.new_class)
        sound = []
        for line in rows:
            entry = entry_of(line.cells, self.mapping.fields, classes)
            if entry.complaints:
                report.refuse(line.number, entry.complaints)
            else:
                sound.append((line.number, entry))
        known = _known(load, [folded_keys(entry.values)["customer_code_key"] for _, entry in sound])
        here = [(number, entry, known.get(_key(entry))) for number, entry in sound]
        for number, entry, row in here:
            if row is not None:
                self._bring_up_to_date(load, Remark(number, "", ""), entry, row, report)
        _add(load, [(number, entry) for number, entry, row in here if row is None], report)

    def _bring_up_to_date(self, load: BulkLoad, at: Remark, entry: Entry, row: Known, report: Report) -> None:
        if "balance" in self.mapping.fields and entry.opening != row.balance:
            reason = f"The file says {as_typed(entry.opening)}, here it is {as_typed(row.balance)}: nothing was booked."
            report.differences.append(Remark(at.line, "balance", reason))
        names = [_COLUMN_OF.get(name, name) for name in self.mapping.fields if name not in ("balance", "limit_choice")]
        differs: Values = {name: entry.values[name] for name in names if entry.values[name] != getattr(row, name)}
        refusal = _refusal(row, differs)
        if refusal:
            report.refuse(at.line, refusal)
        elif differs:
            stored = row._asdict()
            load.change_customer(row.id, before=stored, after=differs | folded_keys(stored | differs))
            report.changed += 1
        else:
            report.unchanged += 1


def _key(entry: Entry) -> str:
    return folded_keys(entry.values)["customer_code_key"]


def _known(load: BulkLoad, keys: list[str]) -> dict[str, Known]:
    """The customers of these IDs that stand here already, locked."""
    asked = load.select(Customer).where(Customer.customer_code_key.in_(keys)).order_by(Customer.id).with_for_update()
    columns = Customer.__table__.columns
    return {row.customer_code_key: row for row in load.connection.execute(asked.with_only_columns(*columns))}


def _refusal(row: Known, differs: Values) -> dict[str, str]:
    if not differs:
        return {}
    refusal = edit_refusal(row.bill_status)
    return {"": refusal} if refusal else fixed(differs)


def _add(load: BulkLoad, entries: list[tuple[int, Entry]], report: Report) -> None:
    def refuse(one: Arrival, complaints: dict[str, str]) -> None:
        report.refuse(one.line, complaints)

    new = arrivals(load, entries, count(1))
    kept = insert_whole_or_one_by_one(load, new, lambda some: settle_in(load, some), refuse)
    report.created += len(kept)
    report.new_customers.update(one.row["customer_code_key"] for one in kept)
