"""Customer classes with their current terms, as a file that another installation can import."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.domain.collections.policy import POLICY_FIELDS
from data_access.domain.collections.terms import typed
from data_access.domain.entered.card_columns import travels
from data_access.domain.sections import CUSTOMER_CLASS
from data_access.fields.field import Field, Value
from data_access.fields.section import Names
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.queries.records.record_names import names_of, referred
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

TERMS = {
    f"{section.value}_{name}": (section, name) for section in (Section.REGULAR, Section.OUT_OF_TURN)
    for name in POLICY_FIELDS
}  # fmt: skip
CLASS_FIELDS = {field.in_files: field for field in CUSTOMER_CLASS if travels(field)}
CLASS_COLUMNS = (*CLASS_FIELDS, *TERMS)


@dataclass(frozen=True)
class ClassesToExport(Query[tuple[tuple[str, ...], ...]]):
    """All customer classes by name, a cell for each of `CLASS_COLUMNS`, as one would type it, records by name."""

    needs: ClassVar = Permission.CLASS_READ

    def run(self, reader: Reader) -> tuple[tuple[str, ...], ...]:
        held = visible(CollectionPolicy, reader.actor).where(CollectionPolicy.in_force(reader.now))
        current = {(row.customer_class_id, row.section): row for row in reader.session.scalars(held)}
        query = (
            visible(CustomerClass, reader.actor)
            .where(CustomerClass.removed_at.is_(None))
            .order_by(CustomerClass.name_key, CustomerClass.id)
        )
        rows = reader.session.scalars(query).all()
        names = names_of(reader, referred(CUSTOMER_CLASS, rows))
        return tuple(tuple(_cells(row, current, names)) for row in rows)


def in_file(values: Mapping[str, Value], names: Names) -> dict[str, str]:
    """Parameters of a class by the names of their columns, each as one would type it; a record by its name.

    Where a box is not ticked stands a word.
    """
    told = {key: field for key, field in CLASS_FIELDS.items() if field.name in values}
    return {key: _told(field, values[field.name], names) for key, field in told.items()}


def _told(field: Field, value: Value, names: Names) -> str:
    if value is False:
        return "no"
    typed = field.typed(value)
    return names.get(field.refers_to, {}).get(typed, "") if field.refers_to and typed else typed


def _cells(row: CustomerClass, current: dict[tuple[int, Section], CollectionPolicy], names: Names) -> Iterator[str]:
    yield from in_file(CUSTOMER_CLASS.values(row), names).values()
    yield from (typed(getattr(current[row.id, section], name)) for section, name in TERMS.values())
