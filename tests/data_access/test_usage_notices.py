"""Notices about use: near the daily limit, at it, and before a top-up expires; each once, and none after its time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.customers.limits import SetSpendingLimit
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.services.usage import BookCharges, Charge
from data_access.commands.services.wallets import TellOfExpiry
from data_access.jobs.runner import run_job
from data_access.models.money import Transaction
from data_access.queries.services.wallets import DueWalletNotices
from data_access.store.access import Access, new_command_id
from data_access.store.job_leases import Holder
from tests.data_access.test_fraud import a_profile, protected, use
from tests.data_access.test_periods_closing import rows
from tests.data_access.test_quota_orders import use as use_measured
from tests.data_access.test_wallets import top_up
from tests.support.builders import a_class, a_customer, a_top_up_option
from tests.support.outbox import messages
from tests.support.people import NOW, access_for

D = Decimal
DAY = timedelta(days=1)
SPENT_OF = "spending_limit_"


def spending(engine: Engine) -> list[str]:
    return [mail.event.removeprefix(SPENT_OF) for mail in messages(engine) if mail.event.startswith(SPENT_OF)]


def limited(engine: Engine, **over: Any) -> int:
    """Warned at 5 of 10."""
    return protected(engine, {"fraud_profile_id": a_profile(engine)}, email="a@example.org", **over)


def test_a_customer_is_told_once_a_day_near_its_limit_and_at_it(engine: Engine) -> None:
    customer = limited(engine)
    told = []
    for hours, amount in enumerate(("4.99", "0.01", "1", "4")):
        use(engine, customer, amount, NOW + timedelta(hours=hours))
        told.append(spending(engine))
    assert told == [[], ["near"], ["near"], ["near", "reached"]]
    near, reached = (mail for mail in messages(engine) if mail.event.startswith(SPENT_OF))
    assert (near.subject, reached.subject) == (
        "You have spent 5.00 EUR today", "You have reached your daily limit of 10.00 EUR",
    )  # fmt: skip
    assert "on 16 March 2026" in near.body
    assert reached.payload["until"] == "2026-03-17T00:00:00+00:00"
    use(engine, customer, "6", NOW + DAY)
    assert spending(engine) == ["near", "reached", "near"]


def test_a_day_is_that_of_the_billing_zone(engine: Engine) -> None:
    customer = limited(engine, billing_zone="Pacific/Auckland")
    for hour, amount in ((10, "6"), (11, "6")):  # midnight there is at eleven
        use(engine, customer, amount, datetime(2026, 3, 16, hour, 30, tzinfo=UTC))
    assert spending(engine) == ["near", "near"]


def test_what_arrives_by_a_file_is_told_of_for_today_alone(engine: Engine) -> None:
    customer, other = limited(engine), protected(engine, email="b@example.org")
    charges = [(customer, 12, NOW.date() - DAY), (other, 12, NOW.date())]
    book(engine, charges)
    assert spending(engine) == []
    book(engine, [(customer, 6, NOW.date()), (customer, 6, NOW.date())])
    assert spending(engine) == ["reached"]


def test_usage_of_yesterday_tells_nothing_of_a_limit_that_was_lowered_today(engine: Engine) -> None:
    customer = limited(engine)
    use(engine, customer, "4")
    lower = SetSpendingLimit(customer_id=customer, amount=D(4), reason="asked", command_id=new_command_id())
    access_for(engine, Role.ADMIN).execute(lower)
    book(engine, [(customer, 1, NOW.date() - DAY)])
    assert spending(engine) == []


def book(engine: Engine, charges: list[tuple[int, int, Any]]) -> None:
    given = tuple((customer, Charge(new_command_id(), D(amount), "Calls", day)) for customer, amount, day in charges)
    access_for(engine, Role.ADMIN).execute(BookCharges(charges=given, command_id=new_command_id()))


def topped_up(engine: Engine, days: int | None = 3, lifetime: int = 10, **over: Any) -> int:
    """A customer with a top-up of 100 minutes that lasts until 25 March."""
    of_class = a_class(engine, wallet_notice_days=days)
    customer = a_customer(engine, customer_class_id=of_class, email="a@example.org", **over)
    top_up(engine, customer, a_top_up_option(engine, lifetime_days=lifetime))
    return customer


def due(engine: Engine, now: datetime) -> list[int]:
    return Access(engine, SYSTEM, lambda: now).fetch(DueWalletNotices())


def runs(engine: Engine, now: datetime) -> list[str]:
    """The job on a day; what has been told by then."""
    run_job(engine, Job.TELL_OF_WALLETS, lambda: now, Holder("worker"))
    return [mail.body.splitlines()[2] for mail in messages(engine) if mail.event == "wallet_expires"]


@pytest.mark.parametrize(
    ("days", "told_on", "zone"),
    [
        (3, range(22, 26), "UTC"), (0, range(25, 26), "UTC"), (None, range(0), "UTC"), (365, range(16, 26), "UTC"),
        (3, range(22, 26), "Pacific/Honolulu"),
    ],
)  # fmt: skip
def test_it_is_time_to_tell_so_many_days_before_until_the_last_one(
    engine: Engine, days: int | None, told_on: range, zone: str
) -> None:
    topped_up(engine, days, billing_zone=zone)
    assert [day for day in range(16, 28) if due(engine, NOW.replace(day=day))] == list(told_on)


def test_a_customer_is_told_once_what_is_left(engine: Engine) -> None:
    customer = topped_up(engine)
    use_measured(engine, customer, "30")
    told = [len(runs(engine, NOW + days * DAY)) for days in (5, 6, 6, 7, 12)]
    assert told == [0, 1, 1, 1, 1]
    (says,) = runs(engine, NOW + 12 * DAY)
    assert says == (
        "Of what you topped up, 70 minutes for Calls are left. You can use them until 25 March 2026; what is left then "
        "expires."
    )
    (mail,) = (mail for mail in messages(engine) if mail.event == "wallet_expires")
    assert mail.payload["until"] == "2026-03-26T00:00:00+00:00"


def test_after_an_outage_it_is_told_if_there_is_still_time(engine: Engine) -> None:
    topped_up(engine)
    assert runs(engine, NOW + 12 * DAY) == []
    topped_up(engine)
    assert len(runs(engine, NOW + 9 * DAY)) == 2


def test_nobody_is_told_of_what_cannot_be_lost(engine: Engine) -> None:
    used_up, gone, given_back = topped_up(engine), topped_up(engine), topped_up(engine)
    use_measured(engine, used_up, "100")
    move = ChangeStatus(customer_id=gone, move="mark_exported", reason="moved", command_id=new_command_id())
    access_for(engine, Role.ADMIN).execute(move)
    fee = rows(engine, Transaction, given_back)[0].id
    access_for(engine, Role.ADMIN).execute(
        ReverseTransaction(transaction_id=fee, reason="wrong", command_id=new_command_id())
    )
    assert runs(engine, NOW + 7 * DAY) == []


def tell(engine: Engine, top_up_id: int, now: datetime) -> bool:
    order = TellOfExpiry(top_up_id=top_up_id, command_id=new_command_id())
    return Access(engine, SYSTEM, lambda: now).execute(order).is_told


def test_a_command_judges_again_whether_it_is_time(engine: Engine) -> None:
    topped_up(engine)
    assert [tell(engine, 1, NOW + days * DAY) for days in (5, 7, 10)] == [False, True, False]


def test_a_command_judges_again_what_is_left_and_whether_the_customer_runs(engine: Engine) -> None:
    used_up, gone = topped_up(engine), topped_up(engine)
    use_measured(engine, used_up, "100")
    move = ChangeStatus(customer_id=gone, move="mark_exported", reason="moved", command_id=new_command_id())
    access_for(engine, Role.ADMIN).execute(move)
    assert [tell(engine, row_id, NOW + 7 * DAY) for row_id in (1, 2)] == [False, False]
