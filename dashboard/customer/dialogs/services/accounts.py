"""The dialogs of accounts: add one, change it, block or unblock it, close it."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, edit_conflicts, section_form
from dashboard.kit.forms.edit_conflicts import Basis
from dashboard.kit.forms.forms import Form
from data_access.base.errors import NotFound
from data_access.base.statuses import NumbersAtEnd
from data_access.commands.services.accounts import AddAccount, BlockAccount, CloseAccount, EditAccount
from data_access.domain.entered.days_ahead import days_ahead
from data_access.domain.sections import ACCOUNT
from data_access.queries.customers.accounts import AccountRow, ListAccounts
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

ADD, EDIT, BLOCK, UNBLOCK, CLOSE = "add_account", "edit_account", "block_account", "unblock_account", "close_account"
_LAYOUT = (("account_code", "product"), ("kind",), ("own_limit", "activated_on"))
_EDITED = (("product", "own_limit"), ("kind",), ("activated_on",))
_CHANGED = ("kind", "product", "own_limit", "activated_on")
_NOT_BACK = "An account is closed from today or a later day on."


def _add(access: Access, head: Head) -> None:
    form = Form(access, ADD, head.customer_id)
    typed = section_form.fields(form, ACCOUNT, ACCOUNT.unwritten(), layout=_LAYOUT)
    st.caption("Without a day it is active from today. Its usage is paid by the customer.")
    finish(
        form,
        head,
        "Add the account",
        lambda: AddAccount(customer_id=head.customer_id, typed=typed, command_id=form.command_id),
        lambda saved: f"Account {saved.account_code} is added.",
    )


def _row(access: Access, head: Head) -> AccountRow:
    wanted = dialog_state.subject()
    row = next((one for one in access.fetch(ListAccounts(head.customer_id)) if one.account_id == wanted), None)
    if row is None:
        raise NotFound("The account")
    return row


def _basis(row: AccountRow) -> Basis:
    return Basis(row.version, ACCOUNT.typed(ACCOUNT.only(_CHANGED).values(row)))


def _edit(access: Access, head: Head) -> None:
    row = _row(access, head)
    form = Form(access, EDIT, row.account_id)
    facts(("Account ID", row.account_code))
    edit = section_form.edit(form, ACCOUNT.only(_CHANGED), _basis(row), layout=_EDITED)
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("save")):
            order = EditAccount(
                account_id=row.account_id, version=edit.since.version, shown=edit.since.shown, changes=edit.changes,
                command_id=form.command_id,
            )  # fmt: skip
            said = f"Account {row.account_code} is saved."
            edit_conflicts.save(form, order, lambda _: said, edit, lambda: _basis(_row(access, head)))
        form.offer_start_over()


def _block(access: Access, head: Head) -> None:
    row = _row(access, head)
    form = Form(access, UNBLOCK if row.blocked else BLOCK, row.account_id)
    facts(("Account ID", row.account_code), ("Product", row.product))
    st.caption(
        "Its usage is let through again, as far as the customer's is."
        if row.blocked
        else "Its usage is refused, and nobody can sign in to self-care with it. Fees go on."
    )
    order = BlockAccount(
        account_id=row.account_id, blocked=not row.blocked, reason=form.text("reason", "Reason (optional)"),
        command_id=form.command_id,
    )  # fmt: skip
    done = "unblocked" if row.blocked else "blocked"
    finish(
        form,
        head,
        "Unblock it" if row.blocked else "Block it",
        lambda: order,
        lambda saved: f"Account {saved.account_code} is {done}.",
    )


def _close(access: Access, head: Head) -> None:
    row = _row(access, head)
    form = Form(access, CLOSE, row.account_id)
    facts(("Account ID", row.account_code), ("Product", row.product))
    day = form.day("ended_on", "First day without it", head.today, days_ahead(head.today, _NOT_BACK))
    then = {one.value: one for one in NumbersAtEnd}
    numbers = form.choice("numbers", "DIDs on it", {key: one.label for key, one in then.items()}, NumbersAtEnd.KEPT)
    st.caption("From that day it cannot be used. A closed account stays closed; subscriptions go on.")
    order = CloseAccount(
        account_id=row.account_id, ended_on=day, numbers=then.get(numbers, NumbersAtEnd.KEPT),
        command_id=form.command_id,
    )  # fmt: skip
    said = "ends on" if day and day > head.today else "is closed since"
    finish(
        form,
        head,
        "Close it",
        lambda: order,
        lambda saved: f"Account {saved.account_code} {said} {formats.day(day or head.today)}.",
    )


DIALOGS: Mapping[str, Draw] = {
    ADD: window("Add an account", _add, width="medium"),
    EDIT: window("Change the account", _edit, width="medium"),
    BLOCK: window("Block the account", _block),
    UNBLOCK: window("Unblock the account", _block),
    CLOSE: window("Close the account", _close),
}
