"""Everything about customers as a file that another desk can import: each column is a field of an import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from data_access.access import Query, Reader
from data_access.clock import day_in
from data_access.filters import LISTED
from data_access.labels import LABELS
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.customers import BalanceControl, Customer, CustomerClass
from data_access.models.people import Reseller
from data_access.money import ZERO
from data_access.permissions import Permission
from data_access.queries import exports
from data_access.queries.customers import AnyRow, Selection
from data_access.queries.exports import Cells, CustomersToExport, Exported, ExportPart, part_of
from data_access.queries.pages import Cursor
from data_access.scope import visible
from data_access.sheets import Cell

STORED = (
    "customer_code", "balance_control", "currency", "credit_limit", "billing_zone", "billing_period", "company_name",
    "salutation", "first_name", "middle_initial", "last_name", "address_line_1", "address_line_2", "city", "state",
    "postal_code", "country", "contact", "phone", "alt_contact", "alt_phone", "fax", "email", "bcc", "description",
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
    "balance_due_on": "Oldest invoice due on",
}
COLUMNS = {name: LABELS[name] for name in STORED} | BESIDE
HEADER = tuple(COLUMNS.values())


@dataclass(frozen=True)
class EverythingToExport(Query[ExportPart]):
    """The next customers of a filter by Customer ID, a tuple of cells each as `HEADER` names them.

    NotPermitted without the right to export personal data: what is masked could not be imported.
    """

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    filter: Selection = LISTED
    after: Cursor | None = None

    def run(self, reader: Reader) -> ExportPart:
        reader.actor.require(Permission.PERSONAL_EXPORT)
        self.filter.require(reader.actor)
        net_days = (
            visible(CollectionPolicy, reader.actor)
            .where(
                CollectionPolicy.customer_class_id == CustomerClass.id, CollectionPolicy.section == Section.REGULAR
            )
            .order_by(CollectionPolicy.number.desc(), CollectionPolicy.id.desc())
            .limit(1)
            .with_only_columns(CollectionPolicy.net_days)
            .correlate(CustomerClass)
            .scalar_subquery()
        )  # fmt: skip
        query = (
            visible(Customer, reader.actor)
            .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
            .outerjoin(Reseller, Reseller.id == Customer.reseller_id)
            .where(*self.filter.where(reader.now))
            .with_only_columns(
                Customer.id, *(getattr(Customer, name) for name in STORED), Customer.outstanding, Customer.unallocated,
                Customer.first_overdue_from, CustomerClass.name.label("customer_class"),
                CustomerClass.business_model.label("class_business_model"),
                CustomerClass.currency.label("class_currency"), net_days.label("class_net_days"),
                Reseller.name.label("reseller"), maintain_column_froms=True,
            )
        )  # fmt: skip
        return part_of(reader, query, self.after, _all)


PROFILES: dict[str, tuple[tuple[str, ...], Exported]] = {
    "list": (exports.HEADER, CustomersToExport),
    "everything": (HEADER, EverythingToExport),
}


def _all(_reader: Reader, found: Sequence[AnyRow]) -> list[Cells]:
    return [tuple(map(_cell, _values(row).values())) for row in found]


def _values(row: AnyRow) -> dict[str, Any]:
    """What is owed on invoices arrives elsewhere as one opening invoice; prepaid customers owe on none."""
    told = row._mapping
    owed = ZERO if row.balance_control is BalanceControl.PREPAID else row.outstanding
    is_due = owed > row.unallocated and row.first_overdue_from is not None
    own = {
        "not_invoiced": row.balance - owed + row.unallocated,
        "balance_due_on": day_in(row.billing_zone, row.first_overdue_from) - timedelta(days=1) if is_due else None,
    }
    return {name: own[name] if name in own else told[name] for name in COLUMNS}


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
