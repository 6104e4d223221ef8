"""The latest activity in a demo: one of each action that no customer history contains, by its own command."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.clock import start_of
from data_access.base.permissions import SYSTEM
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.invoices import RequestMidterm
from data_access.commands.billing.money import BookTransaction
from data_access.commands.billing.periods import ChargeFees
from data_access.commands.bulk.runs import GoOnWithBulkAction, StartBulkAction, TryBulkAction
from data_access.commands.cards.cards import RequestCardPayment
from data_access.commands.collections.promises import MakePromise
from data_access.commands.customers.callers import Checked, VerifyCaller
from data_access.commands.customers.erasure import ErasePersonal, SetLegalHold
from data_access.commands.customers.limits import RaiseLimit, SetSpendingLimit
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.customers.thresholds import SetWarningThresholds, ThresholdEntry
from data_access.commands.people.webhooks import AddWebhook, DisableWebhook, new_secret
from data_access.commands.services.services import AddSubscription
from data_access.commands.services.wallets import TopUpWallet
from data_access.domain.bulk import FIRST
from data_access.domain.shown_status import Shown
from data_access.jobs.archive import archive_customer
from data_access.jobs.bulk_actions import carry_on
from data_access.jobs.paying import carry_out
from data_access.models.collection import ThresholdKind
from data_access.models.customers import BalanceControl
from data_access.models.services import ChargeModel
from data_access.queries.cards.cards import CardsOf
from data_access.queries.jobs.retention import DueArchives, DueErasures
from data_access.queries.lists.customers import CustomerRow, FindCustomers, Selection
from data_access.queries.services.services import Plans
from data_access.queries.services.wallets import TopUpOptions
from data_access.search.advanced_filter import AdvancedFilter, closed_matches
from data_access.search.expression import read_line
from data_access.search.filters import CustomerFilter
from data_access.seed.reference import CLASSES
from data_access.store.access import Access, access_as, new_command_id
from data_access.store.gateway import LocalGateway

_ACTIVE = CustomerFilter(status=frozenset({Shown.ACTIVE}), control=BalanceControl.POSTPAID)
_LIMITED = CustomerFilter(status=frozenset({Shown.ACTIVE}), used_from=Decimal(5), used_below=Decimal(50))
_PROTECTED = CustomerFilter(
    status=frozenset({Shown.ACTIVE}), customer_class=frozenset(one.name for one in CLASSES if one.currency)
)  # fraud protection takes a class with a currency
_LATE = CustomerFilter(status=frozenset({Shown.SUSPENDED}))
_GONE = closed_matches(CustomerFilter())
_RESTRICTED = CustomerFilter(status=frozenset({Shown.SERVICE_LIMITED}))


def _where(*conditions: str) -> AdvancedFilter:
    return AdvancedFilter(tuple(one.condition for one in map(read_line, conditions) if one.condition))


_PAID_TOO_MUCH = _where("status.is.active", "balance_control.is.postpaid", "unallocated.at_least.20")
_GONE_OWING = _where("status.is.permanently_terminated", "days_overdue.at_least.1", "outstanding.at_most.400")
_EMPTY = CustomerFilter(status=frozenset({Shown.NO_AVAILABLE_FUNDS}))
_AMONG = 25
_FEW = 6


@dataclass(frozen=True, slots=True)
class _Done:
    """Who does something, with which customer: the first ones that a filter finds, this one in their row."""

    login: str
    among: Selection
    place: int
    does: Callable[[Access, CustomerRow], object]


def work_a_shift(engine: Engine, now: datetime, archive_to: Path | None) -> None:
    """Does all of it; what a small demo has no customer for is left out.

    `archive_to`: the folder for the details of one customer whose time is over; None: nobody is archived.
    """
    for one in _SHIFT:
        access = access_as(engine, one.login, lambda: now)
        rows = access.fetch(FindCustomers(one.among, size=_AMONG)).rows
        if one.place < len(rows):
            one.does(access, rows[one.place])
    _add_a_webhook(access_as(engine, "admin", lambda: now))
    _act_on_many(access_as(engine, "manager", lambda: now))
    _erase(Access(engine, SYSTEM, lambda: now))
    if archive_to is not None:
        _archive(access_as(engine, "admin", lambda: now), archive_to)


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


def _verify(access: Access, row: CustomerRow) -> None:
    access.execute(VerifyCaller(customer_id=row.id, checked=Checked.CALLED_BACK, command_id=new_command_id()))


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


def _lift_limitation(access: Access, row: CustomerRow) -> None:
    """Unless its suspension was lifted: then it is not limited alone."""
    if Shown.SUSPENSION_LIFTED in row.secondary:
        return
    day = (access.now() + timedelta(days=2)).date()
    access.execute(
        ChangeStatus(
            customer_id=row.id, move="lift_limitation", day=day, reason="Pays at the counter today.",
            command_id=new_command_id(),
        )
    )  # fmt: skip


def _give_back(access: Access, row: CustomerRow) -> None:
    access.execute(
        BookTransaction(
            customer_id=row.id, kind=Kind.REFUND, amount=Decimal(10), visible_comment="Paid twice",
            reason="Asked for it back.", command_id=new_command_id(),
        )
    )  # fmt: skip


def _write_off(access: Access, row: CustomerRow) -> None:
    access.execute(
        BookTransaction(
            customer_id=row.id, kind=Kind.WRITE_OFF, amount=min(row.balance, row.overdue_amount),
            reason="Moved away, not found.", command_id=new_command_id(),
        )
    )  # fmt: skip


def _take_back(access: Access, row: CustomerRow) -> None:
    booked = access.execute(
        BookTransaction(
            customer_id=row.id, kind=Kind.MANUAL_CHARGE, amount=Decimal(15), service="Installation",
            visible_comment="Technician's visit", command_id=new_command_id(),
        )
    )  # fmt: skip
    access.execute(
        ReverseTransaction(
            transaction_id=booked.transaction_id, reason="Booked for the wrong customer.", command_id=new_command_id()
        )
    )


def _top_up(access: Access, row: CustomerRow) -> None:
    option = next(one for one in access.fetch(TopUpOptions(row.currency)) if one.fee)
    access.execute(TopUpWallet(customer_id=row.id, option_id=option.option_id, command_id=new_command_id()))


def _run_out_of_funds(access: Access, row: CustomerRow) -> None:
    """Subscribed two days ago from a later day on, without the money for it: the run of now suspends."""
    earlier = Access(access.engine, access.actor, lambda: access.now() - timedelta(days=2))
    plans = earlier.fetch(Plans(row.currency))
    plan = next(one for one in plans if one.charge_model is ChargeModel.IN_ADVANCE)
    begins = access.now() - timedelta(hours=12)  # a day that has begun in every zone by now, and two days ago in none
    earlier.execute(
        AddSubscription(customer_id=row.id, plan_id=plan.plan_id, started_on=begins.date(), command_id=new_command_id())
    )
    system = Access(access.engine, SYSTEM, access.now)
    system.execute(ChargeFees(customer_id=row.id, command_id=new_command_id()))


def _erase(access: Access) -> None:
    """The first of those whose time is over; the rest is left to the run."""
    for customer_id in access.fetch(DueErasures(limit=2)):
        access.execute(ErasePersonal(customer_id=customer_id, command_id=new_command_id()))


def _archive(access: Access, folder: Path) -> None:
    """The first of those whose details are due; the rest is left to the command line."""
    for customer_id in access.fetch(DueArchives(limit=1)):
        archive_customer(access.engine, access.actor, access.now, folder, customer_id)


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


def _act_on_many(access: Access) -> None:
    """A note that was written to some customers; and a raise of limits that was tried and waits for its start.

    Of a few customers the first are all there are: nothing would wait for a look.
    """
    picked = tuple(row.id for row in access.fetch(FindCustomers(_ACTIVE, size=_FEW)).rows)
    if len(picked) <= FIRST:
        return
    written = _tried(access, "note", {"text": "Asked in a survey in the branch: content with the network."}, picked)
    access.execute(StartBulkAction(run_id=written, command_id=new_command_id()))
    carry_on(access, written, _FEW)
    access.execute(GoOnWithBulkAction(run_id=written, command_id=new_command_id()))
    carry_on(access, written, _FEW)
    _tried(access, "change_limit", {"by": "percent", "amount": "10", "reason": "Good payers of the year."}, picked[:2])


def _tried(access: Access, action: str, typed: Mapping[str, str], picked: tuple[int, ...]) -> int:
    order = TryBulkAction(
        action=action, typed=typed, picked=picked, shown=len(picked), command_id=new_command_id()
    )  # fmt: skip
    run_id = access.execute(order).bulk_run_id
    carry_on(access, run_id, len(picked))
    return run_id


_SHIFT = (
    _Done("support", _LATE, 0, _promise),
    _Done("support", _LATE, 1, _promise),
    _Done("manager", _ACTIVE, 1, _charge_and_invoice),
    *(_Done("support", _ACTIVE, place, _charge_a_card) for place in range(2, 12)),
    _Done("support", _ACTIVE, 12, _top_up),
    _Done("manager", _LIMITED, 13, _raise),
    _Done("manager", _LIMITED, 14, _warn),
    _Done("manager", _PROTECTED, 5, _spend_no_more),
    _Done("support", _ACTIVE, 13, _verify),
    _Done("admin", _GONE, 0, _hold),
    _Done("admin", _GONE, 1, _hold),
    *(_Done("support", _RESTRICTED, place, _lift_limitation) for place in range(5)),
    *(_Done("manager", _PAID_TOO_MUCH, place, _give_back) for place in range(3)),
    *(_Done("manager", _GONE_OWING, 0, _write_off) for _ in range(3)),
    *(_Done("manager", _ACTIVE, place, _take_back) for place in (15, 16)),
    *(_Done("manager", _EMPTY, 0, _run_out_of_funds) for _ in range(3)),
)
