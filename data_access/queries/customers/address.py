"""Address info of a customer: every field by its name, masked without the right to personal data."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Actor, Permission
from data_access.base.text.labels import country_name
from data_access.base.text.masking import shown, shown_phone
from data_access.domain.field_labels import ADDRESS_FIELDS, LABELS
from data_access.models.customers import Customer
from data_access.queries.customer_context import customer_context
from data_access.store.access import Query, Reader

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
        customer = customer_context(reader, self.customer_id).customer
        return tuple(
            AddressField(LABELS[name], _value(name, str(getattr(customer, name)), reader.actor))
            for name in ADDRESS_FIELDS
        )


def _value(name: str, value: str, actor: Actor) -> str:
    if not Customer.__table__.c[name].info.get("personal"):
        return country_name(value)
    return shown_phone(value, actor) if name in _PHONES else shown(value, actor)
