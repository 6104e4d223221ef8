"""Custom fields: defined, enabled for classes, filled in, searched, erased."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotPermitted, Rejected, Stale
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.custom_fields import (
    AddCustomField,
    ChangeCustomField,
    EditCustomFields,
    EnableCustomField,
    RemoveCustomField,
)
from data_access.commands.customers.customers import CreateCustomer
from data_access.commands.customers.erasure import ErasePersonal
from data_access.domain.entered.custom_fields import fits, sort_key
from data_access.domain.validation import CustomerInput
from data_access.models.card.custom_fields import CustomKind, CustomValue
from data_access.models.card.dialing import AbbreviatedNumber
from data_access.queries.audit.audit import FindChanges, FindCommands
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.customers.custom_fields import (
    ClassesOfCustomField,
    CustomColumns,
    CustomDefinitions,
    CustomFieldsOf,
    CustomFieldsOfClass,
)
from data_access.queries.lists.customers import FindCustomers
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.custom_search import searched_as
from data_access.search.expression import parts_of, read_line
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, insert
from tests.support.people import NOW, access_for
from tests.support.tables import rows

ENDED = NOW - timedelta(days=9)
GONE = {
    "bill_status": BillStatus.PERMANENTLY_TERMINATED, "terminated_at": ENDED, "terminate_on": ENDED.date(),
}  # fmt: skip
KINDS = {"text": "red", "number": "-12.5", "date": "2026-03-16", "date_time": "2026-03-16T12:00:00+00:00", "list": "b"}


def order(engine: Engine, command: Any, role: Role = Role.ADMIN, **what: Any) -> Any:
    return access_for(engine, role).execute(command(command_id=new_command_id(), **what))


def define(engine: Engine, name: str = "Colour", class_id: int | None = None, **over: str) -> int:
    """The id of a definition, enabled for a class."""
    choices = {"choices": "a\nb"} if over.get("kind") == "list" else {}
    values = {"name": name, "kind": "text"} | choices | over
    field_id: int = order(engine, AddCustomField, values=values).record_id
    if class_id is not None:
        order(engine, EnableCustomField, record_id=field_id, class_ids=(class_id,))
    return field_id


def fill(engine: Engine, customer: int, role: Role = Role.SUPPORT, version: int | None = None, **changes: str) -> None:
    view = access_for(engine, role).fetch(CustomFieldsOf(customer))
    about = {"version": view.version if version is None else version, "shown": view.shown, "changes": changes}
    order(engine, EditCustomFields, role, customer_id=customer, **about)


def said(engine: Engine, customer: int, role: Role = Role.SUPPORT) -> dict[str, str]:
    return dict(access_for(engine, role).fetch(CustomFieldsOf(customer)).said)


def found(engine: Engine, line: str, role: Role = Role.SUPPORT) -> list[int]:
    asked = AdvancedFilter(parts_of([read_line(line)]))
    return [row.id for row in access_for(engine, role).fetch(FindCustomers(asked)).rows]


@pytest.mark.parametrize(
    ("mask", "text", "fitting"),
    [
        ("AA-9999", "DE-2026", True), ("AA-9999", "DE-202", False), ("AA-9999", "D1-2026", False),
        ("AA-9999", "DE 2026", False), ("XX", "é7", True), ("XX", "-7", False), ("99", "٣٤", True), ("9", "12", False),
    ],
)  # fmt: skip
def test_a_format_holds_mark_by_mark(mask: str, text: str, fitting: bool) -> None:
    assert fits(mask, text) is fitting


@pytest.mark.parametrize(
    ("limits", "sound", "odd", "why"),
    [
        ({"longest": "3"}, "red", "blue", "3"),
        ({"written_as": "A-99"}, "B-07", "B07", "Write it as A-99"),
        ({"kind": "number", "decimals": "2"}, "1.25", "1.255", "Give at most 2 decimals."),
        ({"kind": "number", "decimals": "0"}, "7", "7.5", "Give a whole number."),
    ],
)
def test_what_is_entered_keeps_to_length_and_format(
    engine: Engine, limits: dict[str, str], sound: str, odd: str, why: str
) -> None:
    of_class = a_class(engine)
    name = f"custom_{define(engine, class_id=of_class, **limits)}"
    customer = a_customer(engine, customer_class_id=of_class)
    with pytest.raises(Invalid) as refused:
        fill(engine, customer, **{name: odd})
    assert why in refused.value.complaints[name]
    fill(engine, customer, **{name: sound})
    assert said(engine, customer)["Colour"] == sound


def test_what_was_entered_before_a_limit_stays(engine: Engine) -> None:
    of_class = a_class(engine)
    first, second = define(engine, class_id=of_class), define(engine, "Size", class_id=of_class)
    customer = a_customer(engine, customer_class_id=of_class)
    fill(engine, customer, **{f"custom_{first}": "turquoise"})
    narrow = {"version": 1, "shown": {"longest": ""}, "changes": {"longest": "3"}}
    order(engine, ChangeCustomField, record_id=first, **narrow)
    fill(engine, customer, **{f"custom_{second}": "XL"})
    assert said(engine, customer) == {"Colour": "turquoise", "Size": "XL"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"longest": "3", "written_as": "AA-9999"}, "written_as"),
        ({"longest": "401"}, "longest"),
        ({"kind": "number", "longest": "3"}, "longest"),
        ({"decimals": "2"}, "decimals"),
        ({"kind": "number", "decimals": "6"}, "decimals"),
        ({"written_as": "99", "start": "x"}, "start"),
        ({"end_user": "everybody"}, "end_user"),
    ],
)
def test_a_limit_that_does_not_fit_is_refused(engine: Engine, values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        define(engine, **values)
    assert list(refused.value.complaints) == [field]


@pytest.fixture
def of_class(engine: Engine) -> int:
    return a_class(engine)


@pytest.mark.parametrize("kind", KINDS)
def test_each_type_is_read_kept_and_said(engine: Engine, of_class: int, kind: str) -> None:
    customer, field_id = a_customer(engine, customer_class_id=of_class), define(engine, class_id=of_class, kind=kind)
    fill(engine, customer, **{f"custom_{field_id}": KINDS[kind]})
    view = access_for(engine, Role.SUPPORT).fetch(CustomFieldsOf(customer))
    assert view.shown == {f"custom_{field_id}": KINDS[kind]}
    assert said(engine, customer)["Colour"] != ""


@pytest.mark.parametrize(
    ("kind", "text"),
    [("number", "many"), ("date", "soon"), ("date_time", "noon"), ("list", "c"), ("text", "x" * 401)],
)
def test_what_a_type_does_not_take_is_refused_at_its_field(engine: Engine, of_class: int, kind: str, text: str) -> None:
    customer, field_id = a_customer(engine, customer_class_id=of_class), define(engine, class_id=of_class, kind=kind)
    with pytest.raises(Invalid) as refused:
        fill(engine, customer, **{f"custom_{field_id}": text})
    assert list(refused.value.complaints) == [f"custom_{field_id}"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "list", "choices": ""}, "choices"),
        ({"kind": "list", "choices": "a\nb", "start": "c"}, "start"),
        ({"kind": "number", "start": "many"}, "start"),
        ({"kind": "colour"}, "kind"),
    ],
)
def test_a_definition_that_cannot_be_is_refused(engine: Engine, values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        order(engine, AddCustomField, values={"name": "Colour", "kind": "text"} | values)
    assert list(refused.value.complaints) == [field]


def test_a_type_is_never_changed_and_a_used_field_stays(engine: Engine, of_class: int) -> None:
    field_id = define(engine, class_id=of_class)
    about: dict[str, Any] = {"record_id": field_id, "version": 1, "shown": {}}
    for change in ({"kind": "number"}, {"personal": "yes"}):
        with pytest.raises(Invalid, match="stays as it was first saved"):
            order(engine, ChangeCustomField, changes=change, **about)
    with pytest.raises(Rejected, match="in use by 1"):
        order(engine, RemoveCustomField, record_id=field_id, version=1)
    with pytest.raises(Invalid, match="Choose the classes from the list"):
        order(engine, EnableCustomField, record_id=field_id, class_ids=(9_999,))
    with pytest.raises(NotPermitted):
        order(engine, EnableCustomField, Role.SUPPORT, record_id=field_id, class_ids=())
    order(engine, EnableCustomField, record_id=field_id, class_ids=())
    order(engine, RemoveCustomField, record_id=field_id, version=1)
    assert access_for(engine).fetch(CustomDefinitions()) == ()


def test_a_customer_has_the_fields_of_its_class_alone(engine: Engine, of_class: int) -> None:
    field_id = define(engine, class_id=of_class)
    mine, other = a_customer(engine, customer_class_id=of_class), a_customer(engine)
    assert (list(said(engine, mine)), list(said(engine, other))) == (["Colour"], [])
    with pytest.raises(Invalid):
        fill(engine, other, **{f"custom_{field_id}": "red"})
    enabled = [
        one.class_id for one in access_for(engine, Role.ADMIN).fetch(ClassesOfCustomField(field_id)) if one.is_enabled
    ]
    assert enabled == [of_class]


def test_a_mandatory_field_is_asked_for_with_every_save_and_of_new_customers(engine: Engine, of_class: int) -> None:
    needed = define(engine, "Colour", of_class, mandatory="yes", start="red")
    other = define(engine, "Size", of_class)
    customer = a_customer(engine, customer_class_id=of_class)
    with pytest.raises(Invalid, match=r"Give Colour\."):
        fill(engine, customer, **{f"custom_{other}": "big"})
    fill(engine, customer, **{f"custom_{other}": "big", f"custom_{needed}": "blue"})
    assert said(engine, customer) == {"Colour": "blue", "Size": "big"}
    asked = access_for(engine, Role.SUPPORT).fetch(CustomFieldsOfClass(of_class))
    assert asked.start == {f"custom_{needed}": "red", f"custom_{other}": ""}
    typed = CustomerInput(
        customer_code="new", customer_class_id=str(of_class), currency="EUR", balance_control="postpaid"
    )
    with pytest.raises(Invalid, match="Give Colour"):
        order(engine, CreateCustomer, customer=typed)
    saved = order(engine, CreateCustomer, customer=typed, custom=dict(asked.start))
    assert said(engine, saved.customer_id) == {"Colour": "red", "Size": ""}


def test_two_people_change_one_field_and_are_told(engine: Engine, of_class: int) -> None:
    customer, name = a_customer(engine, customer_class_id=of_class), f"custom_{define(engine, class_id=of_class)}"
    fill(engine, customer, **{name: "red"})
    before = {"version": 0, "shown": {name: ""}, "customer_id": customer}
    with pytest.raises(Stale) as stale:
        order(engine, EditCustomFields, changes={name: "blue"}, **before)
    assert [one.field for one in stale.value.conflicts] == [name]
    with pytest.raises(Rejected, match="Nothing was changed"):
        fill(engine, customer, **{name: "red"})


def test_the_audit_names_a_custom_field_and_its_class_by_their_own_names(engine: Engine) -> None:
    of_class = a_class(engine, name="Business")
    customer, field_id = a_customer(engine, customer_class_id=of_class), define(engine, "Size", of_class)
    fill(engine, customer, **{f"custom_{field_id}": "big"})
    fill(engine, customer, **{f"custom_{field_id}": "small"})
    admin = access_for(engine, Role.ADMIN)
    done = [(one.gist, one.changed) for one in admin.fetch(FindCommands()).rows if one.what == "Edit custom fields"]
    assert done == [("Custom fields", "Size"), ("Custom fields", "Customer, Custom field, Size")]
    changed = [(one.field, one.before, one.after) for one in admin.fetch(FindChanges()).rows]
    assert changed.index(("Size", "big", "small")) < changed.index(("Size", "", "big"))
    assert {("Custom field", "", "Size"), ("Customer class", "", "Business")} <= set(changed)
    (last, *_) = admin.fetch(CustomerAudit(customer)).rows
    assert (last.field, last.before, last.after) == ("Size", "big", "small")


def test_columns_of_lists_tell_what_the_class_has_and_mask_what_is_personal(engine: Engine) -> None:
    has, lost = a_class(engine), a_class(engine)
    size, nick = define(engine, "Size", has, kind="number"), define(engine, "Nickname", has, personal="yes")
    order(engine, EnableCustomField, record_id=size, class_ids=(has, lost))
    mine, other = a_customer(engine, customer_class_id=has), a_customer(engine, customer_class_id=lost)
    fill(engine, mine, **{f"custom_{size}": "1200", f"custom_{nick}": "Dory"})
    fill(engine, other, **{f"custom_{size}": "7"})
    order(engine, EnableCustomField, record_id=size, class_ids=(has,))
    asked = CustomColumns((mine, other), (size, nick))
    assert access_for(engine, Role.SUPPORT).fetch(asked) == {mine: {size: "1,200", nick: "Dory"}}
    assert access_for(engine, Role.ANALYST).fetch(asked) == {mine: {size: "1,200", nick: "D•••••"}}


def test_what_is_personal_is_masked_asked_for_and_erased(engine: Engine) -> None:
    of_class = a_class(engine, purge_after_months=0)
    field_id = define(engine, "Nickname", of_class, personal="yes")
    customer, name = a_customer(engine, customer_class_id=of_class), f"custom_{field_id}"
    fill(engine, customer, **{name: "Dory"})
    assert "Dory" not in said(engine, customer, Role.ANALYST)["Nickname"]
    line = f"{searched_as(field_id, CustomKind.TEXT, personal=True)}.contains.dor"
    assert found(engine, line) == [customer]
    with pytest.raises(NotPermitted):
        found(engine, line, Role.ANALYST)
    assert found(engine, f"{searched_as(field_id, CustomKind.TEXT, personal=False)}.contains.dor", Role.ANALYST) == []
    assert access_for(engine, Role.ANALYST).fetch(CustomDefinitions()) == ()


def test_what_is_personal_is_erased_and_the_rest_stays(engine: Engine) -> None:
    gone = a_customer(engine, customer_class_id=a_class(engine, purge_after_months=0), **GONE)
    nick, size = define(engine, "Nickname", personal="yes"), define(engine, "Size")
    insert(
        engine,
        CustomValue,
        {"customer_id": gone, "custom_field_id": nick, "personal_value": "Dory", "personal_key": "dory"},
    )
    insert(engine, CustomValue, {"customer_id": gone, "custom_field_id": size, "value": "big", "sort_key": "big"})
    insert(engine, AbbreviatedNumber, {"customer_id": gone, "number": "1", "target": "49", "description": "Andrew"})
    erasing = ErasePersonal(customer_id=gone, command_id=new_command_id())
    assert Access(engine, SYSTEM, lambda: NOW).execute(erasing).erased
    told = [(row.value, row.personal_value, row.personal_key) for row in rows(engine, CustomValue)]
    assert told == [("", "", ""), ("big", "", "")]
    (number,) = rows(engine, AbbreviatedNumber)
    assert (number.target, number.description) == ("", "")


@pytest.mark.parametrize(
    ("kind", "value", "line", "is_found"),
    [
        ("text", "Crème brûlée", "is.creme brulee", True),
        ("text", "red", "begins_with.re", True),
        ("text", "red", "ends_with.x", False),
        ("number", "-12.5", "at_most.-12", True),
        ("number", "-12.5", "at_most.-13", False),
        ("number", "9", "at_least.10", False),
        ("number", "100", "at_least.10", True),
        ("date", "2026-03-16", "before.2026-03-17", True),
        ("date", "2026-03-16", "after.2026-03-16", False),
        ("date_time", "2026-03-16T12:00:00+00:00", "is.2026-03-16T13:00:00+01:00", True),
        ("date_time", "2026-03-16T23:30:00+00:00", "is.2026-03-16", True),
        ("date_time", "2026-03-16T00:00:00+00:00", "is.2026-03-15", False),
        ("date_time", "2026-03-16T23:30:00+00:00", "after.2026-03-16", False),
        ("date_time", "2026-03-16T23:30:00+00:00", "after.2026-03-16T23:29:00Z", True),
        ("date_time", "2026-03-16T12:00:00+00:00", "before.2026-03-17", True),
        ("list", "b", "is.b", True),
        ("list", "b", "is_one_of.a|b", True),
        ("list", "b", "is_one_of.a", False),
        ("list", "b", "is_empty", False),
    ],
)
def test_a_custom_field_is_searched_as_its_type_is(
    engine: Engine, of_class: int, kind: str, value: str, line: str, *, is_found: bool
) -> None:
    customer, field_id = a_customer(engine, customer_class_id=of_class), define(engine, class_id=of_class, kind=kind)
    fill(engine, customer, **{f"custom_{field_id}": value})
    order(
        engine, ChangeCustomField, record_id=field_id, version=1, shown={}, changes={"name": "Renamed"}
    )  # the address stays
    asked = searched_as(field_id, CustomKind(kind), personal=False)
    assert (found(engine, f"{asked}.{line}") == [customer]) is is_found
    empty = [one for one in found(engine, f"{asked}.is_empty") if one == customer]
    assert empty == []


def test_numbers_sort_as_they_count() -> None:
    texts = ("-999999999999", "-1", "-0.00001", "0", "0.5", "9", "10", "999999999999.5")
    numbers = [Decimal(text) for text in texts]
    keys = [sort_key(CustomKind.NUMBER, number) for number in numbers]
    assert keys == sorted(keys)


def test_the_audit_tells_a_change_under_the_label_of_the_field(engine: Engine, of_class: int) -> None:
    customer, name = a_customer(engine, customer_class_id=of_class), f"custom_{define(engine, class_id=of_class)}"
    fill(engine, customer, **{name: "red"})
    fill(engine, customer, **{name: "blue"})
    told = access_for(engine).fetch(CustomerAudit(customer)).rows
    assert next((row.field, row.before, row.after) for row in told) == ("Colour", "red", "blue")


def test_a_terminated_customer_is_not_edited(engine: Engine, of_class: int) -> None:
    gone = a_customer(engine, customer_class_id=of_class, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    name = f"custom_{define(engine, class_id=of_class)}"
    with pytest.raises(Rejected, match="permanently terminated"):
        fill(engine, gone, **{name: "red"})
