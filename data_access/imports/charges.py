"""Importing charges of services that were rated outside: each reference is booked once, however often it comes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from data_access.base.bookings import SERVICES
from data_access.base.clock import day_in
from data_access.base.errors import Rejected
from data_access.base.money import BEYOND, CURRENCIES, positive
from data_access.base.text.parsing import an_amount, identifier, one_of
from data_access.commands.services.usage import BookCharges, Charge, ChargesBooked
from data_access.domain.usage.quotas import refusal_of_quantity
from data_access.fields.kinds import as_typed
from data_access.imports.batches import BatchOrder, Run
from data_access.imports.files.days import day_of
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.mapping_file import read_mapping
from data_access.imports.files.reading import FileRow
from data_access.imports.report import Remark, Report
from data_access.imports.usage.parties import RowJudge, a_reference, bring_in, refusals_of_use, sound_rows
from data_access.models.quotas import Unit
from data_access.queries.services.booked_charges import ChargedBefore, ChargedCustomer
from data_access.store.access import Access, new_command_id

CHARGE_FIELDS = frozenset(
    {"account_code", "customer_code", "reference", "amount", "service", "used_on", "currency", "quantity", "unit"}
)
REQUIRED = ("reference", "amount", "service", "used_on")
Values = dict[str, Any]
Reference = tuple[int, str]


def charge_mapping(path: Path) -> FileMapping:
    """The mapping of a file of charges."""
    mapping = read_mapping(path, CHARGE_FIELDS, required=REQUIRED)
    if not {"account_code", "customer_code"} & mapping.fields.keys():
        raise Rejected("The mapping does not say whose charge it is: map account_code or customer_code.")
    return mapping


@dataclass(frozen=True, slots=True)
class Row:
    """A sound charge of the file and whom it belongs to."""

    line: int
    party: ChargedCustomer
    charge: Charge


def import_charges(run: Run) -> Report:
    """What was done with each row; the charges of a batch are one command."""
    tried = dict[Reference, Decimal]() if run.dry_run else None
    return bring_in(run, _sound, lambda access, rows, report: _book(access, rows, report, tried))


def _sound(access: Access, mapping: FileMapping, batch: list[FileRow], report: Report) -> Iterator[Row]:
    for line, party, values in sound_rows(access, mapping, batch, report, judge=_JUDGE):
        yield Row(line, party, _charge(values))


def _together(values: Values) -> dict[str, str]:
    is_one_alone = (values.get("quantity") is None) is not (values.get("unit") is None)
    return {"quantity": "Give a quantity with its unit, or neither."} if is_one_alone else {}


def _refusals(party: ChargedCustomer, values: Values, now: datetime) -> dict[str, str]:
    used_on, currency = values.get("used_on"), values.get("currency") or party.currency
    found = refusals_of_use(party, used_on)
    if used_on and used_on > day_in(party.zone, now):
        found["used_on"] = "A service cannot have been used in the future."
    if currency != party.currency:
        found["currency"] = f"This customer is billed in {party.currency}."
    return found


def _charge(values: Values) -> Charge:
    return Charge(**{name: values[name] for name in Charge.__dataclass_fields__ if name in values})


def _book(
    access: Access, rows: list[Row], report: Report, tried: dict[Reference, Decimal] | None
) -> list[BatchOrder[ChargesBooked]]:
    """Orders what is new and tells what is not. A dry run keeps what it would have booked."""
    ids = frozenset(row.party.customer_id for row in rows)
    known = access.fetch(ChargedBefore(ids, frozenset(row.charge.reference for row in rows))) | (tried or {})
    new = []
    for row in rows:
        key = (row.party.customer_id, row.charge.reference)
        if key in known:
            _compare(row, known, report)
        else:
            known[key] = row.charge.amount
            new.append(row)
    _refuse_beyond(new, report)
    if tried is not None:
        tried |= {(row.party.customer_id, row.charge.reference): row.charge.amount for row in new}
        report.created += len(new)
        return []
    charges = tuple((row.party.customer_id, row.charge) for row in new)
    order = BookCharges(charges=charges, command_id=new_command_id())
    return [BatchOrder(order, partial(_tell, new))] if new else []


def _tell(new: list[Row], done: ChargesBooked, report: Report) -> None:
    report.created += done.booked
    report.unchanged += done.before
    for row in new:
        if row.party.customer_id in done.refused:
            report.refuse(row.line, {"": "The status of the customer has changed meanwhile: send the row again."})


def _refuse_beyond(new: list[Row], report: Report) -> None:
    """Takes out what would carry a balance further than it can be stored; a later row may still fit."""
    balances: dict[int, Decimal] = {}
    for row in list(new):
        balance = balances.get(row.party.customer_id, row.party.balance) + row.charge.amount
        if abs(balance) < BEYOND:
            balances[row.party.customer_id] = balance
        else:
            new.remove(row)
            report.refuse(row.line, {"amount": "The balance would grow beyond twelve digits, which cannot be stored."})


def _compare(row: Row, known: Mapping[tuple[int, str], Any], report: Report) -> None:
    stands = known[row.party.customer_id, row.charge.reference]
    if stands == row.charge.amount:
        report.unchanged += 1
    else:
        reason = f"The file says {as_typed(row.charge.amount)}, here it is {as_typed(stands)}: nothing was booked."
        report.differences.append(Remark(row.line, "amount", reason))


def _quantity(text: str, _date_format: str) -> Decimal | None:
    if not text:
        return None
    quantity = an_amount(text)
    if wrong := refusal_of_quantity(quantity):
        raise ValueError(wrong)
    return quantity


def _unit(text: str, _date_format: str) -> Unit | None:
    units = [unit.value for unit in Unit]
    return Unit(one_of(text, units, f"Translate this into one of: {', '.join(units)}.")) if text else None


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "account_code": lambda text, _: identifier(text),
    "customer_code": lambda text, _: identifier(text),
    "reference": a_reference,
    "amount": lambda text, _: positive(an_amount(text)),
    "service": lambda text, _: one_of(text, SERVICES, f"Translate this into one of: {', '.join(SERVICES)}."),
    "used_on": day_of,
    "quantity": _quantity,
    "unit": _unit,
    "currency": lambda text, _: one_of(text.upper(), ("", *CURRENCIES), "This currency is not in use here."),
}
_JUDGE = RowJudge(_READERS, frozenset({"quantity", "unit"}), _together, _refusals)
