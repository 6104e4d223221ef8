"""The records that fields refer to: which they are, by the name of their list, and what each is called by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, true

from data_access.base.text.text_keys import fold
from data_access.models.card.additional import AdditionalInfo, Distributor, OfficeType, Representative
from data_access.models.card.custom_fields import CustomField
from data_access.models.card.fraud import FraudProfile
from data_access.models.card.invoicing import InvoiceTemplate
from data_access.models.card.tags import Tag
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Account, Customer
from data_access.models.numbers import NumberBatch
from data_access.models.people import Reseller
from data_access.models.plans.discounts import DiscountPlan
from data_access.models.plans.wallets import TopUpOption
from data_access.models.services import SubscriptionPlan
from data_access.models.taxation import TaxProfile
from data_access.models.usage.tariffs import Tariff


@dataclass(frozen=True, slots=True)
class Referred:
    """A table, and its column that says what a record of it is called. `offered`: which of them can be chosen.

    `is_exact`: two of them may differ in nothing but capital letters.
    """

    model: Any
    column: str = "name"
    offered: Callable[[], ColumnElement[bool]] = true
    is_exact: bool = False

    @property
    def called(self) -> Any:
        return getattr(self.model, self.column)

    @property
    def key(self) -> Any:
        """The column by which one of them is found by name."""
        return self.called if self.is_exact else getattr(self.model, f"{self.column}_key")

    def key_of(self, name: str) -> str:
        """What stands there for a name."""
        return name if self.is_exact else fold(name)


def _is_main_office() -> ColumnElement[bool]:
    theirs = AdditionalInfo.customer_id == Customer.id
    return exists().where(theirs, AdditionalInfo.office_type == OfficeType.MAIN).correlate(Customer)


REFERRED: dict[str, Referred] = {
    "accounts": Referred(Account, "account_code", is_exact=True),
    "customer_classes": Referred(CustomerClass),
    "main_offices": Referred(Customer, "customer_code", _is_main_office),
    "representatives": Referred(Representative),
    "distributors": Referred(Distributor),
    "tags": Referred(Tag),
    "discount_plans": Referred(DiscountPlan),
    "resellers": Referred(Reseller),
    "custom_fields": Referred(CustomField),
    "fraud_profiles": Referred(FraudProfile),
    "number_batches": Referred(NumberBatch),
    "subscription_plans": Referred(SubscriptionPlan),
    "top_up_options": Referred(TopUpOption),
    "tax_profiles": Referred(TaxProfile),
    "invoice_templates": Referred(InvoiceTemplate),
    "tariffs": Referred(Tariff),
}
