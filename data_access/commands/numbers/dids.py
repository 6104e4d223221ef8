"""Numbers held from vendors: assigned to customers and released, put on an account, frozen."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from data_access.base.clock import day_in
from data_access.base.errors import Invalid, NotFound, Rejected
from data_access.base.events import Event
from data_access.base.permissions import Permission
from data_access.commands.services.services import refuse_unless_running
from data_access.models.customers import Account, Customer
from data_access.models.numbers import Did
from data_access.services.billing.numbers import release
from data_access.services.facts.usage.number_prices import PRICED, priced_in
from data_access.services.outbox import announce
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_CUSTOMER, _NUMBER = "The customer", "The number"


@dataclass(frozen=True, slots=True)
class NumberSaved:
    """`customer_id` None: nobody holds the number, or held it."""

    did_id: int
    customer_id: int | None
    number: str


@dataclass(frozen=True, slots=True)
class HeldBefore:
    """How a customer held a number at another desk: since when, and until when its fee was charged there."""

    assigned_on: date | None = None
    charged_until: date | None = None

    def unfit(self, today: date) -> dict[str, str]:
        """A complaint for each day that is still to come."""
        days = {"assigned_on": self.assigned_on, "charged_until": self.charged_until}
        return {name: "This cannot be in the future." for name, day in days.items() if day and day > today}


@dataclass(frozen=True, kw_only=True)
class AssignDid(Command[NumberSaved]):
    """Gives an idle number to a customer, from today on; on one of its accounts or on none yet.

    `before`: how it was held at another desk, which takes the right to import. Rejected where the number is priced in
    another currency than the customer's.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = NumberSaved

    did_id: int
    customer_id: int
    account_id: int | None = None
    before: HeldBefore | None = None

    def apply(self, work: UnitOfWork) -> NumberSaved:
        customer = work.lock(Customer, self.customer_id, called=_CUSTOMER)
        refuse_unless_running(customer, "A number")
        today = day_in(customer.billing_zone, work.now)
        before = _held_before(work, self.before, today)
        did = work.lock(Did, self.did_id, called=_NUMBER)
        if did.customer_id is not None:
            raise Rejected(f"The number {did.number} is already held: release it first.")
        if did.frozen:
            raise Rejected(f"The number {did.number} is frozen: return it to the pool first.")
        _refuse_other_currency(work, customer, did)
        did.customer_id, did.account_id = customer.id, _account(work, customer, self.account_id)
        did.assigned_on, did.charged_until = before.assigned_on or today, before.charged_until
        announce(work, customer, Event.DID_ASSIGNED, number=did.number)
        return NumberSaved(did.id, customer.id, did.number)


def _held_before(work: UnitOfWork, before: HeldBefore | None, today: date) -> HeldBefore:
    if before is None:
        return HeldBefore()
    work.actor.require(Permission.IMPORT_RUN)
    if complaints := before.unfit(today):
        raise Invalid(complaints)
    return before


def _refuse_other_currency(work: UnitOfWork, customer: Customer, did: Did) -> None:
    currency = priced_in(work, **{name: getattr(did, name) for name in PRICED})
    if currency not in (None, customer.currency):
        raise Rejected(
            f"The number {did.number} is priced in {currency}; the customer is billed in {customer.currency}. "
            f"{work.actor.who_can(Permission.CLASS_EDIT).capitalize()} can give it a fee of its own."
        )


def _account(work: UnitOfWork, customer: Customer, account_id: int | None) -> int | None:
    """One of the customer's accounts that has not ended."""
    if account_id is None:
        return None
    own = work.select(Account).where(Account.id == account_id, Account.customer_id == customer.id)
    account = work.session.scalars(own).one_or_none()
    if account is None:
        raise NotFound("The account")
    if account.ended_on is not None and account.ended_on <= day_in(customer.billing_zone, work.now):
        raise Rejected(f"The account {account.account_code} has ended: choose one in service.")
    return account.id


@dataclass(frozen=True, kw_only=True)
class PutOnAccount(Command[NumberSaved]):
    """Puts a number that a customer holds on one of its accounts, or on none; its fee stays."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = NumberSaved

    did_id: int
    account_id: int | None

    def apply(self, work: UnitOfWork) -> NumberSaved:
        customer, did = _held(work, self.did_id)
        refuse_unless_running(customer, "A change of a number")
        if did.account_id == self.account_id:
            raise Rejected("Nothing was changed, so nothing was saved.")
        did.account_id = _account(work, customer, self.account_id)
        announce(work, customer, Event.DID_MOVED, number=did.number)
        return NumberSaved(did.id, customer.id, did.number)


@dataclass(frozen=True, kw_only=True)
class ReleaseDid(Command[NumberSaved]):
    """Takes a number back into the pool; its fee is booked until yesterday. `freeze`: nobody can be given it then."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = NumberSaved

    did_id: int
    freeze: bool = False

    def apply(self, work: UnitOfWork) -> NumberSaved:
        customer, did = _held(work, self.did_id)
        release(work, customer, did, freeze=self.freeze)
        return NumberSaved(did.id, customer.id, did.number)


def _seen(work: UnitOfWork, did_id: int) -> Did:
    seen = work.session.scalars(work.select(Did).where(Did.id == did_id)).one_or_none()
    if seen is None:
        raise NotFound(_NUMBER)
    return seen


def _held(work: UnitOfWork, did_id: int) -> tuple[Customer, Did]:
    """A number and who holds it, the customer locked first as everywhere."""
    seen = _seen(work, did_id)
    if seen.customer_id is None:
        raise Rejected(f"The number {seen.number} is already in the pool.")
    customer = work.lock(Customer, seen.customer_id, called=_NUMBER)
    return customer, work.lock(Did, did_id, called=_NUMBER)


@dataclass(frozen=True, kw_only=True)
class FreezeDid(Command[NumberSaved]):
    """Keeps an idle number from being given to anybody."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = NumberSaved

    did_id: int

    def apply(self, work: UnitOfWork) -> NumberSaved:
        return _freeze(work, self.did_id, frozen=True)


@dataclass(frozen=True, kw_only=True)
class ReturnDid(Command[NumberSaved]):
    """Returns a frozen number to the pool: it can be given to a customer again."""

    needs: ClassVar = Permission.CLASS_EDIT
    result_type: ClassVar = NumberSaved

    did_id: int

    def apply(self, work: UnitOfWork) -> NumberSaved:
        return _freeze(work, self.did_id, frozen=False)


def _freeze(work: UnitOfWork, did_id: int, *, frozen: bool) -> NumberSaved:
    did = work.lock(Did, did_id, called=_NUMBER)
    if did.customer_id is not None:
        raise Rejected(f"The number {did.number} is held by a customer: release it first.")
    if did.frozen is frozen:
        raise Rejected(f"The number {did.number} is {'frozen' if frozen else 'in the pool'} already.")
    did.frozen = frozen
    return NumberSaved(did.id, None, did.number)
