"""The dialogs of quotas: grant one, change what it grants and what happens beyond it, end it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, form_values
from dashboard.kit.forms.forms import Form
from data_access.base.bookings import SERVICES
from data_access.base.clock import from_day
from data_access.base.errors import Invalid, NotFound, Stale
from data_access.base.text.labels import word
from data_access.commands.services.quotas import (
    RENEWALS,
    ROLLOVERS,
    UNITS,
    ChangeQuota,
    EndQuota,
    GrantQuota,
    QuotaSaved,
    beyond,
)
from data_access.domain.usage.quotas import said
from data_access.queries.customers.customer import Head
from data_access.queries.services.quotas import QuotaRow, QuotasOf
from data_access.store.access import Access, Command

Option = TypeVar("Option")
GRANT, CHANGE, END = "grant_quota", "change_quota", "end_quota"
_NOT_BACK = "Quotas are not granted for days that have passed"
_ALLOWANCE_HELP = "How much can be used in each period without a charge."
_LEFT = "What is left at the end of a period"
_ROLLOVERS = {
    str(count): f"Rolls over for {formats.counted(count, 'period')}" if count else "Expires" for count in ROLLOVERS
}
_USUAL, _NORMAL_PRICE = "monthly", "normal_price"
_NEEDED = {
    "service": "Choose the service.",
    "allowance": "Give how much can be used in each period.",
    "unit": "Choose the unit.",
}
_BEYOND = {
    "normal_price": "What goes beyond is charged.",
    "block": "What goes beyond is refused.",
    "limit": "Internet access continues at a lower speed; what goes beyond is charged.",
}


def rollovers_in_words(count: int) -> str:
    """For how long what is left lives on after its period."""
    return formats.counted(count, "period") if count else "none"


def _grant(access: Access, head: Head) -> None:
    form = Form(access, GRANT, head.customer_id)
    service = form.choice("service", "Service", {name: name for name in SERVICES})
    form.text("allowance", "Allowance", help=_ALLOWANCE_HELP)
    form.choice("unit", "Unit", {value: word(unit) for value, unit in UNITS.items()})
    form.choice("renewal", "Renewal", {value: word(one) for value, one in RENEWALS.items()}, _USUAL)
    form.choice("rollovers", _LEFT, _ROLLOVERS, "0")
    _ask_beyond(form, service, _NORMAL_PRICE)
    form.day("started_on", "From", head.today, from_day(head.today, _NOT_BACK))
    st.caption("The first period is granted in full.")
    form.text("reason", "Reason (optional)")
    finish(form, head, "Grant", lambda: _granted(form, head), lambda _: f"{head.customer_code} has the quota.")


def _ask_beyond(form: Form, service: str, start: str) -> None:
    offered = beyond(service)
    form.one_of(
        "when_used_up", "When used up", {value: word(one) for value, one in offered.items()}, start,
        captions=[_BEYOND[value] for value in offered],
    )  # fmt: skip


def _granted(form: Form, head: Head) -> GrantQuota:
    typed = form.typed
    if missing := {field: sentence for field, sentence in _NEEDED.items() if not typed.get(field)}:
        raise Invalid(missing)
    return GrantQuota(
        customer_id=head.customer_id,
        service=typed["service"],
        unit=UNITS[typed["unit"]],
        allowance=form_values.amount(form, "allowance"),
        renewal=_chosen_of(RENEWALS, form, "renewal", _USUAL),
        rollovers=form_values.whole(form, "rollovers", 0),
        when_used_up=_chosen_of(beyond(typed["service"]), form, "when_used_up", _NORMAL_PRICE),
        started_on=form_values.day(form, "started_on", head.today),
        reason=typed.get("reason", ""),
        command_id=form.command_id,
    )


def _chosen_of(options: Mapping[str, Option], form: Form, field: str, start: str) -> Option:
    """What was chosen of a list; Invalid where the choice is none of it any more."""
    chosen = options.get(form.typed.get(field, start))
    if chosen is None:
        raise Invalid({field: "Choose one of these."})
    return chosen


def _the_row(access: Access, head: Head) -> QuotaRow:
    """The quota that the dialog is about, as it stands now."""
    wanted = dialog_state.subject()
    for row in access.fetch(QuotasOf(head.customer_id)):
        if row.quota_id == wanted:
            return row
    raise NotFound("The quota")


def _about(row: QuotaRow) -> None:
    facts(
        ("Quota", f"{row.service}, {said(row.allowance, row.unit)}, {word(row.renewal).lower()}"),
        ("Since", formats.day(row.started_on)),
        ("Left", said(row.left, row.unit)),
        ("Next renewal", formats.day(row.renewed_on) if row.renewed_on else ""),
    )


def _change(access: Access, head: Head) -> None:
    row = _the_row(access, head)
    form = _seen(access, CHANGE, row)
    _about(row)
    form.text("allowance", f"Allowance, in {row.unit.value}", f"{row.allowance.normalize():f}", help=_ALLOWANCE_HELP)
    form.choice("rollovers", _LEFT, _ROLLOVERS, str(row.rollovers))
    _ask_beyond(form, row.service, row.when_used_up.value)
    st.caption(_from_when(row))
    form.text("reason", "Reason (optional)")
    _finish_in_sight(form, head, "Save", lambda: _changed(form, row), _said_of_change)


def _from_when(row: QuotaRow) -> str:
    if row.is_untouched:
        return "None of it has been used yet: the change applies at once."
    return (
        "What was granted stays: a new allowance and new rollovers apply from the next period on. "
        "What happens when it is used up changes at once."
    )


def _changed(form: Form, row: QuotaRow) -> ChangeQuota:
    return ChangeQuota(
        quota_id=row.quota_id,
        version=int(form.typed["#version"]),
        allowance=form_values.amount(form, "allowance", f"{row.allowance:f}"),
        rollovers=form_values.whole(form, "rollovers", row.rollovers),
        when_used_up=_chosen_of(beyond(row.service), form, "when_used_up", row.when_used_up.value),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _said_of_change(saved: QuotaSaved) -> str:
    return f"The quota is changed, from {formats.day(date.fromisoformat(saved.counts_from))} on."


def _end(access: Access, head: Head) -> None:
    row = _the_row(access, head)
    form = _seen(access, END, row)
    _about(row)
    st.caption(
        "None of it has been used yet: it is withdrawn at once."
        if row.is_untouched
        else "It is not renewed. What is left can be used until it expires."
    )
    form.text("reason", "Reason (optional)")
    _finish_in_sight(
        form, head, "End it", lambda: _ended(form, row), lambda _: f"The quota for {row.service} is ended."
    )


def _ended(form: Form, row: QuotaRow) -> EndQuota:
    return EndQuota(
        quota_id=row.quota_id,
        version=int(form.typed["#version"]),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _seen(access: Access, name: str, row: QuotaRow) -> Form:
    """The form about a quota, which remembers in which state it was seen first."""
    form = Form(access, name, row.quota_id)
    if not form.typed.get("#version"):
        form.keep({"#version": str(row.version)})
    return form


def _finish_in_sight(
    form: Form, head: Head, label: str, order: Callable[[], Command[QuotaSaved]], said_of: Callable[[QuotaSaved], str]
) -> None:
    try:
        finish(form, head, label, order, said_of)
    except Stale:
        form.keep({"#version": ""})  # the next click is made in sight of what the other person did
        raise


DIALOGS: Mapping[str, Draw] = {
    GRANT: window("Grant a quota", _grant),
    CHANGE: window("Change a quota", _change),
    END: window("End a quota", _end),
}
