"""Customer classes with their present terms as a file that another desk can import."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.domain.collections.policy import POLICY_FIELDS
from data_access.domain.collections.terms import typed
from data_access.domain.sections import CUSTOMER_CLASS
from data_access.fields.field import Value
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

TERMS = {
    f"{section.value}_{name}": (section, name) for section in (Section.REGULAR, Section.OUT_OF_TURN)
    for name in POLICY_FIELDS
}  # fmt: skip
IN_FILES = tuple(field.name for field in CUSTOMER_CLASS if not field.refers_to)  # another desk has other records
CLASS_COLUMNS = (*IN_FILES, *TERMS)


@dataclass(frozen=True)
class ClassesToExport(Query[tuple[tuple[str, ...], ...]]):
    """All customer classes by name, a cell for each of `CLASS_COLUMNS`, as one would type it."""

    needs: ClassVar = Permission.CLASS_READ

    def run(self, reader: Reader) -> tuple[tuple[str, ...], ...]:
        held = visible(CollectionPolicy, reader.actor).where(CollectionPolicy.in_force(reader.now))
        current = {(row.customer_class_id, row.section): row for row in reader.session.scalars(held)}
        query = (
            visible(CustomerClass, reader.actor)
            .where(CustomerClass.removed_at.is_(None))
            .order_by(CustomerClass.name_key, CustomerClass.id)
        )
        return tuple(tuple(_cells(row, current)) for row in reader.session.scalars(query))


def in_file(values: Mapping[str, Value]) -> dict[str, str]:
    """Parameters of a class as a file holds them: as one would type each, with a word where a box is not ticked."""
    return {name: "no" if value is False else CUSTOMER_CLASS[name].typed(value) for name, value in values.items()}


def _cells(row: CustomerClass, current: dict[tuple[int, Section], CollectionPolicy]) -> Iterator[str]:
    yield from in_file({name: getattr(row, name) for name in IN_FILES}).values()
    yield from (typed(getattr(current[row.id, section], name)) for section, name in TERMS.values())
