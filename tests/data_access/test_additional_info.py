"""Additional info: its rules, the number that finds a customer, and the records that it names."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Role
from data_access.commands.customers.additional import EditAdditionalInfo
from data_access.commands.records.agents import (
    AddDistributor,
    AddRepresentative,
    AddReseller,
    ChangeDistributor,
    ChangeRepresentative,
    ChangeReseller,
    RemoveDistributor,
    RemoveRepresentative,
    RemoveReseller,
)
from data_access.models.classes.customer_classes import SendStatistics
from data_access.queries.customers.section import SectionOf, SectionView
from data_access.queries.finder.find import FindQuick
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.records.record_names import RecordNames
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import Condition
from data_access.search.operations import Operation
from data_access.services.section_edit import SectionSaved
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.people import access_for

AGENTS = (
    (AddRepresentative, ChangeRepresentative, RemoveRepresentative),
    (AddDistributor, ChangeDistributor, RemoveDistributor),
    (AddReseller, ChangeReseller, RemoveReseller),
)


def look(access: Access, customer_id: int) -> SectionView:
    return access.fetch(SectionOf(customer_id, "additional_info"))


def edit(access: Access, customer_id: int, **changes: str) -> SectionSaved:
    seen = look(access, customer_id)
    order = EditAdditionalInfo(
        customer_id=customer_id, version=seen.version, shown=seen.shown, changes=changes, command_id=new_command_id()
    )
    return access.execute(order)


def complaints(access: Access, customer_id: int, **changes: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        edit(access, customer_id, **changes)
    return dict(refusal.value.complaints)


def test_the_class_says_what_is_sent_until_the_customer_has_its_own(engine: Engine) -> None:
    access = access_for(engine)
    customer_id = a_customer(engine, customer_class_id=a_class(engine, send_statistics=SendStatistics.SHORT))
    assert dict(look(access, customer_id).said)["Send statistics"] == "As class: Short"
    edit(access, customer_id, send_statistics="none")
    assert dict(look(access, customer_id).said)["Send statistics"] == "None"
    edit(access, customer_id, send_statistics="")
    assert dict(look(access, customer_id).said)["Send statistics"] == "As class: Short"


@pytest.mark.parametrize(("rate", "stored"), [("12.5", "12.5"), ("0", "0"), ("100", "100"), ("33.33333 %", "33.33333")])
def test_a_discount_rate_is_a_share(engine: Engine, rate: str, stored: str) -> None:
    access, customer_id = access_for(engine), a_customer(engine)
    edit(access, customer_id, discount_rate=rate)
    assert Decimal(look(access, customer_id).shown["discount_rate"]) == Decimal(stored)


@pytest.mark.parametrize("rate", ["-1", "100.1", "ten", "1.234567"])
def test_what_is_no_share_is_refused(engine: Engine, rate: str) -> None:
    assert complaints(access_for(engine), a_customer(engine), discount_rate=rate).keys() == {"discount_rate"}


def test_a_reference_number_belongs_to_one_customer_whatever_its_case_and_wherever_it_is(engine: Engine) -> None:
    manager = access_for(engine, Role.MANAGER)
    edit(manager, a_customer(engine), reference_number="CRM-17a")
    other = a_customer(engine)
    assert "already used" in complaints(manager, other, reference_number="crm-17A")["reference_number"]
    reseller = a_reseller(engine)
    theirs, them = a_customer(engine, reseller_id=reseller), access_for(engine, Role.MANAGER, reseller_id=reseller)
    assert complaints(them, theirs, reference_number="CRM-17A") == {
        "reference_number": "Another customer has this reference number."
    }
    edit(manager, other, reference_number="CRM-18")


def test_a_branch_has_a_main_office_that_is_one(engine: Engine) -> None:
    access, main, branch = access_for(engine), a_customer(engine, customer_code="MAIN"), a_customer(engine)
    assert complaints(access, branch, office_type="branch", main_office_id=str(main)).keys() == {"main_office_id"}
    assert complaints(access, branch, office_type="branch").keys() == {"main_office_id"}
    edit(access, main, office_type="main")
    assert access.fetch(RecordNames("additional_info"))["main_offices"] == {str(main): "MAIN"}
    edit(access, branch, office_type="branch", main_office_id=str(main))
    assert dict(look(access, branch).said)["Main office"] == "MAIN"
    assert complaints(access, main, office_type="none") == {
        "office_type": "This is the main office of 1 branch: give them another one first."
    }
    assert complaints(access, main, office_type="branch", main_office_id=str(main)).keys() >= {"main_office_id"}
    edit(access, branch, office_type="none")
    assert look(access, branch).shown["main_office_id"] == ""
    edit(access, main, office_type="none")


@pytest.mark.parametrize(("add", "change", "remove"), AGENTS, ids=lambda kind: kind.__name__)
def test_agents_are_kept_under_names_of_their_own(engine: Engine, add: type, change: type, remove: type) -> None:
    admin = access_for(engine, Role.ADMIN)
    saved = admin.execute(add(values={"name": "North"}, command_id=new_command_id()))
    with pytest.raises(Invalid, match="already used"):
        admin.execute(add(values={"name": "NORTH"}, command_id=new_command_id()))
    order = {"record_id": saved.record_id, "version": 1, "shown": {}, "changes": {"name": "South"}}
    assert admin.execute(change(**order, command_id=new_command_id())).version == 2
    admin.execute(remove(record_id=saved.record_id, version=2, command_id=new_command_id()))
    admin.execute(add(values={"name": "South"}, command_id=new_command_id()))


def test_an_agent_whom_customers_have_stays(engine: Engine) -> None:
    admin, customer_id = access_for(engine, Role.ADMIN), a_customer(engine)
    mia = admin.execute(AddRepresentative(values={"name": "Mia"}, command_id=new_command_id())).record_id
    edit(admin, customer_id, representative_id=str(mia))
    assert dict(look(admin, customer_id).said)["Representative"] == "Mia"
    with pytest.raises(Rejected, match="in use by 1 customer"):
        admin.execute(RemoveRepresentative(record_id=mia, version=1, command_id=new_command_id()))
    reseller = a_reseller(engine)
    a_customer(engine, reseller_id=reseller)
    with pytest.raises(Rejected, match="in use by 1 customer"):
        admin.execute(RemoveReseller(record_id=reseller, version=1, command_id=new_command_id()))


def found(access: Access, asked: str, operation: Operation, *values: str) -> set[str]:
    conditions = (Condition(asked, operation, values),)
    page = access.fetch(FindCustomers(AdvancedFilter(conditions)))
    return {row.customer_code for row in page.rows}


def test_advanced_search_asks_every_field_and_the_finder_the_reference_number(engine: Engine) -> None:
    admin, customer_id = access_for(engine, Role.ADMIN), a_customer(engine, customer_code="MINE")
    a_customer(engine, customer_code="OTHER")
    mia = admin.execute(AddRepresentative(values={"name": "Mia Berg"}, command_id=new_command_id())).record_id
    values = {"reference_number": "CRM-17a", "tax_id": "DE 5", "discount_rate": "10", "callshop_enabled": "yes"}
    edit(admin, customer_id, representative_id=str(mia), **values)
    assert found(admin, "reference_number", Operation.IS, "crm-17A") == {"MINE"}
    assert found(admin, "representative_id", Operation.CONTAINS, "berg") == {"MINE"}
    assert found(admin, "representative_id", Operation.IS_EMPTY) == {"OTHER"}
    assert found(admin, "discount_rate", Operation.AT_LEAST, "10") == {"MINE"}
    assert found(admin, "callshop_enabled", Operation.IS, "yes") == {"MINE"}
    for role in (Role.ANALYST, Role.SUPPORT):  # one of them sees no personal data
        assert [hit.customer_code for hit in access_for(engine, role).fetch(FindQuick("crm-17A")).hits] == ["MINE"]
    assert [hit.customer_code for hit in admin.fetch(FindQuick("crm-17")).hits] == [
        "MINE"
    ]  # the finder asks for a part too
