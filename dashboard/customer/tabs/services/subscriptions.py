"""Subscriptions: what the customer pays for again and again, and until when that is charged."""

from dashboard.customer.actions import Action, chosen
from dashboard.customer.dialogs.services import subscriptions
from dashboard.customer.sections import Rows, Tab
from dashboard.kit import formats
from dashboard.kit.tables.table import Column, Columns
from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.domain.billing.subscription_terms import adjustment_in_words
from data_access.queries.customers.customer import Head
from data_access.queries.services.services import SubscriptionRow, SubscriptionsOf, SubscriptionState

_NEEDS = Permission.SERVICE_EDIT
_ACTIVE, _CHANGE = "This subscription is active already.", "A change of a subscription"


def _actions(_: Head, row: SubscriptionRow | None) -> list[Action]:
    about = chosen(row, lambda one: one.subscription_id, "Choose a subscription in the table first.")
    over = row is not None and row.state is SubscriptionState.CLOSED
    why_not = "This subscription has ended." if over else about.obstacle
    goes_on = "" if row is not None and row.finished_on else "This subscription has no last day: it goes on as it is."
    return [
        Action(subscriptions.ADD, "Add a subscription", ":material/add:", _NEEDS, gives="A subscription"),
        Action(
            subscriptions.ACTIVATE,
            "Activate",
            ":material/play_circle:",
            _NEEDS,
            about.subject,
            _ACTIVE if row is not None and row.state is SubscriptionState.ACTIVE else why_not,
            gives=_CHANGE,
        ),
        Action(subscriptions.CHANGE, "Adjust fee", ":material/edit:", _NEEDS, about.subject, why_not, gives=_CHANGE),
        Action(subscriptions.FINISH, "Close", ":material/event_busy:", _NEEDS, about.subject, why_not, gives=_CHANGE),
        Action(subscriptions.KEEP, "Keep", ":material/undo:", _NEEDS, about.subject, why_not or goes_on, gives=_CHANGE),
    ]


def _current_fee(row: SubscriptionRow) -> str:
    return "no period runs" if row.current_fee is None else formats.money(row.current_fee, row.currency)


_COLUMNS: Columns[SubscriptionRow] = (
    Column("Subscription", lambda row: row.name),
    Column("Status", lambda row: word(row.state)),
    Column("Current fee", _current_fee, "amount"),
    Column("Next fee", lambda row: formats.exact_money(row.next_fee, row.currency), "amount"),
    Column("Adjustment", adjustment_in_words),
    Column("Fee of the plan", lambda row: formats.exact_money(row.plan_fee, row.currency), "amount"),
    Column("Charged", lambda row: word(row.charge_model)),
    Column("Charged until", lambda row: formats.day(row.charged_until) if row.charged_until else "not yet"),
    Column("Started", lambda row: formats.day(row.started_on)),
    Column("Active since", lambda row: formats.day(row.activated_on) if row.activated_on else word(row.activation)),
    Column("Closed on", lambda row: formats.day(row.finished_on) if row.finished_on else ""),
    Column("Minimum term until", lambda row: formats.day(row.term_ends_on) if row.term_ends_on else "none"),
    Column("On the invoice", lambda row: row.public_name),
)

TAB = Tab("Subscriptions", (
    Rows(
        SubscriptionsOf, lambda _access, _head: _COLUMNS,
        alt="Subscriptions of the customer", key="subscriptions", empty="This customer has no subscription.",
        actions=_actions,
    ),
))  # fmt: skip
