"""The rules for customer input: one set, used by the form, the edit and the import."""

from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass, replace
from typing import Any

from sqlalchemy import String

from data_access.base.errors import Rejected
from data_access.base.money import ZERO, cash
from data_access.base.permissions import Permission
from data_access.base.text.text_keys import display_name, fold
from data_access.domain.sections import ADDRESS_INFO, CUSTOMER
from data_access.fields.field import Field, Value
from data_access.fields.kinds import AMOUNT, CHOICE, at_least
from data_access.fields.section import FieldSection, Judged
from data_access.models.customers import BalanceControl, BillingPeriod, Customer

LIMITED, UNLIMITED = "limited", "unlimited"
OWES, IN_CREDIT = "owes", "in_credit"
NO_LIMIT_WARNING = "No credit limit: unlimited credit. Entering a limit is strongly recommended."
LIMIT_MISSING = "Give the credit limit, or choose that there is none."
PREPAID_HAS_NO_LIMIT = "Prepaid customers have no credit limit."


TypedAddress: Any = make_dataclass(
    "TypedAddress", [(name, str, field(default="")) for name in ADDRESS_INFO.names], frozen=True, kw_only=True
)


@dataclass(frozen=True, kw_only=True)
class CustomerInput(TypedAddress):  # type: ignore[misc]  # its fields are those that the section declares
    """A customer as typed: every field a text, blank where nothing was.

    `limit_choice` says whether a blank credit limit is meant: "limited" asks for one, "unlimited" for none.
    `opening_side` says who owes the opening balance: "owes" is the customer, "in_credit" has paid in advance.
    """

    customer_code: str
    customer_class_id: str = ""
    balance_control: str = ""
    currency: str = ""
    credit_limit: str = ""
    limit_choice: str = ""
    opening_balance: str = ""
    opening_side: str = OWES
    reseller_id: str = ""
    billing_zone: str = "UTC"
    billing_period: str = BillingPeriod.MONTHLY


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a customer class asks of its customers."""

    name: str
    currency: str | None


def _length(field: str) -> int:
    kind = Customer.__table__.columns[field].type
    if not isinstance(kind, String) or kind.length is None:
        raise TypeError(f"{field} has no length")
    return kind.length


OPENING = FieldSection(  # what a new customer brings along: bookings, not columns
    "opening", Customer, "Opening balance",
    (
        Field(replace(AMOUNT, blank=ZERO), "Opening balance", right=Permission.LIMIT_EDIT, name="opening_balance",
              rule=at_least(ZERO, "Give the amount without a sign and say who owes it.")),
        Field(CHOICE, "Opening side", needed="Say who owes the opening balance.", name="opening_side",
              choices={OWES: "The customer owes", IN_CREDIT: "The customer has paid in advance"}),
    ),
    Permission.CUSTOMER_READ, Permission.CUSTOMER_CREATE,
)  # fmt: skip


def validated(typed: Mapping[str, str]) -> Judged:
    """Each field by itself, in one go; a field that is not typed at all is not judged."""
    found = CUSTOMER.judged(typed)
    return Judged(found.values, found.complaints | too_long_for_search(found.values))


def judged_customer(entered: CustomerInput, of_class: ClassRule | None) -> Judged:
    """A whole new customer: each field, then what the fields ask of each other. `of_class` None: no such class."""
    typed = dict(vars(entered))
    if entered.limit_choice == UNLIMITED:
        typed["credit_limit"] = ""
    own, opening = validated(typed), OPENING.judged(typed)
    values = {**own.values, **opening.values}
    return Judged(values, _together(entered, values, of_class) | opening.complaints | own.complaints)


def _together(entered: CustomerInput, values: Mapping[str, Value], of_class: ClassRule | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if of_class is None and "customer_class_id" in values:
        found["customer_class_id"] = "This customer class no longer exists: choose another."
    if of_class is not None and "currency" in values:
        found |= currency_clash(of_class, values["currency"])
    control = values.get("balance_control")
    if control is BalanceControl.PREPAID:
        found |= _prepaid(entered, values)
    elif entered.limit_choice == LIMITED and not entered.credit_limit.strip():
        found["credit_limit"] = LIMIT_MISSING
    return _not_payable(values) | found


def _not_payable(values: Mapping[str, Value]) -> dict[str, str]:
    """What is owed on arrival has to be paid, and what is in advance was: neither has more decimals than cash."""
    if not values.get("opening_balance") or "currency" not in values:
        return {}
    try:
        cash(values["opening_balance"], values["currency"])
    except Rejected as wrong:
        return {"opening_balance": f"{wrong}"}
    return {}


def _prepaid(entered: CustomerInput, values: Mapping[str, Value]) -> dict[str, str]:
    found = {}
    if entered.credit_limit.strip():
        found["credit_limit"] = PREPAID_HAS_NO_LIMIT
    if values.get("opening_balance") and values.get("opening_side") != IN_CREDIT:
        found["opening_balance"] = "A prepaid customer pays in advance and cannot start with a debt."
    return found


def currency_clash(of_class: ClassRule, currency: str) -> dict[str, str]:
    """A complaint at the currency when a class is billed in another one."""
    if of_class.currency in (None, currency):
        return {}
    return {"currency": f"Class {of_class.name} is billed in {of_class.currency}."}


def warnings_of(entered: CustomerInput) -> list[str]:
    """What is allowed and yet worth a second look."""
    limitless = entered.limit_choice == UNLIMITED or (not entered.limit_choice and not entered.credit_limit.strip())
    is_postpaid = entered.balance_control == BalanceControl.POSTPAID
    return [NO_LIMIT_WARNING] if is_postpaid and limitless else []


def folded_keys(values: Mapping[str, Value]) -> dict[str, Any]:
    """The folded copies of a customer's fields, for search, order and uniqueness."""
    name = display_name(**{part: values.get(part, "") for part in _NAMED_BY})
    folded = {field.name: field.kind.fold(values.get(field.name, "")) for field in ADDRESS_INFO}
    return {
        "customer_code_key": fold(values["customer_code"]),
        "name_key": fold(name),
        **{f"{field}_key": folded[field] for field in _WITH_KEY},
        "texts_key": {field: folded[field] for field in WITHOUT_KEY if folded[field]},
    }


_WITH_KEY = tuple(name for name in ADDRESS_INFO.names if f"{name}_key" in Customer.__table__.columns)
WITHOUT_KEY = tuple(field.name for field in ADDRESS_INFO if field.is_text and field.name not in _WITH_KEY)
FOLDED_FROM = ("customer_code", *ADDRESS_INFO.names)
_NAMED_BY = ("company_name", "first_name", "last_name", "customer_code")
_KEY_OF = {"customer_code": "customer_code_key", "company_name": "name_key", "email": "email_key", "city": "city_key"}


_MOST_LETTERS = 18  # that one sign can become
_LONGEST = {field: _length(key) for field, key in _KEY_OF.items()} | dict.fromkeys(
    ("first_name", "last_name"), _length("name_key") // 2 - 1
)


def too_long_for_search(values: Mapping[str, Value]) -> dict[str, str]:
    """Some signs are written out in the search key: one of them can become eighteen letters."""
    return {
        field: "This contains characters that are too long when written out: shorten it."
        for field, most in _LONGEST.items()
        if field in values and len(values[field]) * _MOST_LETTERS > most < len(fold(values[field]))
    }
