"""Usage that arrives without a price: why some of it cannot be priced, and how much of it is already booked."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import Kind
from data_access.base.permissions import Permission
from data_access.base.text.masking import unmasked
from data_access.domain.usage.rating import Use
from data_access.models.money import Transaction
from data_access.models.quotas import MeasuredUse
from data_access.services.facts.usage.rates import prices_of
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True)
class PricesOf(Query[tuple[str, ...]]):
    """For each use of a customer why it has no price now; blank for one that has. In the same order."""

    needs: ClassVar = Permission.IMPORT_RUN

    uses: tuple[tuple[int, Use], ...]

    def run(self, reader: Reader) -> tuple[str, ...]:
        return tuple(price if isinstance(price, str) else "" for price in prices_of(reader, self.uses))


@dataclass(frozen=True)
class UsedBefore(Query[dict[tuple[int, str], Decimal | None]]):
    """How much each usage charge here is for, by customer and reference; None where it came with a price alone."""

    needs: ClassVar = Permission.IMPORT_RUN

    customer_ids: frozenset[int]
    references: frozenset[str]

    def run(self, reader: Reader) -> dict[tuple[int, str], Decimal | None]:
        query = (
            visible(Transaction, reader.actor)
            .outerjoin(MeasuredUse, MeasuredUse.transaction_id == Transaction.id)
            .where(
                Transaction.customer_id.in_(self.customer_ids), Transaction.reference.in_(self.references),
                Transaction.kind == Kind.USAGE_CHARGE, Transaction.reverses_id.is_(None),
            )
            .with_only_columns(Transaction.customer_id, unmasked(Transaction.reference), MeasuredUse.quantity)
        )  # fmt: skip
        return {(row[0], row[1]): row[2] for row in reader.session.execute(query)}
