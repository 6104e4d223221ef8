"""The dialogs of a customer's limits: temporary increases, warning thresholds, suspension for lack of funds."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.customer.dialogs.outcome import shown_if_changed
from dashboard.customer.dialogs.section_dialog import SectionDialog
from dashboard.kit import formats
from dashboard.kit.feedback import escape
from dashboard.kit.forms import form_values
from dashboard.kit.forms.forms import Form
from data_access.base.clock import Days, day_in, in_words, start_of
from data_access.base.errors import Invalid
from data_access.base.money import read_amount
from data_access.base.permissions import can_raise_more
from data_access.commands.customers.limits import EditCreditOptions, LimitChanged, RaiseLimit, RemoveTemporaryLimit
from data_access.commands.customers.thresholds import SetWarningThresholds, ThresholdEntry, at_amount, at_percent
from data_access.domain.sections import CREDIT_OPTIONS
from data_access.queries.customers.customer import Head
from data_access.queries.customers.limits import Limits, LimitsOf
from data_access.store.access import Access

RAISE, END, WARN = "raise_limit", "end_raised_limit", "warning_thresholds"
_BETWEEN = re.compile(r"[;,]\s|;")
_SIDE_BY_SIDE = re.compile(r"\d[\d.]*,\d+")
_USED_UP = (
    "You have used up the days for which you may raise this limit: they count from the first of an unbroken series."
)
_WHY = "Kept in the history of the limits."
_HOW = {"amount": "By an amount", "percent": "By a percentage of the permanent limit"}


def _raise(access: Access, head: Head) -> None:
    limits = access.fetch(LimitsOf(head.customer_id))
    if limits.permanent is None or limits.most is None or limits.longest is None:
        st.info(_nothing_to_raise(head), icon=":material/info:")
        return
    _standing(access, head, limits)
    form = Form(access, RAISE, head.customer_id)
    most = formats.exact_money(limits.most, limits.currency)
    latest = day_in(head.zone, limits.longest)
    if latest <= head.today:
        st.info(escape(f"{_USED_UP} {can_raise_more(access.actor.role)}"), icon=":material/info:")
        return
    st.caption(escape(f"You may raise it by at most {most}, until {formats.day(latest)} at the latest."))
    if form.one_of("how", "Raise it", _HOW, "amount", horizontal=True) == "percent":
        form.text("percent", "Percentage", help="Of the permanent limit.")
    else:
        form.text("amount", f"Amount in {limits.currency}", help="It comes on top of the permanent limit.")
    days = Days(
        head.today + timedelta(days=1), latest, "The increase ends automatically: choose a day in the future.",
        f"You may raise a limit until {in_words(latest)} at the latest. {can_raise_more(access.actor.role)}",
    )  # fmt: skip
    until = form.day("until", "Until", None, days)
    if until is not None:
        st.caption(escape(f"It ends automatically on {formats.day(until)} at 00:00, {head.zone}."))
    form.text("reason", "Reason", help=_WHY)
    finish(form, head, "Raise the limit", lambda: _raised(form, head), lambda done: _said(head, done))


def _nothing_to_raise(head: Head) -> str:
    if head.is_prepaid:
        return "Prepaid customers have no credit limit: they use what they paid in advance."
    return "The customer has no credit limit: there is nothing to raise."


def _standing(access: Access, head: Head, limits: Limits) -> None:
    if limits.increase is None or limits.until is None:
        facts(("Permanent limit", formats.limit(limits.permanent, limits.currency, prepaid=False)))
        return
    facts(
        ("Permanent limit", formats.limit(limits.permanent, limits.currency, prepaid=False)),
        ("Raised by", formats.exact_money(limits.increase, limits.currency)),
        ("Until", formats.moment(limits.until, head.zone)),
    )
    ending = Form(access, END, head.customer_id)
    if st.button("End the increase now", key=ending.key("go"), icon=":material/undo:"):
        order = RemoveTemporaryLimit(customer_id=head.customer_id, command_id=ending.command_id)
        text = f"{head.customer_code}: the permanent limit holds again."
        ending.save(order, lambda _: f"{text}{shown_if_changed(access, head)}")
    st.caption("A new increase replaces the current one.")


def _raised(form: Form, head: Head) -> RaiseLimit:
    by_percent = form.typed.get("how") == "percent"
    if not form.typed.get("until"):
        raise Invalid({"until": "Choose until when: the increase then ends automatically."})
    return RaiseLimit(
        customer_id=head.customer_id,
        until=start_of(form_values.day(form, "until", head.today), head.zone),
        amount=None if by_percent else form_values.amount(form),
        percent=form_values.amount(form, "percent") if by_percent else None,
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _said(head: Head, done: LimitChanged) -> str:
    raised = formats.exact_money(Decimal(done.temporary_limit), head.currency)
    return f"{head.customer_code}: the credit limit is raised by {raised}."


def _warn(access: Access, head: Head) -> None:
    limits = access.fetch(LimitsOf(head.customer_id))
    form = Form(access, WARN, head.customer_id)
    of = "available funds" if head.is_prepaid else "balance"
    st.caption(f"The customer is notified when its {of} reaches one of them. Separate several with semicolons.")
    form.text("amounts", f"Amounts in {limits.currency}", _now(limits, percent=False))
    if limits.permanent:
        form.text("percents", "Percent of the permanent limit", _now(limits, percent=True))
    finish(
        form,
        head,
        "Save",
        lambda: _thresholds(form, head, limits),
        lambda _: f"{head.customer_code}: thresholds saved.",
    )


def _now(limits: Limits, *, percent: bool) -> str:
    return "; ".join(f"{one.value.normalize():f}" for one in limits.thresholds if one.is_percent is percent)


def _thresholds(form: Form, head: Head, limits: Limits) -> SetWarningThresholds:
    amounts = _several(form, "amounts", _now(limits, percent=False))
    percents = _several(form, "percents", _now(limits, percent=True))
    entries: list[ThresholdEntry] = [*map(at_amount, amounts), *map(at_percent, percents)]
    return SetWarningThresholds(
        customer_id=head.customer_id,
        entries=tuple(entries),
        command_id=form.command_id,
    )


def _several(form: Form, field: str, start: str) -> list[Decimal]:
    text = form.typed.get(field, start)
    if found := _SIDE_BY_SIDE.search(text):
        raise Invalid({field: f"“{found[0]}” can be one amount or two: separate several with a semicolon."})
    try:
        return [read_amount(part) for part in _BETWEEN.split(text) if part.strip()]
    except ValueError as wrong:
        raise Invalid({field: f"{wrong}"}) from wrong


FUNDS = SectionDialog("Change suspension for missing funds", CREDIT_OPTIONS, EditCreditOptions)
DIALOGS: Mapping[str, Draw] = {
    RAISE: window("Raise the limit temporarily", _raise),
    WARN: window("Warning thresholds", _warn),
    **FUNDS.dialogs,
}
