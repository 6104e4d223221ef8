"""Whatever somebody did to audit or books by hand is found, and nothing makes the verification itself fall."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.erasure import ErasePersonal
from data_access.commands.customers.notes import AddNote
from data_access.domain.billing.ledger import Books
from data_access.models.money import InvoiceLine, Transaction
from data_access.queries.audit.verify import Anchor, Verified, VerifyChain
from data_access.store.access import Access, new_command_id
from data_access.store.bulk import bulk_load
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.by_hand import behind
from tests.support.people import NOW, access_for
from tests.support.rows import arrangement, insert
from tests.support.tables import rows


def verify(engine: Engine, anchor: Anchor | None = None) -> Verified:
    return Access(engine, SYSTEM, lambda: NOW).fetch(VerifyChain(anchor))


@pytest.fixture
def books(engine: Engine) -> Engine:
    return filled(engine)


@pytest.fixture
def on_sqlite(sqlite_engine: Engine) -> Engine:
    """Where a column takes any kind of value; PostgreSQL refuses those."""
    return filled(sqlite_engine)


def filled(engine: Engine) -> Engine:
    """Two customers with a charge, an invoice, a payment for half of it and a note each."""
    manager = access_for(engine, Role.MANAGER)
    for code in ("C-1", "C-2"):
        customer_id = a_customer(engine, customer_code=code, first_name="Nadia", balance=Decimal(7))
        invoice_id = an_invoice(engine, customer_id)
        charge = {"customer_id": customer_id, "invoice_id": invoice_id, "amount": Decimal(100)}
        insert(engine, InvoiceLine, charge | {"service": "Internet", "says": "Monthly fee"})
        given: dict[str, Any] = {"customer_id": customer_id, "kind": Kind.MANUAL_PAYMENT, "reference": code}
        manager.execute(BookTransaction(**given, amount=Decimal(50), command_id=new_command_id()))
        manager.execute(AddNote(customer_id=customer_id, text="Nadia called", command_id=new_command_id()))
    return engine


def test_untouched_books_hold(books):
    found = verify(books)
    assert found.holds, found
    assert str(found).endswith("The books hold.")


PAYMENT = "(SELECT max(id) FROM transactions)"
BY_HAND = {
    "amount": f"UPDATE transactions SET amount = amount - 1 WHERE id = {PAYMENT}",
    "amount and balance": "UPDATE transactions SET amount = amount - 1, balance_after = balance_after - 1",
    "running balance": "UPDATE transactions SET balance_after = balance_after + 1 WHERE kind = 'manual_charge'",
    "deleted in the middle": "DELETE FROM transactions WHERE kind = 'manual_charge'",
    "deleted at the end": f"DELETE FROM transactions WHERE id = {PAYMENT}",
    "balance of the customer": "UPDATE customers SET balance = balance + 1",
    "outstanding": "UPDATE customers SET outstanding = outstanding + 1",
    "unallocated": "UPDATE customers SET unallocated = unallocated + 1",
    "allocation altered": "UPDATE allocations SET amount = amount + 1",
    "allocation deleted": "DELETE FROM allocations",
    "paid": "UPDATE invoices SET paid = paid - 1",
    "total": "UPDATE invoices SET total = total + 1",
    "a line of an invoice": "UPDATE invoice_lines SET amount = amount + 1",
    "payment status": "UPDATE invoices SET payment_status = 'paid'",
    "invoice deleted": "DELETE FROM invoices",
    "customer deleted": "DELETE FROM customers WHERE customer_code = 'C-2'",
    "orphan": "UPDATE notes SET customer_id = 987654",
    "person of a command": "UPDATE transactions SET person_id = 987654",
    "payment of nothing": "UPDATE allocations SET payment_id = 987654",
    "somebody else's": "UPDATE transactions SET customer_id = (SELECT min(id) FROM customers)",
    "an event of no command": "UPDATE status_events SET command_id = 'nobody'",
    "a personal value of nobody": "DELETE FROM change WHERE personal_id IS NOT NULL",
}


@pytest.mark.parametrize("how", BY_HAND)
def test_what_was_done_to_the_books_by_hand_is_found(books, how):
    behind(books, BY_HAND[how])
    found = verify(books)
    assert not found.holds
    assert "holds: " not in str(found) or found.breaches


MALFORMED = {
    "at": ["'yesterday'", "17", "x'00ff'"],
    "result": ["'{'", "'nothing'", "'\"\\ud800\"'", "'" + "[" * 3000 + "'"],
    "number": ["'first'", "1.5"],
    "reason": ["x'fffe'"],
    "digest": ["x'ff'"],
}


@pytest.mark.parametrize(
    ("column", "value"), [(column, value) for column, values in MALFORMED.items() for value in values]
)
def test_a_value_that_nobody_can_read_is_found_and_breaks_nothing(on_sqlite, column, value):
    behind(on_sqlite, f"UPDATE command_log SET {column} = {value} WHERE number = 2")
    found = verify(on_sqlite)
    assert (found.holds, found.broken_at) == (False, 2)


@pytest.mark.parametrize(
    "by_hand",
    [
        f"UPDATE {table} SET {column} = {value}"
        for table, column in (
            ("transactions", "amount"), ("transactions", "balance_after"), ("customers", "balance"),
            ("allocations", "amount"), ("invoices", "paid"), ("transactions", "kind"), ("invoices", "payment_status"),
            ("command_log", "reason"), ("change", "after"), ("personal_values", "after"),
            ("personal_values", "erased_at"),
        )
        for value in ("'much'", "CAST(x'ff' AS TEXT)")
    ],
)  # fmt: skip
def test_no_value_makes_the_verification_fall(on_sqlite, by_hand):
    behind(on_sqlite, by_hand)
    assert not verify(on_sqlite).holds


def an_erased_customer(engine: Engine) -> int:
    class_id = a_class(engine, purge_after_months=1)
    long_ago = NOW - timedelta(days=400)
    customer_id = a_customer(
        engine, customer_class_id=class_id, bill_status=BillStatus.PERMANENTLY_TERMINATED, terminated_at=long_ago,
        terminate_on=long_ago.date(), first_name="Nadia", email="nadia@example.org",
    )  # fmt: skip
    erased = Access(engine, SYSTEM, lambda: NOW).execute(
        ErasePersonal(customer_id=customer_id, command_id=new_command_id())
    )
    assert erased.values > 0
    return customer_id


def test_a_booking_that_was_taken_back_leaves_no_orphan(books):
    payment = next(row.id for row in rows(books, Transaction) if row.kind == Kind.MANUAL_PAYMENT)
    reversal = ReverseTransaction(transaction_id=payment, reason="bounced", command_id=new_command_id())
    access_for(books, Role.MANAGER).execute(reversal)
    assert verify(books).holds


def test_what_a_command_erased_is_lawful(engine):
    an_erased_customer(engine)
    found = verify(engine)
    assert (found.holds, found.erased > 0) == (True, True)


ERASE = "UPDATE personal_values SET before = NULL, after = NULL, salt = NULL, erased_at = {} WHERE erased_at IS NULL"


@pytest.mark.parametrize("at", ["(SELECT max(erased_at) FROM personal_values)", "'2026-03-17 00:00:00+00:00'"])
def test_more_than_a_command_erased_is_found_even_under_its_moment(engine, at):
    an_erased_customer(engine)
    a_customer(engine, first_name="Jan")
    behind(engine, ERASE.format(at))
    found = verify(engine)
    assert (found.holds, "taken out by hand" in str(found)) == (False, True)


def test_the_anchor_finds_a_cut_tail_and_a_log_written_anew(books):
    last = verify(books).last
    assert last is not None
    assert verify(books, last).holds
    assert "was rewritten" in str(verify(books, Anchor(2, "0" * 64)))
    assert "cut off" in str(verify(books, Anchor(last.number + 1, "0" * 64)))
    a_customer(books)
    assert verify(books, last).holds


def test_books_are_looked_at_part_by_part(books, monkeypatch):
    monkeypatch.setattr("data_access.queries.audit.books._AT_ONCE", 1)
    assert verify(books).holds
    behind(books, BY_HAND["running balance"])
    assert "bookings" in str(verify(books))


def test_an_invoice_that_is_open_beside_money_is_found(books):
    customer = a_customer(books, unallocated=Decimal(5))
    with bulk_load(books, SYSTEM, arrangement()) as load:
        kept = Books(customer, "EUR", "UTC", load.order.command_id, count(1), 1, balance=Decimal(0))
        kept.book(Kind.INVOICED_CHARGE, Decimal(30), value_on=NOW.date(), at=NOW)
        kept.issue("OLD-1", Decimal(30), issued_on=NOW.date(), due_on=NOW.date(), at=NOW)
        load.keep([kept])
        load.summarise(customer, kept.summaries() | {"unallocated": Decimal(5)})
        load.complete({})
    found = verify(books)
    assert not found.holds
    assert f"open beside money that is not put to use: customers {customer}." in str(found)
