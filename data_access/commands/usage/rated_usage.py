"""Usage that arrives without a price: rated by the customer's tariff, then booked like usage with a price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import day_in
from data_access.base.errors import Invalid, Rejected
from data_access.base.money import exact_money
from data_access.base.permissions import Permission
from data_access.base.text.parsing import COUNTRIES, a_dialled_number
from data_access.commands.billing.money import status_refusal
from data_access.commands.services.usage import (
    REFERENCE_LENGTH,
    RatedCharge,
    UsageBooked,
    book_charges,
    booked_already,
    charge_now,
    whose,
)
from data_access.commands.services.usage_charges import booked_before, booked_usage, references_of
from data_access.domain.usage.places import UsePlace
from data_access.domain.usage.quotas import said
from data_access.domain.usage.rating import Price, Use, price_of
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.facts.usage.rates import look_up, no_tariff, pairs_of, prices_of
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

LONGEST_CALL = 31 * 24 * 3600  # seconds
MOST_MESSAGES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class RecordUnratedUsage(Command[UsageBooked]):
    """Rates a call or messages by the tariff in force, and books the price; a reference is booked once a customer.

    Refused where no prefix fits, and for all that refuses usage which brings its price.
    """

    needs: ClassVar = Permission.IMPORT_RUN
    result_type: ClassVar = UsageBooked

    number: str
    at: datetime
    reference: str
    seconds: int | None = None
    messages: int | None = None
    customer_id: int | None = None
    account_code: str = ""
    used_in: str = ""

    def apply(self, work: UnitOfWork) -> UsageBooked:
        customer, account = whose(work, self.customer_id, self.account_code)
        use, reference = self._use(work, customer), self.reference.strip()
        before = booked_before(work, customer, reference)
        if before is not None:
            _refuse_other(work, before, use)
            return booked_already(before)
        pair = pairs_of(work, [customer.id]).get(customer.id)
        if pair is None:
            raise Rejected(no_tariff(class_of(work, customer).name, work.actor))
        try:
            price = price_of(use, look_up(work, pair, use.number))
        except ValueError as none:
            raise Rejected(str(none)) from none
        unrated = UnratedUse(reference, use, self.at, self.account_code)
        return charge_now(
            work, customer, account, charge_of(customer, unrated, price), UsePlace(use.number, self.used_in)
        )

    def _use(self, work: UnitOfWork, customer: Customer) -> Use:
        """What was used. Invalid with every complaint."""
        complaints, number = {}, ""
        if self.customer_id is not None and self.customer_id != customer.id:
            complaints["account_code"] = "This account is not one of this customer's."
        if not 0 < len(self.reference.strip()) <= REFERENCE_LENGTH:
            complaints["reference"] = f"Give the reference of the usage, of at most {REFERENCE_LENGTH} characters."
        if self.used_in and self.used_in not in COUNTRIES:
            complaints["used_in"] = "Give the code of the country in two letters, such as DE."
        if self.at > work.now:
            complaints["at"] = "A service cannot have been used in the future."
        try:
            number = a_dialled_number(self.number)
        except ValueError as wrong:
            complaints["number"] = str(wrong)
        use = Use(number, self.seconds, self.messages)
        if wrong_length := refusal_of_length(use):
            complaints["seconds"] = wrong_length
        if complaints:
            raise Invalid(complaints)
        return use


def refusal_of_length(use: Use) -> str:
    """Why nothing can be rated by its length; empty where it can."""
    if (use.seconds is None) is (use.messages is None):
        return "Give the seconds of a call, or how many messages were sent."
    count, most = (use.seconds, LONGEST_CALL) if use.messages is None else (use.messages, MOST_MESSAGES)
    return "" if count is not None and 1 <= count <= most else f"Give a whole number from 1 to {most:,}."


@dataclass(frozen=True, slots=True)
class UnratedUse:
    """What was used already, as a file tells it."""

    reference: str
    use: Use
    used_at: datetime
    account_code: str = ""


@dataclass(frozen=True, slots=True)
class UsageRated:
    """How many were rated and booked, how many stood here already, whose were not, and which have no price.

    `refused`: customers whose status allows none. `unpriced`: places in the order; `why`: the reason of each.
    """

    booked: int
    before: int
    refused: list[int]
    unpriced: list[int]
    why: list[str]


@dataclass(frozen=True, kw_only=True)
class RateUsage(Command[UsageRated]):
    """Rates usage that came by a file, each with the id of its customer, and books what it costs, each reference once.

    It was used already, so no limit, block or suspension of now stops it, and no quota either.
    """

    needs: ClassVar = Permission.IMPORT_RUN
    result_type: ClassVar = UsageRated

    uses: tuple[tuple[int, UnratedUse], ...]

    def apply(self, work: UnitOfWork) -> UsageRated:
        locked = work.lock_customers({customer_id for customer_id, _ in self.uses})
        rule = BOOKINGS[Kind.USAGE_CHARGE]
        open_ones = {key: row for key, row in locked.items() if status_refusal(rule, row.bill_status) is None}
        known = references_of(work, open_ones, {unrated.reference for _, unrated in self.uses})
        new: list[tuple[int, Customer, UnratedUse]] = []
        before = 0
        for place, (customer_id, unrated) in enumerate(self.uses):
            if (customer_id, unrated.reference) in known:
                before += 1
            elif customer_id in open_ones:
                known.add((customer_id, unrated.reference))
                new.append((place, open_ones[customer_id], unrated))
        unpriced = _rate(work, new)
        closed = {customer_id for customer_id, _ in self.uses} - open_ones.keys()
        booked = len(new) - len(unpriced)
        return UsageRated(booked, before, sorted(closed), list(unpriced), list(unpriced.values()))


def _rate(work: UnitOfWork, new: Sequence[tuple[int, Customer, UnratedUse]]) -> dict[int, str]:
    """Books what has a price; why the others have none, by their place."""
    prices = prices_of(work, [(customer.id, unrated.use) for _, customer, unrated in new])
    charges, unpriced = [], {}
    for (place, customer, unrated), price in zip(new, prices, strict=True):
        if isinstance(price, Price):
            charges.append((customer, charge_of(customer, unrated, price)))
        else:
            unpriced[place] = price
    book_charges(work, charges)
    return unpriced


def charge_of(customer: Customer, unrated: UnratedUse, price: Price) -> RatedCharge:
    """What a use costs, with the rate that says so."""
    use, by = unrated.use, price.by
    each = by.price if use.messages is None else by.message_price or by.price
    rated = (
        f"{use.says} to {use.number}, {by.destination} ({by.prefix} of {price.tariff}), "
        f"{exact_money(each, customer.currency)} a {'minute' if use.messages is None else 'message'}"
    )
    used_on = day_in(customer.billing_zone, unrated.used_at)
    return RatedCharge(
        unrated.reference, price.amount, use.service, used_on, unrated.account_code, use.quantity, use.unit, rated
    )


def _refuse_other(work: UnitOfWork, before: Transaction, use: Use) -> None:
    """The same reference is the same use; what it costs was settled when it was rated."""
    stands = booked_usage(work, before)
    if (stands.quantity, stands.unit) != (use.quantity, use.unit):
        measured = said(stands.quantity, stands.unit) if stands.quantity and stands.unit else "another use"
        raise Rejected(
            f"The usage {before.reference} is already booked, for {measured}: a corrected one needs a reference of its "
            "own."
        )
