"""Records of a made-up section, beside a customer and by themselves: added, changed, removed, refused and told."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access import commands
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected, Stale
from data_access.base.permissions import Permission, Role
from data_access.base.statuses import BillStatus
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.customers.section_rows import RecordBeside, RecordsBeside
from data_access.queries.records.record_names import RecordNames
from data_access.queries.records.records import Records
from data_access.services.section_records import AddRecord, ChangeRecord, RecordSaved, RemoveRecord, RowSaved
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_reseller
from tests.support.made_up import (
    BREEDS,
    WALKS,
    AddBreed,
    AddWalk,
    ChangeBreed,
    ChangeWalk,
    RemoveBreed,
    RemoveWalk,
    pets_in,
)
from tests.support.outbox import a_webhook, messages
from tests.support.people import access_for


@pytest.fixture(autouse=True)
def _known(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pets_in(engine, monkeypatch):
        yield


def add(access: Access, customer_id: int, **values: str) -> RowSaved:
    return access.execute(AddWalk(customer_id=customer_id, values=values, command_id=new_command_id()))


def change(access: Access, row_id: int, version: int, shown: Any = None, **changes: str) -> RowSaved:
    order = ChangeWalk(row_id=row_id, version=version, shown=shown or {}, changes=changes, command_id=new_command_id())
    return access.execute(order)


def remove(access: Access, row_id: int, version: int) -> RowSaved:
    return access.execute(RemoveWalk(row_id=row_id, version=version, command_id=new_command_id()))


def add_breed(access: Access, **values: str) -> RecordSaved:
    return access.execute(AddBreed(values=values, command_id=new_command_id()))


def remove_breed(access: Access, saved: RecordSaved) -> RecordSaved:
    order = RemoveBreed(record_id=saved.record_id, version=saved.version, command_id=new_command_id())
    return access.execute(order)


def walks(access: Access, customer_id: int) -> list[dict[str, str]]:
    return [dict(row.words) for row in access.fetch(RecordsBeside(customer_id, WALKS.name))]


def test_a_row_is_added_changed_and_removed_and_the_audit_tells_each(engine: Engine) -> None:
    a_webhook(engine)
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    breed = add_breed(access_for(engine, Role.ADMIN), name="Collie")
    saved = add(access, customer_id, name="Park", minutes="30", breed_id=str(breed.record_id))
    assert walks(access, customer_id) == [
        {"name": "Park", "walker": "", "minutes": "30", "pay": "", "breed_id": "Collie"}
    ]
    saved = change(access, saved.row_id, saved.version, minutes="45")
    assert (saved.version, walks(access, customer_id)[0]["minutes"]) == (2, "45")
    remove(access, saved.row_id, saved.version)
    assert walks(access, customer_id) == []
    told = {row.field: (row.before, row.after) for row in reversed(access.fetch(CustomerAudit(customer_id)).rows)}
    assert (told["Minutes"], told["Breed"]) == (("30", "45"), ("", "Collie"))
    assert told["Removed at"][1]
    assert [row for row in messages(engine) if "walker" in str(row.payload)]


def test_every_complaint_of_a_new_row_comes_at_its_field(engine: Engine) -> None:
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    with pytest.raises(Invalid) as refusal:
        add(access, customer_id, name=" ", minutes="4", owner="me")
    assert refusal.value.complaints.keys() == {"name", "minutes", "owner"}


def test_a_name_is_used_once_a_customer_whatever_its_case_and_again_once_removed(engine: Engine) -> None:
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    first, second = add(access, customer_id, name="Park"), add(access, customer_id, name="Lake")
    add(access, a_customer(engine), name="Park")
    for attempt in (lambda: add(access, customer_id, name="Park"),
                    lambda: change(access, second.row_id, second.version, name="Park")):  # fmt: skip
        with pytest.raises(Invalid, match="Walk “Park” is already used"):
            attempt()
    remove(access, first.row_id, first.version)
    assert change(access, second.row_id, second.version, name="Park").version == 2


def test_rights_hold_for_rows_and_for_single_fields(engine: Engine) -> None:
    customer_id, support = a_customer(engine), access_for(engine, Role.SUPPORT)
    with pytest.raises(NotPermitted, match="set permanent credit limits"):
        add(support, customer_id, name="Park", pay="5")
    saved = add(support, customer_id, name="Park")
    analyst = access_for(engine, Role.ANALYST)
    for order in (lambda: add(analyst, customer_id, name="Lake"), lambda: remove(analyst, saved.row_id, 1)):
        with pytest.raises(NotPermitted):
            order()
    add(support, customer_id, name="Lake", walker="Ann")
    assert "Ann" not in str(analyst.fetch(RecordsBeside(customer_id, WALKS.name)))


def test_two_people_are_merged_or_choose_and_nothing_stale_is_removed(engine: Engine) -> None:
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    saved = add(access, customer_id, name="Park", minutes="30")
    view = access.fetch(RecordBeside(customer_id, WALKS.name, saved.row_id))
    change(access, saved.row_id, view.version, view.shown, minutes="40")
    change(access, saved.row_id, view.version, view.shown, walker="Ann")
    with pytest.raises(Stale) as stale:
        change(access, saved.row_id, view.version, view.shown, minutes="50")
    assert [one.field for one in stale.value.conflicts] == ["minutes"]
    with pytest.raises(Stale):
        remove(access, saved.row_id, view.version)


def test_rows_of_a_terminated_customer_and_of_another_reseller_are_out_of_reach(engine: Engine) -> None:
    access = access_for(engine, Role.ADMIN)
    gone = a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    with pytest.raises(Rejected, match="permanently terminated"):
        add(access, gone, name="Park")
    saved = add(access, a_customer(engine), name="Park")
    stranger = access_for(engine, Role.MANAGER, reseller_id=a_reseller(engine))
    for order in (lambda: change(stranger, saved.row_id, 1, name="X"), lambda: remove(stranger, saved.row_id, 1)):
        with pytest.raises(NotFound):
            order()


def test_the_same_command_twice_adds_one_row(engine: Engine) -> None:
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    order = AddWalk(customer_id=customer_id, values={"name": "Park"}, command_id=new_command_id())
    assert access.execute(order) == access.execute(order)
    assert len(walks(access, customer_id)) == 1


def test_a_record_is_added_found_and_changed_under_a_name_that_is_its_own(engine: Engine) -> None:
    admin = access_for(engine, Role.ADMIN)
    collie = add_breed(admin, name="Collie", size="large")
    with pytest.raises(Invalid, match="Breed “COLLIE” is already used"):
        add_breed(admin, name="COLLIE")
    order = ChangeBreed(
        record_id=collie.record_id, version=1, shown={}, changes={"size": "small"}, command_id=new_command_id()
    )
    admin.execute(order)
    add_breed(admin, name="Beagle")
    named = [(row.words["name"], row.words["size"]) for row in admin.fetch(Records(BREEDS.name)).rows]
    assert named == [("Beagle", "Small"), ("Collie", "Small")]
    assert [row.words["name"] for row in admin.fetch(Records(BREEDS.name, "oll")).rows] == ["Collie"]
    with pytest.raises(NotPermitted):
        add_breed(access_for(engine, Role.MANAGER), name="Poodle")


def test_a_record_in_use_stays_until_nothing_uses_it(engine: Engine) -> None:
    admin, customer_id = access_for(engine, Role.ADMIN), a_customer(engine)
    collie = add_breed(admin, name="Collie")
    rows = [add(admin, customer_id, name=name, breed_id=str(collie.record_id)) for name in ("Park", "Lake")]
    (listed,) = admin.fetch(Records(BREEDS.name)).rows
    assert listed.used_by == "1 customer"
    with pytest.raises(Rejected, match="The breed is in use by 1 customer: give them another one first"):
        remove_breed(admin, collie)
    for row in rows:
        remove(admin, row.row_id, row.version)
    remove_breed(admin, collie)
    assert admin.fetch(Records(BREEDS.name)).rows == ()
    assert add_breed(admin, name="Collie").record_id != collie.record_id


def test_what_was_removed_is_neither_chosen_nor_changed_any_more(engine: Engine) -> None:
    admin, customer_id = access_for(engine, Role.ADMIN), a_customer(engine)
    collie, row = add_breed(admin, name="Collie"), add(admin, customer_id, name="Park")
    assert list(admin.fetch(RecordNames(WALKS.name))["breeds"].values()) == ["Collie"]
    remove_breed(admin, collie)
    assert admin.fetch(RecordNames(WALKS.name))["breeds"] == {}
    with pytest.raises(Invalid, match="Choose the breed from the list"):
        change(admin, row.row_id, row.version, breed_id=str(collie.record_id))
    remove(admin, row.row_id, row.version)
    with pytest.raises(NotFound):
        change(admin, row.row_id, row.version + 1, minutes="45")
    with pytest.raises(NotFound):
        remove(admin, row.row_id, row.version + 1)


def test_who_keeps_what_all_customers_use_is_an_administrator() -> None:
    for found in pkgutil.walk_packages(commands.__path__, f"{commands.__name__}."):
        importlib.import_module(found.name)
    kinds = [kind for of in (AddRecord, ChangeRecord, RemoveRecord) for kind in of.__subclasses__()]
    ours = [kind for kind in kinds if kind.__module__.startswith(commands.__name__)]
    assert len(ours) > 20
    assert {kind.__name__ for kind in ours if kind.needs is not Permission.CLASS_EDIT} == set()
