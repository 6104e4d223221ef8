"""Temporary and daily limits of a customer: raised within the caps of a role, ended, set."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import ClassVar

from data_access.base.errors import Invalid, Rejected
from data_access.base.money import SCALE, exact, positive
from data_access.base.permissions import Permission
from data_access.domain.editing import edit_refusal
from data_access.domain.limit_use import beyond_days, beyond_share
from data_access.domain.sections import CREDIT_OPTIONS
from data_access.domain.shown_status import raised_since
from data_access.domain.usage.spending_plan import UNPROTECTED
from data_access.models.customers import BalanceControl, Customer
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.section_edit import EditBeside
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_HIGHEST_PERCENT = 1_000_000  # beyond it the increase could be no amount; what a role may give is far below
_REASON = "Give the reason: it is kept in the history of the limits."


@dataclass(frozen=True, slots=True)
class LimitChanged:
    """The temporary increase after the command; both empty when there is none. `changed` False: nothing was done."""

    customer_id: int
    temporary_limit: str
    until: str
    changed: bool = True


@dataclass(frozen=True, slots=True)
class SpendingLimitSet:
    customer_id: int
    daily_spending_limit: str


@dataclass(frozen=True, kw_only=True)
class RaiseLimit(Command[LimitChanged]):
    """Raises the credit limit until an instant, by an amount or by a percentage of the permanent limit.

    An increase that runs is replaced; the days of a role count from the first one of an unbroken row.
    """

    needs: ClassVar = Permission.LIMIT_TEMPORARY
    result_type: ClassVar = LimitChanged

    customer_id: int
    until: datetime
    amount: Decimal | None = None
    percent: Decimal | None = None

    def apply(self, work: UnitOfWork) -> LimitChanged:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        permanent = _permanent_limit(customer)
        increase = _increase(self, permanent)
        _refuse_beyond_caps(self, work, customer, permanent=permanent, increase=increase)
        customer.first_raised_at, customer.raise_ended_at = raised_since(customer, work.now), None
        customer.temporary_limit, customer.temporary_limit_until = increase, self.until
        return LimitChanged(customer.id, f"{increase:f}", self.until.isoformat())


def _permanent_limit(customer: Customer) -> Decimal:
    """The limit that can be raised; Rejected when there is none."""
    refusal = edit_refusal(customer.bill_status)
    if refusal is not None:
        raise Rejected(refusal)
    if customer.balance_control is BalanceControl.PREPAID:
        raise Rejected("Prepaid customers have no credit limit: they use what they paid in advance.")
    if customer.credit_limit is None:
        raise Rejected("The customer has no credit limit: there is nothing to raise.")
    return customer.credit_limit


def _increase(order: RaiseLimit, permanent: Decimal) -> Decimal:
    if order.amount is not None and order.percent is None:
        try:
            return positive(order.amount)
        except Rejected as wrong:
            raise Invalid({"amount": f"{wrong}"}) from wrong
    if order.percent is None or order.amount is not None:
        raise Invalid({"amount": "Give an amount or a percentage, and not both."})
    if not order.percent.is_finite() or not 0 < order.percent <= _HIGHEST_PERCENT:
        raise Invalid({"percent": f"Give a percentage above zero and of at most {_HIGHEST_PERCENT}."})
    if permanent == 0:
        raise Invalid({"percent": "A percentage needs a permanent credit limit above zero: give an amount."})
    return positive((permanent * order.percent / 100).quantize(Decimal(1).scaleb(-SCALE), ROUND_DOWN))


def _refuse_beyond_caps(
    order: RaiseLimit, work: UnitOfWork, customer: Customer, *, permanent: Decimal, increase: Decimal
) -> None:
    role, complaints = work.actor.role, {}
    if too_much := beyond_share(role, permanent, increase, customer.currency):
        complaints["percent" if order.amount is None else "amount"] = too_much
    if order.until <= work.now:
        complaints["until"] = "Choose a moment in the future: the increase then ends automatically."
    elif too_long := beyond_days(role, raised_since(customer, work.now), order.until, customer.billing_zone):
        complaints["until"] = too_long
    if not order.reason.strip():
        complaints["reason"] = _REASON
    if complaints:
        raise Invalid(complaints)


@dataclass(frozen=True, kw_only=True)
class RemoveTemporaryLimit(Command[LimitChanged]):
    """Ends the temporary increase at once."""

    needs: ClassVar = Permission.LIMIT_TEMPORARY
    result_type: ClassVar = LimitChanged

    customer_id: int

    def apply(self, work: UnitOfWork) -> LimitChanged:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        until = customer.temporary_limit_until
        if until is None or until <= work.now:
            raise Rejected("There is no temporary increase: the credit limit is the permanent one.")
        _end(customer, work.now)
        return LimitChanged(customer.id, "", "")


@dataclass(frozen=True, kw_only=True)
class EndTemporaryLimit(Command[LimitChanged]):
    """Tidies an increase away whose moment has come; it counted no more from that moment on."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = LimitChanged

    customer_id: int

    def apply(self, work: UnitOfWork) -> LimitChanged:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        until = customer.temporary_limit_until
        if until is None or until > work.now:
            return LimitChanged(customer.id, f"{customer.temporary_limit or ''}", "", changed=False)
        _end(customer, until)
        return LimitChanged(customer.id, "", "")


def _end(customer: Customer, at: datetime) -> None:
    customer.raise_ended_at = at
    customer.temporary_limit = customer.temporary_limit_until = None


@dataclass(frozen=True, kw_only=True)
class SetSpendingLimit(Command[SpendingLimitSet]):
    """Sets what a customer may use on one day; None takes the limit away, and that of its profile holds."""

    needs: ClassVar = Permission.LIMIT_EDIT
    result_type: ClassVar = SpendingLimitSet

    customer_id: int
    amount: Decimal | None

    def apply(self, work: UnitOfWork) -> SpendingLimitSet:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refusal = edit_refusal(customer.bill_status)
        if refusal is not None:
            raise Rejected(refusal)
        if self.amount is not None and class_of(work, customer).currency is None:
            raise Rejected(UNPROTECTED)
        if not self.reason.strip():
            raise Invalid({"reason": _REASON})
        customer.daily_spending_limit = None if self.amount is None else _not_negative(self.amount)
        return SpendingLimitSet(customer.id, "" if self.amount is None else f"{self.amount:f}")


def _not_negative(amount: Decimal) -> Decimal:
    try:
        return positive(amount) if amount else exact(amount)
    except Rejected as wrong:
        raise Invalid({"amount": "Give an amount of zero or more, with at most five decimals."}) from wrong


@dataclass(frozen=True, kw_only=True)
class EditCreditOptions(EditBeside):
    """Changes what a customer decides about its credit instead of its class. Who is suspended already stays so."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    section: ClassVar = CREDIT_OPTIONS
    called: ClassVar = "Suspension for insufficient funds"
