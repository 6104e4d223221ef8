"""Service wallets: topped up for a fee, used after quotas, what expires first before the rest."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data_access.base.bookings import Kind
from data_access.base.engine import Door
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.services.wallets import (
    AddTopUpOption,
    ChangeTopUpOption,
    RemoveTopUpOption,
    ToppedUp,
    TopUpWallet,
)
from data_access.domain.usage.quotas import spread
from data_access.domain.usage.wallets import Filled, is_to_be_told, last_day
from data_access.models.customers import BalanceControl
from data_access.models.money import Invoice, Transaction
from data_access.models.plans.wallets import TopUp, WalletUse
from data_access.models.quotas import WhenUsedUp
from data_access.queries.billing.ledger import FindTransactions
from data_access.queries.billing.reversals import ReversalPreview
from data_access.queries.services.wallets import TopUpOptions, WalletRow, WalletsOf
from data_access.store.access import new_command_id
from tests.data_access.test_corrections import undoing
from tests.data_access.test_periods_closing import booked, close, customer_of, in_march, pay, rows
from tests.data_access.test_quota_orders import use
from tests.support.builders import a_customer, a_quota, a_reseller, a_top_up_option
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, access_for

D = Decimal
TODAY = NOW.date()


def top_up(engine: Engine, customer_id: int, option_id: int, role: Role = Role.SUPPORT, now: Any = NOW) -> ToppedUp:
    order = TopUpWallet(customer_id=customer_id, option_id=option_id, command_id=new_command_id())
    return access_for(engine, role, now=now).execute(order)


def wallet(engine: Engine, customer_id: int, now: Any = NOW) -> WalletRow:
    (row,) = access_for(engine, now=now).fetch(WalletsOf(customer_id))
    return row


@pytest.mark.parametrize(("days", "last"), [(1, date(2026, 3, 16)), (30, date(2026, 4, 14))])
def test_the_day_of_the_top_up_is_the_first_one(days: int, last: date) -> None:
    assert last_day(TODAY, days) == last


def test_what_expires_first_is_used_first() -> None:
    spans = {"over": (-9, -1), "on its last day": (-1, 0), "early": (0, 3), "late": (-5, 9), "not begun": (1, 2)}
    names = dict(enumerate(spans, 1))
    filled = [
        Filled(key, TODAY + timedelta(days=first), TODAY + timedelta(days=last), D(10), D(0))
        for key, (first, last) in enumerate(spans.values(), 1)
    ]
    parts = spread(D(25), filled[::-1], TODAY)
    assert [(names[part.grant.top_up_id], part.quantity) for part in parts] == [
        ("on its last day", D(10)), ("early", D(10)), ("late", D(5)),
    ]  # fmt: skip


def test_a_top_up_is_charged_and_stands_on_the_next_invoice(engine: Engine) -> None:
    customer = in_march(engine)
    done = top_up(engine, customer, a_top_up_option(engine, name="Minutes S"))
    assert (done.says, done.expires_on) == ("100 minutes for Calls", "2026-04-14")
    assert booked(engine, customer) == [(Kind.WALLET_TOP_UP, 5)]
    close(engine, customer)
    assert rows(engine, Invoice, customer)[0].total == 5
    assert read_ledgers(engine).breaches() == []


def test_a_free_top_up_is_no_booking(engine: Engine) -> None:
    customer = in_march(engine)
    top_up(engine, customer, a_top_up_option(engine, fee=D(0)))
    assert booked(engine, customer) == []
    assert wallet(engine, customer).left == 100


def test_quotas_are_used_before_wallets_and_only_the_rest_is_charged(engine: Engine) -> None:
    customer = in_march(engine)
    a_quota(engine, customer, allowance=D(30), started_on=date(2026, 3, 1))
    top_up(engine, customer, a_top_up_option(engine))
    assert D(use(engine, customer, "50", "5", "first").balance_after) == 5
    assert wallet(engine, customer).left == 80
    assert D(use(engine, customer, "100", "10", "second").balance_after) == 7  # 20 of 100 minutes are charged
    assert wallet(engine, customer).left == 0
    told = access_for(engine).fetch(FindTransactions(customer)).rows
    assert [row.measured for row in reversed(told)] == [
        "", "50 minutes, 30 by quota, 20 by wallet", "100 minutes, 80 by wallet",
    ]  # fmt: skip


def test_a_quota_that_blocks_does_not_while_the_wallet_covers(engine: Engine) -> None:
    customer = in_march(engine)
    a_quota(engine, customer, allowance=D(30), started_on=date(2026, 3, 1), when_used_up=WhenUsedUp.BLOCK)
    top_up(engine, customer, a_top_up_option(engine))
    use(engine, customer, "130", "13")
    with pytest.raises(Rejected, match="is used up"):
        use(engine, customer, "1", "1", "beyond")


def test_what_has_expired_covers_nothing(engine: Engine) -> None:
    customer = in_march(engine)
    top_up(engine, customer, a_top_up_option(engine, lifetime_days=2))
    used_up = use(engine, customer, "10", "1", at=NOW)
    assert D(used_up.balance_after) == 5
    later = NOW + timedelta(days=2)
    beyond = use(engine, customer, "10", "1", "late", access_for(engine, Role.ADMIN, now=later), at=later)
    assert D(beyond.balance_after) == 6
    row = wallet(engine, customer, later)
    assert (row.left, row.living, len(row.top_ups)) == (D(0), (), 1)


def test_reversed_usage_is_given_back_and_a_used_top_up_stays(engine: Engine) -> None:
    customer = in_march(engine)
    top_up(engine, customer, a_top_up_option(engine))
    used = use(engine, customer, "40", "4").transaction_id
    fee = rows(engine, Transaction, customer)[0].id
    why_not = "Part of what was topped up has been used"
    assert why_not in access_for(engine).fetch(ReversalPreview(fee)).obstacle
    with pytest.raises(Rejected, match=why_not):
        access_for(engine, Role.ADMIN).execute(undoing(fee))
    access_for(engine, Role.ADMIN).execute(undoing(used))
    assert wallet(engine, customer).left == 100
    access_for(engine, Role.ADMIN).execute(undoing(fee))
    assert access_for(engine).fetch(WalletsOf(customer)) == ()
    assert customer_of(engine, customer).balance == 0


def test_a_prepaid_customer_needs_the_funds(engine: Engine) -> None:
    customer = in_march(engine, balance_control=BalanceControl.PREPAID)
    option = a_top_up_option(engine)
    with pytest.raises(Rejected, match=r"costs 5.00 EUR, the available funds are 0.00 EUR"):
        top_up(engine, customer, option)
    pay(engine, customer, 5, NOW)
    assert D(top_up(engine, customer, option).balance_after) == 0


def test_a_top_up_that_does_not_fit_is_refused(engine: Engine) -> None:
    customer = in_march(engine)
    for over, why in (({"is_offered": False}, "no longer offered"), ({"currency": "USD"}, "sold in USD")):
        with pytest.raises(Rejected, match=why):
            top_up(engine, customer, a_top_up_option(engine, **over))
    option = a_top_up_option(engine)
    with pytest.raises(NotFound):
        top_up(engine, customer, option + 999)
    with pytest.raises(NotPermitted):
        top_up(engine, customer, option, Role.ANALYST)
    for status in (BillStatus.PERMANENTLY_TERMINATED, BillStatus.EXPORTED):
        with pytest.raises(Rejected):
            top_up(engine, a_customer(engine, bill_status=status), option)
    stranger = access_for(engine, Role.SUPPORT, reseller_id=a_reseller(engine))
    with pytest.raises(NotFound):
        stranger.fetch(WalletsOf(customer))
    assert [row.option_id for row in access_for(engine).fetch(TopUpOptions("EUR"))] == [option]


def test_options_are_added_changed_and_removed(engine: Engine) -> None:
    admin = access_for(engine, Role.ADMIN)
    given = {
        "name": "Minutes S", "service": "Calls", "amount": "100", "unit": "minutes", "fee": "5", "currency": "EUR",
        "lifetime_days": "30", "is_offered": "yes",
    }  # fmt: skip
    option = admin.execute(AddTopUpOption(values=given, command_id=new_command_id())).record_id
    with pytest.raises(Invalid) as complained:
        admin.execute(AddTopUpOption(values=given | {"amount": "0", "lifetime_days": "0"}, command_id=new_command_id()))
    assert set(complained.value.complaints) == {"name", "amount", "lifetime_days"}
    change = ChangeTopUpOption(record_id=option, version=1, shown={}, changes={"fee": "6"}, command_id=new_command_id())
    admin.execute(change)
    customer = in_march(engine)
    top_up(engine, customer, option)
    assert booked(engine, customer) == [(Kind.WALLET_TOP_UP, 6)]
    with pytest.raises(Rejected, match="in use by 1 customer"):
        admin.execute(RemoveTopUpOption(record_id=option, version=2, command_id=new_command_id()))


@pytest.mark.parametrize("model", [TopUp, WalletUse])
def test_what_was_topped_up_and_used_is_written_once(engine: Engine, model: Any) -> None:
    customer = in_march(engine)
    top_up(engine, customer, a_top_up_option(engine))
    use(engine, customer, "10", "1")
    with engine.connect().execution_options(door=Door(is_open=True)) as connection, pytest.raises(DBAPIError):
        connection.execute(model.__table__.update().values(quantity=D(7)))


@pytest.mark.parametrize(
    ("ahead", "days", "told"),
    [(3, 3, True), (4, 3, False), (0, 3, True), (-1, 3, False), (0, 0, True), (1, 0, False), (0, None, False)],
)
def test_an_expiry_is_told_from_its_days_before_until_its_day(ahead: int, days: int | None, told: bool) -> None:
    today = NOW.date()
    assert is_to_be_told(today + timedelta(days=ahead), today, days) is told
