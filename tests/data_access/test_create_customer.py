"""Adding a customer: what stands there afterwards, and who may ask for what."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select

from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.commands.customers.customers import CreateCustomer, CustomerSaved
from data_access.domain.validation import IN_CREDIT, UNLIMITED, CustomerInput
from data_access.models.customers import Customer
from data_access.models.history import Change, StatusEvent
from data_access.models.money import Invoice, Transaction
from data_access.queries.timeline.history import StatusHistory
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.people import NOW, access_for


def typed(engine: Engine, **over: Any) -> CustomerInput:
    given = {"customer_code": "C-1", "balance_control": "postpaid", "currency": "EUR"} | over
    given.setdefault("customer_class_id", str(a_class(engine, net_days=10)))
    return CustomerInput(**given)


def create(access: Access, entered: CustomerInput, **over: Any) -> CustomerSaved:
    return access.execute(CreateCustomer(**({"customer": entered, "command_id": new_command_id()} | over)))


def rows(engine: Engine, model: Any, **where: Any) -> list[Any]:
    table = model.__table__
    with engine.connect() as connection:
        asked = select(table).where(*(table.c[name] == value for name, value in where.items())).order_by(table.c.id)
        return list(connection.execute(asked))


def test_a_customer_is_kept_as_typed_with_folded_keys(engine):
    saved = create(access_for(engine, Role.MANAGER), typed(engine, company_name="Café Ö", email="A@example.com",
                                                           phone="+49 30 12345", credit_limit="99.5"))  # fmt: skip
    (row,) = rows(engine, Customer)
    assert (row.id, row.customer_code, row.version) == (saved.customer_id, "C-1", 1)
    assert (row.name_key, row.phone_key, row.credit_limit) == ("cafe o", "493012345", Decimal("99.5"))


def test_a_creation_leaves_a_status_event_with_its_reason(engine):
    saved = create(access_for(engine), typed(engine), reason="new contract", blocked=True)
    (event,) = rows(engine, StatusEvent, customer_id=saved.customer_id)
    assert (event.move, event.blocked, event.reason) == ("created", True, "new contract")
    (first,) = access_for(engine).fetch(StatusHistory(saved.customer_id))
    assert (first.what, first.status_from, first.status_to) == ("Created", "", "Active")


def test_without_the_right_to_limits_the_default_of_the_class_holds(engine):
    chosen = a_class(engine, default_credit_limit=Decimal(250))
    create(access_for(engine), typed(engine, customer_class_id=str(chosen)))
    assert rows(engine, Customer)[0].credit_limit == Decimal(250)


def test_without_a_default_the_limit_is_zero_and_not_unlimited(engine):
    create(access_for(engine), typed(engine))
    assert rows(engine, Customer)[0].credit_limit == 0


@pytest.mark.parametrize("over", [{"credit_limit": "5"}, {"opening_balance": "5"}, {"limit_choice": UNLIMITED}])
def test_support_may_neither_set_a_limit_nor_bring_in_a_balance(engine, over):
    with pytest.raises(NotPermitted, match="set permanent credit limits"):
        create(access_for(engine), typed(engine, **over))
    assert rows(engine, Customer) == []


def test_a_manager_may_leave_the_limit_blank(engine):
    create(access_for(engine, Role.MANAGER), typed(engine))
    assert rows(engine, Customer)[0].credit_limit is None


def test_an_analyst_cannot_add_customers(engine):
    with pytest.raises(NotPermitted, match="no right to add customers"):
        create(access_for(engine, Role.ANALYST), typed(engine))


def test_an_opening_debt_becomes_an_invoice_that_can_be_late(engine):
    manager = access_for(engine, Role.MANAGER)
    create(manager, typed(engine, opening_balance="120.5", billing_zone="Europe/Berlin"))
    (invoice,), (booked,), (customer,) = rows(engine, Invoice), rows(engine, Transaction), rows(engine, Customer)
    assert (invoice.type, invoice.total, invoice.due_on) == ("opening", Decimal("120.5"), date(2026, 3, 26))
    assert invoice.overdue_from == datetime(2026, 3, 26, 23, tzinfo=UTC) == customer.first_overdue_from
    assert (booked.kind, booked.amount, booked.balance_after) == ("opening_debt", Decimal("120.5"), Decimal("120.5"))
    assert (customer.balance, customer.outstanding) == (Decimal("120.5"), Decimal("120.5"))


def test_an_opening_credit_is_unallocated_money(engine):
    create(access_for(engine, Role.MANAGER), typed(engine, opening_balance="30", opening_side=IN_CREDIT))
    (customer,), (booked,) = rows(engine, Customer), rows(engine, Transaction)
    assert (customer.balance, customer.unallocated, booked.kind) == (Decimal(-30), Decimal(30), "opening_credit")
    assert rows(engine, Invoice) == []


def test_money_in_advance_has_no_more_decimals_than_its_currency(engine):
    with pytest.raises(Invalid) as refusal:
        create(access_for(engine, Role.MANAGER), typed(engine, opening_balance="1.005", opening_side=IN_CREDIT))
    assert set(refusal.value.complaints) == {"opening_balance"}


def test_a_customer_id_is_taken_whatever_its_case_and_accents(engine):
    a_customer(engine, customer_code="Café")
    with pytest.raises(Invalid, match="Customer ID is already used, spelled “Café”"):
        create(access_for(engine), typed(engine, customer_code=" CAFE "))


def test_a_customer_id_taken_at_another_reseller_is_refused_by_the_database(engine):
    mine, other = a_reseller(engine), a_reseller(engine)
    a_customer(engine, customer_code="C-1", reseller_id=other)
    with pytest.raises(Invalid, match="Customer ID is already used"):
        create(access_for(engine, Role.MANAGER, reseller_id=mine), typed(engine))


def test_what_only_the_database_knows_is_said_together_with_the_rest(engine):
    a_customer(engine, customer_code="C-1")
    with pytest.raises(Invalid) as refusal:
        create(access_for(engine, Role.ADMIN), typed(engine, email="?", reseller_id="99"))
    assert set(refusal.value.complaints) == {"customer_code", "email", "reseller_id"}


def test_the_customers_of_a_confined_person_belong_to_their_reseller(engine):
    mine = a_reseller(engine)
    create(access_for(engine, Role.MANAGER, reseller_id=mine), typed(engine))
    assert rows(engine, Customer)[0].reseller_id == mine


def test_a_prepaid_customer_is_added_without_a_limit(engine):
    create(access_for(engine), typed(engine, balance_control="prepaid"))
    assert rows(engine, Customer)[0].credit_limit is None


def test_the_audit_tells_the_fields_of_a_new_customer(engine):
    create(access_for(engine), typed(engine, city="Oslo"))
    assert {"customer_code", "currency", "city"} <= {row.field for row in rows(engine, Change)}


def test_the_same_order_twice_adds_one_customer_and_gives_the_first_result(engine):
    access, order = access_for(engine), CreateCustomer(customer=typed(engine), command_id=new_command_id())
    assert access.execute(order) == access.execute(order)
    assert len(rows(engine, Customer)) == 1


def test_the_same_order_twice_at_once_adds_one_customer(engine):
    access, order = access_for(engine), CreateCustomer(customer=typed(engine), command_id=new_command_id())
    with ThreadPoolExecutor(4) as threads:
        results = {future.result() for future in [threads.submit(access.execute, order) for _ in range(4)]}
    assert len(results) == len(rows(engine, Customer)) == 1


def test_two_at_once_with_one_customer_id_leave_one_customer(engine):
    first, second = access_for(engine), access_for(engine)
    entered = typed(engine)
    with ThreadPoolExecutor(2) as threads:
        tries = [threads.submit(create, access, entered) for access in (first, second)]
    refused = [failed for failed in (one.exception() for one in tries) if failed]
    assert len(rows(engine, Customer)) == 1
    assert [type(failed) for failed in refused] == [Invalid]


@pytest.mark.parametrize("other", ["content", "person"])
def test_an_order_id_is_not_used_for_anything_else(engine, other):
    access, entered = access_for(engine), typed(engine)
    create(access, entered, command_id="id-1")
    again: dict[str, Callable[[], Any]] = {
        "content": lambda: create(access, replace(entered, city="Oslo"), command_id="id-1"),
        "person": lambda: create(access_for(engine), entered, command_id="id-1"),
    }
    with pytest.raises(Rejected, match="already saved"):
        again[other]()


NASTY = [
    "'; DROP TABLE customers; --",
    "😀‍👩‍🚀",
    "مرحبا بالعالم",
    "<script>alert(1)</script>",
    "*bold* [x](y) $1$",
    "%_\\",
]


@pytest.mark.parametrize("text", NASTY)
def test_any_text_comes_back_as_it_was_typed(engine, text):
    code = text.replace("\u200d", "")  # nobody sees it, so it makes no ID
    create(access_for(engine), typed(engine, customer_code=code, company_name=text, city=text[:60], description=text))
    (row,) = rows(engine, Customer)
    assert (row.customer_code, row.company_name, row.city, row.description) == (code, text, text[:60], text)


def test_the_moment_of_creation_is_handed_in(engine):
    create(access_for(engine), typed(engine))
    assert rows(engine, Customer)[0].created_at == NOW
