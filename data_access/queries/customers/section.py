"""A section of a customer: each field in words, masked without the right, and as one would type it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from data_access.base.permissions import Permission
from data_access.domain.editing import edit_refusal
from data_access.domain.sections import SECTIONS
from data_access.models.customers import Customer
from data_access.queries.customer_context import customer_context
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class SectionView:
    """`said`: each label with its value in words, blank where nothing was given; `shown`: the fields as typed.

    `version` is that of the row which an edit has to carry; 0: there is none yet. `refusal`: why nothing can be edited.
    """

    version: int
    said: tuple[tuple[str, str], ...]
    shown: Mapping[str, str]
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
        is_new = row is None
        row = section.new() if row is None else row
        said = section.said(row, reader.actor, context.of_class)
        shown = section.shown(row, reader.actor)
        return SectionView(0 if is_new else row.version, said, shown, edit_refusal(customer.bill_status))


def _beside(reader: Reader, model: Any, customer_id: int) -> Any:
    query = visible(model, reader.actor).where(model.customer_id == customer_id)
    return reader.session.scalars(query).one_or_none()
