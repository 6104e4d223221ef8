"""The rules for what people type about a customer: one set, asked by the form, by the edit and by the import."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import String

from data_access.base.errors import Invalid, Rejected
from data_access.base.money import CURRENCIES, ZERO, cash
from data_access.base.text.parsing import (
    ZONES,
    an_amount,
    an_id,
    country,
    email_addresses,
    identifier,
    lines,
    one_of,
    phone_number,
    plain,
    within,
)
from data_access.base.text.text_keys import display_name, fold, fold_as
from data_access.domain.field_labels import ADDRESS_FIELDS
from data_access.models.customers import BalanceControl, BillingPeriod, Customer

LIMITED, UNLIMITED = "limited", "unlimited"
OWES, IN_CREDIT = "owes", "in_credit"
NO_LIMIT_WARNING = "No credit limit: unlimited credit. Entering a limit is strongly recommended."
LIMIT_MISSING = "Give the credit limit, or choose that there is none."
PREPAID_HAS_NO_LIMIT = "Prepaid customers have no credit limit."
DESCRIPTION_LENGTH = 4000

Value = Any  # a column's own Python type: str, int, Decimal, an enum or None


@dataclass(frozen=True, kw_only=True)
class CustomerInput:
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
    company_name: str = ""
    salutation: str = ""
    first_name: str = ""
    middle_initial: str = ""
    last_name: str = ""
    address_line_1: str = ""
    address_line_2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    contact: str = ""
    phone: str = ""
    alt_phone: str = ""
    fax: str = ""
    alt_contact: str = ""
    email: str = ""
    bcc: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a customer class asks of its customers."""

    name: str
    currency: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What could be read, by field, and a complaint for each field that could not."""

    values: dict[str, Value]
    complaints: dict[str, str]

    def sound(self) -> dict[str, Value]:
        """The values; Invalid with every complaint if there is one."""
        if self.complaints:
            raise Invalid(self.complaints)
        return self.values


def _limit(text: str) -> Decimal | None:
    if not text.strip():
        return None
    value = an_amount(text)
    if value < ZERO:
        raise ValueError("A credit limit cannot be negative. Leave it blank for no limit, 0 for no credit at all.")
    return value


def _opening(text: str) -> Decimal:
    value = an_amount(text) if text.strip() else ZERO
    if value < ZERO:
        raise ValueError("Give the amount without a sign and say who owes it.")
    return value


def _customer_code(text: str) -> str:
    if not text.strip():
        raise ValueError("Give the Customer ID.")
    code = within(identifier(text), _length("customer_code"))
    if not fold(code):
        raise ValueError("A Customer ID needs at least one letter or digit.")
    return code


def _length(field: str) -> int:
    kind = Customer.__table__.columns[field].type
    if not isinstance(kind, String) or kind.length is None:
        raise TypeError(f"{field} has no length")
    return kind.length


def _text(field: str) -> Callable[[str], str]:
    longest = _length(field)
    return lambda text: within(plain(text), longest)


def _limited(read: Callable[[str], str], field: str) -> Callable[[str], str]:
    longest = _length(field)
    return lambda text: within(read(text), longest)


_TEXTS = (
    "company_name", "salutation", "first_name", "middle_initial", "last_name", "address_line_1", "address_line_2",
    "city", "state", "postal_code", "contact", "alt_contact",
)  # fmt: skip

READERS: Mapping[str, Callable[[str], Value]] = {
    "customer_code": _customer_code,
    "customer_class_id": lambda text: an_id(text, "Choose the customer class."),
    "balance_control": lambda text: BalanceControl(one_of(text, tuple(BalanceControl), "Choose the balance control.")),
    "currency": lambda text: one_of(text.upper(), CURRENCIES, "Choose the currency from the list."),
    "credit_limit": _limit,
    "opening_balance": _opening,
    "opening_side": lambda text: one_of(text, (OWES, IN_CREDIT), "Say who owes the opening balance."),
    "reseller_id": lambda text: an_id(text, "Choose the reseller from the list.") if text.strip() else None,
    "billing_zone": lambda text: one_of(text, ZONES, "Choose a time zone from the list, such as Europe/Berlin."),
    "billing_period": lambda text: BillingPeriod(one_of(text, tuple(BillingPeriod), "Choose the billing period.")),
    "country": country,
    "email": _limited(email_addresses, "email"),
    "bcc": _limited(email_addresses, "bcc"),
    "phone": _limited(phone_number, "phone"),
    "alt_phone": _limited(phone_number, "alt_phone"),
    "fax": _limited(phone_number, "fax"),
    "description": lambda text: within(lines(text), DESCRIPTION_LENGTH),
    **{field: _text(field) for field in _TEXTS},
}

CONTACT_FIELDS = (*_TEXTS, "country", "phone", "alt_phone", "fax", "email", "bcc", "description")


def validated(typed: Mapping[str, str]) -> Judged:
    """Each field by itself, in one go; a field that is not typed at all is not judged."""
    values: dict[str, Value] = {}
    complaints: dict[str, str] = {}
    for field, text in typed.items():
        try:
            values[field] = READERS[field](text)
        except ValueError as wrong:
            complaints[field] = str(wrong)
    complaints |= _too_long_for_search(values)
    return Judged(values, complaints)


def judged_customer(entered: CustomerInput, of_class: ClassRule | None) -> Judged:
    """A whole new customer: each field, then what the fields ask of each other. `of_class` None: no such class."""
    typed = {name: text for name, text in asdict(entered).items() if name != "limit_choice"}
    if entered.limit_choice == UNLIMITED:
        typed["credit_limit"] = ""
    result = validated(typed)
    complaints = _together(entered, result.values, of_class)
    return Judged(result.values, complaints | result.complaints)


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
    folded = {name: fold_as(name, values.get(name, "")) for name in ("email", "phone", "city", *WITHOUT_KEY)}
    return {
        "customer_code_key": fold(values["customer_code"]),
        "name_key": fold(name),
        "email_key": folded["email"],
        "phone_key": folded["phone"],
        "city_key": folded["city"],
        "texts_key": {name: folded[name] for name in WITHOUT_KEY if folded[name]},
    }


WITHOUT_KEY = tuple(name for name in ADDRESS_FIELDS if name not in ("email", "phone", "city", "country"))
FOLDED_FROM = ("customer_code", *ADDRESS_FIELDS)
_NAMED_BY = ("company_name", "first_name", "last_name", "customer_code")
_KEY_OF = {"customer_code": "customer_code_key", "company_name": "name_key", "email": "email_key", "city": "city_key"}


def _too_long_for_search(values: Mapping[str, Value]) -> dict[str, str]:
    """Some signs are written out in the search key: one of them can become eighteen letters."""
    longest = {field: _length(key) for field, key in _KEY_OF.items()} | {
        "first_name": _length("name_key") // 2 - 1,
        "last_name": _length("name_key") // 2 - 1,
    }
    return {
        field: "This contains characters that are too long when written out: shorten it."
        for field, most in longest.items()
        if field in values and len(fold(values[field])) > most
    }
