"""Files of rates and of numbers: by headings or a mapping, judged row by row, tried first, sent again."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.text.sheets import as_xlsx
from data_access.commands.numbers.pool import EnterDids
from data_access.imports.batches import Run
from data_access.imports.catalogue.files import DIDS, RATES
from data_access.imports.catalogue.rows import RecordFile
from data_access.imports.report import Report
from data_access.models.numbers import Did, NumberBatch
from data_access.models.usage.tariffs import TariffRate
from data_access.store.access import new_command_id
from tests.support.builders import a_customer, a_did, insert
from tests.support.people import NOW, a_person, access_for
from tests.support.tables import rows
from tests.support.tariffs import a_tariff

RATE_HEADING = "Prefix,Destination,Price a minute,First interval"


@pytest.fixture
def bring(engine: Engine, tmp_path: Path) -> Any:
    """Brings a text in as a file of a kind."""

    def brought(kind: RecordFile[Any], text: str, role: Role = Role.ADMIN, **over: Any) -> Report:
        file = tmp_path / "file.csv"
        file.write_text(text, encoding="utf-8")
        mapping = kind.mapping(over.pop("toml", None), file, over.pop("constants", None))
        return kind.bring_in(Run(engine, a_person(engine, role), lambda: NOW, file, mapping, "ImportFile", **over))

    return brought


def told(report: Report) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.reason.split(":")[0].split(", such")[0]) for one in report.refused]


def rates(engine: Engine) -> dict[str, Decimal]:
    return {one.prefix: one.price for one in rows(engine, TariffRate) if one.removed_at is None}


def test_rates_come_from_a_file_and_again_from_the_same(engine: Engine, bring: Any) -> None:
    a_tariff(engine, {"49": "0.02"}, name="Standard")
    text = f"{RATE_HEADING}\n49,Germany,0.03,30\n4915,Germany mobile,0.07,\n33,,0.05,\n44,UK,lots,\n4915,Twice,1,\n"
    trial = bring(RATES, text, constants={"tariff": "Standard"}, dry_run=True)
    assert rates(engine) == {"49": Decimal("0.02")}
    first = bring(RATES, text, constants={"tariff": "standard"})
    assert (trial.results, told(trial)) == (first.results, told(first))
    assert first.results == {2: "changed", 3: "added"}
    assert told(first) == [
        (4, "", "Destination"), (5, "Price a minute", "“lots” is not an amount"),
        (6, "", "Line 3 already says this"),
    ]  # fmt: skip
    assert rates(engine) == {"49": Decimal("0.03"), "4915": Decimal("0.07")}
    again = bring(RATES, text, constants={"tariff": "Standard"})
    assert (again.created, again.changed, again.unchanged, again.refused_rows) == (0, 0, 2, 3)


def test_a_file_names_the_tariff_of_each_rate(engine: Engine, bring: Any) -> None:
    first, second = (a_tariff(engine, {}, name=name) for name in ("Standard", "Cheap"))
    text = "tariff;prefix;destination;price\nStandard;49;Germany;0.02\nCheap;49;Germany;0.01\nOther;49;Germany;1\n"
    report = bring(RATES, text)
    assert (report.created, told(report)) == (2, [(4, "tariff", "There is no tariff “Other”.")])
    assert {one.tariff_id: one.price for one in rows(engine, TariffRate)} == {
        first: Decimal("0.02"), second: Decimal("0.01"),
    }  # fmt: skip


def test_numbers_come_from_a_file_with_batch_country_and_price(engine: Engine, bring: Any) -> None:
    insert(engine, NumberBatch, {
        "name": "Germany", "name_key": "germany", "currency": "EUR", "additional_fee": Decimal(1),
        "markup_percent": Decimal(0),
    })  # fmt: skip
    held = a_did(engine, a_customer(engine), number="49301111111", fee=Decimal(2))
    a_did(engine, a_customer(engine, currency="USD"), number="49309999999", fee=Decimal(2), fee_currency="USD")
    text = (
        "DID number,Pricing batch,Fee,Vendor cost,Vendor currency,Description,Currency of the fee\n"
        "+49 30 1111111,,3,,,,\n"
        "+49 30 2222222,germany,,1,EUR,front desk,\n"
        "+49 30 3333333,Spain,,1,EUR,,\n"
        "+49 30 4444444,,,1,EUR,,\n"
        "+49 30 5555555,,2,1,EUR,=1+1,\n"
        "none,,2,1,EUR,,\n"
        "+44 20 79460000,Germany,,1,GBP,,\n"
        "+49 30 9999999,,3,,,,EUR\n"
    )
    report = bring(DIDS, text)
    assert report.results == {2: "changed", 3: "added"}
    assert told(report) == [
        (4, "Pricing batch", "There is no pricing batch “Spain”."), (5, "", "Fee"),
        (6, "Description", "A text that begins with = would be run as a formula by a spreadsheet"),
        (7, "DID number", "This is no international number"),
        (8, "", "Vendor currency"), (9, "", "Currency of the fee"),
    ]  # fmt: skip
    pool = {one.number: one for one in rows(engine, Did)}
    assert (pool["49301111111"].id, pool["49301111111"].fee) == (held, Decimal(3))
    added = pool["49302222222"]
    assert (added.country, added.description, added.fee, added.batch_id is None) == ("DE", "front desk", None, False)


def test_a_spreadsheet_and_a_mapping_say_the_same(engine: Engine, bring: Any, tmp_path: Path) -> None:
    a_tariff(engine, {}, name="Standard")
    sheet, toml = tmp_path / "rates.xlsx", tmp_path / "rates.toml"
    sheet.write_bytes(
        as_xlsx(("Prefix", "Destination", "Price a minute"), [("49", "Germany", Decimal("0.02"))], title="R")
    )
    mapping = RATES.mapping(None, sheet, {"tariff": "Standard"})
    RATES.bring_in(Run(engine, a_person(engine, Role.ADMIN), lambda: NOW, sheet, mapping, "ImportRates"))
    toml.write_text(
        'decimal = ","\ndelimiter = ";"\n[fields]\ntariff = {constant = "Standard"}\nprefix = {column = "P"}\n'
        'destination = {column = "D"}\nprice = {column = "Price"}\n'
    )
    assert bring(RATES, "P;D;Price\n44;UK;0,05\n", toml=toml).created == 1
    assert rates(engine) == {"49": Decimal("0.02"), "44": Decimal("0.05")}


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("Prefix,Colour", "the column “Colour” is none of: Prefix, Destination"),
        ("Prefix,Destination,prefix", "the column “prefix” stands there twice"),
        ("Destination,Price a minute", "has no column “Prefix”"),
    ],
)
def test_a_heading_that_is_no_field_is_refused(engine: Engine, bring: Any, heading: str, why: str) -> None:
    a_tariff(engine, {}, name="Standard")
    with pytest.raises(Rejected, match=why):
        bring(RATES, f"{heading}\n1,2\n", constants={"tariff": "Standard"})


def test_only_administrators_of_records_bring_them_in(bring: Any) -> None:
    with pytest.raises(NotPermitted):
        bring(DIDS, "DID number\n+49 30 1111111\n", role=Role.SUPPORT)


def test_numbers_at_once_are_counted(engine: Engine) -> None:
    with pytest.raises(Rejected, match="between 1 and 2,000 numbers"):
        access_for(engine, Role.ADMIN).execute(EnterDids(rows=(), command_id=new_command_id()))
