"""The audit of a customer: in words, with who, when and why; personal values only for those with the right."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import Engine, inspect, update
from sqlalchemy.orm import Session

from data_access.base.engine import Door
from data_access.base.permissions import SYSTEM, Permission, Role
from data_access.commands.customers.customers import EditCustomer
from data_access.commands.customers.notes import AddNote
from data_access.commands.customers.status import ChangeStatus
from data_access.domain.sections import SECTIONS
from data_access.models.history import PersonalValue
from data_access.queries.audit.audit import FindChanges
from data_access.queries.audit.audit_values import UNSEEN, AuditWords
from data_access.queries.audit.customer_audit import AuditRow, CustomerAudit
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.pagination.newest_first import PAGE
from data_access.queries.timeline.timeline import Timeline
from data_access.store.access import Access, Query, Reader, new_command_id
from data_access.store.bulk import bulk_load
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.people import access_for
from tests.support.rows import arrangement


def audit(access: Access, customer_id: int) -> list[AuditRow]:
    return list(access.fetch(CustomerAudit(customer_id)).rows)


def edit(access: Access, customer_id: int, reason: str = "asked for", **changes: str) -> None:
    head = access.fetch(CustomerHead(customer_id))
    shown = dict.fromkeys(changes, "")
    access.execute(
        EditCustomer(
            customer_id=customer_id, version=head.version, shown=shown, changes=changes, reason=reason,
            command_id=new_command_id(),
        )
    )  # fmt: skip


def test_a_change_is_told_in_words(engine: Engine) -> None:
    old, new = a_class(engine, name="Basic"), a_class(engine, name="Business")
    customer = a_customer(engine, customer_class_id=old)
    manager = access_for(engine, Role.MANAGER, login="maria")
    edit(manager, customer, "better offer", customer_class_id=str(new))
    row = audit(manager, customer)[0]
    assert (row.login, row.action, row.entity, row.field) == ("maria", "Edit customer", "Customer", "Customer class")
    assert (row.before, row.after, row.reason) == ("Basic", "Business", "better offer")


def test_no_code_of_a_choice_reaches_the_reader(engine: Engine) -> None:
    customer = a_customer(engine)
    manager = access_for(engine, Role.MANAGER)
    manager.execute(
        ChangeStatus(customer_id=customer, move="provisionally_terminate", reason="r", command_id=new_command_id())
    )
    said = {row.field: row.after for row in audit(manager, customer)}
    assert said["Billing status"] == "Provisionally terminated"
    assert not [text for row in audit(manager, customer) for text in (row.field, row.after) if "_" in text]


def test_personal_values_are_hidden_without_the_right(engine: Engine) -> None:
    customer = a_customer(engine, first_name="Nadia", country="DE")
    support = access_for(engine, Role.SUPPORT)
    edit(support, customer, first_name="Olga")
    support.execute(AddNote(customer_id=customer, text="Olga called", command_id=new_command_id()))
    seen = {(row.entity, row.field): row for row in audit(support, customer)}
    assert (seen["Customer", "First name"].before, seen["Customer", "First name"].after) == ("Nadia", "Olga")
    hidden = audit(access_for(engine, Role.ANALYST), customer)
    assert not [row for row in hidden if "Olga" in row.after or "Nadia" in row.before + row.after]
    assert {(row.before, row.after) for row in hidden if row.field == "First name"} == {("hidden", "hidden")}


def test_a_record_that_came_whole_is_told_field_by_field(engine: Engine) -> None:
    customer = a_customer(
        engine, customer_code="C-1", first_name="Nadia", customer_class_id=a_class(engine, name="B2B")
    )
    (row,) = audit(access_for(engine, Role.SUPPORT), customer)
    assert (row.field, row.before) == ("New customer", "")
    for part in ("Customer ID: C-1", "Customer class: B2B", "First name: Nadia", "Balance control: Postpaid"):
        assert part in row.after
    (masked,) = audit(access_for(engine, Role.ANALYST), customer)
    assert "Customer ID: C-1" in masked.after
    assert "Nadia" not in masked.after


def test_an_erased_value_is_called_erased(engine: Engine) -> None:
    customer = a_customer(engine)
    support = access_for(engine, Role.SUPPORT)
    edit(support, customer, first_name="Olga")
    with Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        erased = {"before": None, "after": None, "erased_at": datetime(2026, 3, 1, tzinfo=UTC)}
        session.execute(update(PersonalValue).values(erased))
    assert [row.after for row in audit(support, customer) if row.field == "First name"] == ["erased"]


def test_pages_hold_every_change_once(engine: Engine) -> None:
    customer = a_customer(engine)
    support = access_for(engine, Role.SUPPORT)
    for number in range(PAGE // 2 + 1):
        support.execute(AddNote(customer_id=customer, text=f"note {number}", command_id=new_command_id()))
    first = support.fetch(CustomerAudit(customer))
    second = support.fetch(CustomerAudit(customer, first.older or ""))
    notes = [row.after for row in (*first.rows, *second.rows) if row.field == "Note"]
    assert sorted(notes) == sorted(f"note {number}" for number in range(PAGE // 2 + 1))
    assert second.older is None


def test_the_audit_of_a_customer_needs_its_right() -> None:
    assert CustomerAudit.needs is Permission.AUDIT_CUSTOMER


def test_a_reseller_s_person_sees_what_a_bulk_load_changed_on_their_own_customers(engine: Engine) -> None:
    mine, theirs = a_reseller(engine), a_reseller(engine)
    own, other = a_customer(engine, reseller_id=mine), a_customer(engine, reseller_id=theirs)
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        for customer_id in (own, other):
            load.change_customer(customer_id, before={"city": ""}, after={"city": "Ghent"})
        load.complete({})
    access = access_for(engine, Role.MANAGER, reseller_id=mine)
    newest = audit(access, own)[0]
    assert (newest.field, newest.after, newest.login) == ("City", "Ghent", "system")
    assert "City" in [line.detail.partition(" ")[0] for line in access.fetch(Timeline(own)).rows]
    assert {row.customer_id for row in access.fetch(FindChanges()).rows} == {own}


def test_whatever_a_field_refers_to_is_told_by_what_it_is_called(sqlite_engine: Engine) -> None:
    recorded = [
        (section.model.__name__, field.name, "7")
        for section in SECTIONS.values()
        for field in section
        if field.refers_to and field.name in inspect(section.model).columns
    ]
    assert recorded

    @dataclass(frozen=True)
    class Told(Query[set[str]]):
        needs: ClassVar = Permission.CUSTOMER_READ

        def run(self, reader: Reader) -> set[str]:
            words = AuditWords(reader, recorded)
            return {words.of(one) for one in recorded}

    assert access_for(sqlite_engine, Role.ADMIN).fetch(Told()) == {UNSEEN}
