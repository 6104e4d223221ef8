"""Address info of a customer: every field by its name, masked without the right to personal data."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import NotFound
from data_access.base.permissions import Actor, Permission
from data_access.base.text.labels import country_name
from data_access.base.text.masking import shown, shown_phone
from data_access.domain.field_labels import ADDRESS_FIELDS, LABELS
from data_access.models.customers import Customer
from data_access.queries.customer_context import CALLED
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_PHONES = ("phone", "alt_phone", "fax")


@dataclass(frozen=True, slots=True)
class AddressField:
    """One field; an empty value was never given."""

    label: str
    value: str


@dataclass(frozen=True)
class CustomerAddress(Query[tuple[AddressField, ...]]):
    """The fields of Address info in the order of the form."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[AddressField, ...]:
        query = visible(Customer, reader.actor).where(Customer.id == self.customer_id)
        columns = [getattr(Customer, name) for name in ADDRESS_FIELDS]
        row = reader.session.execute(query.with_only_columns(*columns)).one_or_none()
        if row is None:
            raise NotFound(CALLED)
        return tuple(
            AddressField(LABELS[name], _value(name, str(value), reader.actor))
            for name, value in zip(ADDRESS_FIELDS, row, strict=True)
        )


def _value(name: str, value: str, actor: Actor) -> str:
    if not Customer.__table__.c[name].info.get("personal"):
        return country_name(value)
    return shown_phone(value, actor) if name in _PHONES else shown(value, actor)
