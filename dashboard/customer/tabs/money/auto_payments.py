"""Automatic payments on the tab Payment method: which card, by which rule, and whether refusals have stopped it."""

import streamlit as st

from dashboard.customer.actions import Action, action_buttons
from dashboard.customer.dialogs.money import invoicing
from dashboard.kit import formats
from dashboard.kit.feedback import escape
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.queries.cards.auto_payments import AutoPaymentOf, AutoPaymentView
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def draw(access: Access, head: Head) -> None:
    """What is set, what stands against it, and the buttons for both."""
    st.header("Automatic payments", anchor=False)
    view = access.fetch(AutoPaymentOf(head.customer_id))
    not_frozen = "" if view.frozen_at else "Automatic payments are not frozen."
    action_buttons(access, head, [
        invoicing.AUTO_PAYMENTS.action,
        Action(invoicing.ENABLE, "Enable again", ":material/play_arrow:", Permission.MONEY_PAYMENT,
               obstacle=not_frozen),
    ])  # fmt: skip
    if view.frozen_at:
        since = formats.moment(view.frozen_at, head.zone)
        st.warning(
            escape(f"Frozen since {since}: the bank refused {formats.counted(view.failures, 'payment')} in a row. "
                   "Nothing is charged until somebody enables it again."),
            icon=":material/ac_unit:",
        )  # fmt: skip
    if view.why_not:
        st.warning(escape(view.why_not), icon=":material/credit_card_off:")
    columns: Columns[tuple[str, str]] = (Column("Setting", lambda row: row[0]), Column("Holds", lambda row: row[1]))
    table(_rows(view, head), columns, alt="Automatic payments of the customer")


def _rows(view: AutoPaymentView, head: Head) -> list[tuple[str, str]]:
    until = f", valid until {formats.day(view.expires_on)}" if view.expires_on else ""
    valid = f"{view.card}{until}" if view.card else "Not set"
    invoices = "Yes" if view.charges_invoices else "No"
    without = "" if view.card or not view.charges_invoices else ": no effect without a card"
    return [
        ("Payment method", valid),
        ("Automatic payment", _rule(view, head.currency)),
        ("Invoices are charged to it", f"{invoices}{without}"),
    ]


def _rule(view: AutoPaymentView, currency: str) -> str:
    if view.amount is None or view.level is None:
        return "None"
    amount, level = (formats.exact_money(part, currency) for part in (view.amount, view.level))
    when = f"the available funds drop below {level}" if view.is_prepaid else f"the balance exceeds {level}"
    return f"Pay {amount} when {when}"
