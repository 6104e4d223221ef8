"""Balance alerts: a customer is told once when the balance, or the available funds, come to one of them."""

from dataclasses import dataclass
from decimal import Decimal

from data_access.base.money import exact_money
from data_access.domain.notices import Notice
from data_access.models.collection import ThresholdKind, WarningThreshold
from data_access.models.customers import BalanceControl, Customer
from data_access.services.outbox import notify
from data_access.store.unit_of_work import UnitOfWork

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
    known = {customer.id: customer for customer in customers}
    theirs = work.select(WarningThreshold).where(
        WarningThreshold.customer_id.in_(known), WarningThreshold.removed_at.is_(None)
    )
    for threshold in work.session.scalars(theirs.order_by(WarningThreshold.id)):
        customer = known[threshold.customer_id]
        level = level_of(threshold, customer)
        if level is None:
            continue
        if threshold.crossed_at is None and level.is_reached(customer.balance):
            threshold.crossed_at = work.now
            _tell(work, customer, threshold)
        elif threshold.crossed_at is not None and level.is_left(customer.balance):
            threshold.crossed_at = None


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
