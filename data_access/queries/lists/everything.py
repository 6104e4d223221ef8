"""Everything about customers as a file that another installation can import: each column is a field of an import."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import Select, func

from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.text.sheets import XLSX_TEXT, Cell, held
from data_access.domain.billing.sharing import Owed, share_out
from data_access.domain.entered.card_columns import CARD_COLUMNS, heading_of
from data_access.domain.field_labels import LABELS
from data_access.domain.sections import ADDRESS_INFO
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import CollectionStatus, Invoice, InvoiceType
from data_access.models.people import Reseller
from data_access.queries.lists.card_cells import cells_beside, custom_definitions, seen_columns
from data_access.queries.lists.customers import AnyRow, Selection
from data_access.queries.lists.exports import Cells, ExportPart, Profile, part_of
from data_access.queries.lists.versions import HEADING, VERSION, last_edits
from data_access.queries.pagination.pages import Cursor
from data_access.search.filters import LISTED
from data_access.store.access import Access, Query, Reader
from data_access.store.scope import visible

STORED = (
    "customer_code", "balance_control", "currency", "credit_limit", "billing_zone", "billing_period",
    *ADDRESS_INFO.names,
    "balance", "created_at", "bill_status", "blocked", "suspension_cause", "suspended_at", "suspension_lifted_until",
    "first_lifted_on", "service_limited", "limitation_lifted_until", "provisionally_terminated_at", "terminate_on",
    "terminated_at", "exported_at", "temporary_limit", "temporary_limit_until", "daily_spending_limit",
    "suspend_on_insufficient_funds", "legal_hold",
)  # fmt: skip
BESIDE = {
    "customer_class": "Customer class",
    "class_business_model": "Business model of the class",
    "class_net_days": "Days to pay of the class",
    "class_currency": "Currency of the class",
    "reseller": "Reseller",
    "not_invoiced": "Not invoiced yet",
    "open_invoices": "Open invoices",
}
COLUMNS = {name: LABELS[name] for name in STORED} | BESIDE
_LONGEST = 300  # characters that one of them takes at most
OPEN_FIELDS = {  # of an open invoice, each with what is left out as usual
    "number": "", "type": InvoiceType.REGULAR.value, "issued_on": "", "due_on": "", "open": "", "disputed": "no",
    "collection_status": CollectionStatus.COLLECT.value,
}  # fmt: skip


@dataclass(frozen=True)
class EverythingColumns(Query[Mapping[str, str]]):
    """The columns of the export, each with its heading: without the sections that the actor may not see."""

    needs: ClassVar = Permission.CUSTOMER_EXPORT

    def run(self, reader: Reader) -> Mapping[str, str]:
        beside = {column.key: column.heading for column in seen_columns(reader.actor)}
        custom = {key: heading_of(key) for key in custom_definitions(reader)}
        return COLUMNS | beside | custom | {VERSION: HEADING}


@dataclass(frozen=True)
class EverythingToExport(Query[ExportPart]):
    """The next customers of a filter by Customer ID, a tuple of cells each, in the order of `columns`.

    NotPermitted without the right to export personal data: what is masked could not be imported.
    """

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    columns: tuple[str, ...]
    filter: Selection = LISTED
    after: Cursor | None = None

    def run(self, reader: Reader) -> ExportPart:
        seen = {column.key for column in seen_columns(reader.actor)}
        if hidden := [key for key in self.columns if key in CARD_COLUMNS and key not in seen]:
            reader.actor.require(CARD_COLUMNS[hidden[0]].section.sees)
        return part_of(reader, _asked(reader, self.filter), self.after, self._cells)

    def _cells(self, reader: Reader, found: Sequence[AnyRow]) -> list[Cells]:
        ids = [row.id for row in found]
        beside = cells_beside(reader, ids, [key for key in self.columns if key not in COLUMNS])
        if VERSION in self.columns:
            for key, edited in last_edits(reader.session.execute, reader.actor, ids).items():
                beside[key][VERSION] = str(edited)
        own = zip(found, _own(reader, found), strict=True)
        return [tuple(map((cells | beside[row.id]).get, self.columns)) for row, cells in own]


@dataclass(frozen=True)
class EverythingFitsXlsx(Query[None]):
    """Whether a spreadsheet holds the export. Rejected for open invoices that no cell holds, as the file will be."""

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    filter: Selection = LISTED
    most: int = XLSX_TEXT

    def run(self, reader: Reader) -> None:
        many = (
            visible(Invoice, reader.actor)
            .where(Invoice.is_open)
            .with_only_columns(Invoice.customer_id)
            .group_by(Invoice.customer_id)
            .having(func.count() > self.most // _LONGEST)
        )
        of_many = _asked(reader, self.filter).where(Customer.id.in_(many)).order_by(Customer.id)
        for cells in _own(reader, reader.session.execute(of_many).all()):
            held(str(cells["open_invoices"]), BESIDE["open_invoices"], cells["customer_code"], self.most)


def _asked(reader: Reader, chosen: Selection) -> Select[Any]:
    reader.actor.require(Permission.PERSONAL_EXPORT)
    chosen.require(reader.actor)
    net_days = (
        visible(CollectionPolicy, reader.actor)
        .where(
            CollectionPolicy.customer_class_id == CustomerClass.id,
            CollectionPolicy.section == Section.REGULAR,
            CollectionPolicy.in_force(reader.now),
        )
        .with_only_columns(CollectionPolicy.net_days)
        .correlate(CustomerClass)
        .scalar_subquery()
    )  # fmt: skip
    return (
        visible(Customer, reader.actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .outerjoin(Reseller, Reseller.id == Customer.reseller_id)
        .where(*chosen.where(reader.now))
        .with_only_columns(
            Customer.id, *(getattr(Customer, name) for name in STORED), Customer.outstanding, Customer.unallocated,
            CustomerClass.name.label("customer_class"),
            CustomerClass.business_model.label("class_business_model"),
            CustomerClass.currency.label("class_currency"), net_days.label("class_net_days"),
            Reseller.name.label("reseller"), maintain_column_froms=True,
        )
    )  # fmt: skip


def everything_of(access: Access) -> Profile:
    """The profile of all that can be imported, as far as this person may see it."""
    columns = access.fetch(EverythingColumns())
    return Profile(tuple(columns.values()), partial(EverythingToExport, tuple(columns)))


def _own(reader: Reader, found: Sequence[AnyRow]) -> list[dict[str, Cell]]:
    """The cells of the customers themselves, each by its column."""
    owed = _owed(reader, [row.id for row in found if row.balance_control is not BalanceControl.PREPAID])
    return [_cells_of(row, owed.get(row.id, [])) for row in found]


def _owed(reader: Reader, customer_ids: list[int]) -> dict[int, list[Owed[AnyRow]]]:
    """The open invoices of these customers, the oldest first."""
    query = visible(Invoice, reader.actor).where(Invoice.customer_id.in_(customer_ids), Invoice.is_open)
    columns = (
        Invoice.customer_id, Invoice.number, Invoice.type, Invoice.issued_on, Invoice.due_on, Invoice.total,
        Invoice.paid, Invoice.open.label("open"), Invoice.disputed, Invoice.collection_status,
    )  # fmt: skip
    owed = defaultdict[int, list[Owed[AnyRow]]](list)
    for row in reader.session.execute(query.with_only_columns(*columns).order_by(Invoice.issued_on, Invoice.id)):
        owed[row.customer_id].append(Owed(row, row.issued_on, row.open))
    return owed


def _cells_of(row: AnyRow, owed: Sequence[Owed[AnyRow]]) -> dict[str, Cell]:
    """What a customer owes travels invoice by invoice, as far as no money is there for it. Prepaid ones owe on none."""
    told = row._mapping
    shares = share_out([("", row.unallocated)], owed)
    paid = {share.bill.number: share.amount for share in shares}
    own = {
        "not_invoiced": row.balance - sum((one.open for one in owed), ZERO) + row.unallocated,
        "open_invoices": _told((one.bill, one.open - paid.get(one.bill.number, ZERO)) for one in owed),
    }
    return {name: _cell(own[name] if name in own else told[name]) for name in COLUMNS}


def _told(left: Iterable[tuple[AnyRow, Decimal]]) -> str | None:
    """Open invoices in one cell: a list in JSON, each with what is not as usual. None of them: blank."""
    rows = [_one(row, open_) for row, open_ in left if open_ > ZERO]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else None


def _one(row: AnyRow, left: Decimal) -> dict[str, str]:
    """A reissued invoice keeps a due day that can lie before its issue: it arrives as issued on that day."""
    told = {
        "number": row.number, "type": row.type.value, "issued_on": f"{min(row.issued_on, row.due_on)}",
        "due_on": f"{row.due_on}", "open": f"{left.normalize():f}", "disputed": "yes" if row.disputed else "no",
        "collection_status": row.collection_status.value,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value != OPEN_FIELDS[name]}


def _cell(value: Any) -> Cell:
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case datetime():
            return value.isoformat()
        case None | str() | int() | Decimal() | date():
            return value
    raise TypeError(f"{type(value).__name__} is no cell of a sheet")
