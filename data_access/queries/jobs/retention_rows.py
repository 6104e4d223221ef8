"""Retention: whose personal data is erased next, who is under a legal hold, what was erased recently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Row, Select, func, select, union_all

from data_access.base.permissions import Actor, Permission
from data_access.base.text.masking import reason_of, shown_name
from data_access.domain.retention import months_before, over_at
from data_access.domain.shown_status import live
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.history import CommandLog
from data_access.models.jobs import Archive
from data_access.queries.lists.counts import MORE
from data_access.queries.pagination.newest_first import ListPart
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

MOST, PAGE_SIZE = 200, 50
_HOLD = "SetLegalHold"
_NAMED = (Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name)


def _name(reader: Reader, row: Row[*tuple[Any, ...]]) -> str:
    return shown_name(
        reader.actor, company_name=row.company_name, first_name=row.first_name, last_name=row.last_name,
        customer_code=row.customer_code,
    )  # fmt: skip


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
    """Whose personal data is due to be erased by now or within some days, held or not; the first to go come first.

    Class by class, for each has months of its own; no more than `MORE` are counted.
    """

    needs: ClassVar = Permission.JOB_READ

    days: int = 90
    limit: int = MOST

    def run(self, reader: Reader) -> ListPart[ToErase]:
        until, ended = reader.now + timedelta(days=self.days), (Customer.terminated_at, Customer.id)
        classes = {row.id: row for row in reader.session.execute(_keeping(reader.actor))}
        of_each = [
            _ended(reader.actor, row.id, months_before(until, row.months)).with_only_columns(*ended)
            for row in classes.values()
        ]
        if not of_each:
            return ListPart((), 0)
        soonest = (each.order_by(*ended).limit(self.limit).subquery() for each in of_each)
        first = union_all(*map(select, soonest)).order_by("terminated_at", "id").limit(self.limit).subquery()
        columns = (
            *_NAMED, Customer.customer_class_id, Customer.terminated_at, Customer.currency, Customer.balance,
            Customer.legal_hold,
        )  # fmt: skip
        query = visible(Customer, reader.actor).where(Customer.id.in_(select(first.c.id))).with_only_columns(*columns)
        rows = [_to_erase(reader, row, classes[row.customer_class_id]) for row in reader.session.execute(query)]
        in_order = tuple(sorted(rows, key=lambda row: (row.due_at, row.customer_id)))
        some = union_all(*of_each).limit(MORE).subquery()
        return ListPart(in_order, reader.session.scalar(select(func.count()).select_from(some)) or 0)


def _to_erase(reader: Reader, row: Row[*tuple[Any, ...]], kept: Row[*tuple[Any, ...]]) -> ToErase:
    return ToErase(
        row.id, row.customer_code, _name(reader, row), kept.name, row.terminated_at,
        over_at(row.terminated_at, kept.months), row.currency, row.balance, row.legal_hold,
    )  # fmt: skip


def _keeping(actor: Actor) -> Select[int, str, int | None]:
    """The classes that say for how many months personal data is kept."""
    months = CustomerClass.purge_after_months
    keeping = visible(CustomerClass, actor).where(months.is_not(None)).order_by(CustomerClass.id)
    return keeping.with_only_columns(CustomerClass.id, CustomerClass.name, months.label("months"))


def _ended(actor: Actor, class_id: int, by: datetime) -> Select[Any]:
    """Whose personal data is still there, of those of a class who were terminated permanently by an instant."""
    of_class = visible(Customer, actor).where(Customer.customer_class_id == class_id, ~live())
    return of_class.where(Customer.erased_at.is_(None), Customer.terminated_at <= by)


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
        total = reader.session.scalar(held.with_only_columns(func.count(Customer.id))) or 0
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
