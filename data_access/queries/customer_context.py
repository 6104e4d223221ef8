"""The customer that a query is about: seen by this actor, or not found."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, exists

from data_access.base.clock import NOW, day_in
from data_access.base.errors import NotFound
from data_access.base.permissions import Actor
from data_access.domain.shown_status import Shown, also_holds, limit_at
from data_access.models.card.custom_fields import CustomFieldOfClass
from data_access.models.card.invoicing import InvoicingSettings
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.customers import Customer
from data_access.store.access import Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

AnyRow = Row[*tuple[Any, ...]]
CUSTOMER_ID: BindParameter[int] = bindparam("customer_id")


@dataclass(frozen=True, slots=True)
class CustomerContext:
    """One customer as of one instant.

    `holds`: its statuses, the highest priority first; Active is always the last. `suspend_after`: what its class says.
    """

    now: datetime
    customer: Customer
    of_class: CustomerClass
    holds: tuple[Shown, ...]
    suspend_after: int | None
    has_custom_fields: bool = False
    own_invoicing: InvoicingSettings | None = None

    @property
    def customer_id(self) -> int:
        return self.customer.id

    @property
    def currency(self) -> str:
        return self.customer.currency

    @property
    def zone(self) -> str:
        return self.customer.billing_zone

    @property
    def today(self) -> date:
        """Where the customer is billed."""
        return day_in(self.zone, self.now)

    @property
    def credit_limit(self) -> Decimal | None:
        """The one in force."""
        return limit_at(self.customer, self.now)


def customer_context(reader: Reader, customer_id: int) -> CustomerContext:
    """NotFound for a customer that does not exist for this actor. Read once a run, however many parts of it ask."""
    return reader.once(_read, customer_id)


def _read(reader: Reader, customer_id: int) -> CustomerContext:
    asked = {"customer_id": customer_id, "now": reader.now}
    row = reader.session.execute(_whole(reader.actor), asked).one_or_none()
    if row is None:
        raise NotFound("The customer")
    holds = (one for one in Shown if one is not Shown.ACTIVE and getattr(row, f"is_{one.value}"))
    shown = (*holds, Shown.ACTIVE)
    return CustomerContext(
        reader.now, row.Customer, row.CustomerClass, shown, row.suspend_after, row.has_custom_fields,
        row.InvoicingSettings,
    )  # fmt: skip


@made_once
def _whole(actor: Actor) -> Select[*tuple[Any, ...]]:
    regular = visible(CollectionPolicy, actor).where(
        CollectionPolicy.customer_class_id == Customer.customer_class_id,
        CollectionPolicy.section == Section.REGULAR,
        CollectionPolicy.in_force(NOW),
    )
    suspend_after = regular.with_only_columns(CollectionPolicy.suspend_after).correlate(Customer).scalar_subquery()
    custom = exists().where(
        CustomFieldOfClass.customer_class_id == Customer.customer_class_id, CustomFieldOfClass.removed_at.is_(None)
    )
    return (
        visible(Customer, actor)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .outerjoin(InvoicingSettings, InvoicingSettings.customer_id == Customer.id)
        .where(Customer.id == CUSTOMER_ID)
        .add_columns(
            CustomerClass, InvoicingSettings, suspend_after.label("suspend_after"),
            custom.correlate(Customer).label("has_custom_fields"), *also_holds(NOW),
        )
    )  # fmt: skip
