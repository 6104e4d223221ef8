"""A made-up field of a made-up record is found in every place that a declaration leads to."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotPermitted, Stale
from data_access.base.permissions import Role
from data_access.cli.field_page import page
from data_access.models.customers import Customer
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.customers.section import SectionOf, SectionView
from data_access.queries.records.record_names import RecordNames
from data_access.search.declared_search import searchable
from data_access.search.operations import Operation
from data_access.services.section_edit import SectionEdit, SectionSaved
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_plan, a_reseller
from tests.support.declared import example
from tests.support.made_up import PETS, EditPets, pets_in
from tests.support.outbox import a_webhook, messages
from tests.support.people import access_for

WHOLE = {field.name: example(field) for field in PETS} | {"species": "parrot", "keep": "12.50", "plan_id": ""}


@pytest.fixture(autouse=True)
def _known(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pets_in(engine, monkeypatch):
        yield


def edit(access: Access, customer_id: int, seen: SectionView | None = None, **changes: str) -> SectionSaved:
    version, shown = (0, {}) if seen is None else (seen.version, seen.shown)
    order = EditPets(
        customer_id=customer_id, version=version, shown=shown, changes=changes, command_id=new_command_id()
    )
    assert isinstance(order, SectionEdit)
    return access.execute(order)


def look(access: Access, customer_id: int) -> SectionView:
    return access.fetch(SectionOf(customer_id, PETS.name))


def test_the_first_edit_adds_the_row_and_the_view_says_every_field_in_words(engine: Engine) -> None:
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    assert look(access, customer_id).version == 0
    assert edit(access, customer_id, **WHOLE).version == 1
    told = dict(look(access, customer_id).said)
    assert (told["Name of the pet"], told["Born in"], told["Keep"], told["Fur"]) == (
        WHOLE["pet_name"],
        "Germany",
        "12.5",
        "12.5 %",
    )
    assert (told["Born on"], told["Last seen"]) == ("16 Mar 2026", "16 Mar 2026, 12:00 UTC")
    assert (told["Species"], told["Tricks"], told["Tame"], told["Insured"]) == ("Parrot", "Speaks", "Yes", "No")
    assert told.keys() == set(PETS.labels.values())
    assert look(access, customer_id).shown == {field.name: field.typed(field.read(WHOLE[field.name])) for field in PETS}


def test_what_is_left_to_the_class_says_what_the_class_has(engine: Engine) -> None:
    customer_id = a_customer(engine, customer_class_id=a_class(engine, suspend_on_insufficient_funds=True))
    assert dict(look(access_for(engine), customer_id).said)["Insured"] == "As class: Yes"


def test_what_a_section_refers_to_is_chosen_and_told_by_name(engine: Engine) -> None:
    customer_id, plan_id, access = a_customer(engine), a_plan(engine, name="Fibre"), access_for(engine, Role.MANAGER)
    edit(access, customer_id, pet_name="Rex", plan_id=str(plan_id))
    assert access.fetch(RecordNames(PETS.name)) == {"subscription_plans": {str(plan_id): "Fibre"}}
    assert dict(look(access, customer_id).said)["Plan of the pet"] == "Fibre"


def test_what_no_longer_applies_is_emptied(engine: Engine) -> None:
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    edit(access, customer_id, pet_name="Polly", species="parrot", words="300")
    edit(access, customer_id, look(access, customer_id), species="dog")
    assert look(access, customer_id).shown["words"] == ""


def test_who_may_not_see_personal_data_sees_masks_and_changes_none(engine: Engine) -> None:
    customer_id = a_customer(engine)
    edit(access_for(engine, Role.MANAGER), customer_id, **WHOLE)
    seen = look(access_for(engine, Role.ANALYST), customer_id)
    personal = {field.name for field in PETS if field.personal}
    assert personal.isdisjoint(seen.shown)
    assert dict(seen.said)["Vet"] == "•••••"
    assert WHOLE["sitter"] not in str(seen)


def test_a_field_with_a_right_of_its_own_takes_it(engine: Engine) -> None:
    customer_id, support = a_customer(engine), access_for(engine, Role.SUPPORT)
    with pytest.raises(NotPermitted, match="set permanent credit limits"):
        edit(support, customer_id, pet_name="Rex", keep="5")
    assert edit(support, customer_id, pet_name="Rex").version == 1


def test_every_complaint_comes_at_its_field(engine: Engine) -> None:
    wrong = {
        "pet_name": " ", "legs": "9", "keep": "-1", "fur": "101", "species": "cow", "colour": "green", "words": "3",
        "toys": '[["ball", "10"]]', "born_on": "soon", "owner": "me",
    }  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        edit(access_for(engine, Role.MANAGER), a_customer(engine), **wrong)
    assert refusal.value.complaints.keys() == wrong.keys()
    assert refusal.value.complaints["pet_name"] == "Give the name."
    assert refusal.value.complaints["keep"] == "Nobody is paid for a pet."
    assert refusal.value.complaints["toys"].startswith("Row 1, How many: ")


def test_what_applies_and_what_is_offered_follows_the_other_field(engine: Engine) -> None:
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    edit(access, customer_id, pet_name="Polly", species="parrot", colour="green", words="300")
    seen = look(access, customer_id)
    with pytest.raises(Invalid) as refusal:
        edit(access, customer_id, seen, species="dog", colour="green", words="301")
    assert refusal.value.complaints.keys() == {"colour", "words"}


def test_two_people_who_change_the_same_field_choose_and_other_fields_are_merged(engine: Engine) -> None:
    customer_id = a_customer(engine)
    ann, bob = access_for(engine, Role.MANAGER), access_for(engine, Role.MANAGER)
    edit(ann, customer_id, **WHOLE)
    by_ann, by_bob = look(ann, customer_id), look(bob, customer_id)
    edit(ann, customer_id, by_ann, legs="2")
    edit(bob, customer_id, by_bob, chip="C-8")
    with pytest.raises(Stale) as stale:
        edit(bob, customer_id, by_bob, legs="3")
    (conflict,) = stale.value.conflicts
    assert (conflict.field, conflict.shown, conflict.theirs, conflict.yours) == ("legs", "7", "2", "3")


def test_nobody_of_another_reseller_sees_or_changes_it(engine: Engine) -> None:
    customer_id = a_customer(engine)
    stranger = access_for(engine, Role.MANAGER, reseller_id=a_reseller(engine))
    with pytest.raises(Exception, match="was not found"):
        look(stranger, customer_id)
    with pytest.raises(Exception, match="was not found"):
        edit(stranger, customer_id, pet_name="Rex")


def test_the_audit_says_each_change_under_its_label_and_a_webhook_hears_which(engine: Engine) -> None:
    a_webhook(engine)
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    edit(access, customer_id, **WHOLE)
    edit(access, customer_id, look(access, customer_id), species="dog", colour="grey", words="", born_in="CZ", legs="3")
    told = {row.field: (row.before, row.after) for row in reversed(access.fetch(CustomerAudit(customer_id)).rows)}
    assert told["Legs"] == ("7", "3")
    assert told["Born in"] == ("Germany", "Czechia")
    assert told["Species"] == ("Parrot", "Dog")
    (message,) = [row for row in messages(engine) if "pet_name" in str(row.payload)]
    assert WHOLE["pet_name"] not in str(message.payload)


@pytest.mark.parametrize(("asked", "operation", "text", "other"), [
    ("pet_name", Operation.CONTAINS, "ö'x", "rex"), ("legs", Operation.AT_LEAST, "7", "8"),
    ("keep", Operation.IS, "12.5", "12"), ("born_on", Operation.BEFORE, "2026-03-17", "2026-03-16"),
    ("tricks", Operation.CONTAINS, "speak", "sit"), ("born_in", Operation.IS, "DE", "CZ"),
    ("insured", Operation.IS, "no", "yes"), ("tame", Operation.IS, "yes", "no"),
    ("species", Operation.IS, "parrot", "dog"), ("seen_at", Operation.AFTER, "2026-03-16T11:00Z", "2026-03-16T13:00Z"),
])  # fmt: skip
def test_it_is_found_by_advanced_search(
    engine: Engine, asked: str, operation: Operation, text: str, other: str
) -> None:
    customer_id, access = a_customer(engine), access_for(engine, Role.MANAGER)
    unwritten = a_customer(engine)  # of whom nothing was kept: what is ticked nowhere is not ticked
    edit(access, customer_id, **WHOLE)
    field = searchable(PETS)[asked]
    now = datetime(2026, 3, 16, tzinfo=UTC)

    def found(text: str) -> list[int]:
        query = Customer.__table__.select().with_only_columns(Customer.id)
        with engine.connect() as connection:
            return list(connection.scalars(query.where(field.asks[operation](field.read(text), now))))

    assert (found(text), found(other)) == ([customer_id], [unwritten] if asked == "tame" else [])


def test_what_is_personal_is_searched_with_the_right_to_it() -> None:
    asked = searchable(PETS)
    personal = {name for name, field in asked.items() if field.personal}
    assert personal == {field.name for field in PETS if field.personal}


def test_files_hold_each_field_under_its_name_and_read_it_again() -> None:
    header = [field.in_files for field in PETS]
    assert "is_tame" in header
    assert len(set(header)) == len(PETS.fields)
    values = PETS.judged(WHOLE).sound()
    assert PETS.judged(PETS.typed(values)).sound() == values


def test_the_page_of_fields_has_a_row_for_each() -> None:
    told = list(page([PETS]))
    rows = [line for line in told if line.startswith("| `")]
    assert len(rows) == len(PETS.fields)
    assert (
        "| `insured` | Insured | yes, no or as class | Blank: as `suspend_on_insufficient_funds` of the class. |"
        in rows[-2]
    )
