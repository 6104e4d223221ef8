"""Records of a section with several for each customer: the list, and one for editing."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Select

from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.domain.sections import SECTIONS
from data_access.fields.section import FieldSection
from data_access.queries.customer_context import customer_context
from data_access.queries.customers.section import SectionView, view_of
from data_access.queries.records.records import RecordRow, rows_of
from data_access.queries.services.service_configuration import inherited
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_MOST = 1000


@dataclass(frozen=True)
class RecordsBeside(Query[tuple[RecordRow, ...]]):
    """The records of a section that a customer has, oldest first; removed ones are left out."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int
    section: str

    def run(self, reader: Reader) -> tuple[RecordRow, ...]:
        section = SECTIONS[self.section]
        reader.actor.require(section.sees)
        context = customer_context(reader, self.customer_id)
        query = _theirs(reader, section, self.customer_id).order_by(section.model.id).limit(_MOST)
        return rows_of(reader, section, reader.session.scalars(query).all(), inherited(reader, section, context))


@dataclass(frozen=True)
class RecordBeside(Query[SectionView]):
    """One record of a section beside a customer, as it is seen and edited; without an id a new one."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int
    section: str
    row_id: int | None

    def run(self, reader: Reader) -> SectionView:
        section = SECTIONS[self.section]
        reader.actor.require(section.sees)
        context = customer_context(reader, self.customer_id)
        if self.row_id is None:
            return view_of(reader, section, context, None)
        mine = _theirs(reader, section, self.customer_id).where(section.model.id == self.row_id)
        row = reader.session.scalars(mine).one_or_none()
        if row is None:
            raise NotFound("What you opened")
        return view_of(reader, section, context, row)


def _theirs(reader: Reader, section: FieldSection, customer_id: int) -> Select[Any]:
    model = section.model
    return visible(model, reader.actor).where(model.customer_id == customer_id, model.removed_at.is_(None))
