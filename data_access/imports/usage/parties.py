"""Rows about existing customers: whom each is about, resolved batch by batch."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import read_moment
from data_access.base.errors import Rejected
from data_access.base.permissions import Permission
from data_access.base.text.parsing import identifier, within
from data_access.base.text.text_keys import fold, is_same_code, not_meant
from data_access.commands.billing.money import status_refusal
from data_access.commands.services.usage import REFERENCE_LENGTH
from data_access.imports.batches import BatchOrder, Run, batched
from data_access.imports.files.cells import read_fields
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.reading import FileRow, opened
from data_access.imports.report import Report
from data_access.queries.services.booked_charges import ChargedCustomer, PartiesByAccount, PartiesByCode
from data_access.store.access import Access

R = TypeVar("R")
Values = dict[str, Any]
Readers = Mapping[str, Callable[[str, str], Any]]  # of a text, and of how the file writes days


@dataclass(frozen=True, slots=True)
class RowJudge:
    """How the fields of a row are read, what is asked of `amounts` together, and why its customer cannot have it."""

    readers: Readers
    amounts: frozenset[str]
    together: Callable[[Values], dict[str, str]]
    refusals: Callable[[ChargedCustomer, Values, datetime], dict[str, str]]


def bring_in(
    run: Run,
    sound: Callable[[Access, FileMapping, list[FileRow], Report], Iterable[R]],
    book: Callable[[Access, list[R], Report], list[BatchOrder[Any]]],
) -> Report:
    """What was done with each row: the sound ones of a batch are booked together, as `book` orders."""
    run.actor.require(Permission.IMPORT_RUN)
    access = Access(run.engine, run.actor, run.clock)
    with opened(run.path, run.mapping, run.largest) as table:
        run.sees(table)
        for number, batch in enumerate(batched(table.lines()), 1):
            if run.refused_in(number) is not None:
                continue
            report = Report(rows=len(batch))
            orders = book(access, list(sound(access, run.mapping, batch, report)), report)
            run.carry_out(access, number, batch, report, orders)
    return run.report


def sound_rows(
    access: Access, mapping: FileMapping, batch: list[FileRow], report: Report, *, judge: RowJudge
) -> Iterator[tuple[int, ChargedCustomer, Values]]:
    """The line, the customer and the values of each row that is sound; the others are told in the report."""
    for line in batch:
        if line.complaint:
            report.refuse(line.number, {"": line.complaint})
    read = [(line, *_values(line, mapping, judge)) for line in batch if not line.complaint]
    accounts = access.fetch(PartiesByAccount(frozenset(values.get("account_code", "") for _, values, _ in read)))
    customers = access.fetch(PartiesByCode(frozenset(fold(values.get("customer_code", "")) for _, values, _ in read)))
    for line, values, wrong in read:
        party, unknown = _party(values, accounts, customers)
        complaints = unknown | ({} if party is None else judge.refusals(party, values, access.now())) | wrong
        if complaints or party is None:
            report.refuse(line.number, complaints)
        else:
            yield line.number, party, values


def _values(line: FileRow, mapping: FileMapping, judge: RowJudge) -> tuple[Values, dict[str, str]]:
    typed, complaints = read_fields(line.cells, mapping.fields)
    values: Values = {}
    for name, text in typed.items():
        try:
            values[name] = judge.readers[name](text, mapping.date_format)
        except (ValueError, Rejected) as wrong:
            complaints[name] = str(wrong)
    if not complaints.keys() & judge.amounts:
        complaints |= judge.together(values)
    return values, complaints


def _party(
    values: Values, accounts: Mapping[str, ChargedCustomer], customers: Mapping[str, ChargedCustomer]
) -> tuple[ChargedCustomer | None, dict[str, str]]:
    account_code, customer_code = values.get("account_code", ""), values.get("customer_code", "")
    by_account, by_code = accounts.get(account_code), customers.get(fold(customer_code))
    if account_code and by_account is None:
        return None, {"account_code": "There is no account with this ID."}
    if customer_code and by_code is None:
        return None, {"customer_code": "There is no customer with this ID."}
    if customer_code and by_code and not is_same_code(customer_code, by_code.customer_code):
        return None, {"customer_code": not_meant(customer_code, by_code.customer_code)}
    if by_account and by_code and by_account.customer_id != by_code.customer_id:
        return None, {"account_code": "This account is not one of this customer's."}
    party = by_account or by_code
    return party, {} if party else {"account_code": "Give the account or the customer."}


def refusals_of_use(party: ChargedCustomer, used_on: date | None) -> dict[str, str]:
    """Why nothing can be charged to a customer for a use on a day."""
    found: dict[str, str] = {}
    if refusal := status_refusal(BOOKINGS[Kind.USAGE_CHARGE], party.bill_status):
        found[""] = refusal
    if used_on and party.ended_on and used_on > party.ended_on:
        found["account_code"] = f"The account ended on {party.ended_on.isoformat()}."
    return found


def a_reference(text: str, _date_format: str) -> str:
    """What distinguishes a use from every other of the customer."""
    if not text:
        raise ValueError("Give the reference of the charge.")
    return within(identifier(text), REFERENCE_LENGTH)


def a_moment(text: str, _date_format: str) -> datetime:
    """An instant with its zone."""
    try:
        return read_moment(text)
    except ValueError as wrong:
        raise ValueError("Write a time with its zone, such as 2026-03-16T12:00:00+00:00.") from wrong
