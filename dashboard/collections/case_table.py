"""The table of collections: who waits in which queue, since when, for how much, and what comes next."""

from collections.abc import Sequence
from datetime import date

from dashboard.customer.dialogs import change_status, promises
from dashboard.kit import formats, viewer
from dashboard.kit.addresses.links import open_customer
from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.entry import preset
from dashboard.kit.look.palette import STATUSES
from dashboard.kit.tables.link_table import TextColumn, word_table
from dashboard.kit.tables.table import Chip, next_step
from data_access.base.permissions import Permission
from data_access.domain.shown_status import Shown
from data_access.queries.collections.collections import Queue, QueuedCustomer
from data_access.store.access import Access

_LIFT, _PROMISE = "Lift", "Promise"
_AFTER_STATUS = 3


def case_table(access: Access, cases: Sequence[QueuedCustomer]) -> None:
    """Draws the cases; a click opens the customer, or there the dialog that lifts or that records a promise."""
    columns = _columns(cases, viewer.today(access))
    if access.actor.may(Permission.CUSTOMER_LIFT):
        columns[_AFTER_STATUS:_AFTER_STATUS] = [
            TextColumn(_LIFT, [_lift(case) for case in cases], "opener", 60, "Lift the suspension or limitation."),
            TextColumn(_PROMISE, ["Record…"] * len(cases), "opener", 70, "Record a promise to pay."),
        ]
    alt = f"{formats.counted(len(cases), 'customer')} in collections; click a Customer ID or Name to open one."
    click = word_table(columns, key="cases", alt=alt)
    if click is None:
        return
    case = cases[click.row]
    if click.column == _LIFT:
        _choose_lift(case)
    elif click.column == _PROMISE:
        dialog_state.show(promises.RECORD, case.customer.id)
    open_customer(case.customer.id)


def _columns(cases: Sequence[QueuedCustomer], today: date) -> list[TextColumn]:
    lifted = [_lifted(case) for case in cases]
    return [
        TextColumn("Customer ID", [case.customer.customer_code for case in cases], "opener", 80),
        TextColumn("Name", [case.customer.name for case in cases], "opener", 132),
        TextColumn("Status", [_statuses(case) for case in cases], "chips", 232),
        TextColumn("Overdue", [_overdue(case) for case in cases], "amount", 104),
        TextColumn("Days", [_days(case) for case in cases], "amount", 46, "Since the oldest due date."),
        TextColumn("Oldest due", [_due(case) for case in cases], width=92),
        *([TextColumn("Lift until", lifted, width=92)] if any(lifted) else []),
        TextColumn("Next step", [_next(case, today) for case in cases], width=212),
    ]


def _statuses(case: QueuedCustomer) -> list[Chip]:
    looks = [STATUSES[status] for status in (case.customer.shown, *case.customer.secondary)]
    return [Chip(look.chip, look) for look in looks]


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
