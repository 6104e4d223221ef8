"""The audit log: told in words, narrowed by its filter, cut by rights, and verified against hands that altered it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

import pytest

from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Permission, Role
from data_access.models.customers import BillingPeriod, Customer
from data_access.queries.audit.audit import BY_NUMBER, ERASED, AuditChoices, FindChanges, FindCommands
from data_access.queries.audit.audit_filter import AUDITED_FIELDS, AuditFilter
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.pagination.newest_first import PAGE
from data_access.queries.pagination.pages import Cursor, Direction
from data_access.store.access import Access, Command, new_command_id
from data_access.store.bulk import bulk_load
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.by_hand import behind
from tests.support.people import NOW, access_for
from tests.support.rows import arrangement


@dataclass(frozen=True, slots=True)
class Relabelled:
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class RelabelCustomer(Command[Relabelled]):
    """Sets some columns of a customer: the plainest command that leaves changes behind."""

    needs: ClassVar = Permission.CUSTOMER_READ
    result_type: ClassVar = Relabelled
    customer_id: int
    values: tuple[tuple[str, object], ...]

    def apply(self, work):
        customer = work.lock(Customer, self.customer_id, called="The customer")
        for name, value in self.values:
            setattr(customer, name, value)
        work.session.flush()
        return Relabelled(customer.id)


def relabel(access, customer_id, reason="asked for", **values):
    order = RelabelCustomer(
        command_id=new_command_id(), reason=reason, customer_id=customer_id, values=tuple(values.items())
    )
    access.execute(order)


def fields_of(access, **asked):
    return [(row.field, row.before, row.after) for row in access.fetch(FindChanges(AuditFilter(**asked))).rows]


@pytest.fixture
def admin(engine):
    return access_for(engine, Role.ADMIN)


def test_a_change_says_when_who_what_about_whom_and_why(engine, admin):
    customer_id = a_customer(engine, customer_code="C-77")
    relabel(admin, customer_id, reason="moved house", city="Ghent")
    row = admin.fetch(FindChanges(AuditFilter(kind="RelabelCustomer"))).rows[0]
    assert (row.at, row.login, row.what) == (NOW, admin.actor.login, "Relabel customer")
    assert (row.customer_id, row.customer_code, row.reason) == (customer_id, "C-77", "moved house")
    assert (row.record, row.field, row.before, row.after) == ("Customer", "City", "", "Ghent")


def test_values_are_told_in_words(engine, admin):
    old, new = a_class(engine, name="Residential"), a_class(engine, name="Wholesale")
    customer_id = a_customer(engine, customer_class_id=old)
    relabel(
        admin, customer_id, customer_class_id=new, credit_limit=Decimal("2500.50"), blocked=True, country="BE",
        billing_period=BillingPeriod.THIRTY_DAYS, suspended_at=None,
    )  # fmt: skip
    told = {field: (before, after) for field, before, after in fields_of(admin, kind="RelabelCustomer")}
    assert told == {
        "Customer class": ("Residential", "Wholesale"),
        "Permanent credit limit": ("1,000", "2,500.5"),
        "Blocked": ("No", "Yes"),
        "Country": ("", "Belgium"),
        "Billing period": ("Monthly", "Every 30 days"),
    }


def test_a_record_created_in_bulk_is_told_field_by_field(engine, admin):
    a_customer(engine, customer_code="C-5", first_name="Nadia", currency="USD")
    (_, before, after), *_ = fields_of(admin, field="Customer.*")
    assert before == ""
    assert "Customer ID: C-5" in after
    assert "Balance control: Postpaid" in after
    assert "First name: Nadia" in after


def test_every_audited_field_and_value_can_be_told(engine, admin):
    a_customer(engine)
    rows = admin.fetch(FindChanges()).rows
    assert rows
    for row in rows:
        assert "_" not in row.field + row.after


def test_personal_values_are_hidden_without_the_right(engine, admin):
    customer_id = a_customer(engine, first_name="Nadia", phone="06 12 34")
    relabel(admin, customer_id, phone="06 55 55", credit_limit=Decimal(7))
    analyst = access_for(engine, Role.ANALYST)
    told = {field: after for field, _, after in fields_of(analyst, kind="RelabelCustomer")}
    assert told == {"Phone": "•••••", "Permanent credit limit": "7"}
    whole = fields_of(analyst, field="Customer.*")[0][2]
    assert "First name: •••••" in whole
    assert "Nadia" not in whole


def test_a_command_is_told_with_what_it_changed(engine, admin):
    customer_id = a_customer(engine)
    relabel(admin, customer_id, city="Ghent", country="BE")
    row = admin.fetch(FindCommands()).rows[0]
    assert (row.what, row.customer_id, row.changed) == ("Relabel customer", customer_id, "City, Country")


def test_many_changed_fields_are_counted_after_the_first_four(engine, admin):
    customer_id = a_customer(engine)
    names = ("city", "state", "postal_code", "address_line_1", "address_line_2", "contact")
    relabel(admin, customer_id, **dict.fromkeys(names, "x"))
    assert admin.fetch(FindCommands()).rows[0].changed.endswith(" and 2 more")


@pytest.mark.parametrize(
    ("asked", "cities"),
    [
        ({}, ["Ghent", "Lille"]),
        ({"customer": " c-1 "}, ["Lille"]),
        ({"customer": "C-9"}, []),
        ({"who": "nobody"}, []),
        ({"kind": "ChangeStatus"}, []),
        ({"field": "Customer.city"}, ["Ghent", "Lille"]),
        ({"field": "Customer.state"}, []),
        ({"since": NOW.date()}, ["Ghent", "Lille"]),
        ({"since": NOW.date() + timedelta(days=1)}, []),
        ({"until": NOW.date() - timedelta(days=1)}, []),
        ({"until": NOW.date()}, ["Ghent", "Lille"]),
    ],
)
def test_the_filter_narrows_commands_and_changes_alike(engine, admin, asked, cities):
    for code, city in (("C-1", "Lille"), ("C-2", "Ghent")):
        relabel(admin, a_customer(engine, customer_code=code), city=city)
    chosen = {"kind": "RelabelCustomer"} | asked
    assert [after for _, _, after in fields_of(admin, **chosen)] == cities
    assert len(admin.fetch(FindCommands(AuditFilter(**chosen))).rows) == len(cities)


def test_one_entry_can_be_opened_alone(engine, admin):
    relabel(admin, a_customer(engine), city="Ghent")
    number = admin.fetch(FindCommands()).rows[0].number
    assert fields_of(admin, number=number) == [("City", "", "Ghent")]


def test_pages_hold_every_row_once_in_both_directions(engine, admin):
    customer_id = a_customer(engine)
    for n in range(PAGE + 3):
        relabel(admin, customer_id, city=f"City {n}")
    asked = AuditFilter(kind="RelabelCustomer")
    first = admin.fetch(FindCommands(asked))
    relabel(admin, customer_id, city="meanwhile")
    second = admin.fetch(FindCommands(asked, Direction.AFTER, str(first.last)))
    last = admin.fetch(FindCommands(asked, Direction.LAST))
    back = admin.fetch(FindCommands(asked, Direction.BEFORE, str(second.first)))
    assert (first.has_previous, second.has_next, last.has_next) == (False, False, False)
    assert len(first.rows) == len(last.rows) == PAGE
    assert len({row.number for row in first.rows + second.rows}) == PAGE + 3
    assert back.rows == first.rows
    assert back.has_previous


@pytest.mark.parametrize("text", ["", "-", "x", "-1", "99999999999999", "1~1", "drop table"])
def test_a_damaged_place_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - which damage it is does not matter
        BY_NUMBER.read(text)


def test_a_place_survives_the_address():
    assert BY_NUMBER.read(str(Cursor((17,)))) == Cursor((17,))


def test_a_filter_survives_the_address():
    for field in AUDITED_FIELDS:
        asked = AuditFilter(date(2026, 1, 2), date(2026, 2, 3), "ann", "C 1&2", "ChangeStatus", field, 12)
        assert AuditFilter.from_params(asked.to_params()) == (asked, ())


def test_a_damaged_filter_says_what_it_lost():
    asked, unread = AuditFilter.from_params({"field": ["Person.secret"], "number": ["1e9"], "who": ["ann"]})
    assert asked == AuditFilter(who="ann")
    assert [each.name for each in unread] == ["Field", "Entry"]


def test_the_choices_are_what_the_log_holds(engine, admin):
    relabel(admin, a_customer(engine), city="Ghent")
    choices = admin.fetch(AuditChoices())
    assert choices.kinds == ("Arrange", "RelabelCustomer")
    assert choices.logins == tuple(sorted({admin.actor.login, "system"}))


@pytest.mark.parametrize("query", [AuditChoices(), FindCommands(), FindChanges(), VerifyChain()])
def test_support_does_not_read_the_log(engine, query):
    with pytest.raises(NotPermitted, match="see the audit log"):
        access_for(engine, Role.SUPPORT).fetch(query)


def test_a_reseller_s_person_reads_about_their_own_customers_alone(engine, admin):
    mine = a_reseller(engine)
    own, other = a_customer(engine, reseller_id=mine), a_customer(engine)
    relabel(admin, own, city="Ghent")
    relabel(admin, other, city="Lille")
    access = access_for(engine, Role.ANALYST, reseller_id=mine)
    assert [row.customer_id for row in access.fetch(FindCommands()).rows] == [own, None]  # edited; added in bulk
    assert {row.customer_id for row in access.fetch(FindChanges()).rows} == {own}
    with pytest.raises(Rejected, match="one reseller"):
        access.fetch(VerifyChain())


def test_how_many_customers_a_load_wrote_is_not_told_to_who_sees_one_reseller_s(engine):
    mine = a_reseller(engine)
    readers = [access_for(engine, Role.ANALYST, reseller_id=whose) for whose in (None, mine)]
    own, other = a_customer(engine, reseller_id=mine), a_customer(engine)
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        for customer_id in (own, other):
            load.change_customer(customer_id, before={"city": ""}, after={"city": "Ghent"})
        load.complete({"customers": 2})
    assert [access.fetch(FindCommands()).rows[0].gist for access in readers] == ["2 customers", ""]


def test_an_untouched_log_holds(engine, admin):
    relabel(admin, a_customer(engine, first_name="Nadia"), city="Ghent", credit_limit=Decimal(3))
    verified = admin.fetch(VerifyChain())
    assert verified.holds
    assert verified.entries == len(admin.fetch(FindCommands()).rows)
    assert str(verified).startswith(f"The audit holds: {verified.entries} entries")


def test_an_empty_log_holds(engine):
    actor = access_for(engine, Role.ADMIN).actor
    behind(engine, "DELETE FROM change", "DELETE FROM personal_values", "DELETE FROM command_log")
    assert Access(engine, actor, lambda: NOW).fetch(VerifyChain()).entries == 0


@pytest.mark.parametrize(
    "by_hand",
    [
        "UPDATE command_log SET reason = 'another' WHERE name = 'RelabelCustomer'",
        "UPDATE command_log SET login = 'someone' WHERE name = 'RelabelCustomer'",
        "UPDATE change SET after = '9999.00000' WHERE field = 'credit_limit'",
        "DELETE FROM change WHERE field = 'credit_limit'",
        "UPDATE personal_values SET after = 'Paris' WHERE after = 'Ghent'",
        "DELETE FROM personal_values WHERE after = 'Ghent'",
        "INSERT INTO change (id, command_id, entity, entity_id, field)"
        " SELECT 99999, id, 'Customer', 1, 'blocked' FROM command_log WHERE name = 'RelabelCustomer'",
        "DELETE FROM command_log WHERE name = 'RelabelCustomer'",
    ],
)
def test_a_row_altered_by_hand_is_found_where_it_stands(engine, admin, by_hand):
    customer_id = a_customer(engine)
    before = admin.fetch(VerifyChain()).entries
    relabel(admin, customer_id, credit_limit=Decimal(3), city="Ghent")
    a_customer(engine)
    assert admin.fetch(VerifyChain()).holds
    behind(engine, by_hand)
    verified = admin.fetch(VerifyChain())
    assert (verified.broken_at, verified.entries) == (before + 1, before)
    assert str(verified).startswith(f"The audit is broken at entry {before + 1}: ")


def test_a_value_taken_out_by_hand_is_told_as_erased_and_found(engine, admin):
    relabel(admin, a_customer(engine), city="Ghent")
    emptied = "before = NULL, after = NULL, salt = NULL, erased_at = '2026-03-17 00:00:00+00:00'"
    behind(engine, f"UPDATE personal_values SET {emptied} WHERE after = 'Ghent'")
    assert not admin.fetch(VerifyChain()).holds
    assert [after for _, _, after in fields_of(admin, kind="RelabelCustomer")] == [ERASED]


def test_an_erased_value_put_back_by_hand_is_found(engine, admin):
    relabel(admin, a_customer(engine), city="Ghent")
    refilled = "after = 'Paris', salt = NULL, erased_at = '2026-03-17 00:00:00+00:00'"
    behind(engine, f"UPDATE personal_values SET {refilled} WHERE after = 'Ghent'")
    assert not admin.fetch(VerifyChain()).holds


def test_a_long_log_is_verified_in_parts(engine, admin, monkeypatch):
    monkeypatch.setattr("data_access.queries.audit.verify._CHUNK", 2)
    customer_id = a_customer(engine)
    for n in range(5):
        relabel(admin, customer_id, city=f"City {n}")
    assert admin.fetch(VerifyChain()).entries == len(admin.fetch(FindCommands()).rows)


def test_text_of_people_cannot_break_the_filter(admin):
    for wild in ("'; DROP TABLE change; --", "%", "_", "😀", "\u202eabc", "x" * 10_000):
        assert admin.fetch(FindChanges(AuditFilter(who=wild, customer=wild))).rows == ()
        assert admin.fetch(FindCommands(AuditFilter(who=wild, customer=wild))).rows == ()
