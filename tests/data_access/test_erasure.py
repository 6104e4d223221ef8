"""Erasure: nothing personal of a customer is left anywhere when its time is over, and the audit still holds."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select

from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.customers import CreateCustomer, EditCustomer
from data_access.commands.customers.erasure import ErasePersonal, Erasure, SetLegalHold
from data_access.commands.customers.notes import AddNote
from data_access.domain.retention import months_before
from data_access.domain.validation import CustomerInput
from data_access.migrations.every_table import every_table
from data_access.models.cards import PaymentMethod
from data_access.models.customers import Customer
from data_access.models.outbox import MessageState
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.jobs.retention import DueErasures, PreviewErasures
from data_access.store.access import Access, new_command_id
from data_access.store.bulk import bulk_load
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.outbox import a_message, a_webhook, message_of
from tests.support.people import NOW, access_for
from tests.support.rows import arrangement, insert

ENDED = NOW - timedelta(days=200)


def the_system(engine: Engine, now: datetime = NOW) -> Access:
    return Access(engine, SYSTEM, lambda: now)


def erase(engine: Engine, customer_id: int, now: datetime = NOW) -> Erasure:
    return the_system(engine, now).execute(ErasePersonal(customer_id=customer_id, command_id=new_command_id()))


def an_ended_customer(engine: Engine, months: int | None = 6, **over: Any) -> int:
    class_id = a_class(engine, purge_after_months=months)
    ended = {"bill_status": BillStatus.PERMANENTLY_TERMINATED, "terminated_at": ENDED, "terminate_on": ENDED.date()}
    return a_customer(engine, customer_class_id=class_id, **(ended | over))


def row_of(engine: Engine, customer_id: int) -> Any:
    table = Customer.__table__
    with engine.connect() as connection:
        return connection.execute(select(table).where(table.c.id == customer_id)).one()


def everything(engine: Engine) -> str:
    """The whole database as one text."""
    with engine.connect() as connection:
        return "\n".join(
            str(tuple(row)) for table in every_table().sorted_tables for row in connection.execute(select(table))
        )


def a_life_full_of_names(engine: Engine) -> int:
    """A customer created, edited and noted by people, with messages and a card; permanently terminated since."""
    support = access_for(engine, Role.MANAGER)
    typed = CustomerInput(
        customer_code="GONE-1", customer_class_id=str(a_class(engine, purge_after_months=6)),
        balance_control="postpaid", currency="EUR", first_name="Qwertina", last_name="Zyxwvut",
        email="qwertina@example.org", phone="+49 30 7654321", city="Zyxstadt",
    )  # fmt: skip
    made = support.execute(CreateCustomer(customer=typed, command_id=new_command_id()))
    edit = EditCustomer(
        customer_id=made.customer_id, version=1, shown={}, changes={"last_name": "Zyxwvut-Neu"},
        command_id=new_command_id(),
    )  # fmt: skip
    support.execute(edit)
    note = AddNote(customer_id=made.customer_id, text="Frau Zyxwvut called.", command_id=new_command_id())
    support.execute(note)
    a_message(engine, made.customer_id, recipient="qwertina@example.org", body="Dear Qwertina", subject="For Zyxwvut")
    card = {
        "customer_id": made.customer_id, "token": "tok_zyxwvut", "brand": "Visa", "last_four": "4242",
        "expires_on": date(2027, 1, 31), "added_at": ENDED,
    }  # fmt: skip
    insert(engine, PaymentMethod, card)
    _end(engine, made.customer_id)
    return made.customer_id


def _end(engine: Engine, customer_id: int) -> None:
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        ended = {
            "bill_status": BillStatus.PERMANENTLY_TERMINATED, "terminated_at": ENDED, "terminate_on": ENDED.date(),
        }  # fmt: skip
        load.summarise(customer_id, ended)
        load.complete({})


NAMES = ("Qwertina", "qwertina", "Zyxwvut", "zyxwvut", "7654321", "Zyxstadt")


def test_nothing_personal_is_left_anywhere(engine):
    customer_id = a_life_full_of_names(engine)
    assert all(name in everything(engine) for name in NAMES)
    assert erase(engine, customer_id).erased == 1
    left = everything(engine)
    assert [name for name in NAMES if name in left] == []


def test_the_audit_still_holds_and_counts_what_was_erased(engine):
    customer_id = a_life_full_of_names(engine)
    erased = erase(engine, customer_id)
    verified = access_for(engine, Role.ADMIN).fetch(VerifyChain())
    assert verified.holds
    assert verified.erased == erased.values > 5


def test_the_customer_is_called_erased_and_its_sums_stay(engine):
    customer_id = an_ended_customer(engine, company_name="Nord AG", email="n@example.org", balance=Decimal(40))
    an_invoice(engine, customer_id)
    before = row_of(engine, customer_id)
    erase(engine, customer_id)
    after = row_of(engine, customer_id)
    assert (after.company_name, after.name_key, after.email, after.email_key) == ("Erased", "erased", "", "")
    assert (after.city_key, after.texts_key) == ("", {"company_name": "erased"})
    assert (after.customer_code, after.balance, after.outstanding) == (
        before.customer_code, before.balance, before.outstanding,
    )  # fmt: skip
    assert after.erased_at == NOW


def test_a_mail_that_still_waited_is_not_sent_any_more(engine):
    customer_id = an_ended_customer(engine)
    mail = a_message(engine, customer_id)
    sent = a_message(engine, customer_id, state=MessageState.SENT)
    erase(engine, customer_id)
    assert (message_of(engine, mail).state, message_of(engine, sent).state) == ("failed", "sent")
    assert message_of(engine, mail).last_error == "The personal data of the customer was erased."


def test_an_event_that_still_waited_is_told_without_the_accounts(engine):
    customer_id = an_ended_customer(engine)
    payload = {"event": "Customer/Status/Closed", "account_codes": ["493012345"]}
    told = a_message(engine, customer_id, a_webhook(engine), payload=payload)
    erase(engine, customer_id)
    row = message_of(engine, told)
    assert (row.state, row.payload) == ("waiting", {"event": "Customer/Status/Closed"})


@pytest.mark.parametrize(
    ("over", "months"),
    [
        ({}, None),
        ({"legal_hold": True}, 6),
        ({"terminated_at": NOW - timedelta(days=100)}, 6),
        ({"bill_status": BillStatus.OPEN, "terminated_at": None, "terminate_on": None}, 0),
    ],
    ids=["kept for ever", "under a legal hold", "too early", "not terminated"],
)
def test_what_is_not_due_is_neither_found_nor_erased(engine, over, months):
    customer_id = an_ended_customer(engine, months, company_name="Nord AG", **over)
    assert the_system(engine).fetch(DueErasures()) == []
    assert erase(engine, customer_id) == Erasure(customer_id, 0, 0)
    assert row_of(engine, customer_id).company_name == "Nord AG"


def test_who_is_due_is_found_until_erased(engine):
    ids = [an_ended_customer(engine) for _ in range(3)]
    system = the_system(engine)
    assert system.fetch(DueErasures(limit=2)) == ids[:2]
    assert system.fetch(DueErasures(after=ids[1])) == ids[2:]
    erase(engine, ids[0])
    assert system.fetch(DueErasures()) == ids[1:]
    assert erase(engine, ids[0]).erased == 0


def test_months_are_those_of_the_calendar_and_never_too_short(engine):
    customer_id = an_ended_customer(engine, 1, terminated_at=datetime(2026, 1, 31, 12, 0, tzinfo=UTC))
    assert erase(engine, customer_id, datetime(2026, 2, 28, 12, 0, tzinfo=UTC)).erased == 0
    assert erase(engine, customer_id, datetime(2026, 3, 1, 12, 0, tzinfo=UTC)).erased == 1


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [((2026, 3, 31), 1, (2026, 2, 28)), ((2026, 1, 15), 1, (2025, 12, 15)), ((2024, 2, 29), 12, (2023, 2, 28))],
)
def test_months_before_a_day(day, months, earlier):
    assert months_before(datetime(*day, tzinfo=UTC), months) == datetime(*earlier, tzinfo=UTC)


def test_the_list_shows_first_whom_the_run_will_erase_and_whom_a_hold_keeps(engine):
    due = an_ended_customer(engine, company_name="Nord AG", balance=Decimal(7))
    held = an_ended_customer(engine, legal_hold=True)
    shown = access_for(engine, Role.MANAGER).fetch(PreviewErasures()).rows
    assert [(row.customer_id, row.is_held) for row in shown] == [(due, False), (held, True)]
    assert (shown[0].name, shown[0].balance, shown[0].terminated_at) == ("Nord AG", Decimal(7), ENDED)


def hold(access: Access, customer_id: int, on: bool = True, reason: str = "Court order 7") -> None:
    access.execute(SetLegalHold(customer_id=customer_id, hold=on, reason=reason, command_id=new_command_id()))


def test_a_manager_holds_a_customers_data_and_lets_it_go(engine):
    customer_id, manager = an_ended_customer(engine), access_for(engine, Role.MANAGER)
    hold(manager, customer_id)
    assert erase(engine, customer_id).erased == 0
    with pytest.raises(Rejected, match="already"):
        hold(manager, customer_id)
    hold(manager, customer_id, on=False)
    assert erase(engine, customer_id).erased == 1


def test_a_hold_wants_its_reason(engine):
    with pytest.raises(Invalid) as refusal:
        hold(access_for(engine, Role.MANAGER), an_ended_customer(engine), reason=" ")
    assert set(refusal.value.complaints) == {"reason"}


def test_support_sets_no_holds_and_nobody_erases_by_hand(engine):
    customer_id = an_ended_customer(engine)
    with pytest.raises(NotPermitted):
        hold(access_for(engine), customer_id)
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ADMIN).execute(ErasePersonal(customer_id=customer_id, command_id=new_command_id()))
