"""Files of rows beside customers: what one desk writes, another reads; each row judged by the command of its form."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.engine import make_engine
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Permission, Role
from data_access.base.statuses import BillStatus, NumbersAtEnd
from data_access.base.text.sheets import as_csv, as_xlsx
from data_access.commands.customers.notes import AddNote
from data_access.commands.numbers.dids import AssignDid, HeldBefore
from data_access.commands.services.accounts import BlockAccount
from data_access.domain.entered.card_columns import ROWS, columns_of
from data_access.imports.card.row_orders import ORDERS
from data_access.imports.card.rows import import_rows, row_mapping
from data_access.imports.report import Report
from data_access.models.card.additional import AdditionalInfo
from data_access.models.card.dialing import AbbreviatedNumber, Dialing
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.card.service_configuration import AccountFeatures
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.collection import ThresholdKind, WarningThreshold
from data_access.models.customers import Account, Note
from data_access.models.history import PlannedMove, PlanState
from data_access.models.numbers import Did
from data_access.models.plans.discounts import DiscountAssignment
from data_access.models.plans.wallets import TopUp
from data_access.models.quotas import Quota, Unit
from data_access.models.usage.measuring import MeasuredService
from data_access.models.usage.tariffs import OverrideTariff, Tariff
from data_access.queries.lists.card_rows import RowsToExport, rows_profile
from data_access.queries.lists.exports import rows_of
from data_access.search.filters import LISTED
from data_access.services.section_records import AddBeside
from data_access.store.access import Access, new_command_id
from tests.data_access.test_imports import Desk
from tests.support.builders import a_customer, a_discount_plan, a_plan, a_quota, a_subscription, a_top_up_option
from tests.support.databases import SqliteDatabases
from tests.support.people import NOW, a_person, access_for
from tests.support.rows import insert
from tests.support.whole_card import copy_records

MODELS = {kind: section.model for kind, section in ROWS.items()}
NUMBER_OF_POOL = {"country": "DE", "fee": Decimal(2), "vendor_cost": Decimal(1), "vendor_currency": "EUR"}
LINE = {"Account ID": "A-9", "Kind of account": "phone_line", "Product": "Line"}
WRITTEN = {"Written at": "2026-03-01T12:00:00Z", "Author": "bob", "Note": "Likes tea."}
SUBSCRIBED = {"Subscription plan": "Fibre", "Started on": "2026-03-01"}
TOPPED = {
    "Top-up": "Hundred minutes", "Topped up on": "2026-03-01", "Can be used until": "2026-04-09", "Left": "50.5",
}  # fmt: skip
PLANNED = {"Planned status change": "provisionally_terminate", "Planned for": "2026-04-01", "Reason": "Moves out."}
NUMBER = {"Customer ID": "K-1", "Abbreviated number": "34", "Number to dial": "+49 30 1234567", "Description": "Ann"}


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return with_a_customer(Desk(engine, tmp_path))


def with_a_customer(desk: Desk) -> Desk:
    customer_id = a_customer(desk.engine, customer_code="K-1", customer_class_id=desk.class_id)
    insert(desk.engine, Dialing, {"customer_id": customer_id, "longest": 3})
    insert(desk.engine, AdditionalInfo, {"customer_id": customer_id, "override_tariffs_enabled": True})
    return desk


def bring(desk: Desk, kind: str, *rows: dict[str, Any], **over: Any) -> Report:
    header = list(dict.fromkeys(name for row in rows for name in row))
    path = desk.file(f"{kind}.csv", as_csv(header, [[row.get(name, "") for name in header] for row in rows]))
    return import_rows(kind, desk.run(path, row_mapping(kind, None, path), **over))


def told(engine: Engine, kind: str) -> list[tuple[Any, ...]]:
    return list(rows_of(Access(engine, SYSTEM, lambda: NOW), rows_profile(kind).query, LISTED))


def fill(desk: Desk) -> None:
    """A row of each kind, and one that is over."""
    [customer_id] = [row.customer_id for row in desk.rows(Dialing)]
    tariffs = [
        insert(desk.engine, Tariff, {"name": name, "name_key": name.lower(), "currency": "EUR"})
        for name in ("Usual", "Own")
    ]
    for model, row in (
        (AbbreviatedNumber, {"number": "34", "target": "49301234567", "description": "=1+1"}),
        (AbbreviatedNumber, {"number": "7", "removed_at": NOW}),
        (MeasuredService, {"parameter": "active_calls", "basis": "maximum", "price": Decimal(2), "free_items": 3}),
        (OverrideTariff, {"original_id": tariffs[0], "override_id": tariffs[1]}),
        (WarningThreshold, {"kind": ThresholdKind.PERCENT, "value": Decimal("80.5")}),
        (WarningThreshold, {"kind": ThresholdKind.AMOUNT, "value": Decimal(7), "removed_at": NOW}),
        (DiscountAssignment, {"plan_id": a_discount_plan(desk.engine), "started_on": NOW.date()}),
        (
            Account,
            {
                "account_code": "A-1",
                "kind": "phone_line",
                "product": "Line",
                "activated_on": NOW.date(),
                "blocked": True,
                "ended_on": date(2026, 4, 1),
                "numbers_at_end": NumbersAtEnd.POOL,
            },
        ),
        (
            Account,
            {
                "account_code": "A-2",
                "kind": "phone_line",
                "product": "Line",
                "activated_on": NOW.date(),
                "ended_on": NOW.date(),
            },
        ),
    ):
        insert(desk.engine, model, {"customer_id": customer_id} | row)
    own = {"customer_id": customer_id, "account_id": desk.rows(Account)[0].id}
    insert(desk.engine, AccountFeatures, own | {"paging": True, "paging_prefix": "*80", "call_parking": False})
    insert(desk.engine, AccountFeatures, own | {"paging": False, "removed_at": NOW})
    insert(desk.engine, AccountFeatures, own | {"account_id": desk.rows(Account)[1].id, "paging": False})
    fill_people(desk, customer_id)
    fill_paid(desk.engine, customer_id)
    a_quota(desk.engine, customer_id, started_on=NOW.date())


def fill_people(desk: Desk, customer_id: int) -> None:
    """What people did with it: a number given, a login, a note, a plan; of each one that is over or of nobody."""
    account_id = desk.rows(Account)[0].id
    held = {"account_id": account_id, "assigned_on": date(2026, 1, 5), "charged_until": date(2026, 2, 28)}
    vip, old = (insert(desk.engine, Tag, {"name": name, "name_key": name.lower()}) for name in ("VIP", "Old"))
    plan = {"due_on": date(2026, 4, 1), "login": "ann", "reason": "Moves out.", "planned_at": NOW}
    for model, row in (
        (Did, NUMBER_OF_POOL | held | {"number": "49301111111", "description": "Desk of Ann"}),
        (SelfCareLogin, {"account_id": account_id, "login": "Ann-1", "login_key": "ann-1", "password_hash": "secret"}),
        (SelfCareLogin, {"version": 2}),
        (Note, {"at": NOW - timedelta(days=9), "author": "bob", "text": "=Likes tea.\nAnd coffee.", "sticky": True}),
        (CustomerTag, {"tag_id": vip}),
        (CustomerTag, {"tag_id": old, "removed_at": NOW}),
        (PlannedMove, plan | {"move": "provisionally_terminate"}),
        (PlannedMove, plan | {"move": "provisionally_terminate", "state": PlanState.CANCELLED}),
    ):
        insert(desk.engine, model, {"customer_id": customer_id} | row)


def fill_paid(engine: Engine, customer_id: int) -> None:
    """A discounted subscription that is charged ahead, what is left of a top-up, and of each one that is over."""
    topped = {
        "customer_id": customer_id, "option_id": a_top_up_option(engine, name="Hundred minutes"), "service": "Calls",
        "unit": Unit.MINUTES, "quantity": Decimal("50.5"), "begun_on": date(2026, 1, 1),
    }  # fmt: skip
    runs = {"plan_id": a_plan(engine, name="Fibre", is_offered=False), "fee_percent": 80}
    a_subscription(engine, customer_id, charged_until=date(2026, 3, 31), **runs)
    a_subscription(engine, customer_id, finished_on=date(2026, 3, 15), **runs)
    for day in (date(2026, 3, 15), date(2026, 4, 9)):
        insert(engine, TopUp, topped | {"expires_on": day})


def test_every_row_of_a_form_has_its_file_and_its_orders() -> None:
    ours = {add.section for add in AddBeside.__subclasses__() if add.__module__.startswith("data_access.")}
    assert ours <= {*ROWS.values()}
    assert ORDERS.keys() == ROWS.keys()
    left_out = {f"{kind}.{field.name}" for kind, section in ROWS.items() for field in section} - {
        f"{kind}.{column.field.name}" for kind, section in ROWS.items() for column in columns_of(section)
    }
    assert left_out == set()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_rows_of_a_desk_come_into_another_and_leave_it_again_the_same(
    desk: Desk, sqlite_databases: SqliteDatabases, tmp_path: Path, form: str
) -> None:
    fill(desk)
    with sqlite_databases.fresh() as url:
        other = make_engine(url)
        there = with_a_customer(Desk(other, tmp_path))
        copy_records(desk.engine, other)
        for kind in ROWS:
            rows, header = told(desk.engine, kind), rows_profile(kind).header
            assert len(rows) == 1
            content = as_csv(header, rows) if form == "csv" else as_xlsx(header, rows, title="Rows")
            path = there.file(f"{kind}.{form}", content)
            for is_trial in (True, False):
                run = there.run(path, row_mapping(kind, None, path), dry_run=is_trial)
                report = import_rows(kind, run)
                assert ([str(one) for one in report.refused], report.created, report.differences) == ([], 1, [])
                assert len(told(other, kind)) == (0 if is_trial else 1)
            assert told(other, kind) == rows
            again = import_rows(kind, there.run(path, row_mapping(kind, None, path)))
            assert (again.unchanged, again.created, again.changed) == (1, 0, 0)
        other.dispose()


def test_a_row_that_is_here_is_brought_up_to_date_and_none_is_removed(desk: Desk) -> None:
    fill(desk)
    assert bring(desk, "abbreviated-numbers", NUMBER | {"Number to dial": ""}).changed == 1
    assert bring(desk, "abbreviated-numbers", NUMBER | {"Abbreviated number": "5"}).created == 1
    numbers = [(row.number, row.target, row.description) for row in desk.rows(AbbreviatedNumber) if not row.removed_at]
    assert numbers == [("34", "49301234567", "Ann"), ("5", "49301234567", "Ann")]
    assert bring(desk, "accounts", {"Customer ID": "K-1", "Account ID": "A-1", "Account blocked": "no"}).changed == 1
    assert not desk.rows(Account)[0].blocked
    later = {"Customer ID": "K-1", "Account ID": "A-1", "First day without it": "2026-05-01"}
    assert bring(desk, "accounts", later).changed == 1
    first = desk.rows(Account)[0]
    assert (first.ended_on, first.numbers_at_end) == (date(2026, 5, 1), NumbersAtEnd.POOL)
    [quota] = desk.rows(Quota)
    row = {"Customer ID": "K-1", "Service": quota.service, "Unit": quota.unit.value, "Allowance": "77"}
    assert bring(desk, "quotas", row).changed == 1
    assert [one.allowance for one in desk.rows(Quota)] == [77]
    report = bring(desk, "quotas", row | {"Renewal": "weekly"})
    assert [(one.label, one.reason) for one in report.refused] == [
        ("Renewal", "This stays as it was granted: end the quota and grant another one.")
    ]


@pytest.mark.parametrize(
    ("kind", "row", "label", "says"),
    [
        ("abbreviated-numbers", {"Customer ID": "K-9"}, "Customer ID", "There is no customer with this ID."),
        ("abbreviated-numbers", {"Customer ID": "gone"}, "", "exported"),
        (
            "abbreviated-numbers",
            {"Abbreviated number": "3456"},
            "Abbreviated number",
            "Raise the maximum length first.",
        ),
        ("abbreviated-numbers", {"Abbreviated number": ""}, "Abbreviated number", "Give the abbreviated number."),
        ("abbreviated-numbers", {"Number to dial": "nobody"}, "Number to dial", "no account of the customer"),
        ("override-tariffs", {"Original tariff": "Usual", "Override tariff": "None"}, "Override tariff", "“None”"),
        ("override-tariffs", {"Original tariff": "Usual", "Override tariff": "Usual"}, "Override tariff", "itself"),
        ("measured-services", {"Measured parameter": "noise"}, "Measured parameter", "Choose what is measured."),
        ("accounts", {"Account ID": "A-9", "Kind of account": "phone_line"}, "Product", "Give the product."),
        ("accounts", {"Account ID": "B-1", "Kind of account": "phone_line", "Product": "x"}, "Account ID", "already"),
        ("warning-thresholds", {"Kind of threshold": "percent", "Threshold": "100.1"}, "", "100 at most"),
        ("warning-thresholds", {"Kind of threshold": "amount", "Threshold": "0"}, "", "above zero"),
        (
            "warning-thresholds",
            {"Kind of threshold": "often", "Threshold": "5"},
            "Kind of threshold",
            "Choose an amount",
        ),
        ("discounts", {"Volume discount plan": "None"}, "Volume discount plan", "“None”"),
        ("accounts", LINE | {"DIDs on it": "pool"}, "DIDs on it", "give that too"),
        ("accounts", LINE | {"First day without it": "2026-03-15"}, "First day without it", "today or a later day"),
        ("account-features", {"Account": "B-1", "Paging": "yes"}, "Account", "not one of this customer's"),
        ("account-features", {"Account": "A-1", "Paging": "yes"}, "Account", "“A-1”"),
        ("customer-dids", {"DID number": "+49 30 2222222"}, "DID number", "not in the pool"),
        ("customer-dids", {"DID number": "49301111111", "Assigned on": "2026-03-17"}, "Assigned on", "in the future"),
        ("customer-dids", {"DID number": "49301111111", "Account": "B-1"}, "", "account was not found"),
        ("self-care-logins", {"Account": "b-1", "Login": "ann"}, "Account", "“b-1”"),
        ("self-care-logins", {"Account": "B-1", "Login": "ann"}, "Account", "not one of this customer's"),
        ("self-care-logins", {"Account": "", "Login": "two words"}, "Login", "one word"),
        ("subscriptions", SUBSCRIBED | {"Finished on": "2026-03-15"}, "Finished on", "today or a later day"),
        ("subscriptions", SUBSCRIBED | {"Activated on": "2026-03-17"}, "Activated on", "still to come"),
        ("subscriptions", SUBSCRIBED | {"Charged until": "2026-04-17"}, "Charged until", "a billing period ahead"),
        ("subscriptions", SUBSCRIBED | {"Percent of the plan's fee": "80"}, "Percent of the plan's fee", "discount"),
        ("subscriptions", SUBSCRIBED | {"Subscription plan": "Yen"}, "", "sold in JPY"),
        ("top-ups", TOPPED | {"Left": "0"}, "Left", "above zero"),
        ("top-ups", TOPPED | {"Topped up on": "2026-03-17"}, "Topped up on", "in the future"),
        ("top-ups", TOPPED | {"Can be used until": "2026-03-15"}, "Can be used until", "from today on"),
        ("notes", WRITTEN | {"Written at": "2026-03-17T12:00:00Z"}, "Written at", "in the future"),
        ("notes", WRITTEN | {"Author": ""}, "Author", "who wrote it"),
        ("planned-changes", PLANNED | {"Planned for": "2026-03-16"}, "Planned for", "a day in the future"),
        ("planned-changes", PLANNED | {"Planned status change": "block"}, "Planned status change", "what is planned"),
    ],
)
@pytest.mark.parametrize("is_trial", [True, False])
def test_a_row_that_cannot_be_is_refused_at_its_cell(
    sqlite_url: str, tmp_path: Path, kind: str, row: dict[str, str], label: str, says: str, is_trial: bool
) -> None:
    desk = with_a_customer(Desk(make_engine(sqlite_url), tmp_path))
    other = a_customer(desk.engine, customer_code="gone", bill_status=BillStatus.EXPORTED)
    insert(desk.engine, Account, {"customer_id": other, "account_code": "B-1", "kind": "phone_line", "product": "Line",
                                  "activated_on": NOW.date()})  # fmt: skip
    for name in ("Usual", "Own"):
        insert(desk.engine, Tariff, {"name": name, "name_key": name.lower(), "currency": "EUR"})
    insert(desk.engine, Did, {"number": "49301111111"} | NUMBER_OF_POOL)
    a_plan(desk.engine, name="Fibre")
    a_plan(desk.engine, name="Yen", currency="JPY")
    a_top_up_option(desk.engine, name="Hundred minutes")
    usual = NUMBER if kind == "abbreviated-numbers" else {"Customer ID": "K-1"}
    report = bring(desk, kind, usual | row, dry_run=is_trial)
    assert [one.label for one in report.refused] == [label]
    assert says in report.refused[0].reason
    assert (report.created, [row for row in told(desk.engine, kind) if row[0] == "K-1"]) == (0, [])
    desk.engine.dispose()


def test_a_threshold_more_takes_none_away(desk: Desk) -> None:
    rows = [
        {"Customer ID": "K-1", "Kind of threshold": kind, "Threshold": value}
        for kind, value in (("amount", "40"), ("percent", "40"), ("amount", "60"))
    ]
    assert bring(desk, "warning-thresholds", *rows[:2]).created == 2
    again = bring(desk, "warning-thresholds", *rows)
    assert (again.unchanged, again.created) == (2, 1)
    assert [(one.kind, one.value, one.removed_at) for one in desk.rows(WarningThreshold)] == [
        ("amount", 40, None), ("percent", 40, None), ("amount", 60, None),
    ]  # fmt: skip


def test_what_began_before_counts_from_today_and_the_report_says_so(desk: Desk) -> None:
    a_discount_plan(desk.engine, name="Volume")
    row = {"Customer ID": "K-1", "Volume discount plan": "Volume", "Counts from": "2026-01-01"}
    report = bring(desk, "discounts", row)
    assert [one.reason for one in report.differences] == ["The file says 1 January 2026; here it counts from today."]
    assert [one.started_on for one in desk.rows(DiscountAssignment)] == [NOW.date()]


def test_what_people_did_is_brought_up_to_date_and_tells_nothing_twice(desk: Desk) -> None:
    fill(desk)
    own = {"Customer ID": "K-1"}
    row = own | {"DID number": "49301111111", "Account": "", "Assigned on": "2026-02-02", "Description": "Spare"}
    assert bring(desk, "customer-dids", row).changed == 1
    [did] = desk.rows(Did)
    assert (did.account_id is None, did.assigned_on, did.description) == (False, date(2026, 1, 5), "Spare")
    assert bring(desk, "self-care-logins", own | {"Account": "A-1", "Login": "ann-2"}).changed == 1
    assert bring(desk, "self-care-logins", own | {"Account": "", "Login": "k-one"}).created == 1
    assert [(one.login, one.password_hash, one.version) for one in desk.rows(SelfCareLogin)] == [
        ("ann-2", "secret", 2), ("k-one", None, 3),
    ]  # fmt: skip
    [note] = desk.rows(Note)
    written = {"Written at": note.at.isoformat(), "Note": note.text, "Author": "carl", "Sticky": "no"}
    assert bring(desk, "notes", own | written).changed == 1
    assert [(one.author, one.sticky) for one in desk.rows(Note)] == [("bob", False)]
    assert (
        bring(desk, "planned-changes", own | PLANNED | {"Planned for": "2026-05-01", "Reason": "Later."}).changed == 1
    )
    [plan, _] = desk.rows(PlannedMove)
    assert (plan.due_on, plan.reason) == (date(2026, 5, 1), "Moves out.")


def test_what_stands_in_the_pool_takes_its_right_and_what_was_before_that_to_import(desk: Desk) -> None:
    fill(desk)
    desk.actor = a_person(desk.engine, Role.SUPPORT, extra_grants=Permission.IMPORT_RUN.value)
    row = {"Customer ID": "K-1", "DID number": "49301111111", "Description": "Spare"}
    assert "customer classes" in bring(desk, "customer-dids", row).refused[0].reason
    [customer_id] = [one.customer_id for one in desk.rows(Dialing)]
    access, command_id = access_for(desk.engine, Role.SUPPORT), new_command_id()
    with pytest.raises(NotPermitted, match="import files"):
        access.execute(AddNote(customer_id=customer_id, text="Hello.", author="ann", command_id=command_id))
    held = {"did_id": insert(desk.engine, Did, {"number": "49302222222"} | NUMBER_OF_POOL), "customer_id": customer_id}
    with pytest.raises(NotPermitted, match="import files"):
        access.execute(AssignDid(before=HeldBefore(), command_id=command_id, **held))


def test_nobody_waits_for_a_dry_run_of_rows(desk: Desk) -> None:
    fill(desk)
    access = access_for(desk.engine)

    def edit(_rows: int) -> None:
        access.execute(BlockAccount(account_id=desk.rows(Account)[0].id, blocked=False, command_id=new_command_id()))

    row = {"Customer ID": "K-1", "Account ID": "A-1", "Product": "Fibre"}
    report = bring(desk, "accounts", row, dry_run=True, progress=edit)
    [first, _] = desk.rows(Account)
    assert (report.changed, first.product, first.blocked) == (1, "Line", False)


def test_a_row_that_stands_twice_in_a_file_is_refused_the_second_time(desk: Desk) -> None:
    report = bring(desk, "abbreviated-numbers", NUMBER, NUMBER | {"Customer ID": "k-1"})
    assert ([one.line for one in report.refused], report.created) == ([3], 1)


def test_rows_come_and_go_only_with_the_rights_to_them(desk: Desk) -> None:
    desk.actor = a_person(desk.engine, Role.ANALYST, extra_grants=Permission.IMPORT_RUN.value)
    with pytest.raises(NotPermitted):
        bring(desk, "abbreviated-numbers", NUMBER)
    with pytest.raises(NotPermitted, match="export personal data"):
        access_for(desk.engine, Role.SUPPORT).fetch(RowsToExport("abbreviated-numbers"))


def test_a_file_without_its_column_is_refused_before_anything_is_read(desk: Desk) -> None:
    with pytest.raises(Rejected, match="no column “Abbreviated number”"):
        bring(desk, "abbreviated-numbers", {"Customer ID": "K-1"})
