"""The pages of a customer whose personal data is erased and whose details are archived: they open, and say it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.customer.tab_bar import TABS
from data_access.base.permissions import PEOPLE_ROLES, SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.erasure import ErasePersonal
from data_access.jobs.archive import archive_customer
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_note, an_account, an_invoice
from tests.support.desk_app import DeskApp
from tests.support.forms import said
from tests.support.people import NOW

LONG_AGO = NOW - timedelta(days=4000)


def a_forgotten_customer(engine: Engine, folder: Path) -> tuple[int, int]:
    """The customer, and one of its invoices."""
    terms = a_class(engine, purge_after_months=6, archive_after_months=120)
    customer_id = a_customer(
        engine, customer_class_id=terms, company_name="Aurora Ltd", email="a@aurora.example", customer_code="GONE-1",
        bill_status=BillStatus.PERMANENTLY_TERMINATED, terminated_at=LONG_AGO, terminate_on=LONG_AGO.date(),
        balance=Decimal(7),
    )  # fmt: skip
    invoice_id = an_invoice(engine, customer_id, paid=Decimal(100))
    a_note(engine, customer_id, text="Aurora called.")
    an_account(engine, customer_id)
    system = Access(engine, SYSTEM, lambda: NOW)
    system.execute(ErasePersonal(customer_id=customer_id, command_id=new_command_id()))
    archive_customer(engine, SYSTEM, lambda: NOW, folder, customer_id)
    return customer_id, invoice_id


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_and_names_nobody(desk_app: DeskApp, tmp_path: Path, tab: str) -> None:
    customer_id, _ = a_forgotten_customer(desk_app.engine, tmp_path)
    app = desk_app.open("customer", Role.ADMIN, id=str(customer_id), tab=tab)
    assert not app.exception
    assert "Aurora" not in said(app)
    assert "Erased" in said(app)


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_everyone_can_still_open_it(desk_app: DeskApp, tmp_path: Path, role: Role) -> None:
    customer_id, _ = a_forgotten_customer(desk_app.engine, tmp_path)
    app = desk_app.open("customer", role, id=str(customer_id))
    assert not app.exception
    assert "GONE-1" in said(app)


def test_its_invoice_still_opens(desk_app: DeskApp, tmp_path: Path) -> None:
    _, invoice_id = a_forgotten_customer(desk_app.engine, tmp_path)
    app = desk_app.open("invoice", Role.ADMIN, id=str(invoice_id))
    assert not app.exception
    assert "Aurora" not in said(app)
