"""Files of customers with what stands beside them: sections and custom fields, judged like their forms."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.engine import make_engine
from data_access.base.errors import NotPermitted
from data_access.base.permissions import Permission, Role
from data_access.base.statuses import BillStatus
from data_access.base.text.sheets import as_csv
from data_access.cli.field_page import page
from data_access.commands.customers.additional import EditAdditionalInfo
from data_access.commands.customers.custom_fields import AddCustomField, EnableCustomField
from data_access.domain.entered.card_columns import CARD, CARD_COLUMNS
from data_access.domain.sections import SECTIONS
from data_access.imports.card.beside import COMMANDS, OF_OTHERS
from data_access.imports.files.mapping_file import read_mapping
from data_access.imports.report import Report
from data_access.models.card.additional import AdditionalInfo, Distributor, Representative
from data_access.models.card.custom_fields import CustomValue
from data_access.models.card.invoicing import InvoicingSettings
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.customers import Customer
from data_access.models.history import Change
from data_access.queries.lists.everything import EverythingColumns, EverythingToExport, everything_of
from data_access.search.filters import LISTED
from data_access.services.section_edit import EditBeside
from data_access.store.access import new_command_id
from tests.data_access.test_imports import Desk, refusals
from tests.support.builders import a_customer
from tests.support.people import a_person, access_for
from tests.support.rows import insert

MAPPING = """
by_label = true
[fields]
customer_code = { column = "ID" }
customer_class = { constant = "Homes" }
balance_control = { constant = "postpaid" }
currency = { constant = "EUR" }
limit_choice = { constant = "unlimited" }
"""
TAX, OFFICE, MAIN = "Additional info: Tax ID", "Additional info: Office type", "Additional info: Main office"
WHO, DISCOUNT = "Additional info: Representative", "Additional info: Subscription discount rate (%)"
LOCK, SEND = "Invoicing settings: Billing lock", "Invoicing settings: Send invoices by email"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path)


@pytest.fixture
def small_desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    """For what is about rules and not about databases."""
    engine = make_engine(sqlite_url)
    yield Desk(engine, tmp_path)
    engine.dispose()


def bring(desk: Desk, *rows: dict[str, Any], mapping: str = MAPPING, **over: Any) -> Report:
    """A file of these rows, with the columns that any of them has."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    path = desk.file("card.csv", as_csv(header, [[row.get(name, "") for name in header] for row in rows]))
    return desk.customers_from(path, mapping=mapping, **over)


def a_custom_field(desk: Desk, name: str, *, enabled: bool = True, **values: str) -> None:
    access = access_for(desk.engine, Role.ADMIN)
    add = AddCustomField(values={"name": name, **values}, command_id=new_command_id())
    saved = access.execute(add)
    if enabled:
        order = EnableCustomField(record_id=saved.record_id, class_ids=(desk.class_id,), command_id=new_command_id())
        access.execute(order)


def test_every_section_a_record_each_is_in_files_and_has_its_command() -> None:
    ours = [command.section for command in EditBeside.__subclasses__() if command.section in SECTIONS.values()]
    assert {section for section in ours if section.model is not Customer} == {*CARD}
    assert {name: command.section for name, command in COMMANDS.items()} == {section.name: section for section in CARD}
    assert OF_OTHERS == ("additional_info.main_office",)


def test_nothing_secret_is_a_column() -> None:
    secret = {column.key for model in (SelfCare, SelfCareLogin) for column in model.__table__.columns
              if column.info.get("secret")}  # fmt: skip
    assert secret == {"password_hash", "api_token_hash"}
    assert not secret & {column.field.name for column in CARD_COLUMNS.values()}


def test_a_new_customer_comes_with_its_card(desk: Desk) -> None:
    ann = insert(desk.engine, Representative, {"name": "Ann Ö", "name_key": "ann o"})
    report = bring(desk, {"ID": "K-1", TAX: "T-1", WHO: "ann Ö", DISCOUNT: "12.50", LOCK: "", SEND: "no"})
    assert ([str(one) for one in report.refused], report.created) == ([], 1)
    [info], [invoicing] = desk.rows(AdditionalInfo), desk.rows(InvoicingSettings)
    assert (info.tax_id, info.representative_id, str(info.discount_rate.normalize())) == ("T-1", ann, "12.5")
    assert (invoicing.billing_lock, invoicing.sends_invoices) == ("free", False)
    told = {(row.entity, row.field) for row in desk.rows(Change)}
    assert {("AdditionalInfo", "tax_id"), ("AdditionalInfo", "representative_id")} <= told


