"""Real credit accounts: thirty thousand on the page Credit exposure, some of them imported; sums to the cent."""

import csv
import gzip
from decimal import Decimal
from itertools import islice

import pytest

from data_access.base.money import ZERO
from data_access.base.permissions import SYSTEM, Role
from data_access.domain.limit_use import LimitUse
from data_access.imports.customers import customer_mapping, import_customers
from data_access.models.customers import BalanceControl, Customer
from data_access.queries.exposure.exposure import ExposureBins, ExposureTotals
from data_access.store.access import Access
from data_access.store.bulk import bulk_load
from tests.data_access.test_imports import MAPPINGS, Desk
from tests.support.builders import a_class
from tests.support.real_accounts import FILE, over_and_in_credit, sums_of
from tests.support.rows import BEFORE, arrangement

PART = 5_000


@pytest.fixture
def desk(desk_app):
    """Balances and limits as the file has them, laid straight into the table."""
    shared = {
        "customer_class_id": a_class(desk_app.engine), "balance_control": BalanceControl.POSTPAID, "currency": "TWD",
        "created_at": BEFORE,
    }  # fmt: skip
    with gzip.open(FILE, "rt") as lines:
        rows = [
            shared
            | dict.fromkeys(("customer_code", "customer_code_key", "name_key"), account["USER_ID"])
            | {"credit_limit": Decimal(account["CREDIT_LIMIT"]), "balance": Decimal(account["BILL_AMT1"])}
            for account in csv.DictReader(lines)
        ]
    with bulk_load(desk_app.engine, SYSTEM, arrangement()) as load:
        load.insert(Customer, rows)
        load.complete({})
    return desk_app


def test_the_figures_of_the_file_are_on_the_screen(desk):
    access = Access(desk.engine, SYSTEM)
    totals, cells = access.fetch(ExposureTotals("TWD")), access.fetch(ExposureBins("TWD"))
    assert (totals.postpaid.owed, totals.postpaid.limits) == (Decimal("1536699927.00"), Decimal("5024529680.00"))
    assert (totals.of(LimitUse.OVER).customers, totals.of(LimitUse.IN_CREDIT).customers) == (2_115, 590)
    assert (cells["customers"].sum(), sum(cells["owed"])) == (30_000, Decimal("1536699927.00"))
    assert len(cells) < 2_000

    page = desk.open("credit_exposure", Role.MANAGER)
    assert not page.exception
    assert [metric.value for metric in page.metric][:2] == ["30,000", "2,115"]
    shown = {text.value for text in page.text}
    assert {"owe 1,536,699,927.00 TWD net of credits", "limits of 5,024,529,680.00 TWD"} <= shown


def test_real_accounts_add_up_to_the_sums_of_their_file(desk_app, tmp_path):
    """The first of the file; `tests/long` brings in all of it."""
    with gzip.open(FILE, "rt") as lines:
        first = list(islice(lines, 1 + PART))
    desk, mapping = Desk(desk_app.engine, tmp_path), customer_mapping(MAPPINGS / "credit-accounts.toml")
    report = import_customers(desk.run(desk.file("first.csv", "".join(first)), mapping))
    told = [(Decimal(row["BILL_AMT1"]), Decimal(row["CREDIT_LIMIT"])) for row in csv.DictReader(first)]
    over, credit = sum(owed > limit for owed, limit in told), sum(owed < ZERO for owed, _ in told)
    assert (report.created, report.refused, len(told)) == (PART, [], PART)
    assert sums_of(desk.engine) == (sum(owed for owed, _ in told), sum(limit for _, limit in told))
    assert (over_and_in_credit(desk.engine), over > 0, credit > 0) == ((over, credit), True, True)
