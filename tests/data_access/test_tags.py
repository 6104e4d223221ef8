"""Tags: kept by administrators, given to customers one by one, in a file and by what is searched, each once."""

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import Permission, Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.tags import AddTag, ChangeTag, RemoveTag, TagCustomer
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.lists.customers import FindCustomers
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import parts_of, read_line
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_reseller
from tests.support.people import access_for


def a_tag(engine: Engine, name: str = "VIP") -> int:
    order = AddTag(values={"name": name}, command_id=new_command_id())
    return access_for(engine, Role.ADMIN).execute(order).record_id


def tag(access: Access, customer_id: int, *add: int, remove: tuple[int, ...] = ()) -> tuple[str, ...]:
    order = TagCustomer(customer_id=customer_id, add=add, remove=remove, command_id=new_command_id())
    return access.execute(order).tags


def found(access: Access, *lines: str) -> set[int]:
    conditions = AdvancedFilter(conditions=parts_of([read_line(line) for line in lines]))
    return {row.id for row in access.fetch(FindCustomers(conditions)).rows}


def test_a_customer_is_given_tags_and_loses_them(engine: Engine) -> None:
    vip, pilot = a_tag(engine), a_tag(engine, "Pilot")
    customer, support = a_customer(engine), access_for(engine, Role.SUPPORT)
    assert tag(support, customer, vip, pilot, vip) == ("Pilot", "VIP")
    assert support.fetch(CustomerHead(customer)).tags == {pilot: "Pilot", vip: "VIP"}
    with pytest.raises(Rejected, match="so already"):
        tag(support, customer, vip, remove=())
    assert tag(support, customer, remove=(vip,)) == ("Pilot",)
    assert tag(support, customer, vip) == ("Pilot", "VIP")
    audit = access_for(engine, Role.ADMIN).fetch(CustomerAudit(customer)).rows
    assert {row.after for row in audit if row.field == "Tag"} == {"VIP", "Pilot"}


def test_what_was_removed_meanwhile_is_refused_and_what_is_there_stays(engine: Engine) -> None:
    vip, gone = a_tag(engine), a_tag(engine, "Gone")
    admin, customer = access_for(engine, Role.ADMIN), a_customer(engine)
    admin.execute(RemoveTag(record_id=gone, version=1, command_id=new_command_id()))
    with pytest.raises(Invalid, match="no longer exists"):
        tag(admin, customer, vip, gone)
    assert admin.fetch(CustomerHead(customer)).tags == {}
    tag(admin, customer, vip)
    with pytest.raises(Rejected, match="in use by 1 customer"):
        admin.execute(RemoveTag(record_id=vip, version=1, command_id=new_command_id()))
    order = ChangeTag(record_id=vip, version=1, shown={"name": "VIP"}, changes={"name": "Key"},
                      command_id=new_command_id())  # fmt: skip
    admin.execute(order)
    assert admin.fetch(CustomerHead(customer)).tags == {vip: "Key"}
    with pytest.raises(Invalid, match="already used"):
        a_tag(engine, "KEY")


def test_only_the_customers_that_one_sees_and_edits(engine: Engine) -> None:
    vip, mine, theirs = a_tag(engine), a_reseller(engine, name="Mine"), a_reseller(engine, name="Theirs")
    foreign = a_customer(engine, reseller_id=theirs)
    with pytest.raises(NotFound):
        tag(access_for(engine, Role.SUPPORT, reseller_id=mine), foreign, vip)
    with pytest.raises(NotPermitted):
        tag(access_for(engine, Role.ANALYST), foreign, vip)
    ended = a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    with pytest.raises(Rejected):
        tag(access_for(engine, Role.ADMIN), ended, vip)
    assert Permission.CLASS_EDIT is AddTag.needs is ChangeTag.needs is RemoveTag.needs


def test_they_are_searched_by_name_whatever_its_case(engine: Engine) -> None:
    vip, pilot = a_tag(engine), a_tag(engine, "Pilot")
    admin = access_for(engine, Role.ADMIN)
    one, two, none = (a_customer(engine) for _ in range(3))
    tag(admin, one, vip)
    tag(admin, two, vip, pilot)
    tag(admin, two, remove=(vip,))
    assert found(admin, "tag.is.vip") == {one}
    assert found(admin, "tag.is_one_of.VIP|Pilot") == {one, two}
    assert found(admin, "tag.is_empty.") == {none}
    assert found(admin, "tag.is_not.VIP") == {two, none}
    assert found(admin, "tag.is.nothing such") == set()
