"""The dialogs of fraud protection: edited, and the daily spending plan set, raised, reset and undone."""

from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.customer.dialogs.section_dialog import SectionDialog
from dashboard.kit import formats
from dashboard.kit.feedback import escape
from dashboard.kit.forms import form_values
from dashboard.kit.forms.forms import Form
from data_access.commands.customers.limits import SetSpendingLimit
from data_access.commands.services.fraud import (
    EditFraudProtection,
    ForToday,
    RaiseToday,
    ResetUsage,
    TodayChanged,
    UndoToday,
)
from data_access.domain.sections import FRAUD_PROTECTION
from data_access.queries.customers.customer import Head
from data_access.queries.services.fraud import SpendingOf, SpendingToday
from data_access.store.access import Access

OWN, RAISE, RESET = "daily_limit", "raise_today", "reset_usage"
UNDO_RAISE, UNDO_RESET = "undo_raise_today", "undo_reset_usage"
PROTECTION = SectionDialog(
    "Edit fraud protection", FRAUD_PROTECTION, EditFraudProtection,
    layout=(("default_country", "current_country"), ("mobility",), ("profile_id", "warning_percent")),
)  # fmt: skip
_WHY = "Kept in the audit."


def _own(access: Access, head: Head) -> None:
    today = access.fetch(SpendingOf(head.customer_id))
    form = Form(access, OWN, head.customer_id)
    start = "" if today.own is None else f"{today.own.normalize():f}"
    form.text("amount", f"Daily limit in {today.currency}", start, help="Blank: as the fraud profile says.")
    st.caption(escape(f"It resets at 00:00, {head.zone}; beyond it only emergency numbers can be called until then."))
    form.text("reason", "Reason", help="Kept in the history of the limits.")
    finish(
        form, head, "Set the limit", lambda: _set(form, head, start),
        lambda _: f"{head.customer_code}: the limit is set.",
    )  # fmt: skip


def _set(form: Form, head: Head, start: str) -> SetSpendingLimit:
    is_empty = not form.typed.get("amount", start).strip()
    return SetSpendingLimit(
        customer_id=head.customer_id, amount=None if is_empty else form_values.amount(form, start=start),
        reason=form.typed.get("reason", ""), command_id=form.command_id,
    )  # fmt: skip


def _standing(access: Access, head: Head) -> SpendingToday:
    """What holds today, told above the fields."""
    today = access.fetch(SpendingOf(head.customer_id))
    limit, spent = (formats.exact_money(amount or Decimal(0), today.currency) for amount in (today.usual, today.spent))
    facts(("Daily limit", limit), ("Used today", spent))
    return today


def _raise(access: Access, head: Head) -> None:
    today = _standing(access, head)
    form = Form(access, RAISE, head.customer_id)
    if today.most is not None:
        most = formats.exact_money(today.most, today.currency)
        st.caption(escape(f"You may raise it to at most {most}. It reverts at 00:00, {head.zone}."))
    form.text("limit", f"Limit for today in {today.currency}")
    form.text("reason", "Reason", help=_WHY)
    finish(
        form, head, "Raise it for today",
        lambda: RaiseToday(
            customer_id=head.customer_id, limit=form_values.amount(form, "limit"), reason=form.typed.get("reason", ""),
            command_id=form.command_id,
        ),
        lambda done: _said(head, done),
    )  # fmt: skip


def _said(head: Head, done: TodayChanged) -> str:
    return f"{head.customer_code} may spend {formats.exact_money(Decimal(done.limit_today), head.currency)} today."


def _reset(access: Access, head: Head) -> None:
    _standing(access, head)
    form = Form(access, RESET, head.customer_id)
    st.caption("What was used today counts no more for the daily limit. The charges stay.")
    form.text("reason", "Reason", help=_WHY)
    finish(
        form, head, "Reset it",
        lambda: ResetUsage(
            customer_id=head.customer_id, reason=form.typed.get("reason", ""), command_id=form.command_id
        ),
        lambda _: f"{head.customer_code}: usage counts from now on.",
    )  # fmt: skip


def _undo(name: str, what: ForToday, tells: str) -> Draw:
    def body(access: Access, head: Head) -> None:
        _standing(access, head)
        form = Form(access, name, head.customer_id)
        st.caption(tells)
        form.text("reason", "Reason", help=_WHY)
        finish(
            form, head, "Undo it",
            lambda: UndoToday(
                customer_id=head.customer_id, what=what, reason=form.typed.get("reason", ""),
                command_id=form.command_id,
            ),
            lambda _: f"{head.customer_code}: undone.",
        )  # fmt: skip

    return window(f"Undo the {what.value}", body)


DIALOGS: Mapping[str, Draw] = {
    **PROTECTION.dialogs,
    OWN: window("Daily spending limit", _own),
    RAISE: window("Raise for today", _raise),
    RESET: window("Reset usage", _reset),
    UNDO_RAISE: _undo(UNDO_RAISE, ForToday.RAISE, "The usual daily limit holds again at once."),
    UNDO_RESET: _undo(UNDO_RESET, ForToday.RESET, "What was used today before the reset counts again."),
}
