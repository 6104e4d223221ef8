"""Usage of services, rated outside: each charge once, and none that the customer may not make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import BOOKINGS, SERVICES, Kind
from data_access.base.clock import day_in
from data_access.base.errors import Invalid, NotFound, Rejected
from data_access.base.money import exact_money, positive
from data_access.base.permissions import Permission
from data_access.base.text.parsing import COUNTRIES
from data_access.commands.billing.money import status_refusal
from data_access.commands.services.fraud import learn_place
from data_access.commands.services.spending_notices import tell_of_spending
from data_access.commands.services.usage_charges import (
    BookedUsage,
    book_usage,
    booked_before,
    booked_usage,
    references_of,
)
from data_access.domain.usage.places import UsePlace
from data_access.domain.usage.quotas import refusal_of_quantity, said
from data_access.domain.usage.usage_authorization import refusal_of_use, used_by
from data_access.models.customers import Account, Customer
from data_access.models.money import Transaction
from data_access.models.quotas import Unit
from data_access.models.services import Activation, Subscription, SubscriptionPlan
from data_access.services.entering import Charged, Texts, book_all
from data_access.services.facts.quota_coverage import Cover, Measured, cover, covered_use
from data_access.services.facts.spending_limits import use_by
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

REFERENCE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class UsageBooked:
    """`is_new` False: the charge of this reference stood here already, and nothing was booked."""

    transaction_id: int
    customer_id: int
    balance_after: str
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class RecordUsage(Command[UsageBooked]):
    """Books what a service cost, of a customer or by one of its accounts; a reference is booked once a customer.

    With a quantity and its unit quotas cover what they can; refused where one blocks what goes beyond. `number`: what
    was dialled; `used_in`: the country, from which is learnt where the customer is.
    """

    needs: ClassVar = Permission.IMPORT_RUN
    result_type: ClassVar = UsageBooked

    amount: Decimal
    service: str
    at: datetime
    reference: str
    customer_id: int | None = None
    account_code: str = ""
    quantity: Decimal | None = None
    unit: Unit | None = None
    number: str = ""
    used_in: str = ""

    def apply(self, work: UnitOfWork) -> UsageBooked:
        customer, account = whose(work, self.customer_id, self.account_code)
        _refuse_input(self, work, customer)
        price, reference = positive(self.amount), self.reference.strip()
        before = booked_before(work, customer, reference)
        if before is not None:
            _refuse_other(work, before, BookedUsage(price, self.quantity, self.unit))
            return booked_already(before)
        used_on = day_in(customer.billing_zone, self.at)
        charge = Charge(reference, price, self.service, used_on, self.account_code, self.quantity, self.unit)
        return charge_now(work, customer, account, charge, UsePlace(self.number, self.used_in))


@dataclass(frozen=True, slots=True)
class Charge:
    """What a service cost that was used already; quotas cover of it what they can."""

    reference: str
    amount: Decimal
    service: str
    used_on: date
    account_code: str = ""
    quantity: Decimal | None = None
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class RatedCharge(Charge):
    """A charge that was priced here: by which rate, in words for staff."""

    rated: str = ""


@dataclass(frozen=True, slots=True)
class ChargesBooked:
    """How many charges were booked, how many stood here already, and whose were not: their status had changed."""

    booked: int
    before: int
    refused: list[int]


@dataclass(frozen=True, kw_only=True)
class BookCharges(Command[ChargesBooked]):
    """Books charges that came by a file, each with the id of its customer, each reference once.

    What they are for was used already, so no limit, block or suspension of now stops them, and no quota either.
    """

    needs: ClassVar = Permission.IMPORT_RUN
    result_type: ClassVar = ChargesBooked

    charges: tuple[tuple[int, Charge], ...]

    def apply(self, work: UnitOfWork) -> ChargesBooked:
        locked = work.lock_customers({customer_id for customer_id, _ in self.charges})
        rule = BOOKINGS[Kind.USAGE_CHARGE]
        open_ones = {key: row for key, row in locked.items() if status_refusal(rule, row.bill_status) is None}
        known = references_of(work, open_ones, {charge.reference for _, charge in self.charges})
        new: list[tuple[Customer, Charge]] = []
        before = 0
        for customer_id, charge in self.charges:
            if (customer_id, charge.reference) in known:
                before += 1
            elif customer_id in open_ones:
                known.add((customer_id, charge.reference))
                new.append((open_ones[customer_id], charge))
        book_charges(work, new)
        closed = {customer_id for customer_id, _ in self.charges} - open_ones.keys()
        return ChargesBooked(len(new), before, sorted(closed))


def whose(work: UnitOfWork, customer_id: int | None, account_code: str) -> tuple[Customer, Account | None]:
    """The customer that used a service, locked, with the account that used it."""
    account = _account(work, account_code) if account_code else None
    owner = account.customer_id if account else customer_id
    return work.lock(Customer, owner or 0, called="The customer"), account


def booked_already(before: Transaction) -> UsageBooked:
    """What is answered where the charge stands here."""
    return UsageBooked(before.id, before.customer_id, f"{before.balance_after:f}", is_new=False)


def charge_now(
    work: UnitOfWork, customer: Customer, account: Account | None, charge: Charge, place: UsePlace
) -> UsageBooked:
    """Books a charge; Rejected where the customer may not use so much now."""
    by = _cover(work, customer, charge)
    use = covered_use(use_by(work.session, work.actor, customer, work.now, account, place), by, charge.amount)
    use = replace(use, is_covered=use.is_covered or not charge.amount)
    refusal = refusal_of_use(use, charge.amount if by is None else by.price(charge.amount))
    if refusal is not None:
        raise Rejected(refusal)
    words = _words(charge, account.id if account else None)
    row = book_usage(work, customer, charge.amount, by, value_on=charge.used_on, texts=words)
    _activate(work, {customer.id: charge.used_on})
    learn_place(work, customer, place.country)
    tell_of_spending(work, [(customer, charge.used_on)])
    return UsageBooked(row.id, customer.id, f"{row.balance_after:f}", is_new=True)


def book_charges(work: UnitOfWork, new: Sequence[tuple[Customer, Charge]]) -> None:
    """Of who has a measured charge all are booked one by one: what quotas cover follows from the ones before."""
    measured = {customer.id for customer, charge in new if charge.quantity is not None}
    at_once = [(customer, charge) for customer, charge in new if customer.id not in measured]
    used = _accounts_of(work, new)

    def words(customer: Customer, charge: Charge) -> Texts:
        return _words(charge, used.get((customer.id, charge.account_code)))

    book_all(
        work,
        [
            Charged(customer, Kind.USAGE_CHARGE, charge.amount, charge.used_on, words(customer, charge))
            for customer, charge in at_once
        ],
    )
    for customer, charge in new:
        if customer.id in measured:
            by = _cover(work, customer, charge)
            book_usage(work, customer, charge.amount, by, value_on=charge.used_on, texts=words(customer, charge))
    first_use: dict[int, date] = {}
    for customer, charge in new:
        first_use[customer.id] = min(charge.used_on, first_use.get(customer.id, charge.used_on))
    _activate(work, first_use)
    tell_of_spending(work, {(customer, charge.used_on) for customer, charge in new})


def _accounts_of(work: UnitOfWork, new: Sequence[tuple[Customer, Charge]]) -> dict[tuple[int, str], int]:
    """The accounts that used something, by customer and Account ID."""
    codes = {charge.account_code for _, charge in new if charge.account_code}
    if not codes:
        return {}
    query = work.select(Account).where(Account.account_code.in_(codes))
    rows = work.session.execute(query.with_only_columns(Account.customer_id, Account.account_code, Account.id))
    return {(row.customer_id, row.account_code): row.id for row in rows}


def _words(charge: Charge, account_id: int | None) -> Texts:
    rated = charge.rated if isinstance(charge, RatedCharge) else ""
    return Texts(charge.service, charge.reference, used_by(charge.account_code), rated, account_id=account_id)


def _cover(work: UnitOfWork, customer: Customer, charge: Charge) -> Cover | None:
    """What quotas cover; what costs nothing takes nothing out of them."""
    if charge.quantity is None or charge.unit is None:
        return None
    measured, day = Measured(charge.service, charge.quantity, charge.unit), charge.used_on
    return cover(work, customer, measured, day) if charge.amount else Cover(measured, day, (), (), None)


def _account(work: UnitOfWork, code: str) -> Account:
    found = work.session.scalars(work.select(Account).where(Account.account_code == code)).one_or_none()
    if found is None:
        raise NotFound(f"The account {code}")
    return found


def _refuse_input(order: RecordUsage, work: UnitOfWork, customer: Customer) -> None:
    complaints = {}
    if order.customer_id is not None and order.customer_id != customer.id:
        complaints["account_code"] = "This account is not one of this customer's."
    if order.service not in SERVICES:
        complaints["service"] = f"Choose the service: {', '.join(SERVICES)}."
    if not 0 < len(order.reference.strip()) <= REFERENCE_LENGTH:
        complaints["reference"] = f"Give the reference of the charge, of at most {REFERENCE_LENGTH} characters."
    if order.used_in and order.used_in not in COUNTRIES:
        complaints["used_in"] = "Give the code of the country in two letters, such as DE."
    if order.at > work.now:
        complaints["at"] = "A service cannot have been used in the future."
    if (order.quantity is None) is not (order.unit is None):
        complaints["quantity"] = "Give a quantity with its unit, or neither."
    elif order.quantity is not None and (wrong := refusal_of_quantity(order.quantity)):
        complaints["quantity"] = wrong
    if complaints:
        raise Invalid(complaints)


def _refuse_other(work: UnitOfWork, before: Transaction, asked: BookedUsage) -> None:
    stands = booked_usage(work, before)
    if stands != asked:
        measured = f" for {said(stands.quantity, stands.unit)}" if stands.quantity and stands.unit else ""
        raise Rejected(
            f"The charge {before.reference} is already booked, with {exact_money(stands.price, before.currency)}"
            f"{measured}: a corrected one needs a reference of its own."
        )


def _activate(work: UnitOfWork, first_use: Mapping[int, date]) -> None:
    """Subscriptions that wait for the first use begin with it."""
    waiting = (
        work.select(Subscription)
        .join(SubscriptionPlan, SubscriptionPlan.id == Subscription.plan_id)
        .where(
            Subscription.customer_id.in_(first_use),
            Subscription.activated_on.is_(None),
            SubscriptionPlan.activation == Activation.ON_FIRST_USE,
        )
    )
    for subscription in work.session.scalars(waiting):
        day = first_use[subscription.customer_id]
        if subscription.started_on <= day:
            subscription.activated_on = day
