"""A customer out of a row: the mapping read, the form's rules asked, and the opening balance told apart."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from data_access.bulk import BulkLoad
from data_access.editing import as_typed, typed_fields
from data_access.folding import fold, is_same_code, not_meant
from data_access.imports.mapping import AMOUNTS, FieldRule, NewClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.customers import CustomerClass
from data_access.models.people import Reseller
from data_access.money import ZERO
from data_access.policy import Policy, first_versions
from data_access.validation import (
    IN_CREDIT,
    LIMITED,
    OWES,
    UNLIMITED,
    ClassRule,
    CustomerInput,
    judged,
    judged_customer,
)

Values = dict[str, Any]
_BY_NAME = {"customer_class": "customer_class_id", "reseller": "reseller_id"}
_NOT_MAPPED = {"customer_class_id", "reseller_id", "opening_balance", "opening_side"}
CUSTOMER_FIELDS = frozenset({one.name for one in fields(CustomerInput)} - _NOT_MAPPED | {*_BY_NAME, "balance"})
_FORMULA_SIGNS = ("=", "@", "+", "-")
_USUAL_DELAY = 6
_SIGNED = {*AMOUNTS, "phone", "alt_phone", "fax"}
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a class asks of its customers, the days that it gives them to pay, and the policy that says so."""

    id: int
    rule: ClassRule
    net_days: int
    policy_id: int
    closing_delay_hours: int
    business_model: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Classes and resellers that the actor may use, by folded name, and the classes that may be made."""

    load: BulkLoad
    classes: dict[str, Terms]
    resellers: Mapping[str, tuple[int, str]]
    new_classes: tuple[NewClass, ...]

    def terms(self, name: str, class_id: int | None) -> Terms | None:
        """Those of the class of this name, to be made (id 0) or here; by its id where no name is told."""
        if class_id is not None:
            return next((terms for terms in self.classes.values() if terms.id == class_id), None)
        found = self.classes.get(fold(name))
        if found is not None:
            return found
        return next((_to_be_made(one, name) for one in self.new_classes if fold(one.name or name) == fold(name)), None)

    def made(self, terms: Terms) -> Terms:
        """The class, made if it was only to be made."""
        if terms.id:
            return terms
        return self.classes.setdefault(fold(terms.rule.name), _make(self.load, terms))


@dataclass(frozen=True, slots=True)
class Entry:
    """A customer as the file tells it: columns, those of them that it tells, and complaints by field.

    `opening` positive: owes; None: the file says nothing about the balance.
    """

    values: Values
    told: frozenset[str]
    opening: Decimal | None
    terms: Terms | None
    complaints: dict[str, str]


def directory(load: BulkLoad, new_classes: tuple[NewClass, ...]) -> Directory:
    """What stands in the database now, and what the mapping would have made."""
    asked = (
        load.select(CustomerClass)
        .join(CollectionPolicy, CollectionPolicy.customer_class_id == CustomerClass.id)
        .where(CollectionPolicy.section == Section.REGULAR)
        .with_only_columns(
            CustomerClass.id, CustomerClass.name, CustomerClass.name_key, CustomerClass.currency,
            CustomerClass.closing_delay_hours, CustomerClass.business_model, CollectionPolicy.net_days,
            CollectionPolicy.id.label("policy_id"),
        )
        .order_by(CollectionPolicy.number, CollectionPolicy.id)
    )  # fmt: skip
    classes = {  # the last version stands
        row.name_key: Terms(
            row.id, ClassRule(row.name, row.currency), row.net_days, row.policy_id, row.closing_delay_hours,
            row.business_model,
        )
        for row in load.connection.execute(asked)
    }  # fmt: skip
    resellers = load.select(Reseller).with_only_columns(Reseller.name_key, Reseller.id, Reseller.name)
    by_name = {row.name_key: (row.id, row.name) for row in load.connection.execute(resellers)}
    return Directory(load, classes, by_name, new_classes)


def _to_be_made(wanted: NewClass, name: str) -> Terms:
    rule = ClassRule(wanted.name or name, wanted.currency)
    return Terms(0, rule, wanted.net_days, 0, _USUAL_DELAY, wanted.business_model)


def _make(load: BulkLoad, wanted: Terms) -> Terms:
    row: Values = {
        "name": wanted.rule.name, "name_key": fold(wanted.rule.name), "business_model": wanted.business_model,
        "currency": wanted.rule.currency, "closing_delay_hours": _USUAL_DELAY,
    }  # fmt: skip
    load.insert(CustomerClass, [row])
    policies = first_versions(
        row["id"], Policy(net_days=wanted.net_days),
        command_id=load.order.command_id, at=load.now, login=load.actor.login,
    )  # fmt: skip
    load.insert(CollectionPolicy, policies)
    return replace(wanted, id=row["id"], policy_id=policies[0]["id"])


def entry_of(cells: Mapping[str, str], rules: Mapping[str, FieldRule], known: Directory, stored: Any = None) -> Entry:
    """The customer of a row, judged whole: every complaint at once. What the row does not tell is as it is stored."""
    typed, complaints = read_fields(cells, rules)
    told = _told(cells, rules, typed, stored)
    typed = _as_stored(stored) | {name: text for name, text in typed.items() if name in told}
    name, reseller, balance = (typed.pop(each, "") for each in ("customer_class", "reseller", "balance"))
    terms = known.terms(name, stored.customer_class_id if stored and "customer_class" not in told else None)
    complaints = _unknown(name, terms, reseller, known) | _no_balance(rules, told, stored) | complaints
    opening, side = _opening(balance)
    entered = CustomerInput(
        **{"customer_code": "", "limit_choice": LIMITED} | typed,
        customer_class_id=str(terms.id) if terms else "0",
        reseller_id=_reseller_id(reseller, known, stored, told),
        opening_balance=opening,
        opening_side=side,
    )
    found = judged_customer(entered, terms.rule if terms else ClassRule("", None))
    complaints = found.complaints | complaints
    values = {name: value for name, value in found.values.items() if name not in ("opening_balance", "opening_side")}
    if terms is not None and not complaints:
        terms = known.made(terms)
        values["customer_class_id"] = terms.id
    return Entry(values, told, _signed(found.values) if "balance" in told else None, terms, complaints)


def _told(cells: Mapping[str, str], rules: Mapping[str, FieldRule], typed: Values, stored: Any) -> frozenset[str]:
    """The fields that a row says something about: for a new customer all of them, blank ones too."""
    silent = {name for name, rule in rules.items() if rule.tells_nothing(cells)}
    if typed.get("limit_choice") == UNLIMITED:
        silent.discard("credit_limit")
    if stored is None:
        silent &= {"balance"}
    return frozenset(rules.keys() - silent)


def _as_stored(stored: Any) -> dict[str, str]:
    if stored is None:
        return {}
    names = ("customer_code", "balance_control", "currency", "credit_limit", "billing_zone", "billing_period")
    return typed_fields(stored, names) | {"limit_choice": UNLIMITED if stored.credit_limit is None else LIMITED}


def _no_balance(rules: Mapping[str, FieldRule], told: Collection[str], stored: Any) -> dict[str, str]:
    if stored is not None or "balance" not in rules or "balance" in told:
        return {}
    return {"balance": 'Give the balance: 0 where nothing is owed, or blank = "clear" in the mapping if blank means 0.'}


def _unknown(name: str, terms: Terms | None, reseller: str, known: Directory) -> dict[str, str]:
    found = {}
    if terms is None:
        found["customer_class"] = "There is no customer class of this name."
    elif name and not is_same_code(name, terms.rule.name):
        found["customer_class"] = f"There is no customer class of this name; one is called “{terms.rule.name}”."
    _, called = known.resellers.get(fold(reseller), (0, ""))
    if reseller and not called:
        found["reseller"] = "There is no reseller of this name."
    elif reseller and not is_same_code(reseller, called):
        found["reseller"] = f"There is no reseller of this name; one is called “{called}”."
    return found


def _reseller_id(name: str, known: Directory, stored: Any, told: Collection[str]) -> str:
    if stored is not None and "reseller" not in told:
        return as_typed(stored.reseller_id)
    found, _ = known.resellers.get(fold(name), (known.load.actor.reseller_id, ""))
    return as_typed(found)


def read_fields(cells: Mapping[str, str], rules: Mapping[str, FieldRule]) -> tuple[dict[str, str], dict[str, str]]:
    """The mapped texts, and a complaint for each that cannot be had."""
    typed: dict[str, str] = {}
    complaints: dict[str, str] = {}
    for name, rule in rules.items():
        try:
            if not rule.is_guarded(cells):
                _refuse_formula(name, rule.cell(cells))
            typed[name] = rule.read(cells)
        except ValueError as wrong:
            complaints[name] = str(wrong)
    return typed, complaints


def _refuse_formula(name: str, text: str) -> None:
    if text in _ERRORS:
        raise ValueError(f"The cell holds {text}, an error of the spreadsheet: put it right there.")
    if text.startswith(_FORMULA_SIGNS) and (text.startswith("=") or name not in _SIGNED):
        raise ValueError(
            f"A text that begins with {text[0]} would be run as a formula by a spreadsheet: leave that out."
        )


def _opening(balance: str) -> tuple[str, str]:
    return (balance[1:], IN_CREDIT) if balance.startswith("-") else (balance, OWES)


def _signed(values: Values) -> Decimal:
    amount: Decimal = values.get("opening_balance", ZERO)
    return -amount if values.get("opening_side") == IN_CREDIT else amount


def code_of(cells: Mapping[str, str], rules: Mapping[str, FieldRule]) -> str:
    """The Customer ID of a row; blank if there is none that could be read."""
    typed, _ = read_fields(cells, {"customer_code": rules["customer_code"]})
    return str(judged(typed).values.get("customer_code", ""))


def repetition(code: str, first_code: str, first_line: int) -> str:
    """Why a row is refused that tells of the same as an earlier one, or of one that merely looks alike."""
    if is_same_code(code, first_code):
        return f"Line {first_line} says this already: it is a repetition."
    return f"Line {first_line}: {not_meant(code, first_code)}"
