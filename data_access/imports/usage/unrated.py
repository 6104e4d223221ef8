"""Importing usage that arrives without a price: each use is rated by the customer's tariff and booked once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from data_access.base.clock import day_in
from data_access.base.errors import Rejected
from data_access.base.text.numerals import whole_number
from data_access.base.text.parsing import a_dialled_number, identifier
from data_access.commands.usage.rated_usage import LONGEST_CALL, MOST_MESSAGES, RateUsage, UnratedUse, UsageRated
from data_access.domain.usage.quotas import said
from data_access.domain.usage.rating import Use
from data_access.imports.batches import BatchOrder, Run
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.mapping_file import read_mapping
from data_access.imports.files.reading import FileRow
from data_access.imports.report import Remark, Report
from data_access.imports.usage.parties import (
    Readers,
    RowJudge,
    Values,
    a_moment,
    a_reference,
    bring_in,
    refusals_of_use,
    sound_rows,
)
from data_access.queries.services.booked_charges import ChargedCustomer
from data_access.queries.services.unrated import PricesOf, UsedBefore
from data_access.store.access import Access, new_command_id

USAGE_FIELDS = frozenset({"account_code", "customer_code", "reference", "dialled", "seconds", "messages", "used_at"})
REQUIRED = ("reference", "dialled", "used_at")
_CHANGED = "The status of the customer has changed meanwhile: send the row again."
Reference = tuple[int, str]
Uses = dict[Reference, Decimal]


def usage_mapping(path: Path) -> FileMapping:
    """The mapping of a file of unrated usage."""
    mapping = read_mapping(path, USAGE_FIELDS, required=REQUIRED)
    if not {"account_code", "customer_code"} & mapping.fields.keys():
        raise Rejected("The mapping does not say whose usage it is: map account_code or customer_code.")
    if not {"seconds", "messages"} & mapping.fields.keys():
        raise Rejected("The mapping does not say how much was used: map seconds or messages.")
    return mapping


@dataclass(frozen=True, slots=True)
class UsageRow:
    """A sound use of the file and whose it is."""

    line: int
    party: ChargedCustomer
    unrated: UnratedUse

    @property
    def key(self) -> Reference:
        return self.party.customer_id, self.unrated.reference


def import_usage(run: Run) -> Report:
    """What was done with each row; the uses of a batch are one command."""
    tried = Uses() if run.dry_run else None
    return bring_in(run, _sound, lambda access, rows, report: _book(access, rows, report, tried))


def _sound(access: Access, mapping: FileMapping, batch: list[FileRow], report: Report) -> Iterator[UsageRow]:
    for line, party, values in sound_rows(access, mapping, batch, report, judge=_JUDGE):
        use = Use(values["dialled"], values.get("seconds"), values.get("messages"))
        account = values.get("account_code", "")
        yield UsageRow(line, party, UnratedUse(values["reference"], use, values["used_at"], account))


def _together(values: Values) -> dict[str, str]:
    is_clear = (values.get("seconds") is None) is not (values.get("messages") is None)
    return {} if is_clear else {"seconds": "Give the seconds of a call, or how many messages were sent."}


def _refusals(party: ChargedCustomer, values: Values, now: datetime) -> dict[str, str]:
    used_at = values.get("used_at")
    found = refusals_of_use(party, used_at and day_in(party.zone, used_at))
    if used_at and used_at > now:
        found["used_at"] = "A service cannot have been used in the future."
    return found


def _book(access: Access, rows: list[UsageRow], report: Report, tried: Uses | None) -> list[BatchOrder[UsageRated]]:
    """Orders what is new and has a price, and tells of the rest. A dry run keeps what it would have booked."""
    ids, references = {row.party.customer_id for row in rows}, {row.unrated.reference for row in rows}
    known = access.fetch(UsedBefore(frozenset(ids), frozenset(references))) | (tried or {})
    new: list[UsageRow] = []
    for row in rows:
        if row.key in known:
            _compare(row, known, report)
        else:
            known[row.key] = row.unrated.use.quantity
            new.append(row)
    if tried is None:
        uses = tuple((row.party.customer_id, row.unrated) for row in new)
        return [BatchOrder(RateUsage(uses=uses, command_id=new_command_id()), partial(_tell, new))] if new else []
    refusals = access.fetch(PricesOf(tuple((row.party.customer_id, row.unrated.use) for row in new)))
    for row, refusal in zip(new, refusals, strict=True):
        if refusal:
            report.refuse(row.line, {"dialled": refusal})
        else:
            tried[row.key] = row.unrated.use.quantity
            report.created += 1
    return []


def _tell(new: list[UsageRow], done: UsageRated, report: Report) -> None:
    report.created += done.booked
    report.unchanged += done.before
    for place, why in zip(done.unpriced, done.why, strict=True):
        report.refuse(new[place].line, {"dialled": why})
    for row in new:
        if row.party.customer_id in done.refused:
            report.refuse(row.line, {"": _CHANGED})


def _compare(row: UsageRow, known: Mapping[Reference, Decimal | None], report: Report) -> None:
    """The same reference is the same use, whatever it would cost by now."""
    use, stands = row.unrated.use, known[row.key]
    if stands == use.quantity:
        report.unchanged += 1
        return
    here = "a charge that came with its price" if stands is None else said(stands, use.unit)
    reason = f"The file says {said(use.quantity, use.unit)}, here it is {here}: nothing was booked."
    report.differences.append(Remark(row.line, "seconds" if use.messages is None else "messages", reason))


_READERS: Readers = {
    "account_code": lambda text, _: identifier(text),
    "customer_code": lambda text, _: identifier(text),
    "reference": a_reference,
    "dialled": lambda text, _: a_dialled_number(text),
    "seconds": lambda text, _: whole_number(text, 1, LONGEST_CALL) if text else None,
    "messages": lambda text, _: whole_number(text, 1, MOST_MESSAGES) if text else None,
    "used_at": a_moment,
}
_JUDGE = RowJudge(_READERS, frozenset({"seconds", "messages"}), _together, _refusals)
