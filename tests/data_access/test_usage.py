"""Using services: who may and for how much, the reason if not, and that a charge is booked once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.commands.services.usage import RecordUsage, UsageBooked
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Transaction
from data_access.models.services import Activation, Subscription
from data_access.queries.customers.usability import IsUsable, MayUse, Usability
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_plan, a_reseller, a_subscription, an_account
from tests.support.people import NOW, access_for

D = Decimal
IN_A_MONTH = NOW + timedelta(days=30)


def usage(customer_id: int | None, amount: str, reference: str = "cdr-1", **over: object) -> RecordUsage:
    told = {"service": "Calls", "at": NOW - timedelta(minutes=5), "command_id": new_command_id()} | over
    return RecordUsage(customer_id=customer_id, amount=D(amount), reference=reference, **told)  # type: ignore[arg-type]


def admin(engine: Engine, now: datetime = NOW) -> Access:
    return access_for(engine, Role.ADMIN, now)


def asked(engine: Engine, amount: str = "1", now: datetime = NOW, account: dict[str, object] | None = None,
          **over: object) -> Usability:  # fmt: skip
    """What is answered for the account of a customer with these facts."""
    customer = a_customer(engine, **protected(engine, over))
    an_account(engine, customer, **({"account_code": f"acc-{customer}"} | (account or {})))
    return admin(engine, now).fetch(MayUse(f"acc-{customer}", D(amount)))


def protected(engine: Engine, over: dict[str, Any]) -> dict[str, Any]:
    """Facts of a customer; one with a daily limit is in a class with a currency, without which nothing protects."""
    return over | ({"customer_class_id": a_class(engine, currency="EUR")} if "daily_spending_limit" in over else {})


def row_of(engine: Engine, customer_id: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


PREPAID = {"balance_control": BalanceControl.PREPAID}
SUSPENDED = {"bill_status": BillStatus.SUSPENDED}

REFUSED = [
    ({"bill_status": BillStatus.PERMANENTLY_TERMINATED}, "permanently terminated"),
    ({"bill_status": BillStatus.EXPORTED}, "new installation"),
    ({"bill_status": BillStatus.PROVISIONALLY_TERMINATED}, "A manager or an admin can reactivate"),
    ({"blocked": True}, "Support, a manager or an admin can unblock"),
    (SUSPENDED, "an invoice is overdue: a payment"),
    (SUSPENDED | {"suspension_cause": SuspensionCause.INSUFFICIENT_FUNDS}, "do not cover a fee: a payment"),
    (SUSPENDED | {"suspension_lifted_until": NOW, "first_lifted_on": NOW.date()}, "an invoice is overdue"),
    (SUSPENDED | {"blocked": True}, "is blocked"),
    (PREPAID, "No funds are available"),
    (PREPAID | {"balance": D("-0.99")}, "0.99 EUR of funds are available: they do not cover 1.00 EUR"),
    ({"balance": D("99.01"), "credit_limit": D(100)}, "limit is 100.00 EUR and the balance 99.01 EUR: 1.00 EUR more"),
    ({"credit_limit": D(0)}, "limit is 0.00 EUR"),
    ({"daily_spending_limit": D("0.5")}, "resets at 00:00 in UTC"),
    (
        {"balance": D(100), "credit_limit": D(100), "temporary_limit": D(50), "temporary_limit_until": NOW},
        "limit is 100.00 EUR",
    ),
]

ALLOWED = [
    {},
    {"credit_limit": None, "balance": D(1_000_000)},
    {"balance": D(99), "credit_limit": D(100)},
    {"balance": D(149), "credit_limit": D(100), "temporary_limit": D(50), "temporary_limit_until": IN_A_MONTH},
    SUSPENDED | {"suspension_lifted_until": NOW + timedelta(minutes=1), "first_lifted_on": NOW.date()},
    {"service_limited": True},
    PREPAID | {"balance": D(-1)},
    {"daily_spending_limit": D(1)},
]


@pytest.mark.parametrize(("facts", "reason"), REFUSED)
def test_what_may_not_be_used_is_answered_with_its_reason(
    engine: Engine, facts: dict[str, object], reason: str
) -> None:
    answer = asked(engine, **facts)
    assert not answer.is_usable
    assert reason in answer.why


@pytest.mark.parametrize("facts", ALLOWED)
def test_what_may_be_used_is_answered_with_yes(engine: Engine, facts: dict[str, object]) -> None:
    answer = asked(engine, **facts)
    assert (answer.is_usable, answer.why) == (True, "")


@pytest.mark.parametrize(("facts", "reason"), REFUSED)
def test_usage_is_booked_exactly_when_it_is_allowed(engine: Engine, facts: dict[str, object], reason: str) -> None:
    customer = a_customer(engine, **protected(engine, facts))
    before = row_of(engine, customer).balance
    with pytest.raises(Rejected) as refused:
        admin(engine).execute(usage(customer, "1"))
    assert reason in str(refused.value)
    assert row_of(engine, customer).balance == before


def test_an_unknown_account_is_no_error_but_an_answer(engine: Engine) -> None:
    answer = admin(engine).fetch(IsUsable("nowhere"))
    assert answer == Usability(False, "There is no account nowhere.", None)


def test_an_account_that_ended_cannot_be_used_while_its_neighbour_can(engine: Engine) -> None:
    customer = a_customer(engine)
    an_account(engine, customer, account_code="ended", ended_on=NOW.date())
    an_account(engine, customer, account_code="ends", ended_on=NOW.date() + timedelta(days=1))
    answers = [admin(engine).fetch(IsUsable(code)) for code in ("ended", "ends")]
    assert [answer.is_usable for answer in answers] == [False, True]
    assert "ended on 16 Mar 2026" in answers[0].why


def test_a_customer_exactly_at_the_limit_is_usable_for_nothing_more(engine: Engine) -> None:
    customer = a_customer(engine, balance=D(100), credit_limit=D(100))
    an_account(engine, customer, account_code="full")
    access = admin(engine)
    assert access.fetch(IsUsable("full")).is_usable
    assert not access.fetch(MayUse("full", D("0.00001"))).is_usable


def test_accounts_of_another_reseller_are_not_answered_for(engine: Engine) -> None:
    an_account(engine, a_customer(engine, reseller_id=a_reseller(engine)), account_code="theirs")
    own = access_for(engine, Role.SUPPORT, reseller_id=a_reseller(engine))
    assert own.fetch(IsUsable("theirs")).customer_id is None


def test_usage_eats_the_funds_that_are_available(engine: Engine) -> None:
    customer = a_customer(engine, balance=D(-5), **PREPAID)
    admin(engine).execute(usage(customer, "4.99999"))
    assert row_of(engine, customer).balance == D("-0.00001")
    with pytest.raises(Rejected, match="do not cover"):
        admin(engine).execute(usage(customer, "0.00002", "cdr-2"))


def test_usage_comes_by_an_account_and_says_which(engine: Engine) -> None:
    customer = a_customer(engine)
    an_account(engine, customer, account_code="line-7")
    done = admin(engine).execute(usage(None, "2.5", account_code="line-7"))
    with Session(engine) as session:
        row = session.get_one(Transaction, done.transaction_id)
    assert (row.customer_id, row.kind, row.amount) == (customer, Kind.USAGE_CHARGE, D("2.5"))
    assert (row.visible_comment, row.service, row.value_on) == ("Account line-7", "Calls", NOW.date())


def test_usage_by_an_account_that_does_not_exist_is_refused(engine: Engine) -> None:
    with pytest.raises(NotFound, match="The account line-8 was not found"):
        admin(engine).execute(usage(None, "1", account_code="line-8"))


def test_a_reference_is_booked_once_a_customer(engine: Engine) -> None:
    one, other = a_customer(engine), a_customer(engine)
    access = admin(engine)
    first = access.execute(usage(one, "3"))
    again = access.execute(usage(one, "3"))
    assert again == UsageBooked(first.transaction_id, one, first.balance_after, is_new=False)
    assert access.execute(usage(other, "3")).is_new
    assert row_of(engine, one).balance == D(3)


def test_a_reference_with_another_amount_is_refused(engine: Engine) -> None:
    customer = a_customer(engine)
    admin(engine).execute(usage(customer, "3"))
    with pytest.raises(Rejected, match=r"already booked, with 3.00 EUR"):
        admin(engine).execute(usage(customer, "4"))


def test_a_charge_that_stands_is_told_even_where_no_more_may_be_used(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D(3))
    admin(engine).execute(usage(customer, "3"))
    assert not admin(engine).execute(usage(customer, "3")).is_new


def test_all_that_is_wrong_with_a_charge_is_told_at_once(engine: Engine) -> None:
    wrong = usage(a_customer(engine), "1", " ", service="Tea", at=NOW + timedelta(seconds=1))
    with pytest.raises(Invalid) as refused:
        admin(engine).execute(wrong)
    assert set(refused.value.complaints) == {"service", "reference", "at"}


@pytest.mark.parametrize("amount", ["0", "-1", "0.000001"])
def test_a_charge_of_no_amount_is_refused(engine: Engine, amount: str) -> None:
    with pytest.raises(Rejected):
        admin(engine).execute(usage(a_customer(engine), amount))


def test_support_books_no_usage(engine: Engine) -> None:
    with pytest.raises(NotPermitted, match="An admin can"):
        access_for(engine, Role.SUPPORT).execute(usage(a_customer(engine), "1"))


def test_the_daily_limit_counts_the_day_where_the_customer_is_billed(engine: Engine) -> None:
    limited = {"daily_spending_limit": D(10), "billing_zone": "Asia/Tokyo"}
    customer = a_customer(engine, **protected(engine, limited))
    an_account(engine, customer, account_code="tokyo")
    before_midnight = datetime(2026, 3, 16, 14, 50, tzinfo=UTC)  # 23:50 in Tokyo
    admin(engine, before_midnight).execute(usage(customer, "9", at=before_midnight))
    assert not admin(engine, before_midnight).fetch(MayUse("tokyo", D(2))).is_usable
    after_midnight = before_midnight + timedelta(minutes=10)
    assert admin(engine, after_midnight).fetch(MayUse("tokyo", D(10))).is_usable


def test_usage_of_yesterday_that_comes_late_leaves_todays_spending_alone(engine: Engine) -> None:
    customer = a_customer(engine, **protected(engine, {"daily_spending_limit": D(10)}))
    admin(engine).execute(usage(customer, "9", "late", at=NOW - timedelta(days=1)))
    assert admin(engine).execute(usage(customer, "10", "today")).is_new


def test_the_first_use_activates_what_waits_for_it(engine: Engine) -> None:
    customer = a_customer(engine)
    waits = a_plan(engine, activation=Activation.ON_FIRST_USE)
    a_subscription(engine, customer, plan_id=waits, activated_on=None)
    later = a_subscription(engine, customer, plan_id=waits, activated_on=None, started_on=date(2026, 4, 1))
    admin(engine).execute(usage(customer, "1"))
    with Session(engine) as session:
        rows = session.scalars(select(Subscription).order_by(Subscription.id))
        activated = {row.id: row.activated_on for row in rows}
    assert activated.pop(later) is None
    assert list(activated.values()) == [NOW.date()]
