"""Customers of all kinds: one for each situation that their page has to explain, by the desk's own clock."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.clock import start_of, system_clock
from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.commands.billing.invoices import RequestMidterm
from data_access.commands.billing.money import BookTransaction
from data_access.commands.cards.cards import AddCard, RequestCardPayment
from data_access.commands.collections.collection import Collect
from data_access.commands.collections.promises import MakePromise
from data_access.commands.customers.customers import EditCustomer
from data_access.commands.customers.limits import RaiseLimit
from data_access.commands.customers.status import ChangeStatus, PlanMove
from data_access.commands.services.quotas import GrantQuota
from data_access.commands.services.usage import BookCharges, Charge, RecordUsage
from data_access.models.card.invoicing import InvoicingSettings, OwnTaxation
from data_access.models.customers import BalanceControl, BillingPeriod
from data_access.models.quotas import Unit
from data_access.models.usage.measuring import MeasuredSample, MeasuredService
from data_access.store.access import Access, Command, R, new_command_id
from tests.support.builders import (
    a_class,
    a_customer,
    a_did,
    a_discount,
    a_note,
    a_plan,
    a_subscription,
    an_account,
    an_invoice,
    today,
)
from tests.support.rows import insert
from tests.support.taxes import VAT_19, a_profile

_TERMS: dict[str, Any] = {
    "reminders": [2], "limit_after": 3, "limit_notices": [1], "suspend_after": 6, "suspend_notices": [2],
    "terminate_after": 60, "terminate_notices": [14], "late_fee": Decimal(5), "reactivation_fee": Decimal(7),
    "working_days_only": False,
}  # fmt: skip


def _day(days: int) -> date:
    return today() + timedelta(days=days)


def _done(engine: Engine, command: Command[R], days: int = 0) -> R:
    """What the system is told to do so many days from now."""
    at = system_clock() if days == 0 else start_of(_day(days), "UTC") + timedelta(hours=1)
    return Access(engine, SYSTEM, lambda: at).execute(command)


def _with_things(engine: Engine, **over: Any) -> int:
    """A customer with an account, a subscription, a number, remarks and an invoice that is not due."""
    period = {"period_from": _day(-5), "period_to": _day(25), "closes_at": start_of(_day(26), "UTC")}
    customer = a_customer(engine, **(period | {"billing_period": BillingPeriod.THIRTY_DAYS} | over))
    an_account(engine, customer)
    a_subscription(engine, customer)
    a_did(engine, customer)
    a_discount(engine, customer)
    a_note(engine, customer, sticky=True)
    return customer


def active(engine: Engine) -> int:
    customer = _with_things(engine)
    an_invoice(engine, customer, issued_on=_day(-4), due_on=_day(10))
    an_invoice(engine, customer, issued_on=_day(-40), due_on=_day(-20), paid=Decimal(100))
    return customer


def _pursued(engine: Engine, last: int) -> int:
    """Two invoices, and what collection did about them day by day up to one."""
    customer = _with_things(engine, customer_class_id=a_class(engine, **_TERMS), email="a@example.org")
    an_invoice(engine, customer, issued_on=_day(-30), due_on=_day(-10))
    an_invoice(engine, customer, issued_on=_day(-12), due_on=_day(-2))
    for days in range(-12, last):
        _done(engine, Collect(customer_id=customer, command_id=new_command_id()), days)
    return customer


def overdue_with_a_plan(engine: Engine) -> int:
    """Limited, and about to be suspended; a change is planned as well."""
    customer = _pursued(engine, -4)
    plan = PlanMove(
        customer_id=customer, move="provisionally_terminate", due_on=_day(30), reason="notice given",
        command_id=new_command_id(),
    )  # fmt: skip
    _done(engine, plan)
    return customer


def suspended(engine: Engine) -> int:
    return _pursued(engine, 0)


def suspended_and_lifted(engine: Engine) -> int:
    customer = suspended(engine)
    lift = ChangeStatus(
        customer_id=customer, move="lift_suspension", day=_day(5), reason="asked", command_id=new_command_id()
    )
    _done(engine, lift)
    return customer


def with_a_promise(engine: Engine) -> int:
    """Lifted on a promise, of which a part was paid, with a limit raised and a midterm invoice requested."""
    customer = suspended_and_lifted(engine)
    own: dict[str, Any] = {"customer_id": customer}
    _done(engine, MakePromise(**own, amount=Decimal(90), due_on=_day(5), command_id=new_command_id()))
    _done(engine, _payment(customer, 40))
    _done(
        engine,
        RaiseLimit(
            **own, until=start_of(_day(5), "UTC"), amount=Decimal(50), reason="fair", command_id=new_command_id()
        ),
    )
    _done(engine, RequestMidterm(**own, command_id=new_command_id()))
    return customer


def _payment(customer: int, amount: int) -> BookTransaction:
    return BookTransaction(
        customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(amount), command_id=new_command_id()
    )


def out_of_funds(engine: Engine) -> int:
    """Prepaid, suspended until its funds cover the fees of its period."""
    customer = _with_things(
        engine, balance_control=BalanceControl.PREPAID, balance=Decimal(-20), bill_status=BillStatus.SUSPENDED,
        suspension_cause=SuspensionCause.INSUFFICIENT_FUNDS,
    )  # fmt: skip
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal(60), credit_no_funds=True))
    return customer


def provisionally_terminated(engine: Engine) -> int:
    """It left suspended, and what suspended it is not paid."""
    customer = suspended(engine)
    order = ChangeStatus(
        customer_id=customer, move="provisionally_terminate", reason="asked", command_id=new_command_id()
    )
    _done(engine, order)
    return customer


def exported(engine: Engine) -> int:
    customer = suspended(engine)
    code = f"E{customer}"
    _done(engine, ChangeStatus(customer_id=customer, move="mark_exported", reason=code, command_id=new_command_id()))
    return customer


def over_its_limit(engine: Engine) -> int:
    """Blocked by hand besides."""
    customer = _with_things(engine, balance=Decimal(1100))
    _done(engine, ChangeStatus(customer_id=customer, move="block", reason="fraud", command_id=new_command_id()))
    return customer


def with_quotas_and_cards(engine: Engine) -> int:
    """Something was used of the quotas, something was asked of the cards, and its address was edited."""
    customer = _with_things(engine)
    own: dict[str, Any] = {"customer_id": customer}
    grant = GrantQuota(**own, service="Calls", unit=Unit.MINUTES, allowance=Decimal(60), command_id=new_command_id())
    _done(engine, grant)
    for minutes in (10, 100):
        use = RecordUsage(
            **own, amount=Decimal(minutes), service="Calls", at=system_clock(), reference=f"call {minutes}",
            quantity=Decimal(minutes), unit=Unit.MINUTES, command_id=new_command_id(),
        )  # fmt: skip
        _done(engine, use)
    card = AddCard(
        **own, token=f"test-approve-{customer}", brand="Visa", last_four="4242", expires_on=_day(400),
        command_id=new_command_id(),
    )  # fmt: skip
    method = _done(engine, card).method_id
    _done(engine, RequestCardPayment(**own, method_id=method, amount=Decimal(5), command_id=new_command_id()))
    edit = EditCustomer(
        **own, version=1, shown={"city": ""}, changes={"city": "Lyon"}, reason="moved", command_id=new_command_id()
    )
    _done(engine, edit)
    _done(engine, _payment(customer, 30))
    return customer


def charged_for_everything(engine: Engine) -> int:
    """A subscription, a number, measured extensions, a volume discount that takes something off, and a tax on all."""
    customer = _with_things(engine)
    profile = a_profile(engine, VAT_19)
    insert(engine, InvoicingSettings, {
        "customer_id": customer, "taxation": OwnTaxation.PROFILE, "tax_profile_id": profile,
    })  # fmt: skip
    insert(engine, MeasuredService, {
        "customer_id": customer, "parameter": MeasuredParameter.PBX_EXTENSIONS, "basis": ChargeBasis.MAXIMUM,
        "price": Decimal(2), "service": "Equipment",
    })  # fmt: skip
    insert(engine, MeasuredSample, {
        "customer_id": customer, "parameter": MeasuredParameter.PBX_EXTENSIONS, "value": 7,
        "at": start_of(_day(-3), "UTC"),
    })  # fmt: skip
    call = Charge("a call", Decimal(50), "Calls", _day(-1))
    _done(engine, BookCharges(charges=((customer, call),), command_id=new_command_id()))
    return customer


KINDS: tuple[Callable[[Engine], int], ...] = (
    active, overdue_with_a_plan, suspended, suspended_and_lifted, with_a_promise, out_of_funds,
    provisionally_terminated, exported, over_its_limit, with_quotas_and_cards, charged_for_everything,
)  # fmt: skip
