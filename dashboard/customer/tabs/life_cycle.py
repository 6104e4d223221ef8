"""Life cycle: how the customer is billed, what is scheduled or promised, and the history of its status."""

from datetime import date

from dashboard.customer.actions import Action, action_buttons
from dashboard.customer.dialogs import change_status
from dashboard.customer.dialogs.services import life_cycle
from dashboard.customer.sections import Drawn, Rows, Tab
from dashboard.customer.tabs.money import promises
from dashboard.kit import formats, viewer
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.queries.customers.billing_terms import BillingTerms, BillingTermsOf
from data_access.queries.customers.customer import Head
from data_access.queries.timeline.history import HistoryRow, Scheduled, ScheduledChanges, StatusHistory
from data_access.store.access import Access

_PLANS = Permission.CUSTOMER_TERMINATE


def _billed(access: Access, head: Head) -> None:
    terms = access.fetch(BillingTermsOf(head.customer_id))
    settled = "The running period ends for a change already." if terms.is_settled else ""
    action_buttons(access, head, [
        Action(life_cycle.PERIOD, "Change the billing period", ":material/event_repeat:", Permission.SERVICE_EDIT,
               obstacle=settled),
    ])  # fmt: skip
    rows = [(label, text) for label, text in _told(terms) if text]
    columns: Columns[tuple[str, str]] = (Column("Billing", lambda row: row[0]), Column("As it is", lambda row: row[1]))
    table(rows, columns, key="billing", alt="How the customer is billed")


def _told(terms: BillingTerms) -> list[tuple[str, str]]:
    """Each fact with its label; nothing where there is none."""
    runs = terms.period_from and terms.period_to
    following = f"{word(terms.next_period)}, from {_day(terms.change_on)} on" if terms.next_period else ""
    return [
        ("Billing time zone", terms.zone),
        ("Billing period", word(terms.period)),
        ("Running period", f"{_day(terms.period_from)} to {_day(terms.period_to)}" if runs else "none runs"),
        ("Next billing date", _day(terms.next_billing_on)),
        ("Billing change date", following),
    ]


def _day(on: date | None) -> str:
    return formats.day(on) if on else ""


def _plan_actions(_: Head, row: Scheduled | None) -> list[Action]:
    one = row.plan_id if row is not None else None
    none = "" if one else "Choose a change in the table that somebody planned first."
    return [
        Action(change_status.NAME, "Plan a status change", ":material/event:", _PLANS),
        Action(life_cycle.MOVE, "Move", ":material/edit_calendar:", _PLANS, one, none),
        Action(life_cycle.CANCEL, "Cancel the plan", ":material/event_busy:", _PLANS, one, none),
    ]


def _scheduled(access: Access, _: Head) -> Columns[Scheduled]:
    today = viewer.today(access)
    return (
        Column("On", lambda row: formats.day_and_distance(row.on, today) if row.on else ""),
        Column("What happens", lambda row: row.what),
        Column("State", lambda row: row.state),
        Column("By", lambda row: row.login),
        Column("Reason", lambda row: row.reason),
    )


def _history(_: Access, head: Head) -> Columns[HistoryRow]:
    return (
        Column("When", lambda row: formats.moment(row.at, head.zone)),
        Column("What", lambda row: row.what),
        Column("From", lambda row: row.status_from),
        Column("To", lambda row: row.status_to),
        Column("Blocked", lambda row: "Yes" if row.blocked else "No"),
        Column("By", lambda row: row.login),
        Column("Reason", lambda row: row.reason),
    )


TAB = Tab("Life cycle", (
    Drawn(_billed),
    Rows(
        ScheduledChanges, _scheduled, alt="Scheduled status changes", key="scheduled", empty="Nothing is scheduled.",
        title="Scheduled status changes", actions=_plan_actions,
    ),
    Drawn(promises.draw),
    Rows(
        StatusHistory, _history, alt="Status history, newest first", key="history",
        empty="No status change has been recorded.", title="Status history",
    ),
))  # fmt: skip
