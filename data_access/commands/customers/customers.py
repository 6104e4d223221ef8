"""Adding and editing a customer: the input, checked by the same rules as in an import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from data_access.base.errors import Invalid, Rejected
from data_access.base.events import Event
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.text_keys import fold, is_same_code
from data_access.commands.customers.beside import SectionInput, fill_in
from data_access.commands.customers.opening import bring_in
from data_access.domain.editing import edit_refusal, fixed
from data_access.domain.moves import CREATED
from data_access.domain.sections import CUSTOMER
from data_access.domain.validation import (
    FOLDED_FROM,
    IN_CREDIT,
    PREPAID_HAS_NO_LIMIT,
    UNLIMITED,
    ClassRule,
    CustomerInput,
    currency_clash,
    folded_keys,
    judged_customer,
    too_long_for_search,
    validated,
)
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import BalanceControl, Customer
from data_access.models.people import Reseller
from data_access.services.balance_alerts import watch
from data_access.services.billing.recurring_charges import begin_period
from data_access.services.facts.custom_values import new_values, of_class
from data_access.services.outbox import announce
from data_access.services.section_edit import SectionEdit, tell_changes, write
from data_access.services.status_changes import tell
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CustomerSaved:
    customer_id: int
    customer_code: str
    version: int


@dataclass(frozen=True, kw_only=True)
class CreateCustomer(Command[CustomerSaved]):
    """Adds a customer. An opening debt becomes an invoice of type opening, an opening credit unallocated payments.

    `beside`: sections that are filled in before the first save, in the same transaction. Who may not set limits gets
    the class's default limit and no opening balance: empty would be unlimited credit.
    """

    needs: ClassVar = Permission.CUSTOMER_CREATE
    result_type: ClassVar = CustomerSaved

    customer: CustomerInput
    blocked: bool = False
    beside: tuple[SectionInput, ...] = ()
    custom: Mapping[str, str] = field(default_factory=dict)

    def apply(self, work: UnitOfWork) -> CustomerSaved:
        _refuse_limits(work, self.customer)
        values, customer_class = _judged(work, self.customer, self.custom, self.beside)
        opening = _opening(values)
        if not work.actor.may(Permission.LIMIT_EDIT) and values["balance_control"] is BalanceControl.POSTPAID:
            values["credit_limit"] = customer_class.default_credit_limit or ZERO
        customer = work.add(
            Customer(**values, **folded_keys(values), blocked=self.blocked, created_at=work.now, balance=ZERO,
                     outstanding=ZERO, unallocated=ZERO, bill_status=BillStatus.OPEN)
        )  # fmt: skip
        begin_period(work, customer)
        work.session.add_all(new_values(of_class(work, customer_class.id), customer.id, self.custom))
        tell(work, customer, CREATED, BillStatus.OPEN, reason=work.order.reason, login=work.actor.login)
        announce(work, customer, Event.CUSTOMER_NEW)
        bring_in(work, customer, opening)
        for entered in self.beside:
            fill_in(work, customer.id, entered)
        return CustomerSaved(customer.id, customer.customer_code, customer.version)


def _refuse_limits(work: UnitOfWork, entered: CustomerInput) -> None:
    typed = entered.credit_limit.strip() or entered.opening_balance.strip()
    if typed or entered.limit_choice == UNLIMITED:
        work.actor.require(Permission.LIMIT_EDIT)


def _class_typed(work: UnitOfWork, typed: str) -> CustomerClass | None:
    chosen = validated({"customer_class_id": typed}).values.get("customer_class_id")
    offered = work.select(CustomerClass).where(CustomerClass.id == chosen, CustomerClass.removed_at.is_(None))
    return work.session.scalars(offered).one_or_none()


def _rule(customer_class: CustomerClass | None) -> ClassRule | None:
    return None if customer_class is None else ClassRule(customer_class.name, customer_class.currency)


def _judged(
    work: UnitOfWork, entered: CustomerInput, custom: Mapping[str, str], beside: tuple[SectionInput, ...]
) -> tuple[Values, CustomerClass]:
    """The columns and the class; Invalid with every complaint at once, those included that only the database knows."""
    customer_class = _class_typed(work, entered.customer_class_id)
    result = judged_customer(entered, _rule(customer_class))
    values = result.values
    if work.actor.reseller_id is not None:
        values["reseller_id"] = work.actor.reseller_id
    complaints = _taken(work, values) | _unknown_reseller(work, values)
    if customer_class is not None:
        complaints |= of_class(work, customer_class.id).whole(custom).complaints
    complaints |= result.complaints
    for section in beside:
        complaints |= section.complaints()
    if complaints or customer_class is None:
        raise Invalid(complaints)
    return values, customer_class


def _taken(work: UnitOfWork, values: Values, but: int = 0) -> dict[str, str]:
    if "customer_code" not in values:
        return {}
    key = fold(values["customer_code"])
    same = work.select(Customer).where(Customer.customer_code_key == key, Customer.id != but)
    found = work.session.scalars(same).first()
    if found is None:
        return {}
    is_same = is_same_code(values["customer_code"], found.customer_code)
    return {"customer_code": f"Customer ID is already used{'' if is_same else f', spelled “{found.customer_code}”'}."}


def _unknown_reseller(work: UnitOfWork, values: Values) -> dict[str, str]:
    if values.get("reseller_id") is None:
        return {}
    found = work.session.scalars(work.select(Reseller).where(Reseller.id == values["reseller_id"])).one_or_none()
    return {} if found else {"reseller_id": "This reseller no longer exists: choose another."}


def _opening(values: Values) -> Decimal:
    """What the customer owes on arrival; below zero, what is paid in advance. Taken out of the columns."""
    amount: Decimal = values.pop("opening_balance")
    return -amount if values.pop("opening_side") == IN_CREDIT else amount


@dataclass(frozen=True, kw_only=True)
class EditCustomer(SectionEdit[CustomerSaved]):
    """Changes fields of a customer. What others changed meanwhile stays; Stale for a field that both changed."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = CustomerSaved
    section: ClassVar = CUSTOMER
    called: ClassVar = "The customer"

    customer_id: int

    def apply(self, work: UnitOfWork) -> CustomerSaved:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refusal = edit_refusal(customer.bill_status)
        if refusal is not None:
            raise Rejected(refusal)
        different = self.different(work, customer)
        _write(customer, different)
        tell_changes(work, customer, CUSTOMER, different)
        if "credit_limit" in different:
            watch(work, customer)
        return CustomerSaved(customer.id, customer.customer_code, customer.version)

    def unfit(self, work: UnitOfWork, row: Any, values: Values) -> dict[str, str]:
        found = _taken(work, values, but=row.id) | _wrong_class(work, row, values) | too_long_for_search(values)
        if values.get("credit_limit") is not None and row.balance_control is BalanceControl.PREPAID:
            found["credit_limit"] = PREPAID_HAS_NO_LIMIT
        return found

    def unchangeable(self) -> dict[str, str]:
        return fixed(self.changes)


def _wrong_class(work: UnitOfWork, customer: Customer, values: Values) -> dict[str, str]:
    if "customer_class_id" not in values:
        return {}
    rule = _rule(_class_typed(work, str(values["customer_class_id"])))
    if rule is None:
        return {"customer_class_id": "This customer class no longer exists: choose another."}
    clash = currency_clash(rule, customer.currency)
    return (
        {"customer_class_id": f"{clash['currency']} This customer is billed in {customer.currency}."} if clash else {}
    )


def _write(customer: Customer, values: Values) -> None:
    write(customer, values)
    for name, key in folded_keys({part: getattr(customer, part) for part in FOLDED_FROM}).items():
        setattr(customer, name, key)
