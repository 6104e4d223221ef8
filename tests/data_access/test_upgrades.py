"""What people entered under an earlier revision stands after the upgrade, and means what it meant."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from data_access.base.engine import Door, make_engine
from data_access.base.money import to_scaled
from data_access.migrations import is_current, upgrade
from data_access.models.collection import CollectionPolicy
from data_access.models.customers import Customer
from data_access.models.money import Invoice, Transaction
from data_access.models.people import Person, PersonalLimit
from data_access.models.services import Subscription, SubscriptionPlan
from tests.data_access.test_migrations import emptied, guards, triggers

THEN = datetime(2026, 3, 1, 8, tzinfo=UTC)
EVE = """
INSERT INTO people (id, login, login_key, name, role, password_hash, is_active, extra_grants, credit_per_booking,
    credit_per_day, created_at, version)
VALUES (9, 'eve', 'eve', 'Eve', 'support', 'kept', :yes, '', 0, 0, :at, 1)
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def upgraded(request: Any) -> Iterator[Engine]:
    """An empty database brought up to the newest, with a person from the first revision on.

    At revision 0002 it is given two classes, three customers, four subscriptions and an invoice; on the way two
    accounts use a service.
    """
    with request.getfixturevalue(f"{request.param}_databases").fresh() as url:
        engine = make_engine(url)
        emptied(engine)
        upgrade(engine, "0001")
        for revision, fill in (("0002", _people), ("0055", _fill), ("head", _use)):
            with engine.connect().execution_options(door=Door(is_open=True)) as connection:
                fill(connection)
                connection.commit()
            upgrade(engine, revision)
        yield engine
        engine.dispose()


def _people(connection: Connection) -> None:
    connection.execute(text(EVE), {"at": "2026-03-16 09:00:00.000000", "yes": True})


def _adding(connection: Connection) -> tuple[Callable[..., None], Callable[[str], Any]]:
    """How a row is added to a table as it is at this revision, and how an amount stands in it."""
    tables = MetaData()
    tables.reflect(connection)

    def add(table: str, **row: Any) -> None:
        wanted = tables.tables[table]
        blank = {c.name: _blank(c) for c in wanted.c if not c.nullable and c.name not in row}
        connection.execute(insert(wanted).values(blank | row))

    def money(amount: str) -> Any:
        return to_scaled(Decimal(amount)) if connection.dialect.name == "sqlite" else Decimal(amount)

    return add, money


def _use(connection: Connection) -> None:
    """Usage of two accounts, of another customer's account by its words, and of none."""
    add, money = _adding(connection)
    add("command_log", id="used", login="system", name="BookCharges", number=1, result={})
    for key, customer, code in ((1, 1, "line-1"), (2, 1, "line-2"), (3, 2, "line-3")):
        add("accounts", id=key, customer_id=customer, account_code=code, kind="phone_line")
    for key, says in enumerate(("Account line-2", "Account line-1", "Account line-3", "", "Account line"), 1):
        add("transactions", id=key, customer_id=1, command_id="used", line=key, kind="usage_charge", amount=money("1"),
            balance_after=money(f"{key}"), currency="EUR", visible_comment=says, reference=f"call {key}")  # fmt: skip


