"""Archiving: details go to a file and are deleted, and every sum stays."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DatabaseError, ProgrammingError

from data_access.base.bookings import Kind
from data_access.base.engine import Door, make_engine
from data_access.base.errors import NotPermitted
from data_access.base.money import ZERO
from data_access.base.permissions import Role
from data_access.base.settings import settings
from data_access.base.statuses import BillStatus
from data_access.cli.main import main
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.money import BookTransaction
from data_access.jobs import archive
from data_access.jobs.archive import Archived, archive_customer
from data_access.jobs.archive_file import read_archive
from data_access.jobs.details import DETAILS
from data_access.models.base import Base
from data_access.models.customers import Customer
from data_access.models.history import CommandLog, StatusEvent
from data_access.models.jobs import Archive
from data_access.models.money import Allocation, Invoice, InvoiceLine, Transaction
from data_access.models.quotas import MeasuredUse, Quota, QuotaUse, Unit
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.jobs.retention import DueArchives, PreviewArchives
from data_access.store.access import new_command_id
from tests.data_access.test_roles import apply_roles, engine_as, refusal
from tests.support.builders import a_class, a_customer, a_quota, an_invoice
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, a_person, access_for
from tests.support.rows import insert

LONG_AGO = NOW - timedelta(days=4000)


def an_old_customer(engine: Engine, months: int | None = 120, **over: Any) -> int:
    """Permanently terminated eleven years ago, with two paid invoices."""
    class_id = a_class(engine, archive_after_months=months)
    ended = {
        "bill_status": BillStatus.PERMANENTLY_TERMINATED, "terminated_at": LONG_AGO, "terminate_on": LONG_AGO.date(),
    }  # fmt: skip
    customer_id = a_customer(engine, customer_class_id=class_id, **(ended | over))
    for _ in range(2):
        an_invoice(engine, customer_id, paid=Decimal(100))
    return customer_id


def run(engine: Engine, folder: Path, customer_id: int, role: Role = Role.ADMIN) -> Archived:
    return archive_customer(engine, a_person(engine, role), lambda: NOW, folder, customer_id)


def count_of(engine: Engine, model: type[Base], customer_id: int) -> int:
    table = model.__table__
    with engine.connect() as connection:
        mine = select(func.count()).select_from(table).where(table.c.customer_id == customer_id)
        return int(connection.execute(mine).scalar_one())


def row_of(engine: Engine, customer_id: int) -> Any:
    table = Customer.__table__
    with engine.connect() as connection:
        return connection.execute(select(table).where(table.c.id == customer_id)).one()


def sums(engine: Engine, customer_id: int) -> tuple[Decimal, ...]:
    """Balance, outstanding, unallocated, and what the bookings come to."""
    row, table = row_of(engine, customer_id), Transaction.__table__
    with engine.connect() as connection:
        booked = select(func.sum(table.c.amount)).where(table.c.customer_id == customer_id)
        return row.balance, row.outstanding, row.unallocated, connection.execute(booked).scalar_one() or ZERO


def bookings(engine: Engine, customer_id: int) -> list[Any]:
    table = Transaction.__table__
    with engine.connect() as connection:
        return list(connection.execute(select(table).where(table.c.customer_id == customer_id).order_by(table.c.id)))


def test_the_details_go_to_a_file_with_every_row(engine, tmp_path):
    customer_id = an_old_customer(engine)
    before = {model.__tablename__: count_of(engine, model, customer_id) for model in DETAILS}
    done = run(engine, tmp_path, customer_id)
    written = read_archive(tmp_path / done.file)
    told = {name: len([row for row in written if row["table"] == name]) for name in before}
    assert told == before | {"status_events": before["status_events"] - 1}
    assert (told["transactions"], told["allocations"], done.rows) == (4, 2, len(written))
    assert sha256((tmp_path / done.file).read_bytes()).hexdigest() == done.digest


def test_a_row_can_be_read_back_as_it_was(engine, tmp_path):
    customer_id = an_old_customer(engine)
    first = bookings(engine, customer_id)[0]
    done = run(engine, tmp_path, customer_id)
    told = next(row for row in read_archive(tmp_path / done.file) if row["table"] == "transactions")
    assert (told["id"], Decimal(told["amount"]), told["kind"]) == (first.id, first.amount, first.kind.value)
    assert (told["at"], told["command_id"]) == (str(first.at), first.command_id)


@pytest.mark.parametrize("balance", [ZERO, Decimal("12.34567"), Decimal(-50)])
def test_every_sum_stays_equal_and_one_closing_entry_stands_for_what_went(engine, tmp_path, balance):
    customer_id = an_old_customer(engine, balance=balance)
    before = sums(engine, customer_id)
    run(engine, tmp_path, customer_id)
    assert sums(engine, customer_id) == before
    kinds = {0: [], 1: [Kind.CLOSING_DEBIT], -1: [Kind.CLOSING_CREDIT]}[(balance > 0) - (balance < 0)]
    assert [row.kind for row in bookings(engine, customer_id)] == kinds


def test_measured_usage_goes_with_its_charge(engine, tmp_path):
    customer_id = an_old_customer(engine)
    used = {"customer_id": customer_id, "transaction_id": bookings(engine, customer_id)[0].id, "quantity": Decimal(5)}
    insert(engine, MeasuredUse, used | {"unit": Unit.MINUTES, "price": Decimal(1)})
    quota_id = a_quota(engine, customer_id)
    insert(engine, QuotaUse, used | {"quota_id": quota_id, "granted_on": LONG_AGO.date()})
    before = sums(engine, customer_id)
    run(engine, tmp_path, customer_id)
    assert sums(engine, customer_id) == before
    assert [count_of(engine, model, customer_id) for model in (MeasuredUse, QuotaUse, Quota)] == [0, 0, 1]


def test_measured_usage_stays_with_a_charge_that_an_open_invoice_asks_for(engine, tmp_path):
    customer_id = an_old_customer(engine)
    open_id = an_invoice(engine, customer_id)
    charge = bookings(engine, customer_id)[-1]
    about = {"customer_id": customer_id, "transaction_id": charge.id}
    insert(engine, InvoiceLine, about | {"invoice_id": open_id, "amount": ZERO})
    insert(engine, MeasuredUse, about | {"quantity": Decimal(5), "unit": Unit.MINUTES, "price": Decimal(1)})
    run(engine, tmp_path, customer_id)
    assert count_of(engine, MeasuredUse, customer_id) == 1


def test_what_is_still_open_stays_with_all_it_rests_on(engine, tmp_path):
    customer_id = an_old_customer(engine)
    open_id = an_invoice(engine, customer_id, paid=Decimal(30))
    before = sums(engine, customer_id)
    run(engine, tmp_path, customer_id)
    assert sums(engine, customer_id) == before
    ledgers = read_ledgers(engine)
    assert ledgers.summaries_gone_wrong() + ledgers.payments_overspent() + ledgers.events_unlike_the_facts() == []
    assert [row.id for row in ledgers.invoices_unlike_their_allocations() if row.id == open_id] == []
    assert count_of(engine, Allocation, customer_id) == 1


def test_a_debt_that_stayed_can_still_be_paid(engine, tmp_path):
    customer_id = an_old_customer(engine)
    an_invoice(engine, customer_id, paid=Decimal(30))
    run(engine, tmp_path, customer_id)
    payment = BookTransaction(
        customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=Decimal(70), command_id=new_command_id()
    )
    access_for(engine, Role.MANAGER).execute(payment)
    assert sums(engine, customer_id)[:3] == (ZERO, ZERO, ZERO)


def test_unallocated_money_stays_and_can_be_given_back(engine, tmp_path):
    customer_id = an_old_customer(engine, unallocated=Decimal(20))
    run(engine, tmp_path, customer_id)
    assert sums(engine, customer_id)[2] == Decimal(20)
    refund = BookTransaction(
        customer_id=customer_id, kind=Kind.REFUND, amount=Decimal(20), reason="Asked for", command_id=new_command_id()
    )
    access_for(engine, Role.ADMIN).execute(refund)
    assert sums(engine, customer_id)[2] == ZERO
    assert read_ledgers(engine).summaries_gone_wrong() == []


def test_what_an_open_invoice_asks_for_stays_line_by_line(engine, tmp_path):
    customer_id = an_old_customer(engine)
    open_id = an_invoice(engine, customer_id)
    charge = bookings(engine, customer_id)[-1]
    for booking in bookings(engine, customer_id):
        invoice_id = open_id if booking.id == charge.id else 1
        line = {"customer_id": customer_id, "invoice_id": invoice_id, "transaction_id": booking.id, "amount": ZERO}
        insert(engine, InvoiceLine, line)
    run(engine, tmp_path, customer_id)
    assert count_of(engine, InvoiceLine, customer_id) == 1
    assert charge.id in [row.id for row in bookings(engine, customer_id)]


def test_a_refund_stays_with_the_payment_that_something_is_left_of(engine, tmp_path):
    customer_id = an_old_customer(engine, unallocated=Decimal(20))
    admin = access_for(engine, Role.ADMIN)
    refund = {"customer_id": customer_id, "kind": Kind.REFUND, "amount": Decimal(5), "reason": "Asked for"}
    admin.execute(BookTransaction(**refund, command_id=new_command_id()))
    run(engine, tmp_path, customer_id)
    assert [row.kind for row in bookings(engine, customer_id)][:2] == [Kind.MANUAL_PAYMENT, Kind.REFUND]
    assert sums(engine, customer_id)[2] == Decimal(15)
    assert read_ledgers(engine).summaries_gone_wrong() == []


def test_a_reversed_payment_and_its_reversal_go_together(engine, tmp_path):
    customer_id = an_old_customer(engine, unallocated=Decimal(20))
    payment = next(row for row in bookings(engine, customer_id) if row.amount == -20)
    reversal = ReverseTransaction(transaction_id=payment.id, reason="Bounced", command_id=new_command_id())
    access_for(engine, Role.MANAGER).execute(reversal)
    before = sums(engine, customer_id)
    done = run(engine, tmp_path, customer_id)
    assert sums(engine, customer_id) == before
    assert {payment.id} <= {row["reverses_id"] for row in read_archive(tmp_path / done.file) if "reverses_id" in row}


def test_invoices_stay_without_a_gap_and_so_does_the_last_status_event(engine, tmp_path):
    customer_id = an_old_customer(engine)
    run(engine, tmp_path, customer_id)
    assert count_of(engine, Invoice, customer_id) == 2
    assert count_of(engine, StatusEvent, customer_id) == 1


def test_it_is_told_in_the_audit_which_still_holds(engine, tmp_path):
    customer_id = an_old_customer(engine)
    done = run(engine, tmp_path, customer_id)
    log, kept = CommandLog.__table__, Archive.__table__
    with engine.connect() as connection:
        entry = connection.execute(select(log.c.result, log.c.customer_id).where(log.c.name == "ArchiveDetails")).one()
        row = connection.execute(select(kept.c.digest, kept.c.rows, kept.c.file)).one()
    assert (entry.customer_id, entry.result["digest"], entry.result["rows"]) == (customer_id, done.digest, done.rows)
    assert tuple(row) == (done.digest, done.rows, done.file)
    assert row_of(engine, customer_id).archived_at == NOW
    assert access_for(engine, Role.ADMIN).fetch(VerifyChain()).holds


@pytest.mark.parametrize(
    ("months", "over"),
    [
        (None, {}),
        (120, {"legal_hold": True}),
        (120, {"terminated_at": NOW - timedelta(days=3000)}),
        (0, {"bill_status": BillStatus.OPEN, "terminated_at": None, "terminate_on": None}),
    ],
    ids=["kept for ever", "under a legal hold", "too early", "not terminated"],
)
def test_what_is_not_due_stays(engine, tmp_path, months, over):
    customer_id = an_old_customer(engine, months, **over)
    assert access_for(engine, Role.ADMIN).fetch(DueArchives()) == []
    assert run(engine, tmp_path, customer_id).rows == 0
    assert count_of(engine, Transaction, customer_id) == 4
    assert list(tmp_path.iterdir()) == []


def test_it_is_done_once(engine, tmp_path):
    customer_id = an_old_customer(engine)
    run(engine, tmp_path, customer_id)
    assert run(engine, tmp_path, customer_id).rows == 0
    assert access_for(engine, Role.ADMIN).fetch(DueArchives()) == []
    assert count_of(engine, Archive, customer_id) == 1


def test_a_manager_has_no_right_to_it(engine, tmp_path):
    customer_id = an_old_customer(engine)
    with pytest.raises(NotPermitted, match="archive and delete the details"):
        run(engine, tmp_path, customer_id, Role.MANAGER)


def test_the_list_comes_first_and_tells_of_holds(engine):
    due, held = an_old_customer(engine, balance=Decimal(3)), an_old_customer(engine, legal_hold=True)
    shown = access_for(engine, Role.ADMIN).fetch(PreviewArchives()).rows
    assert [(row.customer_id, row.is_held) for row in shown] == [(due, False), (held, True)]


@pytest.mark.parametrize("table", ["transactions", "allocations", "status_events"])
def test_without_a_row_of_its_own_in_the_archives_the_database_deletes_nothing(engine, tmp_path, table):
    run(engine, tmp_path, an_old_customer(engine))
    other = an_old_customer(engine)
    statement = text(f"DELETE FROM {table} WHERE customer_id = {other}")
    with engine.connect().execution_options(door=Door(is_open=True)) as connection:
        with pytest.raises(DatabaseError, match="append-only"):
            connection.execute(statement)
        connection.rollback()


def test_a_file_that_does_not_hold_what_was_written_stops_it(engine, tmp_path, monkeypatch):
    customer_id = an_old_customer(engine)
    monkeypatch.setattr(archive, "sums_in", lambda _path: {})
    with pytest.raises(RuntimeError, match="does not hold what was written"):
        run(engine, tmp_path, customer_id)
    assert count_of(engine, Transaction, customer_id) == 4


@pytest.fixture
def desk(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: Any) -> Callable[..., int]:
    """The command line on this database, with Ann as an admin."""
    a_person(engine, Role.ADMIN, login="ann")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv("ARCHIVE_DIR", str(tmp_path))
    settings.cache_clear()
    yield lambda *words: main([*words, "--as", "ann"], lambda: NOW)
    settings.cache_clear()


def test_the_command_line_says_who_is_due_and_then_archives(engine, desk, tmp_path, capsys):
    customer_id = an_old_customer(engine, customer_code="GONE-1")
    assert desk("archive", "--dry-run") == 0
    assert capsys.readouterr().out.startswith("GONE-1: permanently terminated on ")
    assert count_of(engine, Transaction, customer_id) == 4
    assert desk("archive") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 customer was archived to ")
    assert (tmp_path / f"customer-{customer_id}.parquet").exists()
    assert desk("archive") == 0
    assert "Nobody's details are due." in capsys.readouterr().out


@pytest.fixture
def owner(postgresql_url: str) -> Iterator[Engine]:
    """A PostgreSQL database with its roles, as its owner."""
    apply_roles(postgresql_url)
    made = make_engine(postgresql_url)
    yield made
    made.dispose()


@pytest.fixture
def archiver(owner: Engine) -> Iterator[Engine]:
    made = engine_as("desk_archiver", owner.url)
    yield made
    made.dispose()


def test_the_role_of_the_archiver_suffices(owner, archiver, tmp_path):
    customer_id, actor = an_old_customer(owner, balance=Decimal(5)), a_person(owner, Role.ADMIN)
    assert archive_customer(archiver, actor, lambda: NOW, tmp_path, customer_id).rows > 0
    assert sums(owner, customer_id)[0] == sums(owner, customer_id)[3] == Decimal(5)


def test_the_role_of_the_archiver_suffices_for_the_command_line(owner, archiver, tmp_path, monkeypatch, capsys):
    an_old_customer(owner, customer_code="GONE-1")
    a_person(owner, Role.ADMIN, login="ann")
    monkeypatch.setenv("DATABASE_URL", archiver.url.render_as_string(hide_password=False))
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv("ARCHIVE_DIR", str(tmp_path))
    settings.cache_clear()
    assert main(["archive", "--as", "ann"], lambda: NOW) == 0
    settings.cache_clear()
    assert "1 customer was archived" in capsys.readouterr().out


def test_the_desk_itself_deletes_nothing(owner, tmp_path):
    customer_id, actor = an_old_customer(owner), a_person(owner, Role.ADMIN)
    desk = engine_as("desk_app", owner.url)
    with pytest.raises(ProgrammingError, match="permission denied"):
        archive_customer(desk, actor, lambda: NOW, tmp_path, customer_id)
    desk.dispose()
    assert count_of(owner, Transaction, customer_id) == 4


@pytest.mark.parametrize(
    "statement", ["UPDATE customers SET balance = 0", "UPDATE transactions SET amount = 1", "DELETE FROM customers"]
)
def test_the_archiver_changes_nothing_else(archiver, statement):
    assert "permission denied" in refusal(archiver, statement)
