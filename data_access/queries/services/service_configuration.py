"""Service configuration of a customer and its accounts: each feature as its own, as it is given, and as it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

from data_access.base.permissions import Permission
from data_access.domain.sections import ACCOUNT_FEATURES, SERVICE_CONFIGURATION
from data_access.domain.usage.service_features import FeatureInForce, held, in_force
from data_access.fields.field import Value
from data_access.fields.section import CLASS, FieldSection
from data_access.models.card.service_configuration import AccountFeatures, ServiceConfiguration
from data_access.models.customers import Account
from data_access.queries.customer_context import CustomerContext, customer_context
from data_access.queries.pagination.newest_first import LIMIT
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True)
class FeaturesOf(Query[tuple[FeatureInForce, ...]]):
    """The features of a customer's services, in the order in which they are listed."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[FeatureInForce, ...]:
        context = customer_context(reader, self.customer_id)
        return tuple(in_force(SERVICE_CONFIGURATION, _own(reader, context), _of_class(context)))


@dataclass(frozen=True, slots=True)
class AccountFeaturesRow:
    """What one account has of its own, in words, and each of its features as it is given and as it holds."""

    record_id: int
    account_code: str
    product: str
    features: tuple[FeatureInForce, ...]

    @property
    def own(self) -> str:
        return "; ".join(f"{one.label}: {one.own}" for one in self.features if one.own)


@dataclass(frozen=True)
class FeaturesOfAccounts(Query[tuple[AccountFeaturesRow, ...]]):
    """The accounts of a customer that have features of their own, by Account ID; at most 200."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[AccountFeaturesRow, ...]:
        context = customer_context(reader, self.customer_id)
        rows = reader.session.execute(
            visible(AccountFeatures, reader.actor)
            .join(Account, Account.id == AccountFeatures.account_id)
            .where(AccountFeatures.customer_id == context.customer.id, AccountFeatures.removed_at.is_(None))
            .add_columns(Account.account_code, Account.product)
            .order_by(Account.account_code, Account.id)
            .limit(LIMIT)
        ).all()
        given = _given(reader, context) if rows else {}
        return tuple(
            AccountFeaturesRow(
                row.id, code, product, tuple(in_force(ACCOUNT_FEATURES, ACCOUNT_FEATURES.values(row), given))
            )
            for row, code, product in rows
        )


def inherited(reader: Reader, section: FieldSection, context: CustomerContext) -> Any:
    """What gives the fields of a section that are left blank: the class, or the customer to one of its accounts."""
    return context.of_class if section.left_to == CLASS else SimpleNamespace(**_given(reader, context))


def _given(reader: Reader, context: CustomerContext) -> dict[str, Value]:
    """What holds for a customer, and so for each account that has none of its own."""
    return held(_own(reader, context), _of_class(context))


def _own(reader: Reader, context: CustomerContext) -> Mapping[str, Value]:
    mine = visible(ServiceConfiguration, reader.actor).where(ServiceConfiguration.customer_id == context.customer.id)
    row = reader.session.scalars(mine).one_or_none() or SERVICE_CONFIGURATION.new()
    return SERVICE_CONFIGURATION.values(row)


def _of_class(context: CustomerContext) -> Mapping[str, Value]:
    return {name: getattr(context.of_class, name) for name in SERVICE_CONFIGURATION.names}
