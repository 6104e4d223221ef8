"""The dialog of service wallets: top one up."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import form_values
from dashboard.kit.forms.forms import Form
from data_access.base.permissions import Permission
from data_access.base.text.numerals import counted
from data_access.commands.services.wallets import ToppedUp, TopUpWallet
from data_access.domain.usage.quotas import said
from data_access.queries.customers.customer import Head
from data_access.queries.services.wallets import OptionRow, TopUpOptions
from data_access.store.access import Access

TOP_UP = "top_up_wallet"


def _top_up(access: Access, head: Head) -> None:
    options = {str(one.option_id): one for one in access.fetch(TopUpOptions(head.currency))}
    if not options:
        who = access.actor.who_can(Permission.CLASS_EDIT).capitalize()
        st.info(f"No top-up is offered in {head.currency}. {who} can add one.", icon=":material/info:")
        return
    form = Form(access, TOP_UP, head.customer_id)
    chosen = options.get(form.choice("option_id", "Top-up", {key: _offer(one) for key, one in options.items()}))
    if chosen is not None:
        st.text(
            f"{said(chosen.amount, chosen.unit)} for {chosen.service}, for {counted(chosen.lifetime_days, 'day')} "
            "from today."
        )
    st.caption("The fee is charged at once and stands on the next invoice.")
    form.text("reason", "Reason (optional)")
    finish(form, head, "Top up", lambda: _order(form, head), _said)


def _offer(one: OptionRow) -> str:
    return f"{one.name} · {formats.exact_money(one.fee, one.currency)}"


def _order(form: Form, head: Head) -> TopUpWallet:
    return TopUpWallet(
        customer_id=head.customer_id,
        option_id=form_values.chosen(form, "option_id", "Choose the top-up."),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _said(done: ToppedUp) -> str:
    return f"{done.says} are added, to be used until {formats.day(date.fromisoformat(done.expires_on))}."


DIALOGS: Mapping[str, Draw] = {TOP_UP: window("Top up a service wallet", _top_up)}
