"""Retention: whose personal data is erased next, who is under a legal hold, what was erased recently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Row, Select, func

from data_access.base.permissions import Permission
from data_access.base.text.masking import reason_of, shown_name
from data_access.domain.retention import over, over_at
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.history import CommandLog
from data_access.models.jobs import Archive
from data_access.queries.pagination.newest_first import ListPart
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

MOST, PAGE_SIZE = 200, 50
_HOLD = "SetLegalHold"
_NAMED = (
    Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
)  # fmt: skip


def _name(reader: Reader, row: Row[*tuple[Any, ...]]) -> str:
    return shown_name(
        reader.actor, company_name=row.company_name, first_name=row.first_name, last_name=row.last_name,
        customer_code=row.customer_code,
    )  # fmt: skip


def _count(reader: Reader, query: Select[Any]) -> int:
    return reader.session.scalar(query.with_only_columns(func.count(Customer.id))) or 0


@dataclass(frozen=True, slots=True)
class ToErase:
    """A permanently terminated customer. `due_at`: when its personal data is erased, unless `is_held`."""

    customer_id: int
    customer_code: str
    name: str
    class_name: str
    terminated_at: datetime
    due_at: datetime
    currency: str
    balance: Decimal
    is_held: bool


@dataclass(frozen=True)
class ErasuresAhead(Query[ListPart[ToErase]]):
    """Whose personal data is due to be erased by now or within some days, held or not; the first to go come first."""

    needs: ClassVar = Permission.JOB_READ

    days: int = 90
    limit: int = MOST

    def run(self, reader: Reader) -> ListPart[ToErase]:
        months = CustomerClass.purge_after_months
        choices = reader.session.scalars(visible(CustomerClass, reader.actor).with_only_columns(months).distinct())
        ahead = (
            visible(Customer, reader.actor)
            .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
            .where(over(months, choices.all(), reader.now + timedelta(days=self.days)), Customer.erased_at.is_(None))
        )
        query = (
            ahead.with_only_columns(
                *_NAMED, CustomerClass.name, months, Customer.terminated_at, Customer.currency, Customer.balance,
                Customer.legal_hold,
            )
            .order_by(Customer.terminated_at, Customer.id)
            .limit(self.limit)
        )  # fmt: skip
        rows = [
            ToErase(
                row.id, row.customer_code, _name(reader, row), row.name, row.terminated_at,
                over_at(row.terminated_at, row.purge_after_months), row.currency, row.balance, row.legal_hold,
            )
            for row in reader.session.execute(query)
        ]  # fmt: skip
        in_order = tuple(sorted(rows, key=lambda row: (row.due_at, row.customer_id)))
        return ListPart(in_order, _count(reader, ahead))


@dataclass(frozen=True, slots=True)
class Held:
    """A customer under a legal hold: since when, by whom and why; None and blank where that was not recorded."""

    customer_id: int
    customer_code: str
    name: str
    since: datetime | None
    login: str
    reason: str


@dataclass(frozen=True)
class LegalHolds(Query[ListPart[Held]]):
    """A page of the customers under a legal hold, by Customer ID; or one of them alone. No page lies past the last."""

    needs: ClassVar = Permission.JOB_READ

    customer_id: int | None = None
    page: int = 0

    def run(self, reader: Reader) -> ListPart[Held]:
        one = () if self.customer_id is None else (Customer.id == self.customer_id,)
        held = visible(Customer, reader.actor).where(Customer.legal_hold.is_(True), *one)
        total = _count(reader, held)
        page = min(self.page, max(total - 1, 0) // PAGE_SIZE)
        query = held.with_only_columns(*_NAMED).order_by(Customer.customer_code_key, Customer.id)
        rows = reader.session.execute(query.offset(page * PAGE_SIZE).limit(PAGE_SIZE)).all()
        told = _holds(reader, [row.id for row in rows])
        return ListPart(
            tuple(
                Held(row.id, row.customer_code, _name(reader, row), *told.get(row.id, (None, "", ""))) for row in rows
            ),
            total,
            page,
        )


def _holds(reader: Reader, customer_ids: Sequence[int]) -> dict[int, tuple[datetime, str, str]]:
    """The last order about the hold of each: when, by whom, why."""
    newest = (
        visible(CommandLog, reader.actor)
        .where(CommandLog.name == _HOLD, CommandLog.customer_id.in_(customer_ids))
        .with_only_columns(func.max(CommandLog.number))
        .group_by(CommandLog.customer_id)
    )
    these = visible(CommandLog, reader.actor).where(CommandLog.number.in_(newest))
    query = these.with_only_columns(CommandLog.customer_id, CommandLog.at, CommandLog.login, reason_of(CommandLog))
    return {row.customer_id: (row.at, row.login, row.reason) for row in reader.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Gone:
    """What went of one customer. `rows` and `file`: of an archive; 0 and blank: the personal data was erased."""

    at: datetime
    customer_id: int
    customer_code: str
    rows: int = 0
    file: str = ""


@dataclass(frozen=True)
class GoneLately(Query[tuple[Gone, ...]]):
    """What was erased or archived last, newest first."""

    needs: ClassVar = Permission.JOB_READ

    limit: int = 50

    def run(self, reader: Reader) -> tuple[Gone, ...]:
        gone = [*_erased(reader, self.limit), *_archived(reader, self.limit)]
        return tuple(sorted(gone, key=lambda each: (each.at, each.customer_id), reverse=True)[: self.limit])


def _erased(reader: Reader, limit: int) -> list[Gone]:
    query = (
        visible(Customer, reader.actor)
        .where(Customer.erased_at.is_not(None))
        .with_only_columns(Customer.erased_at, Customer.id, Customer.customer_code)
        .order_by(Customer.erased_at.desc(), Customer.id.desc())
        .limit(limit)
    )
    return [Gone(row.erased_at, row.id, row.customer_code) for row in reader.session.execute(query)]


def _archived(reader: Reader, limit: int) -> list[Gone]:
    query = (
        visible(Archive, reader.actor)
        .join(Customer, Customer.id == Archive.customer_id)
        .with_only_columns(Archive.at, Customer.id, Customer.customer_code, Archive.rows, Archive.file)
        .order_by(Archive.id.desc())
        .limit(limit)
    )
    return [Gone(row.at, row.id, row.customer_code, row.rows, row.file) for row in reader.session.execute(query)]
