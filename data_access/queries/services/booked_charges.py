"""Whom the charges in a file belong to, and which of them are already booked."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import func

from data_access.base.bookings import Kind
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.masking import unmasked
from data_access.base.text.text_keys import fold
from data_access.models.customers import Account, Customer
from data_access.models.money import Transaction
from data_access.models.quotas import MeasuredUse
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class ChargedCustomer:
    """A customer as far as its charges are concerned; `ended_on` is of the account by which it was found."""

    customer_id: int
    customer_code: str
    currency: str
    bill_status: BillStatus
    zone: str
    balance: Decimal
    ended_on: date | None = None


@dataclass(frozen=True)
class PartiesByCode(Query[dict[str, ChargedCustomer]]):
    """The customers of these folded Customer IDs, by them."""

    needs: ClassVar = Permission.IMPORT_RUN

    keys: frozenset[str]

    def run(self, reader: Reader) -> dict[str, ChargedCustomer]:
        query = visible(Customer, reader.actor).where(Customer.customer_code_key.in_(self.keys))
        rows = reader.session.execute(query.with_only_columns(*_COLUMNS))
        return {fold(row.customer_code): ChargedCustomer(*row) for row in rows}


@dataclass(frozen=True)
class PartiesByAccount(Query[dict[str, ChargedCustomer]]):
    """The customers of these accounts, by Account ID."""

    needs: ClassVar = Permission.IMPORT_RUN

    codes: frozenset[str]

    def run(self, reader: Reader) -> dict[str, ChargedCustomer]:
        query = (
            visible(Account, reader.actor)
            .join(Customer, Customer.id == Account.customer_id)
            .where(Account.account_code.in_(self.codes))
            .with_only_columns(*_COLUMNS, Account.ended_on, Account.account_code)
        )
        return {row.account_code: ChargedCustomer(*row[:-1]) for row in reader.session.execute(query)}


_COLUMNS: tuple[Any, ...] = (
    Customer.id,
    Customer.customer_code,
    Customer.currency,
    Customer.bill_status,
    Customer.billing_zone,
    Customer.balance,
)


@dataclass(frozen=True)
class ChargedBefore(Query[dict[tuple[int, str], Decimal]]):
    """The prices of the usage charges that stand here, by customer and reference; a reversed one stands too."""

    needs: ClassVar = Permission.IMPORT_RUN

    customer_ids: frozenset[int]
    references: frozenset[str]

    def run(self, reader: Reader) -> dict[tuple[int, str], Decimal]:
        query = (
            visible(Transaction, reader.actor)
            .outerjoin(MeasuredUse, MeasuredUse.transaction_id == Transaction.id)
            .where(
                Transaction.customer_id.in_(self.customer_ids),
                Transaction.reference.in_(self.references),
                Transaction.kind == Kind.USAGE_CHARGE,
                Transaction.reverses_id.is_(None),
            )
        )
        price = func.coalesce(MeasuredUse.price, Transaction.amount)
        columns = (Transaction.customer_id, unmasked(Transaction.reference), price)
        return {(row[0], row[1]): row[2] for row in reader.session.execute(query.with_only_columns(*columns))}
