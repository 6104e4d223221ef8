"""Limits for a time and for a day: who may raise them how far, when they end, and what is kept of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_access.base.errors import Invalid, NotPermitted, Refusal, Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.limits import (
    EditCreditOptions,
    EndTemporaryLimit,
    LimitChanged,
    RaiseLimit,
    RemoveTemporaryLimit,
    SetSpendingLimit,
)
from data_access.domain.limit_use import LimitUse
from data_access.domain.shown_status import Shown, effective_limit, limit_at, shown_status
from data_access.models.customers import BalanceControl, Customer
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.customers.limits import DueLimitEnds, LimitHistory, LimitsOf, OwnLimits
from data_access.queries.exposure.exposed_customers import ExposurePoints
from data_access.queries.exposure.exposure import ExposureTotals, UtilisationHistogram
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.services.fraud import SpendingOf
from data_access.search.customer_conditions import Limit
from data_access.search.filters import CustomerFilter
from data_access.services.facts.own_limits import Own
from data_access.store.access import Access, new_command_id
from data_access.store.scope import visible
from tests.support.builders import a_class, a_customer
from tests.support.people import NOW, a_person, access_for

D = Decimal
WEEK = NOW + timedelta(days=7)


def raising(customer_id: int, amount: str | None = "10", **over: Any) -> RaiseLimit:
    told: dict[str, Any] = {"until": WEEK, "reason": "the payment is on its way", "command_id": new_command_id()}
    return RaiseLimit(customer_id=customer_id, amount=None if amount is None else D(amount), **(told | over))


def ending(customer_id: int) -> EndTemporaryLimit:
    return EndTemporaryLimit(customer_id=customer_id, command_id=new_command_id())


def system(engine: Engine, now: datetime = NOW) -> Access:
    return Access(engine, SYSTEM, lambda: now)


def row_of(engine: Engine, customer_id: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


@dataclass(frozen=True)
class Seen:
    shown: str
    limit: Decimal | None


def seen(engine: Engine, customer_id: int, now: datetime) -> Seen:
    """What the database makes of the facts at a moment."""
    with Session(engine) as session:
        asked = visible(Customer, SYSTEM).where(Customer.id == customer_id)
        row = session.execute(asked.with_only_columns(shown_status(now), effective_limit(now).label("limit"))).one()
        return Seen(row.shown, row.limit)


def test_a_raised_limit_holds_until_its_minute_and_not_after(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D(100), balance=D(110))
    access_for(engine, Role.SUPPORT).execute(raising(customer, "20"))
    assert seen(engine, customer, NOW) == Seen(Shown.ACTIVE, D(120))
    assert seen(engine, customer, WEEK - timedelta(seconds=1)).limit == D(120)
    assert seen(engine, customer, WEEK) == Seen(Shown.CREDIT_EXCEEDED, D(100))


@pytest.mark.parametrize(
    "facts",
    [
        {"credit_limit": None},
        {"credit_limit": D(0)},
        {"credit_limit": D(100), "temporary_limit": D("0.00001"), "temporary_limit_until": WEEK},
        {"credit_limit": D(100), "temporary_limit": D(50), "temporary_limit_until": NOW},
        {"balance_control": BalanceControl.PREPAID},
    ],
)
def test_the_database_and_python_know_the_same_limit(engine: Engine, facts: dict[str, Any]) -> None:
    customer = a_customer(engine, **facts)
    assert limit_at(row_of(engine, customer), NOW) == seen(engine, customer, NOW).limit


def test_a_percentage_is_of_the_permanent_limit(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D("200.05"))
    done = access_for(engine, Role.SUPPORT).execute(raising(customer, None, percent=D("12.5")))
    assert D(done.temporary_limit) == D("25.00625")


def test_raising_again_replaces_the_increase(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D(100))
    support = access_for(engine, Role.SUPPORT)
    support.execute(raising(customer, "20"))
    support.execute(raising(customer, "5"))
    assert support.fetch(LimitsOf(customer)).in_force == D(105)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"credit_limit": None}, "no credit limit: there is nothing to raise"),
        ({"balance_control": BalanceControl.PREPAID}, "Prepaid customers have no credit limit"),
        ({"bill_status": BillStatus.PERMANENTLY_TERMINATED}, "permanently terminated"),
        ({"bill_status": BillStatus.EXPORTED}, "exported"),
    ],
)
def test_who_has_no_limit_to_raise_is_told_so(engine: Engine, facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        access_for(engine, Role.ADMIN).execute(raising(a_customer(engine, **facts)))


@pytest.mark.parametrize(
    ("over", "field", "reason"),
    [
        ({"amount": "25.01"}, "amount", r"at most 25.00 EUR, 25 % of it. A manager or an admin can do more"),
        ({"amount": None, "percent": D("25.1")}, "percent", "at most 25.00 EUR"),
        (
            {"until": WEEK + timedelta(seconds=1)},
            "until",
            "at most 7 days, counted .* 2026 at 09:00. A manager or an admin",
        ),
        ({"until": NOW}, "until", "in the future"),
        ({"reason": " "}, "reason", "Give the reason"),
        ({"amount": None}, "amount", "an amount or a percentage"),
        ({"percent": D(5)}, "amount", "not both"),
        ({"amount": "0"}, "amount", "above zero"),
        ({"amount": None, "percent": D(0)}, "percent", "above zero"),
    ],
)
def test_support_raises_within_its_caps(engine: Engine, over: dict[str, Any], field: str, reason: str) -> None:
    customer = a_customer(engine, credit_limit=D(100))
    with pytest.raises(Invalid, match=reason) as refused:
        access_for(engine, Role.SUPPORT).execute(raising(customer, **over))
    assert field in refused.value.complaints
    assert row_of(engine, customer).temporary_limit is None


@pytest.mark.parametrize(
    ("role", "most", "days"), [(Role.SUPPORT, 25, 7), (Role.MANAGER, 100, 30), (Role.ADMIN, 1000, 90)]
)
def test_a_role_may_go_just_to_its_cap(engine: Engine, role: Role, most: int, days: int) -> None:
    customer = a_customer(engine, credit_limit=D(100))
    access = access_for(engine, role)
    access.execute(raising(customer, str(most), until=NOW + timedelta(days=days)))
    with pytest.raises(Invalid):
        access.execute(raising(customer, f"{most}.01"))


@pytest.mark.parametrize(("role", "days"), [(Role.SUPPORT, 7), (Role.MANAGER, 30), (Role.ADMIN, 90)])
@pytest.mark.parametrize("is_ended", ["runs", "removed", "ended by itself", "tidied away"])
def test_renewing_does_not_lengthen_an_increase(engine: Engine, role: Role, days: int, is_ended: str) -> None:
    """Ten times in a row, with less than a day between: the days count from the first."""
    customer = a_customer(engine, credit_limit=D(100), billing_zone="Pacific/Auckland")
    person, last = a_person(engine, role), NOW + timedelta(days=days)
    for step in range(10):
        now = NOW + timedelta(days=days * step / 10)
        access = Access(engine, person, lambda now=now: now)
        until = {"ended by itself": now + timedelta(hours=1), "tidied away": now + timedelta(hours=1)}.get(
            is_ended, last
        )
        access.execute(raising(customer, "5", until=min(until, last)))
        if is_ended == "removed":
            access.execute(RemoveTemporaryLimit(customer_id=customer, command_id=new_command_id()))
        if is_ended == "tidied away":
            system(engine, now + timedelta(hours=1)).execute(ending(customer))
        if days > 7:
            break
    with pytest.raises(Invalid, match="counted from the first of an unbroken series: until") as refused:
        access.execute(raising(customer, "5", until=last + timedelta(seconds=1)))
    assert set(refused.value.complaints) == {"until"}
    assert access.fetch(LimitsOf(customer)).longest == last
    access.execute(raising(customer, "5", until=last))


def test_a_day_without_an_increase_begins_another_row(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D(100))
    person = a_person(engine, Role.SUPPORT)
    Access(engine, person, lambda: NOW).execute(raising(customer, "5"))
    for after, is_over in ((timedelta(hours=24, microseconds=-1), False), (timedelta(hours=24), True)):
        access = Access(engine, person, lambda after=after: WEEK + after)
        longest = access.fetch(LimitsOf(customer)).longest
        assert longest == (WEEK + after + timedelta(days=7) if is_over else WEEK)
    access.execute(raising(customer, "5", until=WEEK + timedelta(days=8)))


def test_a_row_ends_with_the_increase_that_was_removed(engine: Engine) -> None:
    customer, person = a_customer(engine, credit_limit=D(100)), a_person(engine, Role.SUPPORT)
    support = Access(engine, person, lambda: NOW)
    support.execute(raising(customer, "5"))
    support.execute(RemoveTemporaryLimit(customer_id=customer, command_id=new_command_id()))
    later = NOW + timedelta(days=1)
    assert Access(engine, person, lambda: later).fetch(LimitsOf(customer)).longest == later + timedelta(days=7)


def test_an_analyst_raises_nothing(engine: Engine) -> None:
    with pytest.raises(NotPermitted, match="Support, a manager or an admin can"):
        access_for(engine, Role.ANALYST).execute(raising(a_customer(engine)))


def test_a_percentage_of_no_credit_at_all_is_refused(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D(0))
    with pytest.raises(Invalid, match="above zero: give an amount"):
        access_for(engine, Role.ADMIN).execute(raising(customer, None, percent=D(5)))


def test_an_increase_is_removed_at_once_and_only_while_it_runs(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D(100))
    support = access_for(engine, Role.SUPPORT)
    support.execute(raising(customer))
    support.execute(RemoveTemporaryLimit(customer_id=customer, command_id=new_command_id()))
    assert support.fetch(LimitsOf(customer)).in_force == D(100)
    with pytest.raises(Rejected, match="There is no temporary increase"):
        support.execute(RemoveTemporaryLimit(customer_id=customer, command_id=new_command_id()))


def test_what_has_ended_is_due_by_id_and_tidied_away_once(engine: Engine) -> None:
    ended = {"temporary_limit": D(5), "temporary_limit_until": NOW}
    one, other = a_customer(engine, **ended), a_customer(engine, **ended)
    a_customer(engine, temporary_limit=D(5), temporary_limit_until=NOW + timedelta(seconds=1))
    job = system(engine)
    assert job.fetch(DueLimitEnds()) == [one, other]
    assert job.fetch(DueLimitEnds(limit=1)) == [one]
    assert job.fetch(DueLimitEnds(after=one)) == [other]
    assert job.execute(ending(one)) == LimitChanged(one, "", "")
    assert not job.execute(ending(one)).changed
    assert job.fetch(DueLimitEnds()) == [other]
    assert row_of(engine, one).temporary_limit_until is None


def test_an_increase_that_was_raised_again_meanwhile_is_left_alone(engine: Engine) -> None:
    customer = a_customer(engine, temporary_limit=D(5), temporary_limit_until=WEEK)
    assert not system(engine).execute(ending(customer)).changed
    assert row_of(engine, customer).temporary_limit == D(5)


def test_people_do_not_end_increases_in_the_name_of_the_system(engine: Engine) -> None:
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ADMIN).execute(ending(a_customer(engine)))


def test_the_history_tells_who_changed_which_limit_when_and_why(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D(100), customer_class_id=a_class(engine, currency="EUR"))
    manager = access_for(engine, Role.MANAGER, login="mia")
    manager.execute(raising(customer, "20"))
    manager.execute(
        SetSpendingLimit(customer_id=customer, amount=D(9), reason="asked by phone", command_id=new_command_id())
    )
    system(engine, WEEK).execute(ending(customer))
    rows = access_for(engine, Role.SUPPORT).fetch(LimitHistory(customer))
    told = {(row.login, row.action, row.limit, row.before, row.after, row.reason) for row in rows}
    increase, until = "Temporary increase of the credit limit", "Temporary increase until"
    why = "the payment is on its way"
    assert told == {
        ("mia", "Raise limit", increase, "", "20", why),
        ("mia", "Raise limit", until, "", "23 Mar 2026, 09:00 UTC", why),
        ("mia", "Set spending limit", "Daily spending limit", "", "9", "asked by phone"),
        ("system", "End temporary limit", increase, "20", "", ""),
        ("system", "End temporary limit", until, "23 Mar 2026, 09:00 UTC", "", ""),
    }
    assert rows[-1].at == NOW


def test_a_spending_limit_is_set_and_taken_away(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, currency="EUR"))
    manager = access_for(engine, Role.MANAGER)
    for amount in (D(0), D("12.5"), None):
        manager.execute(
            SetSpendingLimit(customer_id=customer, amount=amount, reason="fraud", command_id=new_command_id())
        )
        assert manager.fetch(SpendingOf(customer)).own == amount


@pytest.mark.parametrize(("amount", "reason"), [("-1", "fraud"), ("5", "")])
def test_a_spending_limit_needs_an_amount_and_a_reason(engine: Engine, amount: str, reason: str) -> None:
    order = SetSpendingLimit(
        customer_id=a_customer(engine), amount=D(amount), reason=reason, command_id=new_command_id()
    )
    with pytest.raises(Refusal):
        access_for(engine, Role.MANAGER).execute(order)


def test_support_sees_how_far_it_may_raise(engine: Engine) -> None:
    limits = access_for(engine, Role.SUPPORT).fetch(LimitsOf(a_customer(engine, credit_limit=D(80))))
    assert (limits.most, limits.longest) == (D(20), WEEK)


def test_a_person_sees_what_is_left_of_the_own_limits(engine: Engine) -> None:
    person = a_person(engine, Role.SUPPORT, credit_per_booking=D(60), credit_per_day=D(100))
    own = Access(engine, person, lambda: NOW).fetch(OwnLimits("EUR"))
    assert own == Own("EUR", D(60), D(100), D(100))
    assert access_for(engine, Role.ADMIN).fetch(OwnLimits("EUR")) is None


def test_every_list_and_figure_compares_with_the_limit_in_force(engine: Engine) -> None:
    raised = {"temporary_limit": D(100), "temporary_limit_until": WEEK}
    customer = a_customer(engine, customer_code="raised", credit_limit=D(100), balance=D(160), **raised)
    now, after = (access_for(engine, Role.MANAGER, moment) for moment in (NOW, WEEK))
    over, used = CustomerFilter(limit=Limit.OVER), CustomerFilter(used_from=D(80))
    assert [len(access.fetch(FindCustomers(over)).rows) for access in (now, after)] == [0, 1]
    assert [len(access.fetch(FindCustomers(used)).rows) for access in (now, after)] == [1, 1]
    assert [access.fetch(FindCustomers()).rows[0].available for access in (now, after)] == [D(40), D(-60)]
    heads = [access.fetch(CustomerHead(customer)) for access in (now, after)]
    assert [(head.credit_limit, head.raised_until) for head in heads] == [(D(200), WEEK), (D(100), None)]
    for access, band, limit in ((now, LimitUse.FROM_80, D(200)), (after, LimitUse.OVER, D(100))):
        assert access.fetch(ExposureTotals("EUR")).of(band).limits == limit
        assert access.fetch(ExposurePoints("EUR"))["credit_limit"].tolist() == [limit]
        found = access.fetch(UtilisationHistogram("EUR"))
        assert found["band"].tolist() == [band]


def test_a_customer_decides_about_missing_funds_and_gives_it_back_to_the_class(engine: Engine) -> None:
    customer = a_customer(engine)

    def decide(role: Role, shown: str, typed: str, now: datetime = NOW) -> None:
        access, name = access_for(engine, role, now), "suspend_on_insufficient_funds"
        order = EditCreditOptions(
            customer_id=customer, version=access.fetch(CustomerHead(customer)).version, shown={name: shown},
            changes={name: typed}, command_id=new_command_id(),
        )  # fmt: skip
        access.execute(order)
        with Session(engine) as session:
            decided.append(session.get_one(Customer, customer).suspend_on_insufficient_funds)

    decided: list[bool | None] = []
    decide(Role.SUPPORT, "", "no")
    decide(Role.SUPPORT, "no", "")
    assert decided == [False, None]
    with pytest.raises(NotPermitted):
        decide(Role.ANALYST, "", "yes")
