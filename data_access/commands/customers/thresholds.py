"""Warning thresholds of a customer: set as a whole, several at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.errors import Invalid, Rejected
from data_access.base.money import positive
from data_access.base.permissions import Permission
from data_access.domain.editing import edit_refusal
from data_access.models.collection import ThresholdKind, WarningThreshold
from data_access.models.customers import BalanceControl, Customer
from data_access.services.balance_alerts import watch
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

MOST = 20


@dataclass(frozen=True, slots=True)
class ThresholdEntry:
    """One threshold as it is entered: an amount, or a percentage of the permanent credit limit."""

    kind: ThresholdKind
    value: Decimal


def at_amount(value: Decimal) -> ThresholdEntry:
    """Warns at this balance; a prepaid customer at so much of available funds."""
    return ThresholdEntry(ThresholdKind.AMOUNT, value)


def at_percent(value: Decimal) -> ThresholdEntry:
    """Warns when so much of the permanent credit limit is used."""
    return ThresholdEntry(ThresholdKind.PERCENT, value)


@dataclass(frozen=True, slots=True)
class ThresholdsSet:
    customer_id: int
    count: int


@dataclass(frozen=True, kw_only=True)
class SetWarningThresholds(Command[ThresholdsSet]):
    """Makes these the thresholds of the customer. One that stays keeps whether it was crossed."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = ThresholdsSet

    customer_id: int
    entries: tuple[ThresholdEntry, ...]

    def apply(self, work: UnitOfWork) -> ThresholdsSet:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refusal = edit_refusal(customer.bill_status)
        if refusal is not None:
            raise Rejected(refusal)
        _refuse_wrong(self.entries, customer)
        _write(work, customer, set(self.entries))
        watch(work, customer)
        return ThresholdsSet(customer.id, len(self.entries))


def _refuse_wrong(entries: Sequence[ThresholdEntry], customer: Customer) -> None:
    if len(entries) > MOST:
        raise Invalid({"entries": f"At most {MOST} thresholds can be set."})
    for entry in entries:
        _refuse_entry(entry, customer)
    if len(set(entries)) < len(entries):
        raise Invalid({"entries": "The same threshold is given twice."})


def _refuse_entry(entry: ThresholdEntry, customer: Customer) -> None:
    try:
        positive(entry.value)
    except Rejected as wrong:
        raise Invalid({"entries": "A threshold must be above zero, with at most five decimals."}) from wrong
    if entry.kind is ThresholdKind.AMOUNT:
        return
    if customer.balance_control is BalanceControl.PREPAID:
        raise Invalid({"entries": "Prepaid customers have no credit limit: give amounts of available funds."})
    if not customer.credit_limit:
        raise Invalid({"entries": "A percentage needs a permanent credit limit above zero: give an amount."})
    if entry.value > 100:
        raise Invalid({"entries": "A percentage of the credit limit is 100 at most."})


def _write(work: UnitOfWork, customer: Customer, wanted: set[ThresholdEntry]) -> None:
    mine = work.select(WarningThreshold).where(WarningThreshold.customer_id == customer.id)
    known = {ThresholdEntry(row.kind, row.value): row for row in work.session.scalars(mine)}
    for entry, row in known.items():
        if entry in wanted and row.removed_at is not None:
            row.removed_at = row.crossed_at = None
        elif entry not in wanted and row.removed_at is None:
            row.removed_at = work.now
    for entry in sorted(wanted - known.keys(), key=lambda entry: (entry.kind, entry.value)):
        work.add(WarningThreshold(customer_id=customer.id, kind=entry.kind, value=entry.value))
