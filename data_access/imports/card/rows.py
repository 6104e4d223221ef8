"""Importing rows of customers: new ones are added, existing ones are updated, none is removed."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from data_access.base.clock import day_in, long_day
from data_access.base.permissions import Permission as P
from data_access.base.text.text_keys import fold, is_same_code, not_meant
from data_access.domain.entered.card_columns import ROW_COLUMNS, ROWS, CardColumn, columns_of
from data_access.fields.field import Typed
from data_access.fields.section import FieldSection
from data_access.imports.batches import Run, attempted, run_batches
from data_access.imports.card.beside import typed_text
from data_access.imports.card.names import NamedRecords, named_records, told_in
from data_access.imports.card.row_orders import ORDERS, RowOrders
from data_access.imports.catalogue.headings import by_headings
from data_access.imports.files.cells import read_fields
from data_access.imports.files.codes import code_of, first_code, repetition
from data_access.imports.files.first_rows import Seen
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.mapping_file import read_mapping
from data_access.imports.files.reading import FileRow
from data_access.imports.report import Remark, Report
from data_access.models.customers import Customer
from data_access.queries.lists.card_rows import CODE, standing_rows
from data_access.store.bulk import BulkLoad

_CODE = "customer_code"
Standing = Mapping[tuple[int, tuple[str, ...]], Sequence[Any]]


def row_labels(kind: str) -> Mapping[str, str]:
    """What each field of a file of rows is headed, by its name in a mapping."""
    return {_CODE: CODE} | {column.key: ROW_COLUMNS[column.key].heading for column in columns_of(ROWS[kind])}


def row_required(kind: str) -> tuple[str, ...]:
    """The fields that a file of rows has to have: whose it is, and what tells the rows of a customer apart."""
    return (_CODE, *(f"{ROWS[kind].name}.{ROWS[kind][name].in_files}" for name in ORDERS[kind].by))


def row_mapping(kind: str, path: Path | None, file: Path) -> FileMapping:
    """The mapping of a file of rows: that of a TOML file, or what its headings say."""
    labels, required = row_labels(kind), row_required(kind)
    if path is None:
        return by_headings(file, labels, required=required)
    return read_mapping(path, labels, required=required, labels=labels)


def import_rows(kind: str, run: Run) -> Report:
    """What was done with each row. NotPermitted without the right to change such rows."""
    for right in (P.IMPORT_RUN, ROWS[kind].changes):
        run.actor.require(right)
    return run_batches(run, partial(RowFile, ROWS[kind], ORDERS[kind]))


@dataclass(frozen=True, slots=True)
class RowFile:
    """A file in which a row is a record of `section` beside a customer.

    `place`: of the rows that are alike, by their lines, the how manyth each is.
    """

    section: FieldSection
    orders: RowOrders
    mapping: FileMapping
    alike: Counter[Hashable] = field(default_factory=Counter)
    place: dict[int, int] = field(default_factory=dict)

    @property
    def columns(self) -> list[CardColumn]:
        return [column for column in columns_of(self.section) if column.key in self.mapping.fields]

    def key(self, line: FileRow) -> Hashable:
        code = code_of(line.cells, self.mapping.fields)
        told = [column for column in self.columns if column.field.name in self.orders.by]
        if not code:
            return None
        key = (fold(code), *(fold(self.mapping.fields[one.key].cell(line.cells)) for one in told))
        if not self.orders.has_twins:
            return key
        self.place[line.number] = self.alike[key]
        self.alike[key] += 1
        return (*key, self.place[line.number])

    def repeats(self, line: FileRow, first: Seen) -> str:
        rules = self.mapping.fields
        return repetition(code_of(line.cells, rules), first_code(first.code, rules), first.number)

    def passes_over(self, line: FileRow) -> None:
        """No row has anything that a later one must not have, but its key."""

    def apply(self, load: BulkLoad, rows: list[FileRow], report: Report) -> None:
        customers = _customers(load, {fold(code_of(line.cells, self.mapping.fields)) for line in rows})
        referring = [column for column in self.columns if column.field.refers_to]
        names = named_records(load, ((one.field, told_in(self.mapping.fields[one.key], rows)) for one in referring))
        standing = self._standing(load, [row.id for row in customers.values()])
        for line in rows:
            code = code_of(line.cells, self.mapping.fields)
            customer = customers.get(fold(code))
            typed, complaints = self._typed(line, names)
            if customer is None or not is_same_code(code, customer.customer_code):
                why = not_meant(code, customer.customer_code) if customer else "There is no customer with this ID."
                report.refuse(line.number, {_CODE: why} | complaints)
            elif complaints:
                report.refuse(line.number, complaints)
            else:
                self._bring_in(load, line.number, customer, typed, standing, report)

    def _typed(self, line: FileRow, names: NamedRecords) -> tuple[dict[str, str], dict[str, str]]:
        """What a row tells, each field as one would type it, and each complaint at its column."""
        typed: dict[str, str] = {}
        rules = {column.key: self.mapping.fields[column.key] for column in self.columns}
        texts, complaints = read_fields(line.cells, rules)
        for column in self.columns:
            text = texts.get(column.key, "")
            if column.key in complaints or (rules[column.key].tells_nothing(line.cells) and not self._tells(column)):
                continue
            try:
                told = typed_text(column.field, text, names, self.mapping.date_format)
                typed[column.field.name] = column.field.typed(column.field.read(told))
            except ValueError as wrong:
                complaints[column.key] = str(wrong)
        return typed, complaints

    def _tells(self, column: CardColumn) -> bool:
        return column.field.name in self.orders.by

    def _standing(self, load: BulkLoad, customer_ids: list[int]) -> Standing:
        model = self.section.model
        query = standing_rows(model, load.actor, customer_ids).with_only_columns(*model.__table__.columns)
        rows = load.connection.execute(query).all() if customer_ids else ()
        found = defaultdict[tuple[int, tuple[str, ...]], list[Any]](list)
        for row in rows:
            found[row.customer_id, self._by(self.section.typed(self.section.values(row)))].append(row)
        return found

    def _by(self, typed: Typed) -> tuple[str, ...]:
        return tuple(typed[name] for name in self.orders.by)

    def _bring_in(
        self, load: BulkLoad, line: int, customer: Any, typed: dict[str, str], standing: Standing, report: Report
    ) -> None:
        alike, place = standing.get((customer.id, self._by(typed)), ()), self.place.get(line, 0)
        row = alike[place] if place < len(alike) else None
        told = [] if row else self._begin_today(load, line, customer, typed)
        stored = {} if row is None else self.section.typed(self.section.values(row))
        told_once = (self.orders.begins, *self.orders.once)
        changes = {name: text for name, text in typed.items() if stored.get(name) != text and name not in told_once}
        if row is not None and not changes:
            report.unchanged += 1
            return
        if complaints := attempted(load, lambda: self._save(load, customer.id, row, typed if row is None else changes)):
            report.refuse(line, {self._key(name): why for name, why in complaints.items()})
            return
        report.differences.extend(told)
        report.created += row is None
        report.changed += row is not None
        if row is not None:
            words = ", ".join(self.section[name].label for name in changes)
            report.changes.append(Remark(line, "", f"{words} become as in the file."))

    def _begin_today(self, load: BulkLoad, line: int, customer: Any, typed: dict[str, str]) -> list[Remark]:
        """A first day in the past becomes today, for what was used before is not here."""
        begins = self.orders.begins
        today = day_in(customer.billing_zone, load.now).isoformat()
        if not begins or typed.get(begins, today) >= today:
            return []
        day, typed[begins] = typed[begins], today
        said = long_day(self.section[begins].read(day))
        return [Remark(line, self._key(begins), f"The file says {said}; here it counts from today.")]

    def _save(self, load: BulkLoad, customer_id: int, row: Any, typed: Typed) -> None:
        with load.row_boundary() as boundary:
            with load.unit_of_work() as work:
                work.customer_id = customer_id
                if row is None:
                    self.orders.add(work, customer_id, typed)
                else:
                    self.orders.change(work, row, typed)
            if load.is_trial:
                boundary.rollback()

    def _key(self, name: str) -> str:
        return f"{self.section.name}.{self.section[name].in_files}" if name in self.section.names else ""


def _customers(load: BulkLoad, keys: set[str]) -> dict[str, Any]:
    """The customers of these IDs, locked, by their keys."""
    query = load.locked(load.select(Customer).where(Customer.customer_code_key.in_(keys)).order_by(Customer.id))
    columns = (Customer.id, Customer.customer_code, Customer.customer_code_key, Customer.billing_zone)
    return {row.customer_code_key: row for row in load.connection.execute(query.with_only_columns(*columns))}
