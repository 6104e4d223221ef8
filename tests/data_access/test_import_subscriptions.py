"""Files of subscriptions and top-ups: what was paid for at another desk is not charged again; what is here stays."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import NotPermitted
from data_access.base.permissions import Role
from data_access.commands.services.services import AddSubscription, FinishSubscription, RanBefore
from data_access.commands.services.wallets import BoughtBefore, TopUpWallet
from data_access.models.customers import BalanceControl
from data_access.models.plans.wallets import TopUp
from data_access.models.services import ChargeModel, Subscription
from data_access.store.access import new_command_id
from tests.data_access.test_import_rows import SUBSCRIBED, TOPPED, bring, told
from tests.data_access.test_imports import Desk
from tests.data_access.test_periods_closing import booked, close, in_march
from tests.data_access.test_quota_orders import use
from tests.support.builders import a_plan, a_top_up_option
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, access_for

D = Decimal
OWN = {"Customer ID": "K-1"}
HALF = (Kind.SUBSCRIPTION_FEE, D("29.90"))


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    a_plan(engine, name="Fibre")
    a_top_up_option(engine, name="Hundred minutes")
    return Desk(engine, tmp_path)


def test_what_was_charged_ahead_elsewhere_is_charged_from_the_next_period_on(desk: Desk) -> None:
    customer = in_march(desk.engine, customer_code="K-1")
    row = OWN | SUBSCRIBED | {"Charged until": "2026-03-31"}
    assert bring(desk, "subscriptions", row).created == 1
    assert booked(desk.engine, customer) == []
    close(desk.engine, customer)
    assert booked(desk.engine, customer) == [HALF]
    [row_here] = desk.rows(Subscription)
    assert (row_here.started_on, row_here.charged_until) == (date(2026, 3, 1), date(2026, 4, 30))
    assert read_ledgers(desk.engine).breaches() == []


def test_what_was_not_charged_is_charged_at_once_for_the_running_period(desk: Desk) -> None:
    customer = in_march(desk.engine, customer_code="K-1")
    assert bring(desk, "subscriptions", OWN | SUBSCRIBED | {"Charged until": "2026-02-28"}).created == 1
    assert booked(desk.engine, customer) == [HALF]


def test_a_fee_in_arrears_is_charged_when_the_period_closes(desk: Desk) -> None:
    customer = in_march(desk.engine, customer_code="K-1")
    a_plan(desk.engine, name="Late", charge_model=ChargeModel.AT_THE_END)
    row = OWN | SUBSCRIBED | {"Subscription plan": "Late", "Started on": "2025-01-01", "Charged until": "2026-02-28"}
    bring(desk, "subscriptions", row)
    assert booked(desk.engine, customer) == []
    close(desk.engine, customer)
    assert booked(desk.engine, customer) == [HALF]


def test_prepaid_funds_have_to_cover_what_is_charged_at_once(desk: Desk) -> None:
    in_march(
        desk.engine, customer_code="K-1", balance_control=BalanceControl.PREPAID, credit_limit=None,
        suspend_on_insufficient_funds=True,
    )  # fmt: skip
    report = bring(desk, "subscriptions", OWN | SUBSCRIBED)
    assert "the available funds are" in report.refused[0].reason
    assert desk.rows(Subscription) == []


def test_two_that_are_alike_are_two_and_a_file_that_comes_again_adds_none(desk: Desk) -> None:
    in_march(desk.engine, customer_code="K-1")
    row = OWN | SUBSCRIBED | {"Charged until": "2026-03-31"}
    assert bring(desk, "subscriptions", row, row).created == 2
    assert bring(desk, "subscriptions", row, row, row).created == 1
    order = FinishSubscription(subscription_id=desk.rows(Subscription)[0].id, command_id=new_command_id())
    access_for(desk.engine, Role.SUPPORT).execute(order)
    again = bring(desk, "subscriptions", row, row, row)
    assert (again.unchanged, again.created) == (3, 0)
    topped = OWN | TOPPED
    assert bring(desk, "top-ups", topped, topped).created == 2
    assert bring(desk, "top-ups", topped | {"Left": "7"}, topped).unchanged == 2
    assert [one.quantity for one in desk.rows(TopUp)] == [D("50.5"), D("50.5")]


def test_a_subscription_that_is_here_changes_by_its_orders(desk: Desk) -> None:
    in_march(desk.engine, customer_code="K-1")
    row = OWN | SUBSCRIBED | {"Charged until": "2026-03-31"}
    bring(desk, "subscriptions", row)
    more = {"Periodic fee adjustment": "discount", "Percent of the plan's fee": "80", "Finished on": "2026-04-30"}
    assert bring(desk, "subscriptions", row | more).changed == 1
    [one] = desk.rows(Subscription)
    assert (one.fee_percent, one.finished_on) == (80, date(2026, 4, 30))


def test_what_is_left_of_a_top_up_costs_nothing_again(desk: Desk) -> None:
    customer = in_march(desk.engine, customer_code="K-1")
    assert bring(desk, "top-ups", OWN | TOPPED).created == 1
    [one] = desk.rows(TopUp)
    assert (one.quantity, one.expires_on, booked(desk.engine, customer)) == (D("50.5"), date(2026, 4, 9), [])


def test_a_file_tells_what_is_left_of_a_top_up_and_none_that_is_used_up(desk: Desk) -> None:
    customer = in_march(desk.engine, customer_code="K-1")
    bring(desk, "top-ups", OWN | TOPPED)
    use(desk.engine, customer, "20.5")
    bought = ("K-1", "Hundred minutes", date(2026, 3, 1), date(2026, 4, 9), 30)
    assert told(desk.engine, "top-ups") == [bought]
    use(desk.engine, customer, "30", reference="cdr-2")
    assert told(desk.engine, "top-ups") == []


def test_only_who_may_import_says_what_was_paid_before(desk: Desk) -> None:
    customer, access, command_id = in_march(desk.engine), access_for(desk.engine, Role.SUPPORT), new_command_id()
    left = BoughtBefore(D(5), NOW.date(), NOW.date())
    for order in (
        AddSubscription(customer_id=customer, plan_id=1, before=RanBefore(), command_id=command_id),
        TopUpWallet(customer_id=customer, option_id=1, before=left, command_id=command_id),
    ):
        with pytest.raises(NotPermitted, match="import files"):
            access.execute(order)
