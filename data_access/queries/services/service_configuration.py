"""Service configuration of a customer: each feature as its own, as its class gives it, and as it holds."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.domain.sections import SERVICE_CONFIGURATION
from data_access.domain.usage.service_features import FeatureInForce, in_force
from data_access.models.card.service_configuration import ServiceConfiguration
from data_access.queries.customer_context import customer_context
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True)
class FeaturesOf(Query[tuple[FeatureInForce, ...]]):
    """The features of a customer's services, in the order in which they are listed."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[FeatureInForce, ...]:
        section = SERVICE_CONFIGURATION
        context = customer_context(reader, self.customer_id)
        mine = visible(ServiceConfiguration, reader.actor).where(
            ServiceConfiguration.customer_id == context.customer.id
        )
        row = reader.session.scalars(mine).one_or_none() or section.new()
        of_class = {name: getattr(context.of_class, name) for name in section.names}
        return tuple(in_force(section, section.values(row), of_class))
