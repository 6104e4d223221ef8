"""Customer classes as a file: what one desk writes, another reads, and writes again just so."""

import csv
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.engine import make_engine
from data_access.base.errors import NotPermitted
from data_access.base.permissions import SYSTEM, Permission, Role
from data_access.base.text.sheets import as_csv, as_xlsx
from data_access.imports.classes import class_mapping, import_classes
from data_access.imports.report import Report
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.usage.tariffs import Tariff
from data_access.queries.classes.class_terms import CLASS_COLUMNS, ClassesToExport
from data_access.seed.demo import seed
from data_access.store.access import Access
from tests.data_access.test_imports import MAPPINGS, Desk
from tests.support.databases import SqliteDatabases
from tests.support.people import NOW, a_person
from tests.support.rows import insert
from tests.support.whole_card import copy_records

MAPPING = MAPPINGS / "classes.toml"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path)


def told(engine: Engine) -> list[tuple[str, ...]]:
    return list(Access(engine, SYSTEM, lambda: NOW).fetch(ClassesToExport()))


def brought_in(desk: Desk, path: Path, mapping: Path = MAPPING, **over: Any) -> Report:
    return import_classes(desk.run(path, class_mapping(mapping), **over))


def a_row(desk: Desk, **cells: str) -> Path:
    """A file of one class."""
    row = dict.fromkeys(CLASS_COLUMNS, "") | {
        "name": "Boats", "regular_net_days": "14", "out_of_turn_net_days": "7", "reactivation_window_days": "30",
        "closing_delay_hours": "6", "rounding": "away_from_zero", "number_scope": "environment",
        "suspend_on_insufficient_funds": "no", "zero_invoices": "no", "fees_on_fees": "no",
    } | {
        f"{section}_{name}": text
        for section in ("regular", "out_of_turn")
        for name, text in (
            ("resume_at_threshold", "no"), ("working_days_only", "yes"), ("hour", "0"), ("spread_minutes", "0"),
        )
    } | cells  # fmt: skip
    return desk.file("classes.csv", as_csv(CLASS_COLUMNS, [tuple(row.values())]))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_classes_of_a_desk_come_into_an_empty_one_and_leave_it_again_the_same(
    desk: Desk, sqlite_databases: SqliteDatabases, kind: str
) -> None:
    with sqlite_databases.fresh() as url:
        with_classes = make_engine(url)
        seed(with_classes, 1, lambda: NOW, with_demo_people=False, actor=SYSTEM)
        here = told(with_classes)
        copy_records(with_classes, desk.engine)
        with_classes.dispose()
    content = as_csv(CLASS_COLUMNS, here) if kind == "csv" else as_xlsx(CLASS_COLUMNS, here, title="Classes")
    path = desk.file(f"classes.{kind}", content)
    report = brought_in(desk, path)
    assert ([str(remark) for remark in report.refused], report.created) == ([], len(here))
    assert [row for row in told(desk.engine) if row[0] != "Homes"] == here
    again = brought_in(desk, path)
    assert (again.unchanged, again.created, again.differences) == (len(here), 0, [])


def test_each_kind_of_invoices_has_its_own_terms(desk: Desk) -> None:
    path = a_row(desk, regular_suspend_after="9", regular_suspend_notices="2, 5", out_of_turn_late_fee="4.50")
    assert brought_in(desk, path).created == 1
    regular, on_demand = sorted(
        (row for row in desk.rows(CollectionPolicy) if row.customer_class_id != desk.class_id),
        key=lambda row: row.section is Section.OUT_OF_TURN,
    )
    assert (regular.net_days, regular.suspend_after, regular.suspend_notices, regular.late_fee) == (14, 9, [2, 5], 0)
    assert (on_demand.net_days, on_demand.suspend_after, str(on_demand.late_fee.normalize())) == (7, None, "4.5")


