"""Importing what was counted of measured services: each instant of a parameter is recorded once a customer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from data_access.base.measured_parameters import MeasuredParameter
from data_access.base.statuses import LEFT
from data_access.base.text.numerals import whole_number
from data_access.base.text.parsing import identifier, one_of
from data_access.commands.usage.measuring import CountedItems, RecordSamples, SamplesRecorded
from data_access.imports.batches import BatchOrder, Run
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.mapping_file import read_mapping
from data_access.imports.files.reading import FileRow
from data_access.imports.report import Remark, Report
from data_access.imports.usage.parties import Readers, RowJudge, Values, a_moment, bring_in, sound_rows
from data_access.models.usage.measuring import MOST_ITEMS
from data_access.queries.services.booked_charges import ChargedCustomer
from data_access.store.access import Access, new_command_id

SAMPLE_FIELDS = ("customer_code", "parameter", "counted_at", "value")
_PARAMETERS = {parameter.value: parameter for parameter in MeasuredParameter}


def sample_mapping(path: Path) -> FileMapping:
    """The mapping of a file of samples."""
    return read_mapping(path, frozenset(SAMPLE_FIELDS), required=SAMPLE_FIELDS)


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sound sample of the file and whose it is."""

    line: int
    party: ChargedCustomer
    counted: CountedItems


def import_samples(run: Run) -> Report:
    """What was done with each row; the samples of a batch are one command."""
    return bring_in(run, _sound, _record)


def _sound(access: Access, mapping: FileMapping, batch: list[FileRow], report: Report) -> Iterator[SampleRow]:
    for line, party, values in sound_rows(access, mapping, batch, report, judge=_JUDGE):
        yield SampleRow(line, party, CountedItems(values["parameter"], values["counted_at"], values["value"]))


def _refusals(party: ChargedCustomer, values: Values, now: datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    if party.bill_status in LEFT:
        found[""] = f"The customer is {party.bill_status.label.lower()}: nothing more is counted."
    if (at := values.get("counted_at")) and at > now:
        found["counted_at"] = "Nothing can have been counted in the future."
    return found


def _record(_access: Access, rows: list[SampleRow], _report: Report) -> list[BatchOrder[SamplesRecorded]]:
    samples = tuple((row.party.customer_id, row.counted) for row in rows)
    order = RecordSamples(samples=samples, command_id=new_command_id())
    return [BatchOrder(order, partial(_tell, rows))] if rows else []


def _tell(rows: list[SampleRow], done: SamplesRecorded, report: Report) -> None:
    report.created += done.recorded
    report.unchanged += done.before
    for place in done.differs:
        reason = f"The file says {rows[place].counted.value:,}, here it is another value: nothing was recorded."
        report.differences.append(Remark(rows[place].line, "value", reason))
    for row in rows:
        if row.party.customer_id in done.refused:
            report.refuse(row.line, {"": "The status of the customer has changed meanwhile: send the row again."})


def _parameter(text: str, _date_format: str) -> MeasuredParameter:
    return _PARAMETERS[one_of(text, _PARAMETERS, f"Translate this into one of: {', '.join(_PARAMETERS)}.")]


_READERS: Readers = {
    "customer_code": lambda text, _: identifier(text),
    "parameter": _parameter,
    "counted_at": a_moment,
    "value": lambda text, _: whole_number(text, 0, MOST_ITEMS),
}
_JUDGE = RowJudge(_READERS, frozenset(), lambda _: {}, _refusals)
