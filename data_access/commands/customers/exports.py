"""Exports: the audit entry that each one leaves, before any data is released."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import func, select

from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.base.text.sheets import MOST_CUSTOMERS, refuse_too_many
from data_access.models.bulk import BulkRun
from data_access.models.customers import Customer
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.filters import CustomerFilter
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ExportNoted:
    """What the audit keeps: which customers, said without searched names, how many, and as what."""

    customers: int
    filter: str
    format: str


@dataclass(frozen=True, slots=True)
class PlannedExportNoted:
    """What the audit keeps: which planned changes, how many, and as what."""

    changes: int
    filter: str
    format: str


@dataclass(frozen=True, kw_only=True)
class ExportPlanned(Command[PlannedExportNoted]):
    """Notes that so many planned changes are exported, chosen as the filter says."""

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    result_type: ClassVar = PlannedExportNoted

    changes: int
    filter: str
    format: str

    def apply(self, work: UnitOfWork) -> PlannedExportNoted:  # noqa: ARG002 - the entry in the audit is all it does
        return PlannedExportNoted(self.changes, self.filter, self.format)


@dataclass(frozen=True, kw_only=True)
class ExportCustomers(Command[ExportNoted]):
    """Notes that the customers a filter finds are exported. Rejected when they are too many: none is left out."""

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    result_type: ClassVar = ExportNoted

    filter: CustomerFilter | AdvancedFilter
    format: str
    most: int = MOST_CUSTOMERS

    def apply(self, work: UnitOfWork) -> ExportNoted:
        self.filter.require(work.actor)
        found = work.select(Customer).where(*self.filter.where(work.now)).with_only_columns(Customer.id)
        some = found.limit(self.most + 1).subquery()
        count = work.session.scalar(select(func.count()).select_from(some)) or 0
        refuse_too_many(count, self.most)
        return ExportNoted(count, self.filter.describe(quoted=False), self.format)


@dataclass(frozen=True, kw_only=True)
class ExportBulkResult(Command[ExportNoted]):
    """Notes that the result of a bulk action is exported, a row a customer."""

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    result_type: ClassVar = ExportNoted

    run_id: int
    format: str

    def apply(self, work: UnitOfWork) -> ExportNoted:
        work.actor.require(Permission.CUSTOMER_BULK)
        run = work.session.scalars(work.select(BulkRun).where(BulkRun.id == self.run_id)).one_or_none()
        if run is None:
            raise NotFound("The bulk action")
        return ExportNoted(run.customers, f"Bulk action {run.id}: {run.title}", self.format)
