"""A limitation lifted until a date: the whole service until then, limited again unpaid, ended by payment."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.status import ChangeStatus
from data_access.domain.moves import MOVES
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.forecast.forecast_steps import Foreseen
from data_access.queries.planned.planned import PlannedChanges
from data_access.queries.status.status import StatusChoices
from data_access.queries.status.why import WhyThisState
from data_access.queries.timeline.history import StatusHistory
from data_access.store.access import Access, new_command_id
from tests.data_access.test_collection import a_debtor, at, collect, mails, moves, pay, row, system
from tests.data_access.test_lifecycle import FROM, TODAY, terms
from tests.support.people import access_for

LIMITED = replace(FROM[BillStatus.OPEN], service_limited=True)
UNTIL = date(2026, 6, 22)


def a_limited(engine: Engine, **terms: Any) -> int:
    """A debtor whose service is limited since 19 June 2026."""
    customer = a_debtor(engine, **({"limit_after": 3, "working_days_only": False} | terms))
    collect(engine, customer, at(19))
    return customer


def change(engine: Engine, customer_id: int, move: str, now: datetime, day: date | None = None) -> None:
    order = ChangeStatus(
        customer_id=customer_id, move=move, day=day, reason="pays on Monday", command_id=new_command_id()
    )
    access_for(engine, Role.MANAGER, now).execute(order)


def lifted(engine: Engine, **terms: Any) -> int:
    """The same, lifted on the 19th until the 22nd."""
    customer = a_limited(engine, **terms)
    change(engine, customer, "lift_limitation", at(19, hour=9), UNTIL)
    return customer


def possible(engine: Engine, customer_id: int, role: Role = Role.MANAGER) -> set[str]:
    choices = access_for(engine, role, at(19, hour=10)).fetch(StatusChoices(customer_id))
    return {choice.name for choice in choices.possible}


def test_the_service_is_whole_until_the_date_and_the_customer_is_not_told_that_it_paid(engine: Engine) -> None:
    customer = lifted(engine)
    now = row(engine, customer)
    assert (now.service_limited, now.limitation_lifted_until, now.first_lifted_on) == (False, at(22), at(19).date())
    assert mails(engine, customer) == ["limited"]


def test_it_is_limited_again_on_the_date_and_not_before(engine: Engine) -> None:
    customer = lifted(engine)
    assert row(engine, customer).collect_at == at(22)
    collect(engine, customer, at(22) - timedelta(seconds=1))
    assert not row(engine, customer).service_limited
    collect(engine, customer, at(22))
    again = row(engine, customer)
    assert (again.service_limited, again.limitation_lifted_until) == (True, None)
    assert moves(engine, customer) == ["limit_service", "lift_limitation", "limit_service"]
    collect(engine, customer, at(25))
    assert len(moves(engine, customer)) == 3


def test_a_payment_ends_it_and_erases_the_date(engine: Engine) -> None:
    customer = lifted(engine)
    pay(engine, customer, "100", at(20))
    paid = row(engine, customer)
    assert (paid.service_limited, paid.limitation_lifted_until, paid.first_lifted_on) == (False, None, None)
    collect(engine, customer, at(22))
    assert moves(engine, customer) == ["limit_service", "lift_limitation", "end_limitation"]


def test_a_suspension_meanwhile_ends_the_lift(engine: Engine) -> None:
    customer = lifted(engine, suspend_after=4)
    collect(engine, customer, at(20))
    now = row(engine, customer)
    assert (now.bill_status, now.limitation_lifted_until) == (BillStatus.SUSPENDED, None)
    collect(engine, customer, at(22))
    assert moves(engine, customer)[-1] == "suspend"


def test_the_end_of_the_lift_is_foretold_and_comes_true(engine: Engine) -> None:
    customer = lifted(engine, suspend_after=9)
    now = system(engine, at(19, hour=10))
    told = now.fetch(WhatHappensNext(customer))
    assert [(one.at, one.kind) for one in told] == [(at(22), Foreseen.LIMITATION), (at(25), Foreseen.SUSPENSION)]
    assert [one.told for one in now.fetch(PlannedChanges(days=14)).rows] == list(told)
    for one in told:
        collect(engine, customer, one.at)
    assert moves(engine, customer)[-2:] == ["limit_service", "suspend"]


def test_whoever_may_lift_a_suspension_may_lift_it_and_clear_the_lift(engine: Engine) -> None:
    customer = a_limited(engine)
    assert "lift_limitation" in possible(engine, customer, Role.SUPPORT)
    assert "lift_limitation" not in possible(engine, customer, Role.ANALYST)
    change(engine, customer, "lift_limitation", at(19, hour=9), UNTIL)
    assert {"lift_limitation", "clear_limitation_lift"} <= possible(engine, customer)
    change(engine, customer, "clear_limitation_lift", at(20))
    assert row(engine, customer).service_limited
    assert "clear_limitation_lift" not in possible(engine, customer)


def test_an_analyst_cannot_lift_it(engine: Engine) -> None:
    order = ChangeStatus(
        customer_id=a_limited(engine), move="lift_limitation", day=UNTIL, reason="r", command_id=new_command_id()
    )
    with pytest.raises(NotPermitted, match="Support, a manager or an admin can"):
        access_for(engine, Role.ANALYST, at(19)).execute(order)


def test_a_service_that_is_not_limited_has_no_limitation_to_lift() -> None:
    assert MOVES["lift_limitation"].refusal(FROM[BillStatus.OPEN]) == "The service is not limited."
    assert MOVES["clear_limitation_lift"].refusal(LIMITED) == "No lift of the limitation is set."


def test_the_horizon_counts_from_the_first_lift_of_the_debt_whichever_it_was() -> None:
    by_support = terms(day=TODAY + timedelta(days=3), horizon_days=3)
    once = MOVES["lift_limitation"].becomes(LIMITED, by_support)
    with pytest.raises(Rejected, match="lift this limitation until Thursday, 19 March 2026 at the latest: 3 days"):
        MOVES["lift_limitation"].becomes(once, replace(by_support, day=TODAY + timedelta(days=4)))
    suspended = MOVES["suspend"].becomes(once, by_support)
    with pytest.raises(Rejected, match="lift this suspension until Thursday, 19 March 2026"):
        MOVES["lift_suspension"].becomes(suspended, replace(by_support, day=TODAY + timedelta(days=4)))


def test_the_page_says_who_lifted_it_until_when_and_what_comes(engine: Engine) -> None:
    customer, access = lifted(engine), Access(engine, access_for(engine).actor, lambda: at(19, hour=10))
    (cause,) = access.fetch(WhyThisState(customer)).causes
    assert cause.rule == "The limitation of the service is lifted until 22 June 2026 begins."
    assert cause.then == "Without a payment the service is limited on 22 June 2026."
    assert (cause.told and cause.told.reason, cause.ways[0].amount) == ("pays on Monday", Decimal(100))
    assert access.fetch(StatusHistory(customer))[0].what == "Limitation of the service lifted until 22 Jun 2026"


def test_a_limited_service_says_until_when_it_can_be_lifted(engine: Engine) -> None:
    (cause,) = access_for(engine, now=at(19, hour=10)).fetch(WhyThisState(a_limited(engine))).causes
    assert cause.ways[1].says == (
        "Nobody can end it by hand. It can be lifted by support until 22 June 2026, by an admin or a manager until "
        "19 July 2026 at the latest."
    )
