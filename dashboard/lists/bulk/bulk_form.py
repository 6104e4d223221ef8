"""The form of a bulk action: what to do to whom, and starting the trial."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.kit import cache, context, feedback
from dashboard.kit.addresses.links import go_to
from dashboard.kit.formats import counted
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.forms.sight import YES
from data_access.base.money import CURRENCIES
from data_access.commands.bulk.actions import ACTIONS, Ask
from data_access.commands.bulk.one_field import LimitBy
from data_access.commands.bulk.runs import BulkMade, TryBulkAction
from data_access.domain.sections import ADDITIONAL_INFO, CUSTOMER_TAG
from data_access.jobs.bulk_actions import carry_on
from data_access.queries.bulk.runs import CountMeant
from data_access.queries.customers.choices import FormChoices
from data_access.queries.records.record_names import RecordNames
from data_access.search.list_address import Addressable
from data_access.store.access import Access

NAME = "bulk_action"
_OPEN = "bulk-dialog"
_TRIED_AT_ONCE = 40  # the worker tries the others


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom an action is about: those of a filter, or those who were picked."""

    selection: Addressable | None = None
    picked: tuple[int, ...] = ()

    @property
    def subject(self) -> str:
        """Each has a draft of its own."""
        return "picked" if self.selection is None else "all"


def open_on(meant: Meant) -> None:
    """Opens the dialog, until it is closed or sent."""
    st.session_state[_OPEN] = meant


def draw_open() -> None:
    """Draws the dialog that is open; once it was sent, leads to the run."""
    meant: Meant | None = st.session_state.get(_OPEN)
    if meant is None:
        return
    saved = just_saved(NAME, meant.subject)
    if saved is not None:
        _close()
        go_to("bulk_action", {"id": [str(saved.leads_to)]})
    _dialog(meant)


def _close() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Bulk action", on_dismiss=_close)
def _dialog(meant: Meant) -> None:
    with feedback.refusals():
        _form(context.access(), meant)


def _form(access: Access, meant: Meant) -> None:
    chosen = meant.selection
    shown = len(meant.picked) if chosen is None else access.fetch(CountMeant(chosen))
    customers = counted(shown, "customer")
    form = Form(access, NAME, meant.subject)
    st.text(f"{customers}: {'those picked in the list' if chosen is None else chosen.describe()}.")
    offered = {name: action.label for name, action in ACTIONS.items() if access.actor.may(action.right)}
    name = form.choice("action", "What to do", offered)
    typed = {ask.value: _FIELDS[ask](form, access) for ask in (ACTIONS[name].asks if name else ())}
    st.caption("The trial changes nobody. It lists what would become of each customer, and why not.")
    order = TryBulkAction(
        action=name, typed=typed, selection=chosen, picked=meant.picked, shown=shown, command_id=form.command_id
    )
    with st.container(horizontal=True):
        if st.button(f"Try it on {customers}", type="primary", key=form.key("go")):
            form.carry_out(
                lambda: _tried(form, order), lambda made: f"The trial of bulk action {made.bulk_run_id} has begun.",
                leads_to=lambda made: made.bulk_run_id,
            )  # fmt: skip
        form.offer_start_over()


def _tried(form: Form, order: TryBulkAction) -> BulkMade:
    made = form.doing(order)()
    carry_on(form.access, made.bulk_run_id, _TRIED_AT_ONCE)
    return made


def _reason(form: Form, _access: Access) -> str:
    return form.lines(Ask.REASON, "Reason", help="It stands in the history of every customer.")


def _note(form: Form, _access: Access) -> str:
    return form.lines(Ask.NOTE, "Note", help="For colleagues: the customers do not see it.", height=140)


def _pinned(form: Form, _access: Access) -> str:
    return YES if form.check(Ask.PINNED, "Sticky: keep it under the head of the page") else ""


def _day(form: Form, _access: Access) -> str:
    day = form.day(Ask.DAY, "Lifted until", None)
    return "" if day is None else day.isoformat()


def _class(form: Form, access: Access) -> str:
    return form.choice(Ask.CLASS, "Customer class", cache.fetch(access, FormChoices()).lists["customer_classes"])


def _representative(form: Form, access: Access) -> str:
    known = cache.fetch(access, RecordNames(ADDITIONAL_INFO.name)).get("representatives", {})
    return form.choice(Ask.REPRESENTATIVE, "Representative", known, placeholder="Nobody: take it away")


def _tag(form: Form, access: Access) -> str:
    known = cache.fetch(access, RecordNames(CUSTOMER_TAG.name)).get("tags", {})
    return form.choice(Ask.TAG, "Tag", known)


def _by(form: Form, _access: Access) -> str:
    return form.one_of(Ask.BY, "Change", {by.value: by.label for by in LimitBy}, LimitBy.SET)


def _amount(form: Form, _access: Access) -> str:
    is_share = form.now(Ask.BY, LimitBy.SET) == LimitBy.PERCENT
    lowers = None if form.now(Ask.BY, LimitBy.SET) == LimitBy.SET else "Below zero it lowers the limit: -10."
    return form.text(Ask.AMOUNT, "Per cent" if is_share else "Amount", help=lowers)


def _currency(form: Form, _access: Access) -> str:
    if form.now(Ask.BY, LimitBy.SET) == LimitBy.PERCENT:
        return ""
    return form.choice(Ask.CURRENCY, "Currency", {each: each for each in CURRENCIES},
                       help="Customers who are billed in another one are left out.")  # fmt: skip


_FIELDS: Mapping[Ask, Callable[[Form, Access], str]] = {
    Ask.REASON: _reason,
    Ask.NOTE: _note,
    Ask.PINNED: _pinned,
    Ask.DAY: _day,
    Ask.CLASS: _class,
    Ask.BY: _by,
    Ask.AMOUNT: _amount,
    Ask.CURRENCY: _currency,
    Ask.REPRESENTATIVE: _representative,
    Ask.TAG: _tag,
}
