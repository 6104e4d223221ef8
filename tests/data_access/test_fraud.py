"""Fraud protection: what may be spent on a day, raised and reset for today, and where services may be used."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotPermitted, Refusal, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.classes.classes import EditClass
from data_access.commands.customers.limits import SetSpendingLimit
from data_access.commands.services.fraud import (
    AddFraudProfile,
    ChangeFraudProfile,
    EditFraudProtection,
    ForToday,
    RaiseToday,
    RemoveFraudProfile,
    ResetUsage,
    UndoToday,
)
from data_access.commands.services.usage import RecordUsage
from data_access.domain.usage.places import UsePlace, is_emergency, place_refusal
from data_access.domain.usage.spending_plan import plan_of
from data_access.models.card.fraud import FraudProfile, FraudProtection, Mobility
from data_access.models.customers import Customer
from data_access.models.quotas import Unit
from data_access.queries.customers.section import SectionOf
from data_access.queries.customers.usability import MayUse
from data_access.queries.services.fraud import SpendingOf
from data_access.services.facts.quota_coverage import Measured
from data_access.store.access import new_command_id
from tests.support.builders import a_class, a_customer, a_quota, an_account, insert
from tests.support.people import NOW, access_for
from tests.support.tables import only

D = Decimal
REASON = "the customer travels"


def a_profile(engine: Engine, **over: Any) -> int:
    row = {"name": "Careful", "name_key": "careful", "currency": "EUR", "daily_limit": D(10), "warning_percent": 50}
    return insert(engine, FraudProfile, row | over)


def protected(engine: Engine, of_class: dict[str, Any] | None = None, **over: Any) -> int:
    """A customer in a class with a currency, with one account that has its number as ID."""
    class_id = a_class(engine, **({"currency": "EUR"} | (of_class or {})))
    customer = a_customer(engine, customer_class_id=class_id, **over)
    an_account(engine, customer, account_code=f"line-{customer}")
    return customer


def order(engine: Engine, command: Any, role: Role = Role.MANAGER, now: datetime = NOW, **what: Any) -> Any:
    given = {"reason": REASON} | what
    return access_for(engine, role, now).execute(command(command_id=new_command_id(), **given))


def use(engine: Engine, customer: int, amount: str, now: datetime = NOW, **over: Any) -> Any:
    asked = {"service": "Calls", "at": now, "reference": new_command_id(), "amount": D(amount), "reason": ""} | over
    return order(engine, RecordUsage, Role.ADMIN, now, customer_id=customer, **asked)


def may_use(engine: Engine, customer: int, amount: str, now: datetime = NOW, **over: Any) -> bool:
    asked: Any = MayUse(f"line-{customer}", D(amount), **over)
    return bool(access_for(engine, Role.ADMIN, now).fetch(asked).is_usable)


def edit(engine: Engine, customer: int, role: Role = Role.MANAGER, version: int = 0, **changes: str) -> None:
    access = access_for(engine, role)
    shown = access.fetch(SectionOf(customer, "fraud_protection")).shown
    access.execute(
        EditFraudProtection(
            customer_id=customer, version=version, shown=shown, changes=changes, command_id=new_command_id()
        )
    )


@pytest.mark.parametrize(
    ("own", "of_customer", "of_class", "limit", "source"),
    [
        (None, None, None, None, ""),
        (None, None, D(10), D(10), "that of the profile Class, as the class says"),
        (None, D(20), D(10), D(20), "that of the profile Own"),
        (D(30), D(20), D(10), D(30), "the customer's own"),
        (D(0), D(20), D(10), D(0), "the customer's own"),
    ],
)
def test_the_own_limit_goes_before_the_profile_and_that_before_the_class(
    engine: Engine, own: D | None, of_customer: D | None, of_class: D | None, limit: D | None, source: str
) -> None:
    profile = a_profile(engine, name="Class", daily_limit=of_class) if of_class is not None else None
    customer = protected(engine, {"fraud_profile_id": profile}, daily_spending_limit=own)
    if of_customer is not None:
        edit(engine, customer, profile_id=str(a_profile(engine, name="Own", name_key="own", daily_limit=of_customer)))
    told = access_for(engine).fetch(SpendingOf(customer))
    assert (told.usual, told.in_force, told.source) == (limit, limit, source)
    assert may_use(engine, customer, "5") is (limit is None or limit >= 5)


def test_the_limit_is_reached_to_the_cent_and_warns_before(engine: Engine) -> None:
    customer = protected(engine, {"fraud_profile_id": a_profile(engine)})
    use(engine, customer, "4.99")
    told = access_for(engine).fetch(SpendingOf(customer))
    assert (told.warns_at, told.spent) == (D(5), D("4.99"))
    assert may_use(engine, customer, "5.01")
    assert not may_use(engine, customer, "5.02")
    use(engine, customer, "5.01")
    with pytest.raises(Rejected, match=r"it resets at 00:00 in UTC.*Support, a manager or an admin can raise it"):
        use(engine, customer, "0.01")


def test_usage_that_a_quota_covers_counts_at_full_price(engine: Engine) -> None:
    customer = protected(engine, daily_spending_limit=D(10))
    a_quota(engine, customer, allowance=D(100))
    use(engine, customer, "8", quantity=D(8), unit=Unit.MINUTES)
    assert access_for(engine).fetch(SpendingOf(customer)).spent == D(8)
    assert may_use(engine, customer, "2", measured=Measured("Calls", D(2), Unit.MINUTES))
    assert not may_use(engine, customer, "3", measured=Measured("Calls", D(3), Unit.MINUTES))


@pytest.mark.parametrize(
    ("number", "is_let_through"), [("112", True), ("911", True), ("110", True), ("+49 30 1", False), ("", False)]
)
def test_emergency_numbers_can_be_called_at_the_limit(engine: Engine, number: str, is_let_through: bool) -> None:
    customer = protected(engine, daily_spending_limit=D(0), country="DE")
    assert may_use(engine, customer, "1", number=number) is is_let_through


def test_an_emergency_number_is_one_where_it_is_called() -> None:
    assert is_emergency(UsePlace("000", "AU"), ())
    assert is_emergency(UsePlace("000", ""), ("AU",))
    assert not is_emergency(UsePlace("000", "DE"), ("DE",))


SPRING = {  # the day on which clocks go forward, and the last moment of it
    "Pacific/Auckland": datetime(2026, 9, 27, 10, 59, 59, tzinfo=UTC),  # +13:00 by then, the day had 23 hours
    "Pacific/Honolulu": datetime(2026, 3, 9, 9, 59, 59, tzinfo=UTC),
    "Europe/Berlin": datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC),
}


@pytest.mark.parametrize("zone", SPRING)
def test_a_raise_and_a_reset_revert_at_midnight_where_the_customer_is_billed(engine: Engine, zone: str) -> None:
    last = SPRING[zone]
    customer = protected(engine, billing_zone=zone, daily_spending_limit=D(10), created_at=last - timedelta(days=9))
    use(engine, customer, "10", last - timedelta(hours=2))
    order(engine, RaiseToday, now=last - timedelta(hours=1), customer_id=customer, limit=D(15))
    assert may_use(engine, customer, "5", last)
    order(engine, ResetUsage, now=last - timedelta(minutes=1), customer_id=customer)
    assert may_use(engine, customer, "15", last)
    told = access_for(engine, now=last).fetch(SpendingOf(customer))
    assert (told.in_force, told.spent, told.raised_until) == (D(15), D(0), last + timedelta(seconds=1))
    next_day = last + timedelta(seconds=1)
    told = access_for(engine, now=next_day).fetch(SpendingOf(customer))
    assert (told.in_force, told.spent, told.raised_until, told.reset_at) == (D(10), D(0), None, None)
    assert not may_use(engine, customer, "11", next_day)


def test_what_was_changed_for_today_is_undone(engine: Engine) -> None:
    customer = protected(engine, daily_spending_limit=D(10))
    use(engine, customer, "10")
    later = NOW + timedelta(minutes=1)
    order(engine, RaiseToday, now=later, customer_id=customer, limit=D(12))
    order(engine, ResetUsage, now=later, customer_id=customer)
    order(engine, UndoToday, now=later, customer_id=customer, what=ForToday.RESET)
    told = access_for(engine, now=later).fetch(SpendingOf(customer))
    assert (told.spent, told.in_force) == (D(10), D(12))
    order(engine, UndoToday, now=later, customer_id=customer, what=ForToday.RAISE)
    assert access_for(engine, now=later).fetch(SpendingOf(customer)).in_force == D(10)
    for what in ForToday:
        with pytest.raises(Rejected, match="nothing to undo"):
            order(engine, UndoToday, now=later, customer_id=customer, what=what)


def test_support_raises_as_far_as_a_credit_limit_and_resets_nothing(engine: Engine) -> None:
    customer = protected(engine, daily_spending_limit=D(100))
    order(engine, RaiseToday, Role.SUPPORT, customer_id=customer, limit=D(125))
    with pytest.raises(Invalid, match=r"at most 25\.00 EUR"):
        order(engine, RaiseToday, Role.SUPPORT, customer_id=customer, limit=D("125.01"))
    with pytest.raises(NotPermitted):
        order(engine, ResetUsage, Role.SUPPORT, customer_id=customer)
    order(engine, ResetUsage, customer_id=customer)
    with pytest.raises(NotPermitted):
        order(engine, UndoToday, Role.SUPPORT, customer_id=customer, what=ForToday.RESET)


@pytest.mark.parametrize(
    ("facts", "over", "why"),
    [
        ({}, {"limit": D(10)}, "give a higher one"),
        ({}, {"limit": D("10.000001")}, "decimals"),
        ({}, {"reason": " "}, "Give the reason"),
        ({"daily_spending_limit": None}, {}, "Nothing limits"),
        ({"bill_status": BillStatus.PERMANENTLY_TERMINATED}, {}, "permanently terminated"),
    ],
)
def test_what_cannot_be_raised_for_today_is_refused(
    engine: Engine, facts: dict[str, Any], over: dict[str, Any], why: str
) -> None:
    customer = protected(engine, **({"daily_spending_limit": D(10)} | facts))
    with pytest.raises(Refusal, match=why):
        order(engine, RaiseToday, **({"customer_id": customer, "limit": D(11)} | over))


def test_nothing_protects_without_a_currency_of_the_class(engine: Engine) -> None:
    customer = protected(engine, {"currency": None}, daily_spending_limit=D(0))
    assert may_use(engine, customer, "1")
    orders: list[tuple[Any, dict[str, Any]]] = [
        (RaiseToday, {"limit": D(1)}), (ResetUsage, {}), (UndoToday, {"what": ForToday.RAISE}),
        (SetSpendingLimit, {"amount": D(1)}),
    ]  # fmt: skip
    for command, what in orders:
        with pytest.raises(Rejected, match="The class of the customer has no currency"):
            order(engine, command, customer_id=customer, **what)
    with pytest.raises(Rejected, match="has no currency"):
        edit(engine, customer, default_country="DE")
    assert access_for(engine).fetch(SpendingOf(customer)).obstacle.startswith("The class of the customer has no")


@pytest.mark.parametrize(
    ("default", "current", "country", "is_safe"),
    [
        ("DE", "", "DE", True), ("DE", "", "FR", False), ("DE", "FR", "FR", True), ("DE", "FR", "IT", False),
        ("", "", "IT", True), ("DE", "", "", True),
    ],
)  # fmt: skip
def test_the_stationary_use_services_where_they_are(default: str, current: str, country: str, is_safe: bool) -> None:
    stays = FraudProtection(default_country=default, current_country=current, mobility=Mobility.STATIONARY)
    assert (place_refusal(stays, country) == "") is is_safe
    stays.mobility = Mobility.ROAMING
    assert place_refusal(stays, country) == ""


def test_the_first_use_says_where_a_customer_is_at_home(engine: Engine) -> None:
    customer = protected(engine)
    use(engine, customer, "1", used_in="DE")
    use(engine, customer, "1", used_in="FR")
    row = only(engine, FraudProtection)
    assert (row.default_country, row.current_country) == ("DE", "FR")
    edit(engine, customer, version=1, mobility="stationary", current_country="DE")
    with pytest.raises(Rejected, match="in Germany alone, not in France"):
        use(engine, customer, "1", used_in="FR")
    assert use(engine, customer, "1", used_in="FR", number="112").is_new
    with pytest.raises(Invalid, match="two letters"):
        use(engine, customer, "1", used_in="Germany")


def test_a_profile_is_in_the_currency_of_who_has_it(engine: Engine) -> None:
    customer, dollars = protected(engine), str(a_profile(engine, currency="USD"))
    with pytest.raises(Invalid, match="Careful is in USD, the customer in EUR"):
        edit(engine, customer, profile_id=dollars)
    euros = str(a_profile(engine, name="In euros", name_key="in euros"))
    with pytest.raises(NotPermitted, match="A manager or an admin can"):
        edit(engine, customer, Role.SUPPORT, profile_id=euros)
    for currency, why in ((None, "it can name no fraud profile"), ("EUR", "Careful is in USD, the class in EUR")):
        change = EditClass(
            customer_class_id=a_class(engine, currency=currency), version=1, changes={"fraud_profile_id": dollars},
            command_id=new_command_id(),
        )  # fmt: skip
        with pytest.raises(Invalid, match=why):
            access_for(engine, Role.ADMIN).execute(change)


def test_a_changed_profile_holds_at_once_for_all_who_have_it(engine: Engine) -> None:
    values = {"name": "Careful", "currency": "EUR", "daily_limit": "10"}
    profile = order(engine, AddFraudProfile, Role.ADMIN, values=values).record_id
    customer = protected(engine, {"fraud_profile_id": profile})
    about: dict[str, Any] = {"record_id": profile, "shown": {}}
    with pytest.raises(Invalid, match="stays"):
        order(engine, ChangeFraudProfile, Role.ADMIN, changes={"currency": "USD"}, version=1, **about)
    order(engine, ChangeFraudProfile, Role.ADMIN, changes={"daily_limit": "4"}, version=1, **about)
    assert not may_use(engine, customer, "5")
    with pytest.raises(Rejected, match="in use by 1 customer class"):
        order(engine, RemoveFraudProfile, Role.ADMIN, record_id=profile, version=2)


def test_a_profile_in_another_currency_limits_nothing() -> None:
    customer = Customer(billing_zone="UTC", currency="EUR")
    for currency, limit in (("EUR", D(10)), ("USD", None)):
        profile = FraudProfile(name="Careful", currency=currency, daily_limit=D(10), warning_percent=50)
        assert plan_of(customer, None, profile, protects=True, now=NOW).limit == limit


def test_a_reset_at_midnight_is_none_of_this_day() -> None:
    customer, begins = Customer(billing_zone="UTC", currency="EUR"), NOW.replace(hour=0)
    for reset_at, is_reset in ((begins, False), (begins + timedelta(microseconds=1), True)):
        plan = plan_of(customer, FraudProtection(reset_at=reset_at), None, protects=True, now=NOW)
        assert (plan.is_reset, plan.counted_from) == (is_reset, reset_at)
