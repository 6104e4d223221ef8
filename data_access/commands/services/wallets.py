"""Service wallets: topped up for a fee. The options are records of administrators."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import Kind
from data_access.base.clock import day_in, start_of
from data_access.base.errors import Invalid, NotFound, Rejected
from data_access.base.money import ZERO, exact_money
from data_access.base.permissions import Permission
from data_access.base.statuses import RUNNING
from data_access.commands.services.services import refuse_unless_running
from data_access.domain.notices import Notice
from data_access.domain.sections import TOP_UP_OPTION
from data_access.domain.usage.quotas import said
from data_access.domain.usage.wallets import EXPIRY, is_to_be_told, last_day
from data_access.models.customers import BalanceControl, Customer
from data_access.models.plans.wallets import LONGEST_LIFE, TopUp, TopUpOption
from data_access.services.entering import Texts, book
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.facts.plans.wallets_of_customer import top_ups_of
from data_access.services.outbox import Valid, notify
from data_access.services.section_records import AddRecord, ChangeRecord, RemoveRecord
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_OPTION = "The top-up option"
HEADING = "Service wallets"  # under which the fee stands on an invoice


@dataclass(frozen=True, slots=True)
class ToppedUp:
    """`says`: what was added, and until when it can be used."""

    top_up_id: int
    customer_id: int
    balance_after: str
    says: str
    expires_on: str


@dataclass(frozen=True, slots=True)
class BoughtBefore:
    """What is left of a top-up that was bought at another desk, since when it counts and until when."""

    quantity: Decimal
    begun_on: date
    expires_on: date

    def unfit(self, today: date) -> dict[str, str]:
        found = {}
        if self.quantity <= ZERO:
            found["quantity"] = "What is left has to be above zero."
        if self.begun_on > today:
            found["begun_on"] = "This cannot be in the future."
        if not today <= self.expires_on <= last_day(max(self.begun_on, today), LONGEST_LIFE):
            found["expires_on"] = f"Give the last day, from today on; a top-up lasts {LONGEST_LIFE:,} days at most."
        return found


@dataclass(frozen=True, kw_only=True)
class TopUpWallet(Command[ToppedUp]):
    """Adds what an option offers to a wallet of a customer, from today on, and charges its fee.

    `before`: what is left of one that was bought, and paid for, at another desk; it takes the right to import. Rejected
    for a prepaid customer whose funds do not cover the fee.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = ToppedUp

    customer_id: int
    option_id: int
    before: BoughtBefore | None = None

    def apply(self, work: UnitOfWork) -> ToppedUp:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refuse_unless_running(customer, "A top-up")
        option = _option(work, customer, self.option_id, is_new=self.before is None)
        today = day_in(customer.billing_zone, work.now)
        bought = self.before or BoughtBefore(option.amount, today, last_day(today, option.lifetime_days))
        row = work.add(
            TopUp(
                customer_id=customer.id, option_id=option.id,
                transaction_id=self._paid(work, customer, option, today), service=option.service, unit=option.unit,
                quantity=bought.quantity, begun_on=bought.begun_on, expires_on=bought.expires_on,
            )
        )  # fmt: skip
        says = f"{said(row.quantity, row.unit)} for {row.service}"
        return ToppedUp(row.id, customer.id, f"{customer.balance:f}", says, row.expires_on.isoformat())

    def _paid(self, work: UnitOfWork, customer: Customer, option: TopUpOption, today: date) -> int | None:
        """The booking of the fee; none of what is paid for already."""
        if self.before is None:
            _refuse_beyond_funds(customer, option)
            return _charged(work, customer, option, today)
        work.actor.require(Permission.IMPORT_RUN)
        if complaints := self.before.unfit(today):
            raise Invalid(complaints)
        return None


def _option(work: UnitOfWork, customer: Customer, option_id: int, *, is_new: bool) -> TopUpOption:
    query = work.select(TopUpOption).where(TopUpOption.id == option_id, TopUpOption.removed_at.is_(None))
    option = work.session.scalars(query).one_or_none()
    if option is None:
        raise NotFound(_OPTION)
    if is_new and not option.is_offered:
        who = work.actor.who_can(Permission.CLASS_EDIT).capitalize()
        raise Rejected(f"{option.name} is no longer offered. {who} can offer it.")
    if option.currency != customer.currency:
        raise Rejected(f"{option.name} is sold in {option.currency}; the customer is billed in {customer.currency}.")
    return option


def _refuse_beyond_funds(customer: Customer, option: TopUpOption) -> None:
    funds = max(-customer.balance, ZERO)
    if customer.balance_control is BalanceControl.PREPAID and option.fee > funds:
        fee, available = (exact_money(amount, customer.currency) for amount in (option.fee, funds))
        raise Rejected(f"The top-up costs {fee}, the available funds are {available}. Book a payment first.")


def _charged(work: UnitOfWork, customer: Customer, option: TopUpOption, today: date) -> int | None:
    """The booking of the fee; none where it is free."""
    if not option.fee:
        return None
    texts = Texts(service=HEADING, visible_comment=option.name)
    return book(work, customer, Kind.WALLET_TOP_UP, option.fee, value_on=today, texts=texts).id


@dataclass(frozen=True, slots=True)
class ExpiryTold:
    """`is_told` False: it was told before, or nothing is to be told of it now."""

    top_up_id: int
    customer_id: int
    is_told: bool


@dataclass(frozen=True, kw_only=True)
class TellOfExpiry(Command[ExpiryTold]):
    """Tells a customer, once, that what is left of a top-up soon expires: so many days before as its class says."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = ExpiryTold

    top_up_id: int

    def apply(self, work: UnitOfWork) -> ExpiryTold:
        row = work.session.scalars(work.select(TopUp).where(TopUp.id == self.top_up_id)).one_or_none()
        if row is None:
            raise NotFound("The top-up")
        customer = work.lock(Customer, row.customer_id, called="The customer")
        today = day_in(customer.billing_zone, work.now)
        (left,) = [one.left for kept, one in top_ups_of(work, customer.id) if kept is row] or [ZERO]
        is_due = is_to_be_told(row.expires_on, today, class_of(work, customer).wallet_notice_days)
        if customer.bill_status not in RUNNING or left <= ZERO or not is_due:
            return ExpiryTold(row.id, customer.id, is_told=False)
        notify(
            work, customer, Notice.WALLET_EXPIRES, key=f"{EXPIRY}{row.id}", service=row.service,
            left=said(left, row.unit), day=row.expires_on,
            valid=Valid(until=start_of(row.expires_on + timedelta(days=1), customer.billing_zone)),
        )  # fmt: skip
        return ExpiryTold(row.id, customer.id, is_told=True)


@dataclass(frozen=True, kw_only=True)
class AddTopUpOption(AddRecord):
    """Adds what customers of a currency can top up their wallets with."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TOP_UP_OPTION


@dataclass(frozen=True, kw_only=True)
class ChangeTopUpOption(ChangeRecord):
    """Changes a top-up option, for top-ups from now on."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TOP_UP_OPTION
    called: ClassVar = _OPTION


@dataclass(frozen=True, kw_only=True)
class RemoveTopUpOption(RemoveRecord):
    """Removes a top-up option that nobody used."""

    needs: ClassVar = Permission.CLASS_EDIT
    section: ClassVar = TOP_UP_OPTION
    called: ClassVar = _OPTION
