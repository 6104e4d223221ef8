"""Expired retention: customers whose personal data is to be erased, or whose details are to be archived."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Select, func

from data_access.base.permissions import Permission
from data_access.base.text.masking import shown_name
from data_access.domain.retention import over
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.queries.due import DueIds
from data_access.queries.pagination.newest_first import ListPart
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


def _ended(reader: Reader, months: Any) -> Select[Any]:
    """Customers whose months of this kind are over, held or not."""
    choices = reader.session.scalars(visible(CustomerClass, reader.actor).with_only_columns(months).distinct())
    of_class = visible(Customer, reader.actor).join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
    return of_class.where(over(months, choices.all(), reader.now))


def _to_erase(reader: Reader) -> Select[Any]:
    return _ended(reader, CustomerClass.purge_after_months).where(Customer.erased_at.is_(None))


def _to_archive(reader: Reader) -> Select[Any]:
    return _ended(reader, CustomerClass.archive_after_months).where(Customer.archived_at.is_(None))


@dataclass(frozen=True)
class DueErasures(DueIds):
    """Customers whose personal data is to be erased now; a legal hold keeps it."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def rows(self, reader: Reader) -> Select[Any]:
        return _to_erase(reader).where(Customer.legal_hold.is_(False))


@dataclass(frozen=True)
class DueArchives(DueIds):
    """Customers whose details are to be archived now; a legal hold keeps them."""

    needs: ClassVar = Permission.ARCHIVE_RUN

    def rows(self, reader: Reader) -> Select[Any]:
        return _to_archive(reader).where(Customer.legal_hold.is_(False))


@dataclass(frozen=True, slots=True)
class Ended:
    """One customer whose time is over; `is_held`: a legal hold keeps it nevertheless."""

    needs: ClassVar = Permission.SYSTEM_RUN
    customer_id: int
    customer_code: str
    name: str
    class_name: str
    terminated_at: datetime
    currency: str
    balance: Decimal
    is_held: bool


def _shown(reader: Reader, ended: Select[Any], limit: int) -> ListPart[Ended]:
    columns = (
        Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
        CustomerClass.name, Customer.terminated_at, Customer.currency, Customer.balance, Customer.legal_hold,
    )  # fmt: skip
    query = ended.with_only_columns(*columns).order_by(Customer.terminated_at, Customer.id).limit(limit)
    rows = tuple(
        Ended(
            row.id,
            row.customer_code,
            shown_name(
                reader.actor, company_name=row.company_name, first_name=row.first_name, last_name=row.last_name,
                customer_code=row.customer_code,
            ),
            row.name,
            row.terminated_at,
            row.currency,
            row.balance,
            row.legal_hold,
        )
        for row in reader.session.execute(query)
    )  # fmt: skip
    return ListPart(rows, reader.session.scalar(ended.with_only_columns(func.count(Customer.id))) or 0)


@dataclass(frozen=True)
class PreviewErasures(Query[ListPart[Ended]]):
    """Whose personal data the next run erases, and whose a legal hold keeps; those who ended first come first."""

    needs: ClassVar = Permission.PERSONAL_HOLD

    limit: int = 200

    def run(self, reader: Reader) -> ListPart[Ended]:
        return _shown(reader, _to_erase(reader), self.limit)


@dataclass(frozen=True)
class PreviewArchives(Query[ListPart[Ended]]):
    """Whose details the next archiving takes, and whose a legal hold keeps; those who ended first come first."""

    needs: ClassVar = Permission.ARCHIVE_RUN

    limit: int = 200

    def run(self, reader: Reader) -> ListPart[Ended]:
        return _shown(reader, _to_archive(reader), self.limit)
