"""Versions in files of customers: a row is refused where its customer was edited since it was exported."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.permissions import Role
from data_access.base.text.sheets import as_csv
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.additional import EditAdditionalInfo
from data_access.commands.customers.customers import EditCustomer
from data_access.models.customers import Customer
from data_access.store.access import Access, Command, new_command_id
from tests.data_access.test_everything import MAPPING, with_versions
from tests.data_access.test_imports import Desk
from tests.support.builders import a_customer
from tests.support.people import access_for

SINCE = "Changed since it was exported, on 16 March 2026, by anna: export it again, and look at it."
CODES = ("K-1", "K-2", "K-3")


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    desk = Desk(engine, tmp_path)
    for code in CODES:
        a_customer(engine, customer_code=code, company_name="Was", customer_class_id=desk.class_id)
    return desk


def a_file(desk: Desk, *, without: str = "", **told: Any) -> Path:
    """The export, with these cells in each row."""
    rows = [{name: cell for name, cell in (row | told).items() if name != without} for row in with_versions(desk)]
    return desk.file("all.csv", as_csv(tuple(rows[0]), [tuple(row.values()) for row in rows]))


def bring_in(desk: Desk, path: Path, **over: Any) -> Any:
    return desk.customers_from(path, mapping=MAPPING.read_text(), **over)


def names(desk: Desk) -> list[str]:
    return [row.company_name for row in desk.rows(Customer)]


def edits(customer_id: int) -> Command[Any]:
    return EditCustomer(
        customer_id=customer_id, version=1, shown={"city": ""}, changes={"city": "Oslo"}, command_id=new_command_id()
    )


def edits_beside(customer_id: int) -> Command[Any]:
    return EditAdditionalInfo(
        customer_id=customer_id, version=0, shown={}, changes={"tax_id": "T-1"}, command_id=new_command_id()
    )


@pytest.mark.parametrize("edit", [edits, edits_beside])
def test_a_customer_who_was_edited_since_is_refused_and_the_others_are_changed(
    desk: Desk, edit: Callable[[int], Command[Any]]
) -> None:
    path = a_file(desk, **{"Company name": "Becomes"})
    anna: Access = access_for(desk.engine, Role.ADMIN, login="anna")
    anna.execute(edit(desk.rows(Customer)[1].id))
    for dry_run in (True, False):
        report = bring_in(desk, path, dry_run=dry_run)
        assert [(one.customer_code, one.reason) for one in report.refused] == [("K-2", SINCE)]
        assert (report.changed, report.unchanged) == (2, 0)
    assert names(desk) == ["Becomes", "Was", "Becomes"]
    again = bring_in(desk, path)
    assert (again.unchanged, again.refused_rows) == (2, 1)
    assert bring_in(desk, a_file(desk, **{"Company name": "Becomes"})).changed == 1


def test_a_booking_is_no_edit(desk: Desk) -> None:
    path = a_file(desk, **{"Company name": "Becomes"})
    paid = BookTransaction(
        customer_id=desk.rows(Customer)[0].id, kind=Kind.MANUAL_PAYMENT, amount=Decimal(5), command_id=new_command_id()
    )
    access_for(desk.engine, Role.ADMIN).execute(paid)
    assert bring_in(desk, path).changed == len(CODES)


def test_a_file_without_versions_and_one_of_another_desk_are_brought_in_as_ever(desk: Desk) -> None:
    without = a_file(desk, without="Version", **{"Company name": "Without"})
    anna = access_for(desk.engine, Role.ADMIN)
    anna.execute(edits(desk.rows(Customer)[0].id))
    assert bring_in(desk, without).changed == len(CODES)
    elsewhere = a_file(desk, **{"Company name": "Elsewhere", "Version": "1-00000000"})
    assert bring_in(desk, elsewhere).changed == len(CODES)
    report = bring_in(desk, a_file(desk, **{"Company name": "Typed", "Version": "seven"}))
    assert {(one.label, one.reason) for one in report.refused} == {
        ("Version", "“seven” is no version: leave it as the export wrote it.")
    }
    assert names(desk) == ["Elsewhere"] * len(CODES)
