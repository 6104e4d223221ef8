"""Usage charges: usage booked. What quotas and wallets cover costs nothing, the rest its share of the price."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from data_access.base.bookings import Kind
from data_access.domain.notices import Notice
from data_access.domain.usage.quotas import Grant, GrantPart, said
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.models.plans.wallets import WalletUse
from data_access.models.quotas import MeasuredUse, QuotaUse, Unit, WhenUsedUp
from data_access.services.entering import Texts, book
from data_access.services.facts.fees_of_customer import Looks
from data_access.services.facts.quota_coverage import Cover
from data_access.services.outbox import notify
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork

TOLD_AT = Decimal("0.8")  # of what is granted for a period; the customer is told once a period
_BEYOND = {
    WhenUsedUp.NORMAL_PRICE: "What goes beyond it is charged at the normal price.",
    WhenUsedUp.BLOCK: "Nothing can be used beyond it until then.",
    WhenUsedUp.LIMIT: "Beyond it your internet access is slower until then.",
}


@dataclass(frozen=True, slots=True)
class BookedUsage:
    """A usage charge as it was told: the price before quotas, and how much was used where that was said."""

    price: Decimal
    quantity: Decimal | None = None
    unit: Unit | None = None


def booked_before(look: Looks, customer: Customer, reference: str) -> Transaction | None:
    """The charge of a reference that stands here; a reversed one stands too."""
    same = visible(Transaction, look.actor).where(
        Transaction.customer_id == customer.id,
        Transaction.kind == Kind.USAGE_CHARGE,
        Transaction.reference == reference,
        Transaction.reverses_id.is_(None),
    )
    return look.session.scalars(same).one_or_none()


def references_of(look: Looks, customer_ids: Collection[int], references: Collection[str]) -> set[tuple[int, str]]:
    """Which of these references stand here, each with its customer; those of reversed charges too."""
    query = visible(Transaction, look.actor).where(
        Transaction.customer_id.in_(customer_ids),
        Transaction.reference.in_(references),
        Transaction.kind == Kind.USAGE_CHARGE,
        Transaction.reverses_id.is_(None),
    )
    rows = look.session.execute(query.with_only_columns(Transaction.customer_id, Transaction.reference))
    return {(row.customer_id, row.reference) for row in rows}


def booked_usage(look: Looks, booked: Transaction) -> BookedUsage:
    """What a usage charge was told with."""
    query = visible(MeasuredUse, look.actor).where(MeasuredUse.transaction_id == booked.id)
    measured = look.session.scalars(query).one_or_none()
    return BookedUsage(measured.price, measured.quantity, measured.unit) if measured else BookedUsage(booked.amount)


def book_usage(
    work: UnitOfWork, customer: Customer, price: Decimal, by: Cover | None, *, value_on: date, texts: Texts
) -> Transaction:
    """Books a usage at what quotas leave of its price, and what it took of them; tells once one is nearly used up."""
    amount = price if by is None else by.price(price)
    booked = book(work, customer, Kind.USAGE_CHARGE, amount, value_on=value_on, texts=texts)
    if by is not None:
        whose = {"customer_id": customer.id, "transaction_id": booked.id}
        work.session.add(MeasuredUse(quantity=by.measured.quantity, unit=by.measured.unit, price=price, **whose))
        work.session.add_all(_use(part, whose) for part in by.parts)
        work.session.add_all(
            WalletUse(top_up_id=part.grant.top_up_id, quantity=part.quantity, **whose) for part in by.wallet_parts
        )
        work.session.flush()
        for part in by.parts:
            _tell(work, customer, by, part)
    return booked


def _use(part: GrantPart[Grant], whose: dict[str, int]) -> QuotaUse:
    grant = part.grant
    return QuotaUse(quota_id=grant.quota_id, granted_on=grant.period.first, quantity=part.quantity, **whose)


def _tell(work: UnitOfWork, customer: Customer, by: Cover, part: GrantPart[Grant]) -> None:
    grant, used = part.grant, part.grant.used + part.quantity
    if by.day in grant.period and used >= grant.granted * TOLD_AT:
        notify(
            work, customer, Notice.QUOTA_NEARLY_USED, key=f"quota/{grant.quota_id}/{grant.period.first.isoformat()}",
            service=by.measured.service, used=said(used, by.measured.unit), day=grant.period.last,
            granted=said(grant.granted, by.measured.unit), beyond=_BEYOND[by.beyond],
        )  # fmt: skip
