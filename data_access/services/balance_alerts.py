"""Balance alerts: a customer is notified once when the balance, or the available funds, reach a threshold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, bindparam

from data_access.base.money import exact_money
from data_access.base.permissions import Actor
from data_access.domain.notices import Notice
from data_access.models.collection import ThresholdKind, WarningThreshold
from data_access.models.customers import BalanceControl, Customer
from data_access.services.outbox import notify
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork, of_customers

MARGIN = Decimal("0.05")  # of the threshold: so far it has to fall back before it warns again


@dataclass(frozen=True, slots=True)
class Level:
    """A threshold as an amount, for one of the two balance controls."""

    amount: Decimal
    is_prepaid: bool

    def is_reached(self, balance: Decimal) -> bool:
        return -balance <= self.amount if self.is_prepaid else balance >= self.amount

    def is_left(self, balance: Decimal) -> bool:
        """Whether the balance has fallen back far enough to arm the threshold again."""
        margin = self.amount * MARGIN
        return -balance > self.amount + margin if self.is_prepaid else balance < self.amount - margin


def level_of(threshold: WarningThreshold, customer: Customer) -> Level | None:
    """None for a percentage of a limit that is none, or zero."""
    is_prepaid = customer.balance_control is BalanceControl.PREPAID
    if threshold.kind is ThresholdKind.AMOUNT:
        return Level(threshold.value, is_prepaid)
    return Level(customer.credit_limit * threshold.value / 100, is_prepaid) if customer.credit_limit else None


def watch(work: UnitOfWork, *customers: Customer) -> None:
    """Notifies of each armed threshold that is reached now; arms those again that were left by the margin."""
    for customer, threshold in _thresholds(work, customers):
        level = level_of(threshold, customer)
        if level is None:
            continue
        if threshold.crossed_at is None and level.is_reached(customer.balance):
            threshold.crossed_at = work.now
            _tell(work, customer, threshold)
        elif threshold.crossed_at is not None and level.is_left(customer.balance):
            threshold.crossed_at = None


def _thresholds(work: UnitOfWork, customers: Sequence[Customer]) -> Iterator[tuple[Customer, WarningThreshold]]:
    if len(customers) == 1:
        yield from ((customers[0], row) for row in work.of(_of_each, customers[0].id))
        return
    each = _of_each.read(work, [customer.id for customer in customers])
    yield from ((customer, row) for customer in customers for row in each[customer.id])


@of_customers(WarningThreshold)
def _of_each(work: UnitOfWork, ids: Sequence[int]) -> Mapping[int, list[WarningThreshold]]:
    found = {key: list[WarningThreshold]() for key in ids}
    for row in work.session.scalars(_standing(work.actor), {"ids": ids}):
        found[row.customer_id].append(row)
    return found


@made_once
def _standing(actor: Actor) -> Select[WarningThreshold]:
    mine = visible(WarningThreshold, actor).where(WarningThreshold.customer_id.in_(bindparam("ids", expanding=True)))
    return mine.where(WarningThreshold.removed_at.is_(None)).order_by(WarningThreshold.id)


def _tell(work: UnitOfWork, customer: Customer, threshold: WarningThreshold) -> None:
    notify(
        work,
        customer,
        Notice.THRESHOLD_REACHED,
        key=f"threshold/{threshold.id}/{work.order.command_id}",
        threshold=in_words(threshold, customer),
        amount=abs(customer.balance) if customer.balance_control is BalanceControl.PREPAID else customer.balance,
    )


def in_words(threshold: WarningThreshold, customer: Customer) -> str:
    """The threshold as the customer reads it: `80 % of your credit limit`."""
    if threshold.kind is ThresholdKind.PERCENT:
        return f"{threshold.value.normalize():f} % of your credit limit"
    what = "available funds" if customer.balance_control is BalanceControl.PREPAID else "a balance"
    return f"{what} of {exact_money(threshold.value, customer.currency)}"
