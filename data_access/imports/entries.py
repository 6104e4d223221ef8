"""A customer from a row: mapped, checked by the form's rules, with the opening balance kept apart."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from data_access.base.money import ZERO
from data_access.base.text.parsing import an_amount
from data_access.domain.sections import CUSTOMER
from data_access.domain.validation import (
    IN_CREDIT,
    LIMITED,
    OWES,
    UNLIMITED,
    ClassRule,
    CustomerInput,
    judged_customer,
)
from data_access.fields.kinds import as_typed
from data_access.imports.card.beside import CardReader, ToldBeside
from data_access.imports.debts import wrong_together
from data_access.imports.directory import Directory, KnownClass
from data_access.imports.facts import BROUGHT, Brought, beyond_caps, brought
from data_access.imports.files.cells import read_fields
from data_access.imports.files.mapping import FieldRule
from data_access.queries.lists.versions import VERSION

Values = dict[str, Any]
_BY_NAME = {one.imported_as: one.name for one in CUSTOMER if one.imported_as}
_NOT_MAPPED = {*_BY_NAME.values(), "opening_balance", "opening_side"}
CUSTOMER_FIELDS = frozenset(
    {one.name for one in fields(CustomerInput)} - _NOT_MAPPED | {*_BY_NAME, "balance", VERSION, *BROUGHT}
)


@dataclass(frozen=True, slots=True)
class ImportedCustomer:
    """A customer as the file tells it: columns, those of them that it tells, and complaints by field.

    `balance` positive: owes; None: the file says nothing about it.
    """

    values: Values
    told: frozenset[str]
    balance: Decimal | None
    terms: KnownClass | None
    complaints: dict[str, str]
    brought: Brought
    beside: ToldBeside = field(default_factory=ToldBeside)

    @property
    def opening(self) -> Decimal:
        """What arrives as an opening invoice, or below zero as money paid in advance."""
        return (self.balance or ZERO) - self.brought.not_invoiced


def entry_of(
    cells: Mapping[str, str], rules: Mapping[str, FieldRule], known: Directory, card: CardReader, stored: Any = None
) -> ImportedCustomer:
    """The customer of a row, judged whole: every complaint at once. What the row does not tell is as it is stored."""
    typed, complaints = read_fields(cells, rules)
    told = _told(cells, rules, typed, stored)
    typed = _as_stored(stored) | {name: text for name, text in typed.items() if name in told}
    more, wrong = brought(typed, known.date_format, known.load.now)
    name, reseller, balance = (typed.pop(each, "") for each in ("customer_class", "reseller", "balance"))
    keeps_class = stored is not None and "customer_class" not in told
    terms = known.terms_of(stored.customer_class_id) if keeps_class else known.terms(name, more.of_class)
    complaints = known.unknown(name, terms, reseller) | _no_balance(rules, told, stored) | wrong | complaints
    opening, side = _opening(balance, more.not_invoiced)
    entered = CustomerInput(
        **{"customer_code": "", "limit_choice": LIMITED} | typed,
        customer_class_id=str(terms.id) if terms else "0",
        reseller_id="",
        opening_balance=opening,
        opening_side=side,
    )
    found = judged_customer(entered, terms.rule if terms else ClassRule("", None))
    complaints = found.complaints | complaints
    total = _signed(found.values) + more.not_invoiced if "balance" in told else None
    if not complaints:
        complaints = wrong_together(more.debts, _signed(found.values), found.values)
    if not complaints and stored is None:
        complaints = beyond_caps(more.facts, found.values, known.load.actor, known.load.now)
    values = {name: value for name, value in found.values.items() if name not in ("opening_balance", "opening_side")}
    beside = card.told(cells, terms.id if terms else 0, None if stored is None else stored.id)
    complaints = beside.complaints | complaints
    if terms is not None and not complaints:
        terms = known.made(terms)
        keeps_reseller = stored is not None and "reseller" not in told
        values["reseller_id"] = stored.reseller_id if keeps_reseller else known.reseller_id(reseller)
        values["customer_class_id"] = terms.id
    return ImportedCustomer(values, told, total, terms, complaints, more, beside)


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
    typed = {name: CUSTOMER[name].typed(getattr(stored, name)) for name in names}
    return typed | {"limit_choice": UNLIMITED if stored.credit_limit is None else LIMITED}


def _no_balance(rules: Mapping[str, FieldRule], told: Collection[str], stored: Any) -> dict[str, str]:
    if stored is not None or "balance" not in rules or "balance" in told:
        return {}
    return {"balance": 'Give the balance: 0 where nothing is owed, or blank = "clear" in the mapping if blank means 0.'}


def _opening(balance: str, not_invoiced: Decimal) -> tuple[str, str]:
    """The part of a balance that stands on an invoice, or is money paid in advance."""
    if not_invoiced:
        with suppress(ValueError):  # the form says what is wrong with it
            balance = as_typed(an_amount(balance) - not_invoiced)
    return (balance[1:], IN_CREDIT) if balance.startswith("-") else (balance, OWES)


def _signed(values: Values) -> Decimal:
    amount: Decimal = values.get("opening_balance", ZERO)
    return -amount if values.get("opening_side") == IN_CREDIT else amount
