"""Addresses that people have kept: each opens the page that it opened when it was written, with the same rows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from dashboard.kit.cache import forget
from data_access.base.clock import system_clock
from data_access.base.permissions import Actor, Role
from data_access.base.statuses import BillStatus
from data_access.domain.sections import CLASS_GROUPS
from data_access.models.customers import BalanceControl
from tests.support.builders import (
    a_class,
    a_customer,
    a_did,
    a_plan,
    a_promise,
    a_reseller,
    a_subscription,
    a_suspended_customer,
    an_account,
    an_invoice,
)
from tests.support.databases import SqliteDatabases
from tests.support.desk_app import DeskApp, desk_app_on
from tests.support.people import NOW, a_person

ADDRESSES = json.loads(Path(__file__).with_name("working_addresses.json").read_text(encoding="utf-8"))
_ABOUT_ONE = ("customer", "invoice", "next_invoice", "customer_class")
_OF_A_CUSTOMER = "Customer ID"
_LEFT_OUT = {
    "Monday",
    "Setting",
    *(group.title for group in CLASS_GROUPS),
}  # the calendar; what each new parameter lengthens
_SENTENCES = (
    "sorted by", "newest first", "soonest first", "not permanently terminated", "by Customer ID", "that you can see",
)  # fmt: skip


def a_desk(engine: Engine) -> None:
    """A customer for every filter, and enough plain ones for pages of every list."""
    now, gold, plain = system_clock(), a_class(engine, name="Gold"), a_class(engine, name="Plain")
    others, north = partial(a_customer, engine, customer_class_id=plain), a_reseller(engine, name="North")
    a_reseller(engine, name="South")
    a_customer(
        engine, customer_code="A-RICH", company_name="Aurora", first_name="Ada", last_name="Ek", city="Örebro",
        country="SE", phone="+46 19 1", email="a@aurora.example", description="A good one", customer_class_id=gold,
        reseller_id=north, balance=Decimal(1250), unallocated=Decimal(7), created_at=NOW, blocked=True,
        terminate_on=date(2099, 4, 1), temporary_limit=Decimal(50), temporary_limit_until=now + timedelta(days=2),
    )  # fmt: skip
    rich = 1
    for number in range(60):
        an_invoice(engine, rich, number=f"2099-{number:02}", issued_on=date(2026, 1, 1), due_on=date(2099, 3, 10))
    an_account(engine, rich, account_code="4912345")
    a_did(engine, rich, number="4699887")
    a_subscription(engine, rich, plan_id=a_plan(engine, name="Fibre 100"))
    a_promise(engine, rich)
    for number in range(28):
        a_customer(
            engine, customer_code=f"K-{number:02}", company_name=f"Plain {number:02} Ltd", balance=Decimal(40 * number),
            created_at=NOW - timedelta(days=100 - number), customer_class_id=gold if number % 3 else plain,
            currency="USD" if number % 4 == 0 else "EUR", country="DE", legal_hold=number > 0,
        )  # fmt: skip
    prepaid = {"balance_control": BalanceControl.PREPAID, "balance": Decimal("-12.4")}
    others(customer_code="P-PREPAID", company_name="Blue", **prepaid)
    others(customer_code="P-EMPTY", company_name="Blue Empty", balance_control=BalanceControl.PREPAID)
    others(customer_code="L-NONE", company_name="Green", credit_limit=None, balance=Decimal(5))
    others(customer_code="L-OVER", company_name="Red", balance=Decimal(1200))
    others(customer_code="L-CREDIT", company_name="Rose", balance=Decimal(-3))
    for number in range(28):
        late = others(customer_code=f"O-{number:02}", company_name=f"Late {number:02}", country="PL")
        an_invoice(engine, late, issued_on=date(2026, 1, 1), due_on=date(2026, 2, 1 + number % 5))
    lift = {"suspension_lifted_until": now + timedelta(hours=20), "first_lifted_on": now.date()}
    a_suspended_customer(engine, customer_class_id=plain, customer_code="S-LIFTED", company_name="Lifted", **lift)
    a_suspended_customer(
        engine, customer_class_id=plain, customer_code="S-NOW", company_name="Suspended", currency="USD"
    )
    end = {"bill_status": BillStatus.PROVISIONALLY_TERMINATED, "terminate_on": now.date() + timedelta(days=3)}
    others(customer_code="T-SOON", company_name="Ending", **end)
    for number in range(3):
        others(
            customer_code=f"T-GONE-{number}", company_name="Gone", balance=Decimal(number),
            bill_status=BillStatus.PERMANENTLY_TERMINATED, reseller_id=north,
        )  # fmt: skip
    others(customer_code="X-1", company_name="Export", bill_status=BillStatus.EXPORTED)


@dataclass(frozen=True)
class Kept:
    """One person's dashboard for all addresses: signing in takes longer than a page."""

    desk: DeskApp
    reader: Actor
    app: AppTest

    def open(self, page: str, address: str) -> AppTest:
        """A page about one thing keeps its tab in the session, so it is opened anew."""
        app = self.desk.sign_in_as(self.reader) if page in _ABOUT_ONE else self.app
        app.query_params.clear()
        app.switch_page(f"../pages/{page}.py")
        for name, values in parse_qs(address, keep_blank_values=True).items():
            app.query_params[name] = values
        return app.run()


@pytest.fixture(scope="module")
def kept(sqlite_databases: SqliteDatabases) -> Iterator[Kept]:
    sqlite_databases.empty()
    forget()
    url = sqlite_databases.kept.url.render_as_string(hide_password=False)
    with pytest.MonkeyPatch.context() as patch, desk_app_on(url, patch) as desk:
        a_desk(desk.engine)
        reader = a_person(desk.engine, Role.ADMIN, login="keeper")
        yield Kept(desk, reader, desk.sign_in_as(reader).run())


def shown(app: AppTest) -> dict[str, list[str]]:
    """Who or what stands in the lists, and what the page says of them."""
    said = [text.value for text in app.main.text if any(part in text.value for part in _SENTENCES)]
    return {
        "rows": [_named(table.value) for table in app.dataframe if not _LEFT_OUT.intersection(table.value)],
        "says": [*said, *(each.value for kind in (app.warning, app.info, app.error) for each in kind)],
    }


def _named(table: Any) -> str:
    """The rows of customers one by one; of other things how many there are, and the ends."""
    of_customers = _OF_A_CUSTOMER in table
    column = table[_OF_A_CUSTOMER if of_customers else table.columns[0]]
    cells = [str(cell).strip("\u200b").partition(", in ")[0] for cell in column]
    return " ".join(cells) if of_customers else f"{len(cells)}: {cells[0]} … {cells[-1]}"


@pytest.mark.parametrize("one", ADDRESSES, ids=lambda one: f"{one['page']}?{one['address']}")
def test_a_kept_address_shows_what_it_showed(kept: Kept, one: dict[str, Any]) -> None:
    page = kept.open(one["page"], one["address"])
    assert not page.exception
    assert shown(page) == one["shows"]
