"""Whether an account can be used now, and why not: decided by the code that books its usage."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.domain.usage.places import UsePlace
from data_access.domain.usage.usage_authorization import refusal_of_use
from data_access.models.customers import Account, Customer
from data_access.services.facts.quota_coverage import Measured, cover, covered_use
from data_access.services.facts.spending_limits import use_by
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class Usability:
    """`why` is empty when it may be used. `customer_id` None: there is no such account.

    `is_limited`: it may be used, but a quota is used up beyond which the service goes on slower.
    """

    is_usable: bool
    why: str
    customer_id: int | None
    is_limited: bool = False


@dataclass(frozen=True)
class MayUse(Query[Usability]):
    """Whether an account may use a service of this cost now, with the reason if not.

    Measured, what quotas cover costs nothing, and one may block what goes beyond. `number`: what is dialled, for an
    emergency is always let through by the daily limit; `used_in`: the country.
    """

    needs: ClassVar = Permission.CUSTOMER_READ

    account_code: str
    amount: Decimal
    measured: Measured | None = None
    number: str = ""
    used_in: str = ""

    def run(self, reader: Reader) -> Usability:
        query = (
            visible(Account, reader.actor)
            .add_columns(Customer)
            .join(Customer, Customer.id == Account.customer_id)
            .where(Account.account_code == self.account_code)
        )
        found = reader.session.execute(query).one_or_none()
        if found is None:
            return Usability(False, f"There is no account {self.account_code}.", None)
        account, customer = found
        place = UsePlace(self.number, self.used_in)
        use = use_by(reader.session, reader.actor, customer, reader.now, account, place)
        by = None if self.measured is None else cover(reader, customer, self.measured, use.today)
        why = refusal_of_use(covered_use(use, by, self.amount), self.amount if by is None else by.price(self.amount))
        return Usability(why is None, why or "", customer.id, why is None and by is not None and by.is_limited)


@dataclass(frozen=True)
class IsUsable(Query[Usability]):
    """Whether an account can be used at all now, with the reason if not."""

    needs: ClassVar = Permission.CUSTOMER_READ

    account_code: str

    def run(self, reader: Reader) -> Usability:
        return MayUse(self.account_code, ZERO).run(reader)
