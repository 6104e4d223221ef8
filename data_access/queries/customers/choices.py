"""What the forms offer to choose from, and a customer as the edit form shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Select

from data_access.base.errors import NotFound
from data_access.base.permissions import Actor, Permission
from data_access.domain.editing import EDITABLE, edit_refusal
from data_access.domain.sections import CUSTOMER
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import BalanceControl, Customer
from data_access.models.people import Reseller
from data_access.services.facts.together import apart, together
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

_MOST = 1000


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """A customer class as far as a form has to know it. `currency` None fits every currency."""

    id: int
    name: str
    currency: str | None
    business_model: str
    default_credit_limit: Decimal | None

    def fits(self, currency: str) -> bool:
        """Whether a customer billed in this currency can be of this class; blank is not chosen yet."""
        return not currency or self.currency in (None, currency)


@dataclass(frozen=True, slots=True)
class ChoiceLists:
    """By name; countries, time zones and currencies are fixed lists of `parsing` and `money`."""

    classes: tuple[ClassChoice, ...]
    resellers: tuple[tuple[int, str], ...]

    @property
    def lists(self) -> Mapping[str, Mapping[str, str]]:
        """By what a declared field refers to, each id with its name."""
        return {
            "customer_classes": {str(choice.id): choice.name for choice in self.classes},
            "resellers": {str(key): name for key, name in self.resellers},
        }


@dataclass(frozen=True)
class FormChoices(Query[ChoiceLists]):
    """Every customer class, and the resellers that this person may see, each by name."""

    needs: ClassVar = Permission.CUSTOMER_READ

    def run(self, reader: Reader) -> ChoiceLists:
        found = apart(reader.session.execute(_choices(reader.actor)))
        return ChoiceLists(
            tuple(
                ClassChoice(row.id, row.name, row.currency, row.business_model, row.default_credit_limit)
                for row in sorted(found["classes"], key=lambda row: (row.name_key, row.id))
            ),
            tuple((row.id, row.name) for row in sorted(found["resellers"], key=lambda row: (row.name_key, row.id))),
        )


@made_once
def _choices(actor: Actor) -> Select[*tuple[Any, ...]]:
    classes = (
        visible(CustomerClass, actor)
        .where(CustomerClass.removed_at.is_(None))
        .with_only_columns(
            CustomerClass.id, CustomerClass.name, CustomerClass.currency, CustomerClass.business_model,
            CustomerClass.default_credit_limit, CustomerClass.name_key,
        )
        .order_by(CustomerClass.name_key, CustomerClass.id)
        .limit(_MOST)
    )  # fmt: skip
    resellers = (
        visible(Reseller, actor)
        .with_only_columns(Reseller.id, Reseller.name, Reseller.name_key)
        .order_by(Reseller.name_key, Reseller.id)
        .limit(_MOST)
    )
    return together({"classes": classes, "resellers": resellers})


@dataclass(frozen=True, slots=True)
class Editable:
    """A customer as the edit form shows it: each field as one would type it.

    `refusal` is why nothing can be edited now. Personal fields are left out for who may not see them.
    """

    customer_id: int
    version: int
    customer_code: str
    currency: str
    is_prepaid: bool
    business_model: str
    shown: Mapping[str, str]
    refusal: str | None


@dataclass(frozen=True)
class EditableCustomer(Query[Editable]):
    """One customer's fields and the version that an edit of them has to carry."""

    needs: ClassVar = Permission.CUSTOMER_EDIT

    customer_id: int

    def run(self, reader: Reader) -> Editable:
        found = reader.session.execute(
            visible(Customer, reader.actor)
            .where(Customer.id == self.customer_id)
            .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
            .add_columns(CustomerClass.business_model)
        ).one_or_none()
        if found is None:
            raise NotFound("The customer")
        customer, business_model = found
        return Editable(
            customer_id=customer.id,
            version=customer.version,
            customer_code=customer.customer_code,
            currency=customer.currency,
            is_prepaid=customer.balance_control is BalanceControl.PREPAID,
            business_model=business_model,
            shown={name: text for name, text in CUSTOMER.shown(customer, reader.actor).items() if name in EDITABLE},
            refusal=edit_refusal(customer.bill_status),
        )
