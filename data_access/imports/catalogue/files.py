"""The kinds of these files: rates of tariffs, and numbers of the pool."""

from collections.abc import Callable, Iterator

from data_access.base.text.numerals import whole_number
from data_access.base.text.text_keys import fold
from data_access.commands.numbers.pool import DidsEntered, EnterDids
from data_access.commands.usage.tariffs import EnterRates, RatesEntered
from data_access.domain.sections import DID, RATE
from data_access.imports.catalogue.rows import EnteredRow, RecordFile, Typed
from data_access.imports.files.record_columns import BATCH_NAME, DID_FIELDS, RATE_FIELDS, TARIFF_NAME, of_did
from data_access.queries.records.record_names import RecordNames
from data_access.queries.services.tariffs import TariffChoices
from data_access.store.access import Access, new_command_id

_TARIFF_ID = "tariff_id"
Named = Callable[[Typed], tuple[Typed, dict[str, str]]]


def _tariffs(access: Access) -> Named:
    here = {fold(one.name): str(one.tariff_id) for one in access.fetch(TariffChoices())}

    def named(typed: Typed) -> tuple[Typed, dict[str, str]]:
        name = typed.get(TARIFF_NAME, "")
        own = {field: text for field, text in typed.items() if field != TARIFF_NAME}
        if fold(name) not in here:
            return own, {TARIFF_NAME: f"There is no tariff “{name[:60]}”." if name else "Give the name of the tariff."}
        return own | {_TARIFF_ID: here[fold(name)]}, {}

    return named


def _batches(access: Access) -> Named:
    here = {fold(name): key for key, name in access.fetch(RecordNames(DID.name))["number_batches"].items()}

    def named(typed: Typed) -> tuple[Typed, dict[str, str]]:
        own = {{"did_number": "number"}.get(field, field): text for field, text in typed.items() if field != BATCH_NAME}
        name = typed.get(BATCH_NAME)
        if name and fold(name) not in here:
            return own, {BATCH_NAME: f"There is no pricing batch “{name[:60]}”."}
        return own if name is None else own | {"batch_id": here.get(fold(name), "")}, {}

    return named


def _rate_orders(rows: list[EnteredRow]) -> Iterator[tuple[EnterRates, list[EnteredRow]]]:
    """One order a tariff."""
    for tariff in dict.fromkeys(row.typed[_TARIFF_ID] for row in rows):
        own = [row for row in rows if row.typed[_TARIFF_ID] == tariff]
        sent = tuple({name: text for name, text in row.typed.items() if name != _TARIFF_ID} for row in own)
        yield EnterRates(tariff_id=whole_number(tariff, 1), rows=sent, command_id=new_command_id()), own


def _did_orders(rows: list[EnteredRow]) -> Iterator[tuple[EnterDids, list[EnteredRow]]]:
    if rows:
        yield EnterDids(rows=tuple(row.typed for row in rows), command_id=new_command_id()), rows


RATES: RecordFile[RatesEntered] = RecordFile(
    RATE, RATE_FIELDS, (TARIFF_NAME, "prefix"), lambda name: name, "prefix", _tariffs, _rate_orders
)
DIDS: RecordFile[DidsEntered] = RecordFile(DID, DID_FIELDS, ("did_number",), of_did, "number", _batches, _did_orders)