def test_a_class_that_is_here_is_compared_and_left_alone(desk: Desk) -> None:
    brought_in(desk, a_row(desk))
    report = brought_in(desk, a_row(desk, regular_net_days="30", business_model="Yachts", currency="JPY"))
    assert [str(remark) for remark in report.differences] == [
        "line 2, business_model: The file says Yachts, here it is Imported.",
        "line 2, Currency (column “currency”): The file says JPY, here it is blank.",
        "line 2, regular_net_days: The file says 30, here it is 14.",
    ]
    assert {row.number for row in desk.rows(CollectionPolicy)} == {1}


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "HÓMES"}, {"name"}),
        ({"name": "x" * 121}, {"name"}),
        ({"currency": "XXX"}, {"currency"}),
        ({"currency": "JPY", "rounding_decimals": "2"}, {"rounding_decimals"}),
        ({"regular_net_days": "4000", "hour": ""}, {"regular_net_days"}),
        ({"regular_net_days": "-1", "out_of_turn_late_fee": "-1"}, {"regular_net_days", "out_of_turn_late_fee"}),
        ({"regular_suspend_after": "5", "regular_limit_after": "6"}, {"regular_suspend_after"}),
        ({"regular_suspend_notices": "5"}, {"regular_suspend_notices"}),
        ({"out_of_turn_reminders": "30"}, {"out_of_turn_reminders"}),
        ({"rounding": "sideways"}, {"rounding"}),
        ({"description": "=1+1"}, set()),
    ],
)
def test_terms_that_cannot_be_are_refused(desk: Desk, cells: dict[str, str], fields: set[str]) -> None:
    known = {name: text for name, text in cells.items() if name in CLASS_COLUMNS}
    report = brought_in(desk, a_row(desk, **known))
    assert {remark.field for remark in report.refused} == fields
    assert len(desk.rows(CustomerClass)) == 1 + (not fields)


def test_a_class_names_its_records_and_a_wrong_one_is_refused_at_its_cell(desk: Desk) -> None:
    insert(desk.engine, Tariff, {"name": "Calls", "name_key": "calls", "currency": "EUR"})
    cells = {"currency": "EUR", "tariff": "CALLS"}
    for told_so, says in (
        ({"tariff": "Voice"}, "There is no tariff “Voice” that could be chosen."),
        ({"tariff": "Cälls"}, "There is no tariff “Cälls”; one is called “Calls”."),
        ({"currency": "JPY"}, "Calls is in EUR, the class in JPY."),
        ({"currency": ""}, "it can name no tariff."),
    ):
        [refused] = brought_in(desk, a_row(desk, **cells | told_so)).refused
        assert (refused.field, says in refused.reason) == ("tariff", True)
    assert brought_in(desk, a_row(desk, **cells)).created == 1
    assert dict(zip(CLASS_COLUMNS, told(desk.engine)[0], strict=True))["tariff"] == "Calls"
    report = brought_in(desk, a_row(desk, **cells | {"tariff": ""}))
    assert [one.reason for one in report.differences] == ["The file says blank, here it is Calls."]
    [header, row] = csv.reader(a_row(desk, name="Trams").read_text("utf-8-sig").splitlines())
    older = {name: cell for name, cell in zip(header, row, strict=True) if name != "tariff"}
    assert brought_in(desk, desk.file("older.csv", as_csv([*older], [[*older.values()]]))).created == 1


def test_classes_come_in_only_with_the_right_to_change_them(desk: Desk) -> None:
    desk.actor = a_person(desk.engine, Role.SUPPORT, extra_grants=Permission.IMPORT_RUN.value)
    with pytest.raises(NotPermitted, match="customer classes"):
        brought_in(desk, a_row(desk))


def test_every_column_is_a_field_of_the_mapping() -> None:
    rules = class_mapping(MAPPING).fields
    assert {name: rule.column for name, rule in rules.items()} == {name: name for name in CLASS_COLUMNS}
