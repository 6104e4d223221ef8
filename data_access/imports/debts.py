"""The open invoices of a customer from another installation, as the export “everything” writes them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from data_access.base.errors import Rejected
from data_access.base.money import ZERO, cash
from data_access.base.text.parsing import an_amount, identifier, one_of, within
from data_access.fields.kinds import as_typed
from data_access.imports.files.days import day_of
from data_access.models.customers import BalanceControl
from data_access.models.money import CollectionStatus, InvoiceType
from data_access.queries.lists.everything import OPEN_FIELDS

_LONGEST_NUMBER = 40
_TYPES = tuple(each.value for each in InvoiceType)
_LIST = "This is not a list of open invoices as the export “everything” writes it."


@dataclass(frozen=True, slots=True)
class Debt:
    """What is left to pay of one invoice."""

    number: str
    type: InvoiceType
    issued_on: date
    due_on: date
    open: Decimal
    disputed: bool
    collection_status: CollectionStatus


def debts_of(text: str) -> tuple[Debt, ...]:
    """The invoices of a cell; ValueError with a sentence about the first that cannot be."""
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise ValueError(_LIST) from wrong
    if not isinstance(entry, list) or not all(isinstance(one, dict) for one in entry):
        raise ValueError(_LIST)
    found = tuple(map(_debt, entry))
    if len({one.number for one in found}) < len(found):
        raise ValueError("The same invoice number is there twice.")
    return found


def _debt(entry: Mapping[str, Any]) -> Debt:
    if not entry.keys() <= set(OPEN_FIELDS) or not all(isinstance(value, str) for value in entry.values()):
        raise ValueError(_LIST)
    number = within(identifier(entry.get("number", "")), _LONGEST_NUMBER)
    if not number:
        raise ValueError("One of the invoices has no number.")
    try:
        return _read(number, entry)
    except ValueError as wrong:
        raise ValueError(f"Invoice {number}: {wrong}") from wrong


def _read(number: str, entry: Mapping[str, str]) -> Debt:
    issued_on, due_on = (day_of(entry.get(name, ""), "%Y-%m-%d") for name in ("issued_on", "due_on"))
    amount = an_amount(entry.get("open", ""))
    if amount <= ZERO:
        raise ValueError("The open amount must be above zero.")
    if due_on < issued_on:
        raise ValueError("An invoice cannot be due before it is issued.")
    collected = _chosen(entry, "collection_status", tuple(each.value for each in CollectionStatus))
    return Debt(
        number, InvoiceType(_chosen(entry, "type", _TYPES)), issued_on, due_on, amount,
        _chosen(entry, "disputed", ("no", "yes")) == "yes", CollectionStatus(collected),
    )  # fmt: skip


def _chosen(entry: Mapping[str, str], name: str, options: Sequence[str]) -> str:
    return one_of(entry.get(name, options[0]), options, f"Its {name} must be one of {', '.join(options)}.")


def wrong_together(debts: Sequence[Debt] | None, opening: Decimal, values: Mapping[str, Any]) -> dict[str, str]:
    """Complaints about invoices that do not go with the rest of the row. `opening`: what is owed on invoices."""
    if not debts:
        return {}
    if values.get("balance_control") is BalanceControl.PREPAID:
        return {"open_invoices": "A prepaid customer pays in advance and cannot start with open invoices."}
    try:
        total = sum((cash(one.open, values["currency"]) for one in debts), ZERO)
    except (Rejected, KeyError) as wrong:
        return {"open_invoices": f"{wrong}"} if isinstance(wrong, Rejected) else {}
    if total != opening:
        owes = f"by its balance the customer owes {as_typed(opening)} on invoices"
        return {"open_invoices": f"They come to {as_typed(total)}, but {owes}."}
    return {}
