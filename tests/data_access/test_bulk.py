"""The door for bulk loads: as true as row by row, audited whole, done once."""

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain

import pytest
from sqlalchemy import Engine, func, select

from data_access.base.bookings import Kind
from data_access.base.engine import make_engine
from data_access.base.errors import Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.customers import CreateCustomer
from data_access.domain.validation import IN_CREDIT, OWES, CustomerInput
from data_access.imports.batches import insert_whole_or_one_by_one
from data_access.imports.customers import CustomerFile
from data_access.imports.files.mapping import FieldRule, FileMapping
from data_access.imports.files.reading import FileRow
from data_access.imports.report import Report
from data_access.models.base import Base
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer, Note
from data_access.models.history import Change, CommandLog, PersonalValue, StatusEvent
from data_access.models.money import Allocation, Invoice, Transaction
from data_access.queries.audit.verify import VerifyChain
from data_access.store.access import Access, new_command_id
from data_access.store.audit_trail import CommandHeader
from data_access.store.bulk import bulk_load
from tests.support.builders import a_class, a_customer, a_reseller, an_invoice
from tests.support.people import NOW, access_for

ARRIVING = {
    "customer_code": "K-1", "currency": "EUR", "balance_control": "postpaid", "credit_limit": "500",
    "company_name": "Lindgren & Söner", "email": "mail@example.com", "phone": "+46 8 1234567", "country": "SE",
    "billing_zone": "Europe/Stockholm",
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def twins(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Engine]]:
    databases = request.getfixturevalue(f"{request.param}_databases")
    with databases.fresh() as one, databases.fresh() as other:
        engines = make_engine(one), make_engine(other)
        yield engines
        for engine in engines:
            engine.dispose()


def a_manager(engine: Engine) -> tuple[Access, int]:
    class_id = a_class(engine, name="Homes", net_days=21)
    return access_for(engine, Role.ADMIN, login="ann"), class_id


def made_row_by_row(access: Access, class_id: int, balance: str) -> int:
    side = IN_CREDIT if balance.startswith("-") else OWES
    typed = CustomerInput(
        **ARRIVING, customer_class_id=str(class_id), opening_balance=balance.lstrip("-"), opening_side=side
    )
    return access.execute(CreateCustomer(command_id=new_command_id(), customer=typed)).customer_id


def made_in_bulk(access: Access, balance: str) -> int:
    typed = ARRIVING | {"customer_class": "Homes", "balance": balance}
    own = {name: FieldRule(constant=text) for name, text in typed.items()}
    importer = CustomerFile(FileMapping("", own), own)
    with bulk_load(access.engine, access.actor, CommandHeader(new_command_id(), "Load", "", "", lambda: NOW)) as load:
        importer.apply(load, [FileRow(2)], Report())
        load.complete({})
    return int(told(access.engine, Customer)[0]["id"])


def told(engine: Engine, model: type[Base]) -> list[dict[str, object]]:
    """All rows, without the name of the command that wrote them."""
    with engine.connect() as connection:
        rows = connection.execute(select(model.__table__).order_by(model.__table__.c.id)).mappings()
        return [{name: value for name, value in row.items() if name != "command_id"} for row in rows]


def pay(access: Access, customer_id: int) -> None:
    access.execute(
        BookTransaction(
            command_id=new_command_id(), customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=Decimal(70)
        )
    )


@pytest.mark.parametrize("balance", ["0", "120.50", "-40"])
def test_a_customer_loaded_in_bulk_is_the_one_made_row_by_row(twins, balance):
    one, other = twins
    access, class_id = a_manager(one)
    pay(access, made_row_by_row(access, class_id, balance))
    access, _ = a_manager(other)
    pay(access, made_in_bulk(access, balance))
    for model in (Customer, Invoice, Transaction, Allocation, StatusEvent):
        assert told(one, model) == told(other, model), model


def test_a_record_is_audited_in_one_row_with_its_personal_part_apart(engine):
    a_customer(engine, customer_code="K-1", first_name="Åsa", email="asa@example.com")
    with engine.connect() as connection:
        entry = connection.execute(select(Change.__table__).where(Change.entity == "Customer")).one()
        personal = connection.scalar(select(PersonalValue.after).where(PersonalValue.id == entry.personal_id))
    assert (entry.field, entry.before) == ("*", None)
    assert json.loads(entry.after)["customer_code"] == "K-1"
    assert json.loads(personal) == {"email": "asa@example.com", "first_name": "Åsa"}
    assert "asa" not in entry.after.casefold()


def test_a_load_left_before_its_end_leaves_nothing(engine):
    customer_id = a_customer(engine)
    with bulk_load(engine, SYSTEM, CommandHeader("load", "Load", "", "", lambda: NOW)) as load:
        load.insert(Note, [{"customer_id": customer_id, "at": NOW, "author": "ann", "text": "Hello."}])
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Note.id))) == 0
        assert connection.scalar(select(func.count()).where(CommandLog.name == "Load")) == 0


def test_a_load_is_done_once(engine):
    order = CommandHeader("load", "Load", "content", "", lambda: NOW)
    with bulk_load(engine, SYSTEM, order) as load:
        load.complete({"rows": 3})
    with bulk_load(engine, SYSTEM, order) as load:
        assert load.replayed() == {"rows": 3}


def test_the_id_of_a_load_is_not_used_for_other_content(engine):
    with bulk_load(engine, SYSTEM, CommandHeader("load", "Load", "content", "", lambda: NOW)) as load:
        load.complete({})
    other = CommandHeader("load", "Load", "other content", "", lambda: NOW)
    with bulk_load(engine, SYSTEM, other) as load, pytest.raises(Rejected, match="already saved"):
        load.replayed()


def test_the_chain_holds_over_loads(engine):
    an_invoice(engine, a_customer(engine, last_name="Lindgren"))
    access = access_for(engine, Role.ADMIN)
    assert access.fetch(VerifyChain()).holds


def test_a_load_sees_the_customers_of_its_actor_only(engine):
    a_customer(engine)
    access = access_for(engine, Role.ADMIN, reseller_id=a_reseller(engine))
    with bulk_load(engine, access.actor, CommandHeader("load", "Load", "", "", lambda: NOW)) as load:
        assert load.connection.execute(load.select(Customer).with_only_columns(Customer.id)).all() == []


def test_what_a_savepoint_takes_back_is_not_audited(engine):
    a_class(engine, name="Homes")
    refused: list[tuple[str, ...]] = []
    with bulk_load(engine, SYSTEM, CommandHeader("load", "Load", "", "", lambda: NOW)) as load:

        def write(groups: list[tuple[str, ...]]) -> None:
            for name in chain.from_iterable(groups):
                load.insert(CustomerClass, [{"name": name, "name_key": name.lower(), "business_model": "Homes"}])

        kept = insert_whole_or_one_by_one(
            load, [("Cabins",), ("Huts", "Homes")], write, lambda group, _why: refused.append(group)
        )
        load.complete({})
    assert (kept, refused) == ([("Cabins",)], [("Huts", "Homes")])
    assert [row["name"] for row in told(engine, CustomerClass)] == ["Homes", "Cabins"]
    with engine.connect() as connection:
        noted = select(func.count(Change.id)).where(Change.entity == "CustomerClass")
        assert connection.scalar(noted) == 2
