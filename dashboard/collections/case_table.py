"""The table of collections: who waits in which queue, since when, for how much, and what comes next."""

from collections.abc import Sequence
from datetime import date

from dashboard.customer.dialogs import change_status
from dashboard.customer.dialogs.calls import promises
from dashboard.kit import formats, viewer
from dashboard.kit.addresses.links import open_customer
from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.entry import preset
from dashboard.kit.tables.customer_table import next_step, statuses
from dashboard.kit.tables.table import Column, table
from data_access.base.permissions import Permission
from data_access.domain.shown_status import Shown
from data_access.queries.collections.cases import QueuedCustomer
from data_access.queries.collections.collections import Queue
from data_access.store.access import Access

_LIFT, _PROMISE = "Lift", "Promise"
_AFTER_STATUS = 3


def case_table(access: Access, cases: Sequence[QueuedCustomer]) -> None:
    """Draws the cases; a click opens the customer, or there the dialog that lifts or that records a promise."""
    columns = _columns(cases, viewer.today(access))
    if access.actor.may(Permission.CUSTOMER_LIFT):
        columns[_AFTER_STATUS:_AFTER_STATUS] = [
            Column(_LIFT, _lift, "opener", 60, "Lift the suspension or limitation."),
            Column(_PROMISE, lambda _: "Record…", "opener", 70, "Record a promise to pay."),
        ]
    alt = f"{formats.counted(len(cases), 'customer')} in collections; click a Customer ID or Name to open one."
    click = table(cases, columns, key="cases", alt=alt)
    if click is None:
        return
    case = click.row
    if click.column == _LIFT:
        _choose_lift(case)
    elif click.column == _PROMISE:
        dialog_state.show(promises.RECORD, case.customer.id)
    open_customer(case.customer.id)


def _columns(cases: Sequence[QueuedCustomer], today: date) -> list[Column[QueuedCustomer]]:
    return [
        Column("Customer ID", lambda case: case.customer.customer_code, "opener", 80),
        Column("Name", lambda case: case.customer.name, "opener", 132),
        Column("Status", lambda case: statuses(case.customer), "chips", 232),
        Column("Overdue", _overdue, "amount", 104),
        Column("Days", _days, "amount", 46, "Since the oldest due date."),
        Column("Oldest due", _due, width=92),
        *([Column("Lift until", _lifted, width=92)] if any(map(_lifted, cases)) else []),
        Column("Next step", lambda case: _next(case, today), width=178),
    ]


def _overdue(case: QueuedCustomer) -> str:
    amount = case.customer.overdue_amount
    return formats.money(amount, case.customer.currency) if amount else "nothing overdue"


def _days(case: QueuedCustomer) -> str:
    return formats.number(case.customer.days_overdue) if case.customer.overdue_since else ""


def _due(case: QueuedCustomer) -> str:
    return formats.day(case.customer.overdue_since) if case.customer.overdue_since else ""


def _lifted(case: QueuedCustomer) -> str:
    return formats.day(case.lifted_until) if case.lifted_until else ""


def _next(case: QueuedCustomer, today: date) -> str:
    """What is stored about what comes; a suspension without an end by date says what ends it."""
    row = case.customer
    if row.next_step is not None:
        return next_step(row, today)
    if case.queue is Queue.OVERDUE:
        return ""
    return "Ends when what is overdue is paid" if row.overdue_amount else "Ends when the funds are sufficient again"


def _lift(case: QueuedCustomer) -> str:
    return "Lift…" if case.queue is not Queue.OVERDUE or _is_limited(case) else ""


def _is_limited(case: QueuedCustomer) -> bool:
    return Shown.SERVICE_LIMITED in (case.customer.shown, *case.customer.secondary)


def _choose_lift(case: QueuedCustomer) -> None:
    """The dialog Change status stands open on the customer's page, with the lift chosen."""
    move = "lift_limitation" if case.queue is Queue.OVERDUE else "lift_suspension"
    preset(change_status.NAME, case.customer.id, {"move": move})
    dialog_state.show(change_status.NAME, case.customer.id)
