"""Numbers held from vendors: those of a customer, those that can be given away, and the pool by how it is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, true

from data_access.base.errors import NotFound
from data_access.base.labelled import Labelled
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.numerals import whole_number
from data_access.base.text.text_keys import fold_phone
from data_access.domain.billing.number_fees import currency_of, fee_of
from data_access.domain.entered.pasted import PastedRow
from data_access.models.customers import Account, Customer
from data_access.models.numbers import Did, NumberBatch
from data_access.queries.customer_context import AnyRow, customer_context
from data_access.queries.due import DueIds
from data_access.queries.pagination.pages import Direction, Key, Order, Page, page_of
from data_access.search.local_days import today
from data_access.search.text_match import Match, loosely
from data_access.services.facts.usage.pasted_numbers import judge_pasted
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

MOST_SHOWN = 200
PAGE = 50


class NumberUse(StrEnum):
    """How a number is used. NOT_USED: held by a customer, on none of its accounts."""

    IDLE = "idle"
    USED = "used"
    NOT_USED = "not_used"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number held from a vendor; the fee is the holder's, a billing period, the cost the operator's.

    `vendor_cost` None: the viewer has no right to see it.
    """

    did_id: int
    version: int
    number: str
    country: str
    use: NumberUse
    batch: str
    fee: Decimal
    fee_currency: str
    free_of_charge: bool
    vendor_cost: Decimal | None
    vendor_currency: str
    group_name: str
    description: str
    assigned_on: date | None
    charged_until: date | None
    account_id: int | None
    account_code: str
    customer_id: int | None
    customer_code: str


def _use(did: Did) -> NumberUse:
    if did.frozen:
        return NumberUse.FROZEN
    if did.customer_id is None:
        return NumberUse.IDLE
    return NumberUse.NOT_USED if did.account_id is None else NumberUse.USED


def _numbers(reader: Reader, where: ColumnElement[bool]) -> Select[Any]:
    """Those numbers with their batch, account and holder."""
    return (
        visible(Did, reader.actor)
        .outerjoin(NumberBatch, NumberBatch.id == Did.batch_id)
        .outerjoin(Account, Account.id == Did.account_id)
        .outerjoin(Customer, Customer.id == Did.customer_id)
        .add_columns(NumberBatch, Account.account_code, Customer.customer_code)
        .where(where, Did.removed_at.is_(None))
    )


def _rows(reader: Reader, where: ColumnElement[bool]) -> tuple[NumberRow, ...]:
    """The first of those numbers by their digits."""
    asked = _numbers(reader, where).order_by(Did.number, Did.id).limit(MOST_SHOWN)
    return _told(reader, reader.session.execute(asked).all())


def _told(reader: Reader, rows: Sequence[AnyRow]) -> tuple[NumberRow, ...]:
    sees_cost = reader.actor.may(Permission.CLASS_READ)
    return tuple(_row(*row[:4], sees_cost=sees_cost) for row in rows)


def _row(did: Did, batch: NumberBatch | None, account: str | None, holder: str | None, *, sees_cost: bool) -> NumberRow:
    return NumberRow(
        did_id=did.id,
        version=did.version,
        number=did.number,
        country=did.country,
        use=_use(did),
        batch=batch.name if batch else "",
        fee=fee_of(did.fee, did.vendor_cost, batch),
        fee_currency=currency_of(did.fee, did.fee_currency or did.vendor_currency, batch),
        free_of_charge=did.free_of_charge,
        vendor_cost=did.vendor_cost if sees_cost else None,
        vendor_currency=did.vendor_currency,
        group_name=did.group_name,
        description=did.description,
        assigned_on=did.assigned_on,
        charged_until=did.charged_until,
        account_id=did.account_id,
        account_code=account or "",
        customer_id=did.customer_id,
        customer_code=holder or "",
    )


