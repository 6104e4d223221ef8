"""Traps that other billing systems fell into, each once: money counted twice or never, debtors treated wrongly."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Rejected
from data_access.base.money import ZERO
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.commands.billing.invoices import ReissueInvoice, VoidInvoice
from data_access.commands.billing.money import BookTransaction
from data_access.commands.billing.periods import ChargeFees, ClosePeriod
from data_access.commands.collections.collection import Collect
from data_access.commands.collections.promises import DecidePromise
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.services.usage import RecordUsage
from data_access.models.collection import CollectionStep, Promise, PromiseState, Step
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Transaction
from data_access.models.outbox import Channel, Message
from data_access.models.services import ChargeModel
from data_access.queries.customers.usability import MayUse
from data_access.store.access import Access, Command, new_command_id
from tests.data_access.test_corrections import sound, undoing
from tests.support.builders import a_class, a_customer, a_did, a_plan, a_subscription, an_account, an_invoice
from tests.support.people import NOW, access_for

D = Decimal
CLOSES = datetime(2026, 4, 1, 6, tzinfo=UTC)
MARCH: dict[str, Any] = {
    "period_from": date(2026, 3, 1), "period_to": date(2026, 3, 31), "closes_at": CLOSES,
}  # fmt: skip


def system(engine: Engine, now: datetime = NOW) -> Access:
    return Access(engine, SYSTEM, lambda: now)


def done(access: Access, order: type[Command[Any]], **told: Any) -> Any:
    """What a command gives, sent by someone who has a reason."""
    return access.execute(order(**({"reason": "it is a test", "command_id": new_command_id()} | told)))


def booked(access: Access, customer_id: int, kind: Kind, amount: str) -> int:
    service = "Calls" if kind in (Kind.MANUAL_CHARGE, Kind.MANUAL_CREDIT) else None
    transaction = done(access, BookTransaction, customer_id=customer_id, kind=kind, amount=D(amount), service=service)
    return int(transaction.transaction_id)


def row_of(engine: Engine, customer_id: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


def amounts(engine: Engine, customer_id: int, *kinds: Kind) -> list[Decimal]:
    asked = select(Transaction.amount).where(Transaction.customer_id == customer_id, Transaction.kind.in_(kinds))
    with Session(engine) as session:
        return list(session.scalars(asked.order_by(Transaction.id)))


def moved(engine: Engine, customer_id: int, move: str, now: datetime = NOW, **over: Any) -> BillStatus:
    done(access_for(engine, Role.ADMIN, now), ChangeStatus, customer_id=customer_id, move=move, **over)
    return row_of(engine, customer_id).bill_status


@pytest.mark.parametrize(
    ("kind", "direction"),
    [
        (Kind.MANUAL_CHARGE, 1), (Kind.MANUAL_CREDIT, -1), (Kind.PROMOTIONAL_CREDIT, -1), (Kind.MANUAL_PAYMENT, -1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("control", list(BalanceControl))
def test_money_moves_the_balance_the_same_way_for_both_balance_controls(
    engine: Engine, kind: Kind, direction: int, control: BalanceControl
) -> None:
    customer = a_customer(engine, balance_control=control)
    booked(access_for(engine, Role.ADMIN), customer, kind, "7")
    assert row_of(engine, customer).balance == direction * 7


def test_a_balance_that_crosses_zero_and_comes_back_is_what_it_was(engine: Engine) -> None:
    customer, access = a_customer(engine, balance=D(3)), access_for(engine, Role.ADMIN)
    for kind in (Kind.MANUAL_PAYMENT, Kind.MANUAL_CHARGE, Kind.MANUAL_CREDIT, Kind.MANUAL_CHARGE):
        booked(access, customer, kind, "10")
    row = row_of(engine, customer)
    assert (row.balance, row.unallocated) == (D(3), D(10))
    assert sound(engine)


def test_a_prepaid_customer_cannot_use_a_hundred_thousandth_more_than_its_funds(engine: Engine) -> None:
    customer = a_customer(engine, balance_control=BalanceControl.PREPAID, balance=D("-1"))
    code = "493055501"
    an_account(engine, customer, account_code=code)
    order = {"account_code": code, "service": "Calls", "at": NOW}
    with pytest.raises(Rejected):
        done(system(engine), RecordUsage, amount=D("1.00001"), reference="too much", **order)
    done(system(engine), RecordUsage, amount=D("1"), reference="all of it", **order)
    assert not access_for(engine).fetch(MayUse(code, ZERO)).is_usable
    assert row_of(engine, customer).balance == ZERO


def test_whoever_paid_in_the_last_minute_is_not_suspended_by_a_list_made_before(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, suspend_after=5))
    an_invoice(engine, customer)
    booked(access_for(engine), customer, Kind.MANUAL_PAYMENT, "100")
    done(system(engine), Collect, customer_id=customer)
    assert row_of(engine, customer).bill_status is BillStatus.OPEN


def test_a_credit_of_all_that_is_owed_ends_no_suspension_and_pays_no_invoice(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, suspend_after=5))
    an_invoice(engine, customer)
    done(system(engine), Collect, customer_id=customer)
    booked(access_for(engine, Role.ADMIN), customer, Kind.PROMOTIONAL_CREDIT, "100")
    done(system(engine), Collect, customer_id=customer)
    row = row_of(engine, customer)
    assert (row.bill_status, row.outstanding, row.balance) == (BillStatus.SUSPENDED, D(100), ZERO)


def test_a_reminder_of_one_invoice_does_not_hide_the_other_and_comes_once(engine: Engine) -> None:
    customer = a_customer(
        engine, email="a@example.org", customer_class_id=a_class(engine, late_fee=D(3), suspend_after=30)
    )
    for _ in range(2):
        an_invoice(engine, customer)
    for _ in range(3):
        done(system(engine), Collect, customer_id=customer)
    asked = select(CollectionStep.invoice_id).where(CollectionStep.step == Step.OVERDUE)
    mails = select(Message.key).where(Message.customer_id == customer, Message.channel == Channel.EMAIL)
    with Session(engine) as session:
        assert len(set(session.scalars(asked))) == 2
        reminders = [key for key in session.scalars(mails) if "/overdue/" in key]
    assert len(reminders) == len(set(reminders)) == 2
    assert amounts(engine, customer, Kind.LATE_FEE) == [3, 3]


def test_a_late_fee_does_not_come_again_with_a_payment_that_bounces(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, late_fee=D(3), reactivation_fee=D(4)))
    an_invoice(engine, customer)
    for _ in range(3):
        payment = booked(access_for(engine, Role.ADMIN), customer, Kind.MANUAL_PAYMENT, "100")
        access_for(engine, Role.ADMIN).execute(undoing(payment))
        done(system(engine), Collect, customer_id=customer)
    assert amounts(engine, customer, Kind.LATE_FEE) == [3]
    assert sound(engine)


def test_a_lift_paid_a_moment_too_late_keeps_no_promise_however_often_it_is_asked(engine: Engine) -> None:
    customer = a_customer(engine, billing_zone="Pacific/Auckland", customer_class_id=a_class(engine, suspend_after=5))
    an_invoice(engine, customer)
    done(system(engine), Collect, customer_id=customer)
    moved(engine, customer, "lift_suspension", day=date(2026, 3, 20), promise_amount=D(100))
    too_late = datetime(2026, 3, 19, 11, 0, tzinfo=UTC)  # 20 March begins in Auckland
    booked(access_for(engine, Role.ADMIN, too_late), customer, Kind.MANUAL_PAYMENT, "100")
    with Session(engine) as session:
        promise_id = session.scalars(select(Promise.id)).one()
    states = {done(system(engine, too_late), DecidePromise, promise_id=promise_id).state for _ in range(2)}
    assert states == {PromiseState.BROKEN.value}
    assert row_of(engine, customer).bill_status is BillStatus.OPEN


@pytest.mark.parametrize(
    ("away", "back"), [("provisionally_terminate", "reactivate"), ("mark_exported", "clear_exported")]
)
def test_no_way_out_and_back_ends_a_wait_for_funds(engine: Engine, away: str, back: str) -> None:
    customer = a_customer(
        engine, balance_control=BalanceControl.PREPAID, balance=D(-5), **(MARCH | {"period_from": NOW.date()}),
        customer_class_id=a_class(engine, suspend_on_insufficient_funds=True),
    )  # fmt: skip
    a_subscription(engine, customer)
    done(system(engine), ChargeFees, customer_id=customer)
    moved(engine, customer, away)
    moved(engine, customer, back)
    done(system(engine), ChargeFees, customer_id=customer)
    row = row_of(engine, customer)
    assert (row.suspension_cause, row.balance) == (SuspensionCause.INSUFFICIENT_FUNDS, D(-5))


@pytest.mark.parametrize("charge_while_suspended", [False, True])
def test_dead_time_is_billed_on_return_only_where_the_plan_says_so(
    engine: Engine, *, charge_while_suspended: bool
) -> None:
    customer = a_customer(engine, **MARCH, customer_class_id=a_class(engine, suspend_after=5))
    plan = a_plan(engine, fee=D(31), charge_model=ChargeModel.AT_THE_END, charge_while_suspended=charge_while_suspended)
    a_subscription(engine, customer, plan_id=plan)
    an_invoice(engine, customer)
    done(system(engine), Collect, customer_id=customer)  # on 16 March
    booked(access_for(engine, Role.ADMIN, NOW + timedelta(days=10)), customer, Kind.MANUAL_PAYMENT, "100")
    done(system(engine, CLOSES), ClosePeriod, customer_id=customer)
    assert amounts(engine, customer, Kind.SUBSCRIPTION_FEE) == [D(31) if charge_while_suspended else D(21)]


def test_who_leaves_for_another_installation_pays_for_the_days_here_and_no_others(engine: Engine) -> None:
    customer = a_customer(engine, **MARCH)
    for model in ChargeModel:
        a_subscription(engine, customer, plan_id=a_plan(engine, fee=D(31), charge_model=model))
    a_did(engine, customer, fee=D(31), assigned_on=date(2026, 3, 1))
    done(system(engine, datetime(2026, 3, 1, 9, tzinfo=UTC)), ChargeFees, customer_id=customer)
    moved(engine, customer, "mark_exported")  # on 16 March: fifteen days have ended
    later = datetime(2026, 5, 11, 9, tzinfo=UTC)
    for _ in range(2):
        done(system(engine, later), ClosePeriod, customer_id=customer)
    fees = (Kind.SUBSCRIPTION_FEE, Kind.DID_FEE, Kind.FEE_CREDIT)
    assert sorted(amounts(engine, customer, *fees)) == [-16, 15, 15, 15, 31]
    moved(engine, customer, "clear_exported", later)
    done(system(engine, datetime(2026, 6, 1, 6, tzinfo=UTC)), ClosePeriod, customer_id=customer)
    assert row_of(engine, customer).balance == 4 * 15 + 4 * 21 + 31  # 11 to 31 May, and June ahead
    assert sound(engine)


def test_a_payment_between_void_and_reissue_pays_the_new_invoice_once(engine: Engine) -> None:
    customer = a_customer(engine, **MARCH)
    a_did(engine, customer, fee=D(40), assigned_on=date(2026, 3, 1))
    done(system(engine, CLOSES), ClosePeriod, customer_id=customer)
    access = access_for(engine, Role.ADMIN, CLOSES)
    before = booked(access, customer, Kind.MANUAL_PAYMENT, "25")
    invoice = done(access, VoidInvoice, invoice_id=1).invoice_id
    booked(access, customer, Kind.MANUAL_PAYMENT, "10")
    done(access, ReissueInvoice, invoice_id=invoice)
    row = row_of(engine, customer)
    assert (row.outstanding, row.unallocated, row.balance) == (D(5), ZERO, D(5))
    access.execute(undoing(before))
    assert row_of(engine, customer).outstanding == 30
    assert sound(engine)