def test_people_of_the_first_revision_keep_their_passwords(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        asked = select(Person.password_hash, Person.must_change_password).where(Person.login == "eve")
        assert connection.execute(asked).all() == [("kept", False)]


def test_a_database_of_the_first_revision_becomes_current_and_guarded(upgraded: Engine) -> None:
    assert is_current(upgraded)
    assert triggers(upgraded) == guards(upgraded)


def test_usage_refers_to_the_account_that_its_words_named(upgraded: Engine) -> None:
    with upgraded.connect().execution_options(door=Door(is_open=True)) as connection:
        found = connection.execute(select(Transaction.id, Transaction.account_id).order_by(Transaction.id)).all()
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(update(Transaction.__table__).values(account_id=None))
    assert found == [(1, 2), (2, 1), (3, None), (4, None), (5, None)]


def _fill(connection: Connection) -> None:
    add, money = _adding(connection)

    add(
        "customer_classes",
        id=1,
        name="Homes",
        name_key="homes",
        net_days=21,
        suspend_after_days=7,
        reactivation_window_days=30,
    )
    add("customer_classes", id=2, name="Carriers", name_key="carriers", net_days=30, reactivation_window_days=90)
    for key, login, at_once, a_day in ((1, "ann", "50", "200.5"), (2, "bob", "0", "200"), (3, "cas", "50", "0")):
        add("people", id=key, login=login, login_key=login, name=login, role="support", is_active=True,
            credit_per_booking=money(at_once), credit_per_day=money(a_day))  # fmt: skip
    for key, of_class, currency in ((1, 1, "EUR"), (2, 1, "USD"), (3, 2, "EUR")):
        add(
            "customers",
            id=key,
            customer_code=f"C{key}",
            customer_code_key=f"c{key}",
            customer_class_id=of_class,
            currency=currency,
            balance_control="postpaid",
            bill_status="open",
            billing_zone="UTC",
            billing_period="monthly",
            created_at=THEN,
            **({"city": "Örebro", "state": "Närke", "fax": "+46 19-2"} if key == 2 else {}),
        )
    for key, customer, fee in ((1, 1, "29.90"), (2, 2, "29.90"), (3, 3, "29.90"), (4, 3, "24.00")):
        add("subscriptions", id=key, customer_id=customer, name="Internet", fee=money(fee), started_on=date(2026, 1, 1))
    add("invoices", id=1, customer_id=1, number="1", type="regular", issued_on=date(2026, 2, 1),
        due_on=date(2026, 2, 22), overdue_from=THEN, currency="EUR", total=money("29.90"), payment_status="unpaid",
        collection_status="collect")  # fmt: skip


def _blank(column: Any) -> Any:
    kind = column.type.python_type
    known = {str: "", int: 1 if column.name == "version" else 0, bool: False, Decimal: Decimal(0)}
    return (known | {date: THEN.date()}).get(kind, THEN)


def test_the_terms_of_a_class_become_the_first_version_of_its_policies(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        told = select(CollectionPolicy.customer_class_id, CollectionPolicy.section, CollectionPolicy.net_days,
                      CollectionPolicy.suspend_after, CollectionPolicy.reminders)  # fmt: skip
        found = connection.execute(told.order_by(CollectionPolicy.customer_class_id, CollectionPolicy.section)).all()
    assert found == [
        (1, "out_of_turn", 21, 7, []), (1, "regular", 21, 7, []),
        (2, "out_of_turn", 30, None, []), (2, "regular", 30, None, []),
    ]  # fmt: skip


def test_an_invoice_keeps_the_terms_under_which_it_was_issued(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        joined = select(CollectionPolicy.net_days, CollectionPolicy.section).join(
            Invoice, Invoice.policy_id == CollectionPolicy.id
        )
        assert connection.execute(joined).all() == [(21, "regular")]


def test_a_subscription_costs_what_it_cost(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        columns = SubscriptionPlan.public_name, SubscriptionPlan.currency, SubscriptionPlan.fee
        asked = select(Subscription.id, *columns, Subscription.fee_percent)
        joined = asked.join(SubscriptionPlan, SubscriptionPlan.id == Subscription.plan_id)
        found = connection.execute(joined.order_by(Subscription.id)).all()
    assert found == [
        (1, "Internet", "EUR", Decimal("29.9"), 100), (2, "Internet", "USD", Decimal("29.9"), 100),
        (3, "Internet", "EUR", Decimal("29.9"), 100), (4, "Internet", "EUR", Decimal(24), 100),
    ]  # fmt: skip


def test_what_people_might_credit_they_may_credit_in_the_currencies_of_their_customers(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        columns = PersonalLimit.currency, PersonalLimit.per_booking, PersonalLimit.per_day
        asked = select(Person.login, *columns).join(PersonalLimit, PersonalLimit.person_id == Person.id)
        found = connection.execute(asked.order_by(Person.id, PersonalLimit.currency)).all()
    assert found == [("ann", "EUR", Decimal(50), Decimal("200.5")), ("ann", "USD", Decimal(50), Decimal("200.5"))]


def test_the_texts_of_customers_have_their_folded_copies(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        asked = select(Customer.city, Customer.city_key, Customer.texts_key).order_by(Customer.id)
        found = connection.execute(asked).all()
    assert found == [("", "", {}), ("Örebro", "orebro", {"state": "narke", "fax": "46192"}), ("", "", {})]


def test_the_upgrade_can_be_run_twice(upgraded: Engine) -> None:
    upgrade(upgraded)
    with upgraded.connect() as connection:
        assert len(connection.execute(select(SubscriptionPlan.id)).all()) == 3
