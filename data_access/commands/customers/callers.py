"""The caller verified: noted for every colleague, for as long as a call goes on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.models.card.callers import CallerVerification
from data_access.models.card.callers import Checked as Checked
from data_access.models.customers import Customer
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

HOLDS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class CallerVerified:
    verification_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class VerifyCaller(Command[CallerVerified]):
    """Notes that whoever calls was found to be the customer. It holds for half an hour, whatever its state."""

    needs: ClassVar = Permission.NOTE_WRITE
    result_type: ClassVar = CallerVerified

    customer_id: int
    checked: Checked

    def apply(self, work: UnitOfWork) -> CallerVerified:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        verified = CallerVerification(
            customer_id=customer.id, checked=self.checked, at=work.now, until=work.now + HOLDS, login=work.actor.login
        )
        return CallerVerified(work.add(verified).id, customer.id)