@dataclass(frozen=True)
class DidsOf(Query[tuple[NumberRow, ...]]):
    """The numbers that a customer holds, in their order."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[NumberRow, ...]:
        customer_context(reader, self.customer_id)
        return _rows(reader, Did.customer_id == self.customer_id)


@dataclass(frozen=True)
class IdleDids(Query[tuple[NumberRow, ...]]):
    """Numbers that can be given to a customer of a currency and that hold some digits, in their order."""

    needs: ClassVar[Permission] = Permission.SERVICE_EDIT
    begins_with: str = ""
    currency: str = ""

    def run(self, reader: Reader) -> tuple[NumberRow, ...]:
        return _rows(reader, and_(_FREE, _begins(self.begins_with), self._fits()))

    def _fits(self) -> ColumnElement[bool]:
        """Priced by itself, for nothing, or by a batch in the currency."""
        if not self.currency:
            return true()
        own = and_(Did.fee.is_not(None), func.coalesce(Did.fee_currency, Did.vendor_currency) == self.currency)
        return or_(Did.free_of_charge, own, and_(Did.fee.is_(None), NumberBatch.currency == self.currency))


def _begins(text: str) -> ColumnElement[bool]:
    digits = fold_phone(text)
    return Did.number.startswith(digits) if digits else true()


class PoolFilter(Labelled):
    """By what the pool is looked through, as the numbers are used."""

    ALL = "all", "All"
    IDLE = "idle", "Idle"
    USED = "used", "Used"
    NOT_USED = "not_used", "Not used: idle, or on no account"
    FROZEN = "frozen", "Frozen"


_FREE = and_(Did.customer_id.is_(None), Did.frozen.is_(False))
_FILTERS: dict[PoolFilter, ColumnElement[bool]] = {
    PoolFilter.ALL: true(),
    PoolFilter.IDLE: _FREE,
    PoolFilter.USED: Did.account_id.is_not(None),
    PoolFilter.NOT_USED: or_(_FREE, and_(Did.customer_id.is_not(None), Did.account_id.is_(None))),
    PoolFilter.FROZEN: Did.frozen.is_(True),
}


BY_NUMBER = Order((Key(Did.number, str), Key(Did.id, whole_number)))


@dataclass(frozen=True)
class NumberPool(Query[Page[NumberRow]]):
    """A page of the numbers as they are used, by their digits; those that hold a text in number, group or description,
    and those of the holder that it names.

    ValueError for a cursor that is none.
    """

    needs: ClassVar[Permission] = Permission.CLASS_READ
    text: str = ""
    use: PoolFilter = PoolFilter.ALL
    direction: Direction = Direction.FIRST
    cursor: str = ""

    def run(self, reader: Reader) -> Page[NumberRow]:
        wanted = [_FILTERS[self.use]]
        if self.text.strip():
            texts: tuple[Any, ...] = (Did.group_name, Did.description)
            digits = fold_phone(self.text)
            holds = Did.number.contains(digits) if digits else false()
            theirs = loosely(Customer.customer_code.expression, Match.EXACTLY, self.text)
            wanted.append(or_(*(loosely(column, Match.CONTAINS, self.text) for column in texts), holds, theirs))
        found = page_of(reader, _numbers(reader, and_(*wanted)), BY_NUMBER, self.direction, self.cursor, PAGE)
        return found.of(_told(reader, found.rows))


@dataclass(frozen=True)
class NumberOfPool(Query[NumberRow]):
    """One number of the pool. NotFound when there is none."""

    needs: ClassVar[Permission] = Permission.CLASS_READ
    did_id: int

    def run(self, reader: Reader) -> NumberRow:
        found = _rows(reader, Did.id == self.did_id)
        if not found:
            raise NotFound("The number")
        return found[0]


@dataclass(frozen=True)
class PastedDids(Query[tuple[PastedRow, ...]]):
    """Which lines of a text can be added to the pool, and why the others cannot; in the order of the lines."""

    needs: ClassVar[Permission] = Permission.CLASS_EDIT
    lines: str

    def run(self, reader: Reader) -> tuple[PastedRow, ...]:
        return judge_pasted(reader, self.lines)


@dataclass(frozen=True)
class DueNumbers(DueIds):
    """Accounts that have ended and still have a number on them, but those of exported customers."""

    needs: ClassVar = Permission.SYSTEM_RUN
    about: ClassVar = Account

    def rows(self, reader: Reader) -> Select[Any]:
        numbers = visible(Did, reader.actor).where(Did.account_id.is_not(None)).with_only_columns(Did.account_id)
        return (
            visible(Account, reader.actor)
            .join(Customer, Customer.id == Account.customer_id)
            .where(Account.ended_on <= today(reader.now), Account.id.in_(numbers))
            .where(Customer.bill_status != BillStatus.EXPORTED)
        )
