"""A person's own limits: they hold for whatever lowers a debt, in each currency by itself, and not for a regret."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import BOOKINGS, Kind, by_hand
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import OWN_LIMITS_HOLD_FOR, Actor, Role
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.invoices import IssueOutOfTurn
from data_access.commands.people.people import EditPerson
from data_access.domain.allowances import read_allowances, written
from data_access.jobs.paying import carry_out
from data_access.models.people import PersonalLimit
from data_access.queries.customers.limits import OwnLimits
from data_access.services.facts.own_limits import Own
from data_access.store.access import Access, new_command_id
from tests.data_access.test_cards import desk, refunding
from tests.data_access.test_money import booking, row_of
from tests.support.builders import a_customer, a_reseller, an_invoice
from tests.support.people import NOW, a_person, access_for
from tests.support.rows import insert

D = Decimal
SMALLEST = {"EUR": D("0.01"), "JPY": D(1), "KWD": D("0.001")}
LOWERS_A_DEBT = [row.kind for row in by_hand(frozenset(row.permission for row in BOOKINGS.values() if row.permission))
                 if row.within_own_limits]  # fmt: skip
TEN = timedelta(minutes=10)


def someone(engine: Engine, role: Role = Role.MANAGER, *limits: tuple[str, str, str], **over: Any) -> Actor:
    """A person with a row for each currency: at a time, in 24 hours."""
    person = a_person(engine, role, **over)
    for currency, at_once, a_day in limits:
        row = {"person_id": person.person_id, "currency": currency, "per_booking": D(at_once), "per_day": D(a_day)}
        insert(engine, PersonalLimit, row)
    return person


def acting(engine: Engine, person: Actor, now: Any = NOW) -> Access:
    return Access(engine, person, lambda: now)


def reversing(transaction_id: int) -> ReverseTransaction:
    return ReverseTransaction(transaction_id=transaction_id, reason="wrong", command_id=new_command_id())


def customer_for(engine: Engine, kind: Kind, currency: str) -> int:
    if kind is Kind.REFUND:
        return a_customer(engine, currency=currency, unallocated=D(10_000))
    customer = a_customer(engine, currency=currency)
    an_invoice(engine, customer, total=D(10_000), currency=currency)
    return customer


def test_credits_refunds_and_write_offs_are_held_alike() -> None:
    assert set(LOWERS_A_DEBT) == {Kind.MANUAL_CREDIT, Kind.PROMOTIONAL_CREDIT, Kind.REFUND, Kind.WRITE_OFF}
    assert BOOKINGS[Kind.ECOMMERCE_REFUND].within_own_limits


@pytest.mark.parametrize("currency", SMALLEST)
@pytest.mark.parametrize("kind", LOWERS_A_DEBT)
def test_a_limit_holds_to_the_last_digit_of_its_currency(engine: Engine, kind: Kind, currency: str) -> None:
    customer, other = customer_for(engine, kind, currency), "USD" if currency == "EUR" else "EUR"
    access = acting(engine, someone(engine, Role.MANAGER, (currency, "10", "15"), (other, "1000", "1000")))
    with pytest.raises(Rejected, match=f"at most 10[.0]* {currency} at a time"):
        access.execute(booking(customer, kind, f"{10 + SMALLEST[currency]}"))
    access.execute(booking(customer, kind, "10"))
    with pytest.raises(Rejected, match=f"in 24 hours, 5[.0]* {currency} is left"):
        access.execute(booking(customer, kind, f"{5 + SMALLEST[currency]}"))
    access.execute(booking(customer, kind, "5"))
    assert access.fetch(OwnLimits(currency)) == Own(currency, D(10), D(15), D(0))


def test_a_currency_without_a_row_allows_nothing(engine: Engine) -> None:
    access = acting(engine, someone(engine, Role.MANAGER, ("EUR", "500", "500")))
    with pytest.raises(Rejected, match="You have no limit in KWD"):
        access.execute(booking(a_customer(engine, currency="KWD"), Kind.PROMOTIONAL_CREDIT, "0.001"))


def test_a_manager_with_a_limit_of_one_reverses_no_charge_of_five_hundred(engine: Engine) -> None:
    customer = a_customer(engine)
    charge = access_for(engine, Role.ADMIN).execute(booking(customer, Kind.MANUAL_CHARGE, "500")).transaction_id
    access = acting(engine, someone(engine, Role.MANAGER, ("EUR", "1", "500")))
    with pytest.raises(Rejected, match=r"at most 1.00 EUR at a time. An admin can book 500.00 EUR"):
        access.execute(reversing(charge))
    payment = access_for(engine, Role.ADMIN).execute(booking(customer, Kind.MANUAL_PAYMENT, "90")).transaction_id
    access.execute(reversing(payment))
    assert row_of(engine, customer).balance == D(500)


def test_what_was_reversed_of_charges_counts_in_24_hours(engine: Engine) -> None:
    customer, later = a_customer(engine), NOW + timedelta(hours=1)
    admin = access_for(engine, Role.ADMIN)
    charges = [admin.execute(booking(customer, Kind.MANUAL_CHARGE, "10")).transaction_id for _ in range(2)]
    access = acting(engine, someone(engine, Role.MANAGER, ("EUR", "10", "19.99")), later)
    access.execute(reversing(charges[0]))
    with pytest.raises(Rejected, match=r"9.99 EUR is left"):
        access.execute(reversing(charges[1]))
    with pytest.raises(Rejected, match=r"9.99 EUR is left"):
        access.execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "10"))


def test_who_can_is_whoever_has_the_right_and_the_limit_now(engine: Engine) -> None:
    customer = a_customer(engine)
    support = acting(engine, someone(engine, Role.SUPPORT, ("EUR", "10", "10")))
    credit = booking(customer, Kind.PROMOTIONAL_CREDIT, "20")
    someone(engine, Role.MANAGER, ("EUR", "20", "19.99"))
    someone(engine, Role.MANAGER, ("USD", "20", "20"))
    someone(engine, Role.MANAGER, ("EUR", "20", "20"), is_active=False)
    someone(engine, Role.ANALYST, ("EUR", "20", "20"))
    with pytest.raises(Rejected, match=r"at a time. An admin can book 20.00 EUR"):
        support.execute(credit)
    manager = acting(engine, someone(engine, Role.MANAGER, ("EUR", "20", "20")))
    with pytest.raises(Rejected, match=r"at a time. A manager or an admin can book 20.00 EUR"):
        support.execute(credit)
    manager.execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "0.01"))
    with pytest.raises(Rejected, match=r"at a time. An admin can book 20.00 EUR"):
        support.execute(credit)


@pytest.mark.parametrize("role", sorted(OWN_LIMITS_HOLD_FOR - {Role.ANALYST}))
@pytest.mark.parametrize("kind", [Kind.MANUAL_CHARGE, Kind.MANUAL_PAYMENT, Kind.PROMOTIONAL_CREDIT])
def test_ones_own_booking_is_taken_back_for_ten_minutes(engine: Engine, role: Role, kind: Kind) -> None:
    customer, person = a_customer(engine), someone(engine, role, ("EUR", "50", "50"))
    for after in (TEN, TEN + timedelta(microseconds=1)):
        wrong = acting(engine, person).execute(booking(customer, kind, "50" if after == TEN else "49"))
        in_time, other = acting(engine, person, NOW + after), someone(engine, Role.SUPPORT)
        with pytest.raises(NotPermitted, match="A manager or an admin can"):
            acting(engine, other, NOW + after).execute(reversing(wrong.transaction_id))
        if after == TEN:
            in_time.execute(reversing(wrong.transaction_id))
            assert row_of(engine, customer).balance == 0
        elif role is Role.SUPPORT:
            with pytest.raises(NotPermitted, match="A manager or an admin can"):
                in_time.execute(reversing(wrong.transaction_id))


def test_what_was_taken_back_leaves_the_limit_as_it_was(engine: Engine) -> None:
    customer, access = a_customer(engine), acting(engine, someone(engine, Role.SUPPORT, ("EUR", "50", "50")))
    for kind in (Kind.PROMOTIONAL_CREDIT, Kind.MANUAL_CHARGE):
        access.execute(reversing(access.execute(booking(customer, kind, "50")).transaction_id))
        assert access.fetch(OwnLimits("EUR")) == Own("EUR", D(50), D(50), D(50))


def test_nothing_is_taken_back_on_which_something_was_built(engine: Engine) -> None:
    customer, person = a_customer(engine), someone(engine, Role.SUPPORT, ("EUR", "50", "50"))
    paid = acting(engine, person).execute(booking(customer, Kind.MANUAL_PAYMENT, "30"))
    acting(engine, person).execute(booking(customer, Kind.REFUND, "10"))
    with pytest.raises(NotPermitted, match="reverse bookings"):
        acting(engine, person).execute(reversing(paid.transaction_id))


def test_a_charge_that_stands_on_an_invoice_is_not_taken_back(engine: Engine) -> None:
    customer, person = a_customer(engine), someone(engine, Role.SUPPORT, ("EUR", "50", "50"))
    charge = acting(engine, person).execute(booking(customer, Kind.MANUAL_CHARGE, "30")).transaction_id
    acting(engine, person).execute(
        IssueOutOfTurn(customer_id=customer, transaction_ids=(charge,), command_id=new_command_id())
    )
    with pytest.raises(NotPermitted, match="reverse bookings"):
        acting(engine, person).execute(reversing(charge))


def test_cards_are_given_back_to_within_the_limit_of_their_currency(engine: Engine) -> None:
    at = desk(engine, customer=a_customer(engine, currency="KWD"))
    paid = at.pay("50")
    person = someone(engine, Role.SUPPORT, ("KWD", "40", "45"), ("EUR", "500", "500"))
    with pytest.raises(Rejected, match=r"at most 40.000 KWD"):
        carry_out(acting(engine, person), at.bank, refunding(paid, "40.001"))
    carry_out(acting(engine, person), at.bank, refunding(paid, "40"))
    assert acting(engine, person).fetch(OwnLimits("KWD")) == Own("KWD", D(40), D(45), D(5))


def test_a_confined_person_is_held_by_their_own_row(engine: Engine) -> None:
    reseller = a_reseller(engine)
    customer = a_customer(engine, reseller_id=reseller)
    access = acting(engine, someone(engine, Role.MANAGER, ("EUR", "5", "5"), reseller_id=reseller))
    with pytest.raises(Rejected, match=r"at most 5.00 EUR at a time. An admin can"):
        access.execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "5.01"))
    access.execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "5"))


def test_a_limit_that_is_raised_holds_at_once(engine: Engine) -> None:
    customer, person = a_customer(engine), someone(engine, Role.SUPPORT, ("EUR", "5", "5"))
    order = EditPerson(
        person_id=person.person_id or 0, version=1, shown={}, changes={"limits": "EUR 6 6"}, command_id=new_command_id()
    )
    access_for(engine, Role.ADMIN).execute(order)
    acting(engine, person).execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "6"))


@pytest.mark.parametrize("text", ["", "EUR 50 200", "EUR 50 200, JPY 5000 20000, KWD 0.001 999999999999"])
def test_limits_read_as_they_are_written(text: str) -> None:
    assert written(read_allowances(text)) == text
