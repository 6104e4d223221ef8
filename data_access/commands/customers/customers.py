"""Adding a customer and editing one: what was typed, judged by the rules that the import keeps too."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import inspect

from data_access.base.errors import Invalid, Rejected, Stale
from data_access.base.events import Event
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.text_keys import fold, is_same_code
from data_access.commands.customers.opening import bring_in
from data_access.domain.editing import EDITABLE, conflicts, edit_refusal, fixed, typed_fields
from data_access.domain.moves import CREATED
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
    validated,
)
from data_access.models.customers import BalanceControl, Customer, CustomerClass
from data_access.models.people import Reseller
from data_access.services.balance_alerts import watch
from data_access.services.billing.recurring_charges import begin_period
from data_access.services.outbox import announce
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

    Who may not set limits gets the class's default limit and no opening balance: empty would be unlimited credit.
    """

    needs: ClassVar = Permission.CUSTOMER_CREATE
    result_type: ClassVar = CustomerSaved

    customer: CustomerInput
    blocked: bool = False

    def apply(self, work: UnitOfWork) -> CustomerSaved:
        _refuse_limits(work, self.customer)
        values, customer_class = _judged(work, self.customer)
        opening = _opening(values)
        if not work.actor.may(Permission.LIMIT_EDIT) and values["balance_control"] is BalanceControl.POSTPAID:
            values["credit_limit"] = customer_class.default_credit_limit or ZERO
        customer = work.add(
            Customer(**values, **folded_keys(values), blocked=self.blocked, created_at=work.now, balance=ZERO,
                     outstanding=ZERO, unallocated=ZERO, bill_status=BillStatus.OPEN)
        )  # fmt: skip
        begin_period(work, customer)
        tell(work, customer, CREATED, BillStatus.OPEN, reason=work.order.reason, login=work.actor.login)
        announce(work, customer, Event.CUSTOMER_NEW)
        bring_in(work, customer, opening)
        return CustomerSaved(customer.id, customer.customer_code, customer.version)


def _refuse_limits(work: UnitOfWork, entered: CustomerInput) -> None:
    typed = entered.credit_limit.strip() or entered.opening_balance.strip()
    if typed or entered.limit_choice == UNLIMITED:
        work.actor.require(Permission.LIMIT_EDIT)


def _class_typed(work: UnitOfWork, typed: str) -> CustomerClass | None:
    chosen = validated({"customer_class_id": typed}).values.get("customer_class_id")
    return work.session.scalars(work.select(CustomerClass).where(CustomerClass.id == chosen)).one_or_none()


def _rule(customer_class: CustomerClass | None) -> ClassRule | None:
    return None if customer_class is None else ClassRule(customer_class.name, customer_class.currency)


def _judged(work: UnitOfWork, entered: CustomerInput) -> tuple[Values, CustomerClass]:
    """The columns and the class; Invalid with every complaint at once, those included that only the database knows."""
    customer_class = _class_typed(work, entered.customer_class_id)
    result = judged_customer(entered, _rule(customer_class))
    values = result.values
    if work.actor.reseller_id is not None:
        values["reseller_id"] = work.actor.reseller_id
    more = _taken(work, values) | _unknown_reseller(work, values)
    complaints = more | result.complaints
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
class EditCustomer(Command[CustomerSaved]):
    """Changes fields of a customer. What others changed meanwhile stays; Stale for a field that both changed."""

    needs: ClassVar = Permission.CUSTOMER_EDIT
    result_type: ClassVar = CustomerSaved

    customer_id: int
    version: int
    shown: Mapping[str, str]
    changes: Mapping[str, str]

    def apply(self, work: UnitOfWork) -> CustomerSaved:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refusal = edit_refusal(customer.bill_status)
        if refusal is not None:
            raise Rejected(refusal)
        wanted = _edited_values(work, customer, self.changes)
        different = {name: value for name, value in wanted.items() if value != getattr(customer, name)}
        _refuse_rights(work, different)
        if self.version != customer.version:
            both = conflicts(typed_fields(customer, EDITABLE), shown=self.shown, wanted=different)
            if both:
                raise Stale("The customer", both)
        if not different:
            raise Rejected("Nothing was changed, so nothing was saved.")
        _write(customer, different)
        _announce(work, customer, different)
        if "credit_limit" in different:
            watch(work, customer)
        return CustomerSaved(customer.id, customer.customer_code, customer.version)


def _edited_values(work: UnitOfWork, customer: Customer, changes: Mapping[str, str]) -> Values:
    result = validated({name: text for name, text in changes.items() if name in EDITABLE})
    more = _taken(work, result.values, but=customer.id) | _wrong_class(work, customer, result.values)
    if result.values.get("credit_limit") is not None and customer.balance_control is BalanceControl.PREPAID:
        more["credit_limit"] = PREPAID_HAS_NO_LIMIT
    complaints = more | result.complaints | fixed(changes)
    if complaints:
        raise Invalid(complaints)
    return result.values


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


def _refuse_rights(work: UnitOfWork, different: Values) -> None:
    columns = inspect(Customer).columns
    if "credit_limit" in different:
        work.actor.require(Permission.LIMIT_EDIT)
    if any(columns[name].info.get("personal") for name in different):
        work.actor.require(Permission.PERSONAL_READ)


_TOLD = {
    Event.NAME_CHANGED: {"company_name", "first_name", "middle_initial", "last_name", "salutation"},
    Event.ADDRESS_CHANGED: {"address_line_1", "address_line_2", "city", "state", "postal_code", "country"},
    Event.CONTACT_CHANGED: {"contact", "phone", "alt_phone", "fax", "alt_contact", "email", "bcc"},
}


def _announce(work: UnitOfWork, customer: Customer, changed: Values) -> None:
    """Which fields were changed, not to what: a webhook learns no personal data."""
    for event, fields in _TOLD.items():
        if fields & changed.keys():
            announce(work, customer, event, fields=sorted(fields & changed.keys()))


def _write(customer: Customer, values: Values) -> None:
    for name, value in values.items():
        setattr(customer, name, value)
    for name, key in folded_keys({part: getattr(customer, part) for part in FOLDED_FROM}).items():
        setattr(customer, name, key)
    customer.version += 1