def test_a_card_that_is_as_new_adds_nothing(desk: Desk) -> None:
    bring(desk, {"ID": "K-1", TAX: "", OFFICE: "none", LOCK: "free", "Additional info: Callshop enabled": "no"})
    assert (len(desk.rows(Customer)), desk.rows(AdditionalInfo), desk.rows(InvoicingSettings)) == (1, [], [])


@pytest.mark.parametrize(
    ("cells", "heading", "says"),
    [
        ({WHO: "Nobody"}, WHO, "There is no representative “Nobody” that could be chosen."),
        ({WHO: "Béa"}, WHO, "There is no representative “Béa”; one is called “Bea”."),
        ({OFFICE: "branch"}, MAIN, "Choose the main office of the branch."),
        ({OFFICE: "branch", MAIN: "K-9"}, MAIN, "There is no main office “K-9” that could be chosen."),
        ({OFFICE: "none", MAIN: ""}, "", ""),
        ({MAIN: "K-9"}, MAIN, "There is no main office “K-9” that could be chosen."),
        ({OFFICE: "somewhere"}, OFFICE, "Choose one of these."),
        ({DISCOUNT: "half"}, DISCOUNT, "“half” is not an amount"),
        ({"Invoicing settings: Taxation": "profile"}, "Invoicing settings: Tax profile", "Choose the tax profile."),
        (
            {"Fraud protection: Allowed mobility": "stationary"},
            "Fraud protection: Allowed mobility",
            "protection is off",
        ),
        ({"Additional info: Reference number": "R-1"}, "Additional info: Reference number", "is already used."),
    ],
)
@pytest.mark.parametrize("is_trial", [False, True])
def test_a_card_that_cannot_be_is_refused_at_its_cell(
    small_desk: Desk, cells: dict[str, str], heading: str, says: str, is_trial: bool
) -> None:
    insert(small_desk.engine, Representative, {"name": "Bea", "name_key": "bea"})
    bring(small_desk, {"ID": "K-0", "Additional info: Reference number": "r-1"})
    report = bring(small_desk, {"ID": "K-1", **cells}, {"ID": "K-2", **dict.fromkeys(cells, "")}, dry_run=is_trial)
    told = [(one.line, one.label) for one in report.refused]
    assert told == ([(2, heading)] if heading else [])
    assert says in "".join(one.reason for one in report.refused)
    assert report.created == (1 if heading else 2)
    assert len(small_desk.rows(Customer)) == (1 if is_trial else 1 + report.created)


def test_a_branch_may_stand_above_its_main_office_and_in_another_batch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_access.imports.batches.BATCH", 2)
    rows = [
        {"ID": "K-1", OFFICE: "branch", MAIN: "k-9"}, {"ID": "K-2", OFFICE: "branch", MAIN: "K-8"}, {"ID": "K-3"},
        {"ID": "K-4"}, {"ID": "K-9", OFFICE: "main"}, {"ID": "K-1"},
    ]  # fmt: skip
    report = bring(desk, *rows)
    assert [str(one) for one in report.refused] == [
        "line 2, K-1: Line 7 already says this: it is a duplicate.",
        "line 3, K-2, Additional info: Main office: There is no main office “K-8” that could be chosen.",
    ]
    assert bring(desk, rows[0]).changed == 1
    ids = {row.customer_code: row.id for row in desk.rows(Customer)}
    assert {row.main_office_id for row in desk.rows(AdditionalInfo)} == {ids["K-9"], None}


