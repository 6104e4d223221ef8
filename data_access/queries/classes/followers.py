"""Followers of a class: how many customers it has, and how many of them have a parameter of their own instead."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import func

from data_access.base.permissions import Permission
from data_access.domain.sections import SECTIONS
from data_access.domain.shown_status import live
from data_access.fields.section import CLASS
from data_access.models.customers import Customer
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class Followers:
    """`own`: by the parameter of the class, the customers that do not follow it, since they have their own."""

    customers: int
    own: Mapping[str, int]

    def follow(self, parameter: str) -> int:
        """How many customers follow a parameter."""
        return self.customers - self.own.get(parameter, 0)


@dataclass(frozen=True)
class ClassFollowers(Query[Followers]):
    """Of one class, among the customers that the actor sees and that are not permanently terminated."""

    needs: ClassVar = Permission.CLASS_READ
    class_id: int

    def run(self, reader: Reader) -> Followers:
        mine = visible(Customer, reader.actor).where(Customer.customer_class_id == self.class_id, live())
        customers = reader.session.scalar(mine.with_only_columns(func.count(Customer.id))) or 0
        own: Counter[str] = Counter()
        for model, parameters in _inheriting().items():
            columns = [
                func.count(func.coalesce(*fields) if len(fields) > 1 else fields[0]).label(parameter)
                for parameter, fields in parameters.items()
            ]
            query = mine if model is Customer else mine.join(model, model.customer_id == Customer.id)
            own.update(reader.session.execute(query.with_only_columns(*columns)).one()._asdict())
        return Followers(customers, dict(own))


def _inheriting() -> dict[Any, dict[str, list[Any]]]:
    """By table, then by the parameter of the class: the columns that may be left to it."""
    found: defaultdict[Any, defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for section in (one for one in SECTIONS.values() if one.left_to == CLASS):
        for field in section:
            column = getattr(section.model, field.name, None)
            if field.inherits and column is not None and column not in found[section.model][field.inherits]:
                found[section.model][field.inherits].append(column)
    return {model: dict(parameters) for model, parameters in found.items() if parameters}
