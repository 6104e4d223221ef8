"""A customer out of a row: the mapping read, the form's rules asked, and the opening balance told apart."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from data_access.bulk import BulkLoad
from data_access.errors import Rejected
from data_access.folding import fold
from data_access.imports.mapping import FieldRule, NewClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.customers import CustomerClass
from data_access.models.people import Reseller
from data_access.money import ZERO, cash
from data_access.policy import Policy, first_versions
from data_access.validation import IN_CREDIT, LIMITED, OWES, ClassRule, CustomerInput, judged, judged_customer

Values = dict[str, Any]
_BY_NAME = {"customer_class": "customer_class_id", "reseller": "reseller_id"}
_NOT_MAPPED = {"customer_class_id", "reseller_id", "opening_balance", "opening_side"}
CUSTOMER_FIELDS = frozenset({one.name for one in fields(CustomerInput)} - _NOT_MAPPED | {*_BY_NAME, "balance"})
_FORMULA_SIGNS = ("=", "@", "+", "-")
_USUAL_DELAY = 6
_SIGNED = {"balance", "total", "credit_limit", "phone", "alt_phone", "fax"}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a class asks of its customers, the days that it gives them to pay, and the policy that says so."""

    id: int
    rule: ClassRule
    net_days: int
    policy_id: int
    closing_delay_hours: int


@dataclass(frozen=True, slots=True)
class Directory:
    """Classes and resellers that the actor may use, by folded name."""

    classes: Mapping[str, Terms]
    resellers: Mapping[str, int]
    own_reseller_id: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A customer as the file tells it: columns, opening balance (positive: owes), complaints by field."""

    values: Values
    opening: Decimal
    terms: Terms | None
    complaints: dict[str, str]


def directory(load: BulkLoad, new_class: NewClass | None) -> Directory:
    """What stands in the database now; the mapping's new class is made if there is none of its name."""
    asked = (
        load.select(CustomerClass)
        .join(CollectionPolicy, CollectionPolicy.customer_class_id == CustomerClass.id)
        .where(CollectionPolicy.section == Section.REGULAR)
        .with_only_columns(
            CustomerClass.id, CustomerClass.name, CustomerClass.name_key, CustomerClass.currency,
            CustomerClass.closing_delay_hours, CollectionPolicy.net_days, CollectionPolicy.id.label("policy_id"),
        )
        .order_by(CollectionPolicy.number, CollectionPolicy.id)
    )  # fmt: skip
    classes = {  # the last version stands
        row.name_key: Terms(
            row.id, ClassRule(row.name, row.currency), row.net_days, row.policy_id, row.closing_delay_hours
        )
        for row in load.connection.execute(asked)
    }
    if new_class is not None and fold(new_class.name) not in classes:
        classes[fold(new_class.name)] = _make(load, new_class)
    resellers = load.select(Reseller).with_only_columns(Reseller.name_key, Reseller.id)
    by_name = {row.name_key: row.id for row in load.connection.execute(resellers)}
    return Directory(classes, by_name, load.actor.reseller_id)


def _make(load: BulkLoad, wanted: NewClass) -> Terms:
    row: Values = {
        "name": wanted.name, "name_key": fold(wanted.name), "business_model": wanted.business_model,
        "currency": wanted.currency, "closing_delay_hours": _USUAL_DELAY,
    }  # fmt: skip
    load.insert(CustomerClass, [row])
    policies = first_versions(
        row["id"], Policy(net_days=wanted.net_days),
        command_id=load.order.command_id, at=load.now, login=load.actor.login,
    )  # fmt: skip
    load.insert(CollectionPolicy, policies)
    return Terms(row["id"], ClassRule(wanted.name, wanted.currency), wanted.net_days, policies[0]["id"], _USUAL_DELAY)


def entry_of(cells: Mapping[str, str], rules: Mapping[str, FieldRule], known: Directory) -> Entry:
    """The customer of a row, judged whole: every complaint at once."""
    typed, complaints = read_fields(cells, rules)
    terms = known.classes.get(fold(typed.pop("customer_class", "")))
    if terms is None:
        complaints.setdefault("customer_class", "There is no customer class of this name.")
    opening, side = _opening(typed.pop("balance", ""))
    reseller = typed.pop("reseller", "")
    if reseller and fold(reseller) not in known.resellers:
        complaints["reseller"] = "There is no reseller of this name."
    entered = CustomerInput(
        **{"customer_code": "", "limit_choice": LIMITED} | typed,
        customer_class_id=str(terms.id) if terms else "0",
        reseller_id=str(known.resellers.get(fold(reseller), known.own_reseller_id or "")),
        opening_balance=opening,
        opening_side=side,
    )
    found = judged_customer(entered, terms.rule if terms else ClassRule("", None))
    complaints = found.complaints | _not_payable(found.values) | complaints
    values = {name: value for name, value in found.values.items() if name not in ("opening_balance", "opening_side")}
    return Entry(values, _signed(found.values), terms, complaints)


def read_fields(cells: Mapping[str, str], rules: Mapping[str, FieldRule]) -> tuple[dict[str, str], dict[str, str]]:
    """The mapped texts, and a complaint for each that cannot be had."""
    typed: dict[str, str] = {}
    complaints: dict[str, str] = {}
    for name, rule in rules.items():
        try:
            typed[name] = _no_formula(name, rule.read(cells))
        except ValueError as wrong:
            complaints[name] = str(wrong)
    return typed, complaints


def _no_formula(name: str, text: str) -> str:
    if text.startswith(_FORMULA_SIGNS) and (text.startswith("=") or name not in _SIGNED):
        raise ValueError(
            f"A text that begins with {text[0]} would be run as a formula by a spreadsheet: leave that out."
        )
    return text


def _opening(balance: str) -> tuple[str, str]:
    return (balance[1:], IN_CREDIT) if balance.startswith("-") else (balance, OWES)


def _signed(values: Values) -> Decimal:
    amount: Decimal = values.get("opening_balance", ZERO)
    return -amount if values.get("opening_side") == IN_CREDIT else amount


def _not_payable(values: Values) -> dict[str, str]:
    """Money in advance was paid once, so it has no more decimals than cash has."""
    if _signed(values) >= 0 or "currency" not in values:
        return {}
    try:
        cash(values["opening_balance"], values["currency"])
    except Rejected as wrong:
        return {"balance": str(wrong)}
    return {}


def code_key(cells: Mapping[str, str], rules: Mapping[str, FieldRule]) -> str | None:
    """The folded Customer ID of a row; None if there is none that could be read."""
    typed, _ = read_fields(cells, {"customer_code": rules["customer_code"]})
    code = judged(typed).values.get("customer_code", "")
    return fold(code) or None
