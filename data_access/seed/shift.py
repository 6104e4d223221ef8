"""The last shift of a demo: one of each thing that people do and no life of a customer brings, by its own command."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Engine

from data_access.access import Access, access_as, new_command_id
from data_access.bookings import Kind
from data_access.clock import start_of
from data_access.commands.cards import RequestCardPayment
from data_access.commands.erasure import SetLegalHold
from data_access.commands.invoices import RequestMidterm
from data_access.commands.limits import RaiseLimit, SetSpendingLimit
from data_access.commands.money import BookTransaction
from data_access.commands.promises import MakePromise
from data_access.commands.thresholds import SetWarningThresholds, ThresholdEntry
from data_access.commands.webhooks import AddWebhook, DisableWebhook, new_secret
from data_access.conditions import closed_matches
from data_access.filters import CustomerFilter
from data_access.gateway import LocalGateway
from data_access.models.collection import ThresholdKind
from data_access.models.customers import BalanceControl
from data_access.paying import carry_out
from data_access.queries.cards import CardsOf
from data_access.queries.customers import CustomerRow, FindCustomers, Selection
from data_access.standing import Shown

_ACTIVE = CustomerFilter(status=frozenset({Shown.ACTIVE}), control=BalanceControl.POSTPAID)
_LIMITED = CustomerFilter(status=frozenset({Shown.ACTIVE}), used_from=Decimal(5), used_below=Decimal(50))
_PREPAID = CustomerFilter(status=frozenset({Shown.ACTIVE}), control=BalanceControl.PREPAID)
_LATE = CustomerFilter(status=frozenset({Shown.SUSPENDED}))
_GONE = closed_matches(CustomerFilter())
_AMONG = 25


@dataclass(frozen=True, slots=True)
class _Done:
    """Who does something, with which customer: the first ones that a filter finds, this one in their row."""

    login: str
    among: Selection
    place: int
    does: Callable[[Access, CustomerRow], object]


def work_a_shift(engine: Engine, now: datetime) -> None:
    """Does all of it; what a small demo has no customer for is left out."""
    for one in _SHIFT:
        access = access_as(engine, one.login, lambda: now)
        rows = access.fetch(FindCustomers(one.among, size=_AMONG)).rows
        if one.place < len(rows):
            one.does(access, rows[one.place])
    _add_a_webhook(access_as(engine, "admin", lambda: now))


def _promise(access: Access, row: CustomerRow) -> None:
    due_on = (access.now() + timedelta(days=3)).date()
    access.execute(
        MakePromise(
            customer_id=row.id, amount=row.overdue_amount, due_on=due_on, reason="Pays when the salary is in.",
            command_id=new_command_id(),
        )
    )  # fmt: skip


def _raise(access: Access, row: CustomerRow) -> None:
    until = start_of((access.now() + timedelta(days=5)).date(), "UTC")
    access.execute(
        RaiseLimit(
            customer_id=row.id, percent=Decimal(10), until=until, reason="Travels abroad this week.",
            command_id=new_command_id(),
        )
    )  # fmt: skip


def _spend_no_more(access: Access, row: CustomerRow) -> None:
    reason = "Asked for it after a bill from abroad."
    access.execute(SetSpendingLimit(customer_id=row.id, amount=Decimal(50), reason=reason, command_id=new_command_id()))


def _warn(access: Access, row: CustomerRow) -> None:
    entries = (ThresholdEntry(ThresholdKind.PERCENT, Decimal(80)), ThresholdEntry(ThresholdKind.PERCENT, Decimal(95)))
    access.execute(SetWarningThresholds(customer_id=row.id, entries=entries, command_id=new_command_id()))


def _charge_and_invoice(access: Access, row: CustomerRow) -> None:
    access.execute(
        BookTransaction(
            customer_id=row.id, kind=Kind.MANUAL_CHARGE, amount=Decimal(25), service="Equipment",
            visible_comment="Router", command_id=new_command_id(),
        )
    )  # fmt: skip
    access.execute(RequestMidterm(customer_id=row.id, reason="Moves out on Friday.", command_id=new_command_id()))


def _hold(access: Access, row: CustomerRow) -> None:
    reason = "A court has asked for the records."
    access.execute(SetLegalHold(customer_id=row.id, hold=True, reason=reason, command_id=new_command_id()))


def _charge_a_card(access: Access, row: CustomerRow) -> None:
    for card in access.fetch(CardsOf(row.id)):
        if not card.has_expired:
            order = RequestCardPayment(
                customer_id=row.id, method_id=card.method_id, amount=Decimal(20), capture_at_once=True,
                command_id=new_command_id(),
            )  # fmt: skip
            carry_out(access, LocalGateway(access.engine, access.now), order)
            return


def _add_a_webhook(access: Access) -> None:
    """Disabled: nobody answers there."""
    hook = access.execute(
        AddWebhook(
            name="Switch", url="https://switch.example.org/events", secret=new_secret(), command_id=new_command_id()
        )
    )
    access.execute(
        DisableWebhook(
            webhook_id=hook.webhook_id, version=hook.version, reason="The switch is being replaced.",
            command_id=new_command_id(),
        )
    )  # fmt: skip


_SHIFT = (
    _Done("support", _LATE, 0, _promise),
    _Done("support", _LATE, 1, _promise),
    _Done("manager", _ACTIVE, 1, _charge_and_invoice),
    *(_Done("support", _ACTIVE, place, _charge_a_card) for place in range(2, 12)),
    _Done("manager", _LIMITED, 13, _raise),
    _Done("manager", _LIMITED, 14, _warn),
    _Done("manager", _PREPAID, 0, _spend_no_more),
    _Done("admin", _GONE, 0, _hold),
    _Done("admin", _GONE, 1, _hold),
)
