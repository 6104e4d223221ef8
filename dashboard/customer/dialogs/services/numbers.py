"""The dialogs of numbers: give an idle one to the customer, take one back into the pool."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, form_values
from dashboard.kit.forms.forms import Form
from data_access.base.errors import NotFound
from data_access.base.text.labels import country_name
from data_access.commands.services.services import AssignDid, ReleaseDid
from data_access.queries.customers.customer import Head
from data_access.queries.services.services import DidsOf, IdleDids, NumberRow
from data_access.store.access import Access

ASSIGN, RELEASE = "assign_did", "release_did"


def _assign(access: Access, head: Head) -> None:
    form = Form(access, ASSIGN, head.customer_id)
    begins = form.text("begins_with", "Begins with (optional)", help="Digits of the number, country code first.")
    idle = {str(row.did_id): row for row in access.fetch(IdleDids(begins))}
    if not idle:
        st.info("No free number begins like that.", icon=":material/info:")
        return
    form.choice("did_id", "Number", {key: _offer(row, head) for key, row in idle.items()})
    st.caption("It belongs to the customer from today; its fee is charged with the billing period.")
    form.text("reason", "Reason (optional)")
    finish(
        form,
        head,
        "Assign",
        lambda: _assigned(form, head),
        lambda saved: f"{saved.number} is held by {head.customer_code}.",
    )


def _offer(row: NumberRow, head: Head) -> str:
    return f"{row.number} · {country_name(row.country)} · {fee(row, head)}"


def fee(row: NumberRow, head: Head) -> str:
    """What the customer pays for a number, a billing period."""
    return "free of charge" if row.free_of_charge else formats.exact_money(row.fee, head.currency)


def _assigned(form: Form, head: Head) -> AssignDid:
    return AssignDid(
        did_id=form_values.chosen(form, "did_id", "Choose the number."),
        customer_id=head.customer_id,
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _release(access: Access, head: Head) -> None:
    row = next((row for row in access.fetch(DidsOf(head.customer_id)) if row.did_id == dialog_state.subject()), None)
    if row is None:
        raise NotFound("The number")
    form = Form(access, RELEASE, row.did_id)
    facts(
        ("Number", row.number),
        ("Held since", formats.day(row.assigned_on) if row.assigned_on else ""),
        ("Fee", fee(row, head)),
    )
    st.caption("Its fee is charged up to yesterday; calls to it no longer reach the customer.")
    form.text("reason", "Reason (optional)")
    finish(
        form, head, "Release it", lambda: _released(form, row), lambda saved: f"{saved.number} is in the pool again."
    )


def _released(form: Form, row: NumberRow) -> ReleaseDid:
    return ReleaseDid(did_id=row.did_id, reason=form.typed.get("reason", ""), command_id=form.command_id)


DIALOGS: Mapping[str, Draw] = {
    ASSIGN: window("Assign a number", _assign),
    RELEASE: window("Release a number", _release),
}
