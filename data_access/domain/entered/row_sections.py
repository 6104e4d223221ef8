"""Sections of rows that no single form covers: what a file says about them, besides the Customer ID."""

from typing import Any

from data_access.base.permissions import Permission as P
from data_access.domain.field_labels import field_label
from data_access.domain.moves import MOVES
from data_access.domain.sections import DID, SELF_CARE_LOGIN
from data_access.fields.field import Field, FieldKind
from data_access.fields.kinds import AMOUNT, CHOICE, DAY, INSTANT, INTEGER, LINES, REFERENCE, TEXT, TICK
from data_access.fields.section import FieldSection
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.customers import Note
from data_access.models.history import PlannedMove
from data_access.models.numbers import Did
from data_access.models.plans.wallets import TopUp
from data_access.models.services import Adjustment, Subscription


def _told(model: type[Any], name: str, kind: FieldKind, **more: Any) -> Field:
    return Field(kind, field_label(model.__name__, name), name=name, **more)


def _account(model: type[Any], stands_for: str) -> Field:
    return _told(model, "account_id", REFERENCE, refers_to="accounts", stands_for=stands_for)


CUSTOMER_DID = FieldSection(
    "customer_did", Did, "DIDs of customers",
    (
        DID["number"], _account(Did, "on no account"), _told(Did, "assigned_on", DAY, stands_for="today"),
        _told(Did, "charged_until", DAY, stands_for="not charged yet"), DID["description"],
    ),
    P.CUSTOMER_READ, P.SERVICE_EDIT,
)  # fmt: skip
CUSTOMER_LOGIN = FieldSection(
    "customer_login", SelfCareLogin, "Logins of self-care",
    (_account(SelfCareLogin, "that of the customer itself"), SELF_CARE_LOGIN["login"]),
    P.CUSTOMER_READ, P.CUSTOMER_EDIT,
)  # fmt: skip
NOTE = FieldSection(
    "note", Note, "Notes",
    (
        _told(Note, "at", INSTANT, needed="Give the time at which it was written, with its zone."),
        _told(Note, "author", TEXT, most=120, needed="Give who wrote it."),
        _told(Note, "text", LINES, most=4000, personal=True, needed="Write the note."),
        _told(Note, "sticky", TICK),
    ),
    P.CUSTOMER_READ, P.NOTE_WRITE,
)  # fmt: skip
SUBSCRIPTION = FieldSection(
    "subscription", Subscription, "Subscriptions",
    (
        _told(Subscription, "plan_id", REFERENCE, refers_to="subscription_plans", needed="Choose the plan."),
        _told(Subscription, "started_on", DAY, needed="Give the day on which it started."),
        _told(Subscription, "activated_on", DAY, stands_for="as its plan says"),
        _told(Subscription, "finished_on", DAY, stands_for="no end"),
        _told(Subscription, "adjustment", CHOICE, of=Adjustment, needed="Choose how the fee is adjusted."),
        _told(Subscription, "fee_percent", INTEGER, most=1000, least=0, needed="Give what is charged of the fee."),
        _told(Subscription, "charged_until", DAY, stands_for="not charged yet"),
    ),
    P.CUSTOMER_READ, P.SERVICE_EDIT,
)  # fmt: skip
TOP_UP = FieldSection(
    "top_up", TopUp, "Top-ups",
    (
        Field(REFERENCE, "Top-up", refers_to="top_up_options", name="option_id", needed="Choose the top-up."),
        Field(DAY, "Topped up on", name="begun_on", needed="Give the day."),
        Field(DAY, "Can be used until", name="expires_on", needed="Give the last day on which it can be used."),
        Field(AMOUNT, "Left", name="quantity", needed="Give what is left of it."),
    ),
    P.CUSTOMER_READ, P.SERVICE_EDIT,
)  # fmt: skip
PLANNED_CHANGE = FieldSection(
    "planned_change", PlannedMove, "Planned changes",
    (
        _told(
            PlannedMove, "move", CHOICE, needed="Choose what is planned.",
            choices={name: move.label for name, move in MOVES.items() if move.can_be_planned},
        ),
        _told(PlannedMove, "due_on", DAY, needed="Give the day."),
        _told(PlannedMove, "reason", LINES, most=4000, personal=True, needed="Give the reason: it is kept."),
    ),
    P.CUSTOMER_READ, P.CUSTOMER_TERMINATE,
)  # fmt: skip
