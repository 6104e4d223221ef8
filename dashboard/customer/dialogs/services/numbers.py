"""The dialogs of numbers: assign a free one to the customer, put one on an account, release one or freeze it."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, form_values
from dashboard.kit.forms.forms import Form
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission, who_can
from data_access.base.text.labels import country_name
from data_access.commands.numbers.dids import AssignDid, NumberSaved, PutOnAccount, ReleaseDid
from data_access.queries.customers.accounts import AccountChoices
from data_access.queries.customers.customer import Head
from data_access.queries.services.numbers import DidsOf, IdleDids, NumberRow
from data_access.store.access import Access

ASSIGN, ACCOUNT, RELEASE = "assign_did", "did_on_account", "release_did"
_POOL, _FREEZE = "pool", "freeze"
_THEN = {_POOL: "Return it to the pool", _FREEZE: "Freeze it"}
_MEANS = ("It can be given to anybody again.", "It is kept: nobody can be given it until it is returned to the pool.")


def _assign(access: Access, head: Head) -> None:
    if access.actor.reseller_id is not None:
        able = who_can(Permission.SERVICE_EDIT)
        st.info(
            f"You see one reseller's customers only, and a free number is nobody's yet: {able} who sees all can assign "
            "one.",
            icon=":material/info:",
        )
        return
    form = Form(access, ASSIGN, head.customer_id)
    begins = form.text("begins_with", "Begins with (optional)", help="Digits of the number, country code first.")
    idle = {str(row.did_id): row for row in access.fetch(IdleDids(begins, head.currency))}
    if not idle:
        st.info("No free number begins like that.", icon=":material/info:")
        return
    form.choice("did_id", "Number", {key: _offer(row) for key, row in idle.items()})
    _ask_account(form, head)
    st.caption("It belongs to the customer from today; its fee is charged with the billing period.")
    form.text("reason", "Reason (optional)")
    finish(
        form,
        head,
        "Assign",
        lambda: _assigned(form, head),
        lambda saved: f"{saved.number} is held by {head.customer_code}.",
    )


def _ask_account(form: Form, head: Head, now: int | None = None) -> None:
    accounts = {str(key): code for key, code in form.access.fetch(AccountChoices(head.customer_id)).items()}
    start = "" if now is None else str(now)
    form.choice("account_id", "Account", accounts, start if start in accounts else "", placeholder="On no account yet")


def _chosen_account(form: Form, now: int | None = None) -> int | None:
    chosen = form.typed.get("account_id", "" if now is None else str(now))
    return int(chosen) if chosen else None


def _offer(row: NumberRow) -> str:
    return f"{row.number} · {country_name(row.country)} · {fee(row)}"


def fee(row: NumberRow) -> str:
    """What the customer pays for a number, a billing period."""
    return "free of charge" if row.free_of_charge else formats.exact_money(row.fee, row.fee_currency)


def vendor_cost(row: NumberRow) -> str:
    """What the vendor charges for a number; nothing for who may not see it."""
    return "" if row.vendor_cost is None else formats.exact_money(row.vendor_cost, row.vendor_currency)


def _assigned(form: Form, head: Head) -> AssignDid:
    return AssignDid(
        did_id=form_values.chosen(form, "did_id", "Choose the number."),
        customer_id=head.customer_id,
        account_id=_chosen_account(form),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _the_row(access: Access, head: Head) -> NumberRow:
    """The number that the dialog is about, as it stands now."""
    row = next((row for row in access.fetch(DidsOf(head.customer_id)) if row.did_id == dialog_state.subject()), None)
    if row is None:
        raise NotFound("The number")
    return row


def _about(row: NumberRow) -> None:
    facts(
        ("Number", row.number),
        ("Account", row.account_code),
        ("Held since", formats.day(row.assigned_on) if row.assigned_on else ""),
        ("Fee", fee(row)),
    )


def _put(access: Access, head: Head) -> None:
    row = _the_row(access, head)
    form = Form(access, ACCOUNT, row.did_id)
    _about(row)
    _ask_account(form, head, row.account_id)
    form.text("reason", "Reason (optional)")
    finish(form, head, "Save", lambda: _moved(form, row), lambda saved: f"{saved.number} is moved.")


def _moved(form: Form, row: NumberRow) -> PutOnAccount:
    return PutOnAccount(
        did_id=row.did_id, account_id=_chosen_account(form, row.account_id), reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )  # fmt: skip


def _release(access: Access, head: Head) -> None:
    row = _the_row(access, head)
    form = Form(access, RELEASE, row.did_id)
    _about(row)
    form.one_of("then", "Then", _THEN, _POOL, captions=_MEANS)
    st.caption("Its fee is charged up to yesterday; calls to it no longer reach the customer.")
    form.text("reason", "Reason (optional)")
    finish(form, head, "Release it", lambda: _released(form, row), lambda saved: _said(form, saved))


def _freezes(form: Form) -> bool:
    return form.typed.get("then") == _FREEZE


def _said(form: Form, saved: NumberSaved) -> str:
    return f"{saved.number} is frozen." if _freezes(form) else f"{saved.number} is in the pool again."


def _released(form: Form, row: NumberRow) -> ReleaseDid:
    return ReleaseDid(
        did_id=row.did_id, freeze=_freezes(form), reason=form.typed.get("reason", ""), command_id=form.command_id
    )


DIALOGS: Mapping[str, Draw] = {
    ASSIGN: window("Assign a number", _assign),
    ACCOUNT: window("Put a number on an account", _put),
    RELEASE: window("Release a number", _release),
}
