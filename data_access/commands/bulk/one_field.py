"""Commands that change one field of a customer, whatever its value: each is the edit of a form, with its rules."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.errors import Invalid, Rejected
from data_access.base.labelled import Labelled
from data_access.base.money import in_currency
from data_access.base.permissions import Permission
from data_access.commands.customers.additional import EditAdditionalInfo
from data_access.commands.customers.customers import CustomerSaved, EditCustomer
from data_access.models.card.additional import AdditionalInfo
from data_access.models.customers import BalanceControl, Customer
from data_access.services.section_edit import SectionSaved
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

NO_LIMIT = "The customer has no credit limit: set one, or leave it."
_PREPAID = "Prepaid customers have no credit limit."


class LimitBy(Labelled):
    """How a credit limit becomes another one."""

    SET = "set", "Set to an amount"
    ADD = "add", "Raise or lower by an amount"
    PERCENT = "percent", "Raise or lower by per cent"


@dataclass(frozen=True, kw_only=True)
class ChangeClass(Command[CustomerSaved]):
    """Puts a customer into another class."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = CustomerSaved

    customer_id: int
    customer_class_id: int

    def apply(self, work: UnitOfWork) -> CustomerSaved:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        return _edit(self, work, customer, {"customer_class_id": str(self.customer_class_id)})


@dataclass(frozen=True, kw_only=True)
class ChangeLimit(Command[CustomerSaved]):
    """Sets the permanent credit limit, or raises or lowers it; an amount is in `currency` and fits no other.

    Without an amount there is no limit. Per cents of a limit are rounded to what can be paid in its currency.
    """

    needs: ClassVar = Permission.LIMIT_EDIT
    result_type: ClassVar = CustomerSaved

    customer_id: int
    by: LimitBy
    amount: Decimal | None = None
    currency: str = ""

    def apply(self, work: UnitOfWork) -> CustomerSaved:
        work.actor.require(EditCustomer.needs)
        customer = work.lock(Customer, self.customer_id, called="The customer")
        return _edit(self, work, customer, {"credit_limit": self._typed(customer)})

    def _typed(self, customer: Customer) -> str:
        if customer.balance_control is BalanceControl.PREPAID:
            raise Rejected(_PREPAID)
        if self.by is not LimitBy.PERCENT and self.amount is not None and self.currency != customer.currency:
            raise Rejected(f"The customer is billed in {customer.currency}; the amount is in {self.currency}.")
        wanted = self.amount if self.by is LimitBy.SET else self._moved(customer)
        return "" if wanted is None else f"{wanted:f}"

    def _moved(self, customer: Customer) -> Decimal:
        if self.amount is None:
            raise Invalid({"amount": "Give by how much."})
        if customer.credit_limit is None:
            raise Rejected(NO_LIMIT)
        if self.by is LimitBy.ADD:
            return customer.credit_limit + self.amount
        return in_currency(customer.credit_limit * (1 + self.amount / 100), customer.currency)


@dataclass(frozen=True, kw_only=True)
class AssignRepresentative(Command[SectionSaved]):
    """Gives a customer to a representative; None: to nobody."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = SectionSaved

    customer_id: int
    representative_id: int | None

    def apply(self, work: UnitOfWork) -> SectionSaved:
        work.lock(Customer, self.customer_id, called="The customer")
        rows = work.select(AdditionalInfo).where(AdditionalInfo.customer_id == self.customer_id)
        row = work.session.scalars(rows).one_or_none()
        chosen = "" if self.representative_id is None else str(self.representative_id)
        edit = EditAdditionalInfo(
            customer_id=self.customer_id, version=0 if row is None else row.version, shown={},
            changes={"representative_id": chosen}, command_id=self.command_id, reason=self.reason,
        )  # fmt: skip
        return edit.apply(work)


def _edit(
    order: Command[CustomerSaved], work: UnitOfWork, customer: Customer, changes: dict[str, str]
) -> CustomerSaved:
    """As the form of the customer would save it, seen as it stands now."""
    edit = EditCustomer(
        customer_id=customer.id, version=customer.version, shown={}, changes=changes, command_id=order.command_id,
        reason=order.reason,
    )  # fmt: skip
    return edit.apply(work)