def test_what_is_here_is_brought_up_to_date_and_the_report_says_how(desk: Desk) -> None:
    for model, name in ((Representative, "Ann"), (Representative, "Bea"), (Distributor, "Shop")):
        insert(desk.engine, model, {"name": name, "name_key": name.lower()})
    first = {"ID": "K-1", TAX: "T-1", WHO: "Ann", DISCOUNT: "5", LOCK: "closing"}
    bring(desk, first)
    assert (bring(desk, first).unchanged, len(desk.rows_of_log())) == (1, len(desk.rows_of_log()))
    then = {"ID": "K-1", TAX: "", WHO: "Bea", DISCOUNT: "5.00", LOCK: "", SEND: "yes"}
    for is_trial in (True, False):
        report = bring(desk, then, dry_run=is_trial)
        assert [one.reason for one in report.changes] == [
            "Additional info: Representative “Ann” becomes “Bea”; "
            "Invoicing settings: Send invoices by email blank becomes “yes”"
        ]
        assert [row.version for row in desk.rows(AdditionalInfo)] == [1 if is_trial else 2]
    assert [row.tax_id for row in desk.rows(AdditionalInfo)] == ["T-1"]
    bring(desk, {"ID": "K-1", TAX: "", WHO: "", LOCK: "", SEND: ""}, mapping=f'blank = "clear"\n{MAPPING}')
    [info], [invoicing] = desk.rows(AdditionalInfo), desk.rows(InvoicingSettings)
    assert (info.tax_id, info.representative_id, str(info.discount_rate.normalize())) == ("", None, "5")
    assert (invoicing.billing_lock, invoicing.sends_invoices) == ("closing", None)


@pytest.mark.parametrize("is_trial", [True, False])
def test_what_one_customer_alone_may_have_stands_once_in_a_file(desk: Desk, is_trial: bool) -> None:
    number = "Additional info: Reference number"
    bring(desk, {"ID": "K-1"}, {"ID": "K-2"})
    report = bring(desk, {"ID": "K-1", number: "R-1"}, {"ID": "K-2", number: "r-1"}, {"ID": "K-3"}, dry_run=is_trial)
    assert [str(one) for one in report.refused] == [f"line 3, K-2, {number}: Line 2 already gives this."]
    assert (report.changed, report.created) == (1, 1)


def test_a_refused_card_leaves_the_customer_as_it_was(desk: Desk) -> None:
    bring(desk, {"ID": "K-1", "City": "Bonn"})
    row = {"ID": "K-1", "City": "Cologne", "Invoicing settings: Taxation": "profile"}
    assert refusals(bring(desk, row)) == [(2, "invoicing_settings.tax_profile")]
    assert [one.city for one in desk.rows(Customer)] == ["Bonn"]
    a_customer(desk.engine, customer_code="gone", bill_status=BillStatus.EXPORTED, customer_class_id=desk.class_id)
    report = bring(desk, {"ID": "gone", TAX: "T"})
    assert "exported" in report.refused[0].reason


def test_a_column_that_the_person_could_not_change_is_refused_with_who_can(desk: Desk) -> None:
    desk.actor = a_person(
        desk.engine, Role.SUPPORT,
        extra_grants=" ".join((Permission.IMPORT_RUN, Permission.CUSTOMER_CREATE, Permission.LIMIT_EDIT)),
    )  # fmt: skip
    assert bring(desk, {"ID": "K-1", TAX: "T"}).created == 1
    with pytest.raises(NotPermitted, match="intercept"):
        bring(desk, {"ID": "K-2", "Legal intercept: Order": ""})
    assert len(desk.rows(Customer)) == 1


def test_a_section_needs_the_right_of_its_form(desk: Desk) -> None:
    granted = (Permission.IMPORT_RUN, Permission.CUSTOMER_CREATE, Permission.CUSTOMER_EDIT, Permission.LIMIT_EDIT)
    desk.actor = a_person(desk.engine, Role.ANALYST, extra_grants=" ".join(granted))
    assert bring(desk, {"ID": "K-1", SEND: "no"}).created == 1
    for heading in (
        "Abbreviated dialing: Maximum abbreviated number length",
        "Automatic payment: Automatic payment",
        TAX,
    ):
        with pytest.raises(NotPermitted):
            bring(desk, {"ID": "K-2", heading: ""})


def test_nobody_waits_for_a_dry_run(desk: Desk) -> None:
    bring(desk, {"ID": "K-1", TAX: "T-1"})
    [info], access = desk.rows(AdditionalInfo), access_for(desk.engine)

    def edit(_rows: int) -> None:
        order = EditAdditionalInfo(
            customer_id=info.customer_id, version=1, shown={}, changes={"tax_id": "T-3"}, command_id=new_command_id()
        )
        access.execute(order)

    report = bring(desk, {"ID": "K-1", TAX: "T-2", "City": "Bonn"}, dry_run=True, progress=edit)
    assert (report.changed, [row.tax_id for row in desk.rows(AdditionalInfo)]) == (1, ["T-3"])


