"""A section of a customer: each field in words, masked without the permission, and as input."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from data_access.base.permissions import Permission
from data_access.domain.editing import edit_refusal
from data_access.domain.sections import SECTIONS
from data_access.fields.section import FieldSection
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.queries.customer_context import CustomerContext, customer_context
from data_access.queries.records.record_names import names_of, referred
from data_access.queries.services.service_configuration import inherited
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class SectionView:
    """`said`: each label with its value in words, blank where nothing was given; `shown`: the fields as typed.

    `left_to_class`: what a blank stands for in each field that the class gives, or the customer to an account;
    `class_name`: which class says so, or what else.
    `version` is that of the row which an edit has to carry; 0: there is none yet. `refusal`: why nothing can be edited.
    """

    version: int
    said: tuple[tuple[str, str], ...]
    shown: Mapping[str, str]
    left_to_class: Mapping[str, str]
    class_name: str
    refusal: str | None


@dataclass(frozen=True)
class SectionOf(Query[SectionView]):
    """The fields of one section of one customer, in the order of the form."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int
    section: str

    def run(self, reader: Reader) -> SectionView:
        section = SECTIONS[self.section]
        reader.actor.require(section.sees)
        context = customer_context(reader, self.customer_id)
        customer = context.customer
        row = customer if section.model is Customer else _beside(reader, section.model, self.customer_id)
        return view_of(reader, section, context, row)


def view_of(reader: Reader, section: FieldSection, context: CustomerContext, row: Any | None) -> SectionView:
    """A row of a section beside a customer, as it is seen and edited; None: one that is not there yet."""
    shown = section.new() if row is None else row
    given = inherited(reader, section, context)
    names = names_of(reader, referred(section, [shown], given))
    return SectionView(
        0 if row is None else row.version,
        section.said(shown, reader.actor, given, names),
        section.shown(shown, reader.actor),
        section.left_to_class(given, names),
        context.of_class.name if given is context.of_class else "its service configuration",
        edit_refusal(context.customer.bill_status),
    )


def _beside(reader: Reader, model: Any, customer_id: int) -> Any:
    query = visible(model, reader.actor).where(model.customer_id == customer_id)
    return reader.session.scalars(query).one_or_none()


@dataclass(frozen=True)
class LeftToClass(Query[Mapping[str, str]]):
    """What a blank in each field of these sections stands for with a class, in words; nothing for an unknown class."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_class_id: int
    sections: tuple[str, ...]

    def run(self, reader: Reader) -> Mapping[str, str]:
        of_class = reader.session.scalars(
            visible(CustomerClass, reader.actor).where(CustomerClass.id == self.customer_class_id)
        ).one_or_none()
        if of_class is None:
            return {}
        sections = [SECTIONS[name] for name in self.sections]
        wanted = {name: ids for one in sections for name, ids in referred(one, (), of_class).items()}
        names = names_of(reader, wanted)
        return {field: words for one in sections for field, words in one.left_to_class(of_class, names).items()}
