"""Plans in use: how many customers are subscribed to each subscription plan."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import func

from data_access.base.permissions import Permission
from data_access.domain.shown_status import live
from data_access.models.customers import Customer
from data_access.models.services import Subscription
from data_access.search.search_fields import subscription_runs
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True)
class PlansInUse(Query[dict[int, int]]):
    """Customers that are not permanently terminated, by the id of a plan that runs for them; no plan without one."""

    needs: ClassVar = Permission.CLASS_READ

    def run(self, reader: Reader) -> dict[int, int]:
        query = (
            visible(Subscription, reader.actor)
            .join(Customer, Customer.id == Subscription.customer_id)
            .where(live(), subscription_runs(reader.now))
            .with_only_columns(Subscription.plan_id, func.count(Subscription.customer_id.distinct()))
            .group_by(Subscription.plan_id)
            .order_by(Subscription.plan_id)
        )
        return {row[0]: row[1] for row in reader.session.execute(query)}
