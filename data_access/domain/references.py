"""The records that fields refer to: which they are, by the name of their list, and what each is called by."""

from dataclasses import dataclass
from typing import Any

from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.numbers import NumberBatch
from data_access.models.people import Reseller
from data_access.models.plans.discounts import DiscountPlan
from data_access.models.services import SubscriptionPlan
from data_access.models.taxation import TaxProfile
from data_access.models.usage.tariffs import Tariff


@dataclass(frozen=True, slots=True)
class Referred:
    """A table, and its column that says what a record of it is called."""

    model: Any
    column: str = "name"

    @property
    def called(self) -> Any:
        return getattr(self.model, self.column)


REFERRED: dict[str, Referred] = {
    "customer_classes": Referred(CustomerClass),
    "discount_plans": Referred(DiscountPlan),
    "resellers": Referred(Reseller),
    "number_batches": Referred(NumberBatch),
    "subscription_plans": Referred(SubscriptionPlan),
    "tax_profiles": Referred(TaxProfile),
    "tariffs": Referred(Tariff),
}
