"""The tables that a command says it wrote to: every one in which anything differs afterwards, whatever it did."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.permissions import SYSTEM
from data_access.commands.billing.money import BookTransaction
from data_access.commands.billing.periods import ClosePeriod
from data_access.commands.collections.collection import Collect
from data_access.commands.customers.customers import EditCustomer
from data_access.commands.customers.status import ChangeStatus
from data_access.migrations.every_table import every_table
from data_access.models.customers import BillingPeriod
from data_access.models.history import CommandLog
from data_access.models.kept.search_texts import INDEX
from data_access.store.access import Access, new_command_id
from data_access.store.scope import _FOLLOWS, TABLES, tables_read, tables_written
from tests.support.builders import a_class, a_customer, a_subscription, a_suspended_customer, an_invoice
from tests.support.people import NOW

Act = Callable[[], object]


def _pays(access: Access, engine: Engine) -> Act:
    order = BookTransaction(
        customer_id=a_suspended_customer(engine), kind=Kind.MANUAL_PAYMENT, amount=Decimal(100),
        command_id=new_command_id(),
    )  # fmt: skip
    return lambda: access.execute(order)


def _is_collected(access: Access, engine: Engine) -> Act:
    customer = a_customer(engine, customer_class_id=a_class(engine, suspend_after=1, late_fee=Decimal(5)))
    an_invoice(engine, customer)
    return lambda: access.execute(Collect(customer_id=customer, command_id=new_command_id()))


def _closes(access: Access, engine: Engine) -> Act:
    today = NOW.date()
    customer = a_customer(
        engine, billing_period=BillingPeriod.DAILY, period_from=today - timedelta(days=3),
        period_to=today - timedelta(days=3), closes_at=NOW - timedelta(days=1),
    )  # fmt: skip
    a_subscription(engine, customer)
    return lambda: access.execute(ClosePeriod(customer_id=customer, command_id=new_command_id()))


def _is_blocked(access: Access, engine: Engine) -> Act:
    order = ChangeStatus(customer_id=a_customer(engine), move="block", reason="fraud", command_id=new_command_id())
    return lambda: access.execute(order)


def _is_edited(access: Access, engine: Engine) -> Act:
    order = EditCustomer(
        customer_id=a_customer(engine), version=1, shown={"city": ""}, changes={"city": "Lyon"}, reason="moved",
        command_id=new_command_id(),
    )  # fmt: skip
    return lambda: access.execute(order)


def _contents(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {
            name: sorted(map(str, connection.execute(select(table)))) for name, table in every_table().tables.items()
        }


def _last(engine: Engine) -> frozenset[str]:
    with Session(engine) as session:
        return tables_written(session.scalar(select(CommandLog.tables).order_by(CommandLog.number.desc()).limit(1)))


@pytest.mark.parametrize("arrange", [_pays, _is_collected, _closes, _is_blocked, _is_edited])
def test_a_command_names_every_table_in_which_something_differs(
    engine: Engine, arrange: Callable[[Access, Engine], Act]
) -> None:
    act = arrange(Access(engine, SYSTEM, lambda: NOW), engine)
    before = _contents(engine)
    act()
    differ = {name for name, rows in _contents(engine).items() if rows != before[name]} & TABLES
    said = _last(engine)
    assert {name for name in differ if not tables_read(f"SELECT * FROM {name}") & said} == set()
    assert differ - _FOLLOWS.keys() <= said


def test_a_bulk_load_names_them_too(engine: Engine) -> None:
    a_suspended_customer(engine)
    assert {"customers", "invoices", "transactions", "command_log"} <= _last(engine)


def test_one_of_before_is_taken_to_have_written_everywhere() -> None:
    assert tables_written(None) == TABLES


def test_whatever_triggers_write_to_is_known_to_follow(engine: Engine) -> None:
    with engine.connect() as connection:
        asked = (
            "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
            if engine.dialect.name == "sqlite"
            else "SELECT prosrc FROM pg_proc JOIN pg_trigger ON pg_trigger.tgfoid = pg_proc.oid"
        )
        words = " ".join(connection.scalars(text(asked)))
    written = {name for name in inspect(engine).get_table_names() if f"INSERT INTO {name} " in words}
    assert written - {INDEX} == set(_FOLLOWS)  # the index is read beside its texts alone


def test_the_tables_of_a_statement_are_all_that_it_names() -> None:
    statement = 'SELECT customers.id FROM customers WHERE EXISTS (SELECT 1 FROM invoices JOIN "change" ON true)'
    assert tables_read(statement) == {"customers", "invoices", "change"}
    assert tables_read("SELECT sum(customer_counts.customers) FROM customer_counts") == {"customer_counts", "customers"}