def test_an_export_leaves_out_what_the_person_may_not_see(engine: Engine) -> None:
    manager, admin = access_for(engine, Role.MANAGER), access_for(engine, Role.ADMIN)
    hidden = {column.key for column in CARD_COLUMNS.values() if not manager.actor.may(column.section.sees)}
    assert {key.partition(".")[0] for key in hidden} == {"legal_intercept"}
    assert admin.fetch(EverythingColumns()).keys() - manager.fetch(EverythingColumns()).keys() == hidden
    with pytest.raises(NotPermitted, match="intercept"):
        manager.fetch(EverythingToExport(("customer_code", *hidden)))


def test_custom_fields_come_by_their_names(desk: Desk) -> None:
    a_custom_field(desk, "Floor", kind="number")
    a_custom_field(desk, "Way", kind="list", choices="bus\ntram")
    a_custom_field(desk, "Elsewhere", enabled=False)
    report = bring(
        desk, {"ID": "K-1", "Custom: Floor": "-2.50", "Custom: Way": "tram"},
        {"ID": "K-2", "Custom: Floor": "x", "Custom: Way": "boat", "Custom: Elsewhere": "x", "Custom: Never": "y"},
    )  # fmt: skip
    told = {one.label.removeprefix("Custom: "): one.reason for one in report.refused}
    assert told == {
        "Floor": "“x” is not an amount: write digits and a decimal point, such as 1234.56.",
        "Way": "Choose one of these.",
        "Elsewhere": "Customers of this class do not have this field: leave it blank.",
        "Never": "There is no custom field of this name here: define it first.",
    }
    assert sorted(row.value for row in desk.rows(CustomValue)) == ["-2.5", "tram"]
    assert bring(desk, {"ID": "K-1", "Custom: Floor": "-2.5", "Custom: Way": ""}).unchanged == 1
    report = bring(desk, {"ID": "K-1", "Custom: Floor": "3", "Custom: Way": ""})
    assert [one.reason for one in report.changes] == ["Custom: Floor “-2.5” becomes “3”"]
    assert sorted(row.value for row in desk.rows(CustomValue)) == ["3", "tram"]
    mapping = f'blank = "clear"\n{MAPPING}\n[fields.custom]\nWay = {{ column = "Ride" }}'
    assert bring(desk, {"ID": "K-1", "Ride": ""}, mapping=mapping).changed == 1
    assert sorted(row.value for row in desk.rows(CustomValue)) == ["", "3"]


def test_a_mandatory_custom_field_is_asked_for_and_a_default_stands(desk: Desk) -> None:
    a_custom_field(desk, "Colour", start="grey")
    assert bring(desk, {"ID": "K-1"}, {"ID": "K-2", "Custom: Colour": "red"}).created == 2
    assert [row.value for row in desk.rows(CustomValue)] == ["grey", "red"]
    a_custom_field(desk, "Key", mandatory="yes")
    report = bring(desk, {"ID": "K-3"}, {"ID": "K-4", "Custom: Key": "7"}, {"ID": "K-1", "City": "Bonn"})
    assert [str(one) for one in report.refused] == ["line 2, K-3, Custom: Key: Give Key."]
    assert (report.created, report.changed) == (1, 1)


def test_personal_custom_values_leave_with_the_right_alone_and_are_hidden_in_reports(desk: Desk) -> None:
    a_custom_field(desk, "Maiden name", personal="yes")
    bring(desk, {"ID": "K-1", "Custom: Maiden name": "Berg"})
    [row] = desk.rows(CustomValue)
    assert (row.value, row.personal_value) == ("", "Berg")
    access = access_for(desk.engine, Role.MANAGER)
    told = everything_of(access)
    [cells] = access.fetch(told.query(filter=LISTED, after=None)).rows
    assert dict(zip(told.header, cells, strict=True))["Custom: Maiden name"] == "Berg"


def test_the_page_of_fields_tells_what_a_mapping_calls_them() -> None:
    told = "\n".join(page(SECTIONS.values()))
    assert [key for key in CARD_COLUMNS if f"| `{key}` |" not in told] == []


def test_fields_of_a_section_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        '[fields.additional_info]\ntax_id = { column = "T" }\n[fields]\n"self_care.zone" = { column = "Z" }'
    )
    rules = read_mapping(path, CARD_COLUMNS, required=()).fields
    assert {name: rule.column for name, rule in rules.items()} == {"additional_info.tax_id": "T", "self_care.zone": "Z"}
