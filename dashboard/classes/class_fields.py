"""The terms of a class: the label of each, how its value is displayed, and its widget in a form."""

from collections.abc import Mapping

import streamlit as st

from dashboard.kit.forms.forms import Form
from data_access.domain.collections.terms import OFFERED

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
}


def reads(name: str, text: str) -> str:
    """A stored value of the terms as it is shown."""
    return OFFERED.get(name, {}).get(text, text)


def ask(form: Form, shown: Mapping[str, str]) -> dict[str, str]:
    """A field each, in pairs; what stands in them."""
    typed, names = {}, list(POLICY_LABELS)
    for first in range(0, len(names), 2):
        for name, column in zip(names[first : first + 2], st.columns(2), strict=True):
            with column:
                typed[name] = _field(form, name, shown.get(name, ""))
    return typed


def _field(form: Form, name: str, start: str) -> str:
    label, help_ = POLICY_LABELS[name], _HELP.get(name)
    if name in OFFERED:
        return form.choice(name, label, OFFERED[name], start, help=help_)
    return form.text(name, label, start, help=help_)
