"""Sections filled in with a new customer: in one transaction, by their own rules, and with their own rights."""

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotPermitted
from data_access.base.permissions import Role
from data_access.commands.customers.beside import BESIDE, SectionInput
from data_access.commands.customers.customers import CreateCustomer
from data_access.domain.sections import CUSTOMER
from data_access.domain.validation import CustomerInput
from data_access.models.customers import Customer
from data_access.queries.customers.section import LeftToClass, SectionOf
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class
from tests.support.people import access_for
from tests.support.tables import rows


def create(access: Access, class_id: int, **beside: dict[str, str]) -> int:
    entered = CustomerInput(
        customer_code="C-1", customer_class_id=str(class_id), currency="EUR", balance_control="prepaid",
        billing_zone="UTC", billing_period="monthly",
    )  # fmt: skip
    sections = tuple(SectionInput(name, values) for name, values in beside.items())
    return access.execute(CreateCustomer(customer=entered, beside=sections, command_id=new_command_id())).customer_id


def test_each_that_is_given_has_its_row_and_the_others_have_none(engine: Engine) -> None:
    access, class_id = access_for(engine, Role.MANAGER), a_class(engine, currency="EUR")
    blank = BESIDE["self_care"].section.unwritten()
    customer_id = create(
        access, class_id, additional_info={"reference_number": "CRM-1"}, dialing={"longest": "3"}, self_care=blank
    )
    versions = {name: access.fetch(SectionOf(customer_id, name)).version for name in BESIDE}
    assert {name for name, version in versions.items() if version} == {"additional_info", "dialing"}
    assert access.fetch(SectionOf(customer_id, "dialing")).shown["longest"] == "3"


def test_what_is_wrong_with_one_saves_nothing_and_comes_with_the_other_complaints(engine: Engine) -> None:
    access = access_for(engine, Role.MANAGER)
    with pytest.raises(Invalid) as refusal:
        create(access, 0, additional_info={"discount_rate": "101", "shoe": "1"}, dialing={"longest": "x"})
    assert {"customer_class_id", "discount_rate", "shoe", "longest"} <= refusal.value.complaints.keys()
    class_id = a_class(engine, currency="EUR")
    create(access, class_id, additional_info={"reference_number": "CRM-1"})
    with pytest.raises(Invalid, match="already used"):
        create(access, class_id, additional_info={"reference_number": "crm-1"})
    assert len(rows(engine, Customer)) == 1


def test_each_takes_its_own_right(engine: Engine) -> None:
    order = {"additional_info": {"reference_number": "CRM-1"}}
    with pytest.raises(NotPermitted):
        create(access_for(engine, Role.ANALYST), a_class(engine, currency="EUR"), **order)


def test_the_form_of_a_new_customer_says_what_the_class_gives(engine: Engine) -> None:
    access, class_id = access_for(engine), a_class(engine, send_statistics="short")
    assert access.fetch(LeftToClass(class_id, ("additional_info",))) == {"send_statistics": "As class: Short"}
    assert access.fetch(LeftToClass(0, ("additional_info",))) == {}


def test_no_two_fields_of_the_form_have_one_name() -> None:
    names = [*CUSTOMER.names, *(name for command in BESIDE.values() for name in command.section.names)]
    assert len(names) == len(set(names))
