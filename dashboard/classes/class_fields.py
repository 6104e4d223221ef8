"""The fields of a customer class: what each is called, how its value reads, and how it is asked for in a form."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.kit.forms.forms import Form
from data_access.domain.collections.terms import OFFERED
from data_access.domain.field_labels import field_label

POLICY_LABELS: dict[str, str] = {
    "net_days": "Days to pay",
    "late_fee": "Late payment fee",
    "reminders": "Reminders, days before the due date",
    "resends": "Sent again, days after the due date",
    "limit_after": "Limit the service, days past due",
    "limit_notices": "Notices of the limitation, days before",
    "suspend_after": "Suspend, days past due",
    "suspend_notices": "Notices of the suspension, days before",
    "terminate_after": "Terminate, days past due",
    "terminate_notices": "Notices of the termination, days before",
    "threshold": "Collected above",
    "reactivation_fee": "Reactivation fee",
    "hour": "Hour of the day",
    "spread_minutes": "Spread over minutes",
    "working_days_only": "On working days only",
    "resume_at_threshold": "Service back at the threshold",
}
CLASS_GROUPS: Mapping[str, Sequence[str]] = {
    "Invoices": (
        "rounding", "rounding_decimals", "zero_invoices", "fees_on_fees", "number_scope", "closing_delay_hours",
        "issuer_name", "notices_from", "issuer_address",
    ),
    "Life cycle": (
        "reactivation_window_days", "suspend_on_insufficient_funds", "purge_after_months", "archive_after_months",
        "default_credit_limit", "description",
    ),
}  # fmt: skip
CLASS_LABELS = {name: field_label("CustomerClass", name) for names in CLASS_GROUPS.values() for name in names}
_NEVER = "never"
_BLANKS = {
    "rounding_decimals": "those of the currency",
    "issuer_name": "not set: invoices carry the class's name",
    "issuer_address": "not set",
    "notices_from": "not set: as the mail server is configured",
    "purge_after_months": _NEVER,
    "archive_after_months": _NEVER,
    "default_credit_limit": "none: new customers start at 0",
    "description": "none",
}
_HELP = {
    "net_days": "0: due on the day of issue.",
    "late_fee": "Booked once per invoice, when it becomes overdue. Blank: none.",
    "reminders": "Separate several with commas. Blank: none.",
    "resends": "Separate several with commas; 0 is the due date itself. Blank: never.",
    "limit_after": "Blank: the service is never limited.",
    "suspend_after": "Blank: nobody is suspended. Not before the service is limited.",
    "terminate_after": "Blank: nobody is terminated. Not before the steps that come first.",
    "threshold": "What is left of an invoice at this amount or below is not collected.",
    "reactivation_fee": "Booked when a suspension ends. Blank: none.",
    "hour": "0 to 23, where the customer is billed.",
    "spread_minutes": "Spreads the work out instead of doing it all in one minute; 0 to 720.",
    "working_days_only": "Limiting and suspending wait for the next working day; terminating does not.",
    "resume_at_threshold": "Service comes back when what is overdue falls to the threshold.",
    "rounding_decimals": "Not more than the currency has. Blank: those of the customer's currency.",
    "fees_on_fees": "Whether an overdue invoice with nothing but late and reactivation fees is charged a late fee.",
    "zero_invoices": "Whether an invoice is issued and sent when there is nothing to pay.",
    "number_scope": "Whose invoices share one sequence of numbers without gaps.",
    "closing_delay_hours": "0 to 240; required.",
    "reactivation_window_days": "From provisional to permanent termination.",
    "purge_after_months": "Counted from the permanent termination. Blank: never.",
    "archive_after_months": "Counted from the permanent termination. Blank: never.",
    "suspend_on_insufficient_funds": "Prepaid customers whose funds do not cover a fee are suspended.",
}
_LINES = ("issuer_address",)


def reads(name: str, text: str) -> str:
    """A stored value as it is shown; a blank says what it stands for."""
    if not text:
        return _BLANKS.get(name, "")
    return OFFERED.get(name, {}).get(text, text)


def ask(form: Form, labels: Mapping[str, str], shown: Mapping[str, str], *, columns: int = 2) -> dict[str, str]:
    """A field each, side by side; what stands in them."""
    typed, names = {}, list(labels)
    for first in range(0, len(names), columns):
        row = names[first : first + columns]
        for name, column in zip(row, st.columns(columns)[: len(row)], strict=True):
            with column:
                typed[name] = _field(form, name, labels[name], shown.get(name, ""))
    return typed


def _field(form: Form, name: str, label: str, start: str) -> str:
    if name in OFFERED:
        return form.choice(name, label, OFFERED[name], start, help=_HELP.get(name))
    if name in _LINES:
        return form.lines(name, label, start, help=_HELP.get(name))
    return form.text(name, label, start, help=_HELP.get(name))
