"""Importing customers: new ones are added, existing ones are updated, no balance is booked twice."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from data_access.base.clock import day_in, long_day
from data_access.base.errors import Invalid, Refusal, Rejected
from data_access.base.permissions import Actor
from data_access.base.permissions import Permission as P
from data_access.base.text.text_keys import fold, is_same_code, not_meant
from data_access.domain.editing import edit_refusal, fixed
from data_access.domain.entered.card_columns import CARD_COLUMNS, heading_of
from data_access.domain.field_labels import LABELS
from data_access.domain.sections import ADDRESS_INFO, CUSTOMER
from data_access.domain.validation import folded_keys
from data_access.fields.kinds import as_typed
from data_access.imports.arrivals import Arrival, arrivals, settle_in
from data_access.imports.batches import Run, complaints_of, insert_whole_or_one_by_one, run_batches
from data_access.imports.card.beside import OF_OTHERS, UNIQUE, ToldBeside, card_of, require_rights
from data_access.imports.card.saving import bring_up_to_date
from data_access.imports.directory import directory
from data_access.imports.entries import CUSTOMER_FIELDS, ImportedCustomer, Values, entry_of
from data_access.imports.facts import BROUGHT, refuse_facts_without_rights, said
from data_access.imports.files.codes import code_of, first_code, repetition
from data_access.imports.files.first_rows import Seen
from data_access.imports.files.mapping import FieldRule, FileMapping
from data_access.imports.files.mapping_file import ANY_CUSTOM, read_mapping
from data_access.imports.files.reading import FileRow
from data_access.imports.outcome import foresee
from data_access.imports.report import Remark, Report
from data_access.models.customers import Customer
from data_access.queries.lists.versions import HEADING, VERSION, Edited, Version, edited_since, read_version
from data_access.store.bulk import BulkLoad

NEEDS = (P.IMPORT_RUN, P.CUSTOMER_CREATE, P.CUSTOMER_EDIT, P.LIMIT_EDIT)
REQUIRED = ("customer_code", "customer_class", "balance_control", "currency")
_COLUMN_OF = {field.imported_as: field.name for field in CUSTOMER if field.imported_as}
_NOT_COLUMNS = {"balance", "limit_choice", *BROUGHT}
_NOT_TOLD = FieldRule()
Known = Row[*tuple[Any, ...]]


def customer_mapping(path: Path) -> FileMapping:
    """The mapping of a file of customers."""
    headings = {key: column.heading for key, column in CARD_COLUMNS.items()}
    allowed = {*CUSTOMER_FIELDS, *CARD_COLUMNS, ANY_CUSTOM}
    labels = ADDRESS_INFO.labels | headings | {VERSION: HEADING}
    return read_mapping(path, allowed, required=REQUIRED, labels=labels)


def import_customers(run: Run) -> Report:
    """What was done with each row. NotPermitted without the rights to all that an import does."""
    for permission in NEEDS:
        run.actor.require(permission)
    refuse_facts_without_rights(run.mapping.fields, run.actor.require)
    if run.mapping.create_resellers:
        run.actor.require(P.PEOPLE_MANAGE)
    return run_batches(run, partial(_customer_file, run.actor), later=OF_OTHERS)


def _customer_file(actor: Actor, mapping: FileMapping) -> "CustomerFile":
    require_rights(actor, mapping.fields)
    own = {name: rule for name, rule in mapping.fields.items() if "." not in name and name != VERSION}
    return CustomerFile(mapping, own)


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """A file in which a row is a customer. `own`: the fields of the customer itself.

    `given`: the lines of what one customer alone may have.
    """

    mapping: FileMapping
    own: Mapping[str, FieldRule]
    given: dict[tuple[str, str], int] = field(default_factory=dict)

    def key(self, line: FileRow) -> Hashable:
        return fold(code_of(line.cells, self.mapping.fields)) or None

    def repeats(self, line: FileRow, first: Seen) -> str:
        rules = self.mapping.fields
        return repetition(code_of(line.cells, rules), first_code(first.code, rules), first.number)

    def passes_over(self, line: FileRow) -> None:
        self._given_before(line)

    def apply(self, load: BulkLoad, rows: list[FileRow], report: Report) -> None:
        known_names = directory(load, self.mapping)
        here = _known(load, [fold(code_of(line.cells, self.mapping.fields)) for line in rows])
        card = card_of(load, self.mapping, rows, [row.id for row in here.values()])
        versions, misread = self._versions(rows)
        exported = {row.id: versions[key] for key, row in here.items() if key in versions}
        since = edited_since(load.connection.execute, load.actor, exported) if exported else {}
        new = []
        for line in rows:
            code = code_of(line.cells, self.mapping.fields)
            row = here.get(fold(code))
            if row is not None and not is_same_code(code, row.customer_code):
                report.refuse(line.number, {"customer_code": not_meant(code, row.customer_code)})
                continue
            entry = entry_of(line.cells, self.own, known_names, card, row)
            if complaints := entry.complaints or misread.get(line.number) or self._given_before(line):
                report.refuse(line.number, complaints)
            elif row is None:
                new.append((line.number, entry))
            else:
                self._bring_up_to_date(load, line.number, entry, row, since.get(row.id), report)
        _add(load, new, report)

    def _given_before(self, line: FileRow) -> dict[str, str]:
        """A complaint where an earlier row gives another customer the same."""
        told = {key: fold(rule.cell(line.cells)) for key in UNIQUE if (rule := self.mapping.fields.get(key))}
        first = {key: self.given.setdefault((key, text), line.number) for key, text in told.items() if text}
        return {key: f"Line {number} already gives this." for key, number in first.items() if number != line.number}

    def _versions(self, rows: list[FileRow]) -> tuple[dict[str, Version], dict[int, dict[str, str]]]:
        """The version of each customer that the file tells one of, and what is wrong with others, by line."""
        versions, misread = dict[str, Version](), dict[int, dict[str, str]]()
        rule = self.mapping.fields.get(VERSION, _NOT_TOLD)
        for line in rows:
            try:
                if text := rule.cell(line.cells):
                    versions[fold(code_of(line.cells, self.mapping.fields))] = read_version(text)
            except ValueError as wrong:
                misread[line.number] = {VERSION: str(wrong)}
        return versions, misread

    def _bring_up_to_date(
        self, load: BulkLoad, line: int, entry: ImportedCustomer, row: Known, since: Edited | None, report: Report
    ) -> None:
        """A row that says what stands here is left as it is, whoever changed it since."""
        if entry.balance is not None and entry.balance != row.balance:
            reason = f"The file says {as_typed(entry.balance)}, here it is {as_typed(row.balance)}: nothing was booked."
            report.differences.append(Remark(line, "balance", reason))
        report.differences.extend(_other_facts(line, entry, row))
        names = [_COLUMN_OF.get(name, name) for name in entry.told - _NOT_COLUMNS]
        differs: Values = {name: entry.values[name] for name in names if entry.values[name] != getattr(row, name)}
        if not differs and not entry.beside:
            report.unchanged += 1
            return
        stored = row._asdict()
        try:
            _refuse(row, differs, since)
            with load.row_boundary():
                if differs:
                    load.change_customer(row.id, before=stored, after=differs | folded_keys(stored | differs))
                bring_up_to_date(load, row.id, entry.beside)
        except Refusal as refusal:
            report.refuse(line, complaints_of(refusal))
            return
        report.changed += 1
        report.changes.append(Remark(line, "", _told(load.actor, row, differs, entry.beside)))


def _other_facts(line: int, entry: ImportedCustomer, row: Known) -> list[Remark]:
    """Facts about a status that the file tells otherwise: they arrive with a new customer, and change by moves."""
    return [
        Remark(line, name, f"The file says {said(value)}, here it is {said(getattr(row, name))}.")
        for name, value in sorted(entry.brought.facts.items())
        if value != getattr(row, name)
    ]


def _told(actor: Actor, row: Known, differs: Values, beside: ToldBeside) -> str:
    """What changes, field by field; personal values for those alone who may see them."""
    own = [
        (LABELS[name], as_typed(getattr(row, name)), as_typed(value), _is_personal(name))
        for name, value in sorted(differs.items())
    ]
    more = [(heading_of(one.key), one.before, one.after, one.personal) for one in beside.said]
    may_see = actor.may(P.PERSONAL_READ)
    return "; ".join(
        f"{label} {_shown(before)} becomes {_shown(after)}" if may_see or not personal
        else f"{label} hidden becomes hidden"
        for label, before, after, personal in own + more
    )  # fmt: skip


def _is_personal(name: str) -> bool:
    return bool(Customer.__table__.columns[name].info.get("personal"))


def _shown(text: str) -> str:
    return f"“{text}”" if text else "blank"


def _known(load: BulkLoad, keys: list[str]) -> dict[str, Known]:
    """The customers of these IDs that stand here already, locked."""
    query = load.locked(load.select(Customer).where(Customer.customer_code_key.in_(keys)).order_by(Customer.id))
    columns = Customer.__table__.columns
    return {row.customer_code_key: row for row in load.connection.execute(query.with_only_columns(*columns))}


def _refuse(row: Known, differs: Values, since: Edited | None) -> None:
    if since is not None:
        day = long_day(day_in(row.billing_zone, since.at))
        raise Rejected(f"Changed since it was exported, on {day}, by {since.login}: export it again, and look at it.")
    if refusal := edit_refusal(row.bill_status):
        raise Rejected(refusal)
    if unchangeable := fixed(differs):
        raise Invalid(unchangeable)


def _add(load: BulkLoad, entries: list[tuple[int, ImportedCustomer]], report: Report) -> None:
    def refuse(one: Arrival, complaints: dict[str, str]) -> None:
        report.refuse(one.line, complaints)

    new = arrivals(load, entries, count(1))
    kept = insert_whole_or_one_by_one(load, new, lambda some: settle_in(load, some), refuse)
    report.created += len(kept)
    if owing := [one.books for one in kept if one.books.invoices]:
        report.ahead = foresee(load, owing)
    report.new_customers.update(one.row["customer_code_key"] for one in kept)
