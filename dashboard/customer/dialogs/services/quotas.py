"""The dialogs of quotas: grant one, change what it grants and what happens beyond it, end it."""

from collections.abc import Callable, Mapping
from datetime import date

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, form_values, section_form
from dashboard.kit.forms.forms import Form
from data_access.base.errors import NotFound, Stale
from data_access.base.text.labels import word
from data_access.commands.services.quotas import CHANGED, ChangeQuota, EndQuota, GrantQuota, QuotaSaved
from data_access.domain.entered.days_ahead import days_ahead
from data_access.domain.sections import QUOTA
from data_access.domain.usage.quotas import said
from data_access.fields.field import Typed
from data_access.queries.customers.customer import Head
from data_access.queries.services.quotas import QuotaRow, QuotasOf
from data_access.store.access import Access, Command

GRANT, CHANGE, END = "grant_quota", "change_quota", "end_quota"
_NOT_BACK = "Quotas are not granted for days that have passed"
_FORM = QUOTA.labelled(rollovers="What is left at the end of a period")
_GRANTED = ("service", "allowance", "unit", "renewal", "rollovers", "when_used_up")


def rollovers_in_words(count: int) -> str:
    """For how long what is left lives on after its period."""
    return formats.counted(count, "period") if count else "none"


def _grant(access: Access, head: Head) -> None:
    form = Form(access, GRANT, head.customer_id)
    typed = section_form.fields(form, _FORM, QUOTA.unwritten(), layout=[[name] for name in _GRANTED])
    form.day("started_on", "From", head.today, days_ahead(head.today, _NOT_BACK))
    st.caption("The first period is granted in full.")
    form.text("reason", "Reason (optional)")
    finish(form, head, "Grant", lambda: _granted(form, head, typed), lambda _: f"{head.customer_code} has the quota.")


def _granted(form: Form, head: Head, typed: Typed) -> GrantQuota:
    return GrantQuota(
        customer_id=head.customer_id, **QUOTA.judged(typed).sound(),
        started_on=form_values.day(form, "started_on", head.today), reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )  # fmt: skip


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
    asked = _FORM.labelled(allowance=f"Allowance, in {row.unit.value}")
    typed = section_form.fields(form, asked, QUOTA.typed(QUOTA.values(row)), layout=[[name] for name in CHANGED])
    st.caption(_from_when(row))
    form.text("reason", "Reason (optional)")
    _finish_in_sight(form, head, "Save", lambda: _changed(form, row, typed), _said_of_change)


def _from_when(row: QuotaRow) -> str:
    if row.is_untouched:
        return "None of it has been used yet: the change applies at once."
    return (
        "What was granted stays: a new allowance and new rollovers apply from the next period on. "
        "What happens when it is used up changes at once."
    )


def _changed(form: Form, row: QuotaRow, typed: Typed) -> ChangeQuota:
    return ChangeQuota(
        quota_id=row.quota_id, version=int(form.typed["#version"]),
        shown={name: form.typed[f"#{name}"] for name in CHANGED}, reason=form.typed.get("reason", ""),
        command_id=form.command_id, **QUOTA.judged(typed, beside={"service": row.service}).sound(),
    )  # fmt: skip


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
        shown = QUOTA.typed(QUOTA.values(row))
        form.keep({"#version": str(row.version), **{f"#{name}": shown[name] for name in CHANGED}})
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
