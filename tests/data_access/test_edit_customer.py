"""Editing a customer: alone, and two at a time."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected, Stale
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.customers import CustomerSaved, EditCustomer
from data_access.domain.editing import EDITABLE, FIXED
from data_access.models.customers import BalanceControl, Customer
from data_access.models.history import Change
from data_access.queries.customers.choices import Editable, EditableCustomer, FormChoices
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.people import access_for


def look(access: Access, customer_id: int) -> Editable:
    return access.fetch(EditableCustomer(customer_id))


def save(access: Access, seen: Editable, **changes: str) -> CustomerSaved:
    order = EditCustomer(customer_id=seen.customer_id, version=seen.version, shown=seen.shown, changes=changes,
                         command_id=new_command_id())  # fmt: skip
    return access.execute(order)


def row(engine: Any, customer_id: int) -> Any:
    table = Customer.__table__
    with engine.connect() as connection:
        return connection.execute(select(table).where(table.c.id == customer_id)).one()


def test_an_edit_is_kept_with_its_folded_keys_and_raises_the_version(engine):
    customer_id = a_customer(engine)
    access = access_for(engine)
    saved = save(access, look(access, customer_id), last_name="Åberg", city="Örebro", state="Närke", fax="019 20",
                 customer_code=" New ")  # fmt: skip
    kept = row(engine, customer_id)
    assert (kept.last_name, kept.name_key, kept.customer_code_key) == ("Åberg", "aberg", "new")
    assert (kept.city_key, kept.texts_key) == ("orebro", {"last_name": "aberg", "state": "narke", "fax": "01920"})
    assert saved.version == kept.version == 2


def test_two_saves_in_a_row_by_one_person_never_conflict(engine):
    access, customer_id = access_for(engine), a_customer(engine)
    save(access, look(access, customer_id), city="Oslo")
    save(access, look(access, customer_id), city="Bergen")
    assert row(engine, customer_id).city == "Bergen"


def test_two_people_who_change_different_fields_both_keep_theirs(engine):
    ann, bob, customer_id = access_for(engine), access_for(engine), a_customer(engine)
    by_ann, by_bob = look(ann, customer_id), look(bob, customer_id)
    save(ann, by_ann, city="Oslo")
    save(bob, by_bob, phone="+49 30 123456")
    kept = row(engine, customer_id)
    assert (kept.city, kept.phone, kept.version) == ("Oslo", "+49 30 123456", 3)


def test_a_field_that_both_changed_is_shown_to_the_second_and_nothing_is_saved(engine):
    ann, bob, customer_id = access_for(engine), access_for(engine), a_customer(engine, city="Rome")
    by_ann, by_bob = look(ann, customer_id), look(bob, customer_id)
    save(ann, by_ann, city="Oslo")
    with pytest.raises(Stale) as stale:
        save(bob, by_bob, city="Bergen", state="X")
    (conflict,) = stale.value.conflicts
    assert (conflict.field, conflict.shown, conflict.theirs, conflict.yours) == ("city", "Rome", "Oslo", "Bergen")
    assert row(engine, customer_id).state == ""


def test_the_choice_after_a_conflict_is_saved_with_the_new_version(engine):
    ann, bob, customer_id = access_for(engine), access_for(engine), a_customer(engine)
    by_ann, by_bob = look(ann, customer_id), look(bob, customer_id)
    save(ann, by_ann, city="Oslo")
    with pytest.raises(Stale):
        save(bob, by_bob, city="Bergen")
    save(bob, look(bob, customer_id), city="Bergen")
    assert row(engine, customer_id).city == "Bergen"


def test_both_meaning_the_same_is_no_conflict(engine):
    ann, bob, customer_id = access_for(engine), access_for(engine), a_customer(engine)
    by_ann, by_bob = look(ann, customer_id), look(bob, customer_id)
    save(ann, by_ann, city="Oslo")
    save(bob, by_bob, city="Oslo", state="X")
    assert row(engine, customer_id).state == "X"


def test_a_booking_never_spoils_an_open_form(engine):
    access, customer_id = access_for(engine), a_customer(engine)
    seen = look(access, customer_id)
    paid = BookTransaction(customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=Decimal(5), command_id="p")
    access.execute(paid)
    save(access, seen, city="Oslo")
    assert row(engine, customer_id).city == "Oslo"


def test_saving_without_a_change_says_so(engine):
    access, customer_id = access_for(engine), a_customer(engine, city="Oslo")
    with pytest.raises(Rejected, match="Nothing was changed"):
        save(access, look(access, customer_id), city=" Oslo ")


def test_the_same_edit_twice_is_made_once(engine):
    access, customer_id = access_for(engine), a_customer(engine)
    seen = look(access, customer_id)
    order = EditCustomer(customer_id=customer_id, version=seen.version, shown=seen.shown, changes={"city": "Oslo"},
                         command_id="once")  # fmt: skip
    assert access.execute(order) == access.execute(order)
    assert row(engine, customer_id).version == 2


@pytest.mark.parametrize("field", FIXED)
def test_what_is_fixed_after_the_first_save_is_refused_at_its_field(engine, field):
    access, customer_id = access_for(engine, Role.ADMIN), a_customer(engine)
    with pytest.raises(Invalid) as refusal:
        save(access, look(access, customer_id), **{field: "USD"})
    assert refusal.value.complaints == {field: FIXED[field]}


@pytest.mark.parametrize("field", ["version", "id", "bill_status", "name_key", "reseller_id", "balance"])
def test_no_other_column_is_reached_by_an_edit(engine, field):
    access, customer_id = access_for(engine, Role.ADMIN), a_customer(engine)
    with pytest.raises(Invalid):
        save(access, look(access, customer_id), **{field: "7"})


def test_every_complaint_of_an_edit_comes_at_once(engine):
    a_customer(engine, customer_code="Taken")
    access, customer_id = access_for(engine), a_customer(engine)
    with pytest.raises(Invalid) as refusal:
        save(access, look(access, customer_id), customer_code="TAKEN", email="?", country="??")
    assert set(refusal.value.complaints) == {"customer_code", "email", "country"}


def test_a_customer_may_keep_its_own_id_in_other_letters(engine):
    access, customer_id = access_for(engine), a_customer(engine, customer_code="abc")
    save(access, look(access, customer_id), customer_code="ABC")
    assert row(engine, customer_id).customer_code == "ABC"


def test_a_class_of_the_same_or_no_currency_can_be_taken_by_support(engine):
    access, customer_id = access_for(engine), a_customer(engine, currency="EUR")
    for chosen in (a_class(engine, currency="EUR"), a_class(engine)):
        save(access, look(access, customer_id), customer_class_id=str(chosen))
        assert row(engine, customer_id).customer_class_id == chosen


def test_a_class_of_another_currency_or_none_at_all_is_refused(engine):
    access, customer_id = access_for(engine), a_customer(engine, currency="EUR")
    dollars = a_class(engine, name="Dollars", currency="USD")
    with pytest.raises(Invalid, match="Class Dollars is billed in USD"):
        save(access, look(access, customer_id), customer_class_id=str(dollars))
    with pytest.raises(Invalid, match="no longer exists"):
        save(access, look(access, customer_id), customer_class_id="999")


def test_the_permanent_limit_needs_its_own_right(engine):
    customer_id = a_customer(engine)
    support, manager = access_for(engine), access_for(engine, Role.MANAGER)
    with pytest.raises(NotPermitted, match="set permanent credit limits"):
        save(support, look(support, customer_id), credit_limit="5")
    save(manager, look(manager, customer_id), credit_limit="")
    assert row(engine, customer_id).credit_limit is None


def test_support_may_send_the_limit_back_unchanged(engine):
    access, customer_id = access_for(engine), a_customer(engine, credit_limit=Decimal("10.5"))
    save(access, look(access, customer_id), credit_limit="10.50", city="Oslo")
    assert row(engine, customer_id).city == "Oslo"


def test_a_prepaid_customer_gets_no_limit(engine):
    access, customer_id = access_for(engine, Role.ADMIN), a_customer(engine, balance_control=BalanceControl.PREPAID)
    with pytest.raises(Invalid, match="Prepaid customers have no credit limit"):
        save(access, look(access, customer_id), credit_limit="5")


@pytest.mark.parametrize(("status", "says"), [
    (BillStatus.PERMANENTLY_TERMINATED, "permanently terminated"),
    (BillStatus.PROVISIONALLY_TERMINATED, "reactivate it first"),
    (BillStatus.EXPORTED, "clearing Exported"),
])  # fmt: skip
def test_a_customer_that_is_gone_is_not_edited(engine, status, says):
    access, customer_id = access_for(engine, Role.ADMIN), a_customer(engine, bill_status=status)
    seen = look(access, customer_id)
    assert says in (seen.refusal or "")
    with pytest.raises(Rejected, match=says):
        save(access, seen, city="Oslo")


def test_a_blocked_customer_can_be_edited(engine):
    access, customer_id = access_for(engine), a_customer(engine, blocked=True)
    assert look(access, customer_id).refusal is None
    save(access, look(access, customer_id), city="Oslo")


def test_an_analyst_can_neither_look_at_the_edit_form_nor_save_it(engine):
    customer_id = a_customer(engine)
    analyst = access_for(engine, Role.ANALYST)
    with pytest.raises(NotPermitted):
        look(analyst, customer_id)
    with pytest.raises(NotPermitted):
        save(analyst, look(access_for(engine), customer_id), city="Oslo")


def test_who_may_edit_and_not_see_personal_data_neither_sees_nor_changes_it(engine):
    customer_id = a_customer(engine, city="Oslo")
    access = access_for(engine, Role.ANALYST, extra_grants="customer:edit")
    seen = look(access, customer_id)
    assert "city" not in seen.shown
    with pytest.raises(NotPermitted, match="see personal data"):
        save(access, seen, city="Rome")
    save(access, seen, customer_code="New")


def test_a_customer_of_another_reseller_is_not_found(engine):
    mine, theirs = a_reseller(engine), a_reseller(engine)
    customer_id = a_customer(engine, reseller_id=theirs)
    seen = look(access_for(engine), customer_id)
    confined = access_for(engine, reseller_id=mine)
    with pytest.raises(NotFound):
        look(confined, customer_id)
    with pytest.raises(NotFound):
        save(confined, seen, city="Oslo")


def test_the_audit_tells_each_field_once(engine):
    access, customer_id = access_for(engine, Role.MANAGER), a_customer(engine, city="Rome")
    save(access, look(access, customer_id), city="Oslo", credit_limit="7", customer_code="New")
    changed = Change.__table__
    with engine.connect() as connection:
        told = connection.execute(select(changed.c.field).where(changed.c.field != "*")).scalars().all()
    assert sorted(told) == ["city", "credit_limit", "customer_code"]


@pytest.mark.parametrize("field", [name for name in EDITABLE if name not in {"customer_class_id"}])
def test_ten_thousand_characters_in_a_field_are_refused_at_it(engine, field):
    access, customer_id = access_for(engine, Role.MANAGER), a_customer(engine)
    with pytest.raises(Invalid) as refusal:
        save(access, look(access, customer_id), **{field: "9" * 10_000})
    assert set(refusal.value.complaints) == {field}


def test_the_form_offers_classes_and_resellers_by_name(engine):
    a_class(engine, name="B", currency="EUR"), a_class(engine, name="a")
    mine, _ = a_reseller(engine, name="Mine"), a_reseller(engine, name="Other")
    offered = access_for(engine, reseller_id=mine).fetch(FormChoices())
    assert [choice.name for choice in offered.classes] == ["a", "B"]
    assert [name for _, name in offered.resellers] == ["Mine"]


def test_a_class_fits_its_own_currency_and_one_without_fits_all(engine):
    a_class(engine, currency="EUR"), a_class(engine)
    euros, any_currency = access_for(engine).fetch(FormChoices()).classes
    assert [euros.fits(currency) for currency in ("EUR", "USD", "")] == [True, False, True]
    assert any_currency.fits("USD")
