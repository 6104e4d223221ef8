"""Balance & credits: the figures of the customer's money, and every booking with the balance after it."""

from collections.abc import Sequence

import streamlit as st

from dashboard.customer.actions import Action, chosen
from dashboard.customer.dialogs.money import reverse
from dashboard.customer.figures import Figure, figures
from dashboard.customer.sections import Drawn, Rows, Tab
from dashboard.customer.tabs.money import limits, promises
from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission
from data_access.queries.billing.free_bookings import NotInvoiced
from data_access.queries.billing.ledger import FindTransactions, LedgerRow, PaymentUse, PaymentUses
from data_access.queries.customers.customer import Head, Overdue
from data_access.queries.customers.limits import LimitsOf
from data_access.store.access import Access


def _credits(access: Access, head: Head) -> None:
    in_force = access.fetch(LimitsOf(head.customer_id))
    figures([*_figures(head), _not_invoiced(access, head), *limits.in_figures(in_force, head)], key="credits")


def _remark(_head: Head, _rows: Sequence[LedgerRow]) -> None:
    st.caption("Choose a row to reverse it, and to see what a payment was used for.")


def _oldest(late: Overdue, currency: str) -> str:
    oldest = f"Oldest due {formats.day(late.oldest_due_on)}"
    return (
        oldest if late.to_pay == late.amount else f"{oldest}; {formats.money(late.to_pay, currency)} must be paid now"
    )


def _figures(head: Head) -> list[Figure]:
    paid, late = head.last_payment, head.overdue
    return [
        Figure("Total outstanding balance", formats.money(head.outstanding, head.currency), "All unpaid invoices"),
        Figure(
            "Overdue balance",
            formats.money(late.amount, head.currency) if late else "nothing",
            _oldest(late, head.currency) if late else "No invoice is past its due day",
        ),
        Figure(
            "Unallocated payments",
            formats.money(head.unallocated, head.currency),
            "Settle future invoices; already in the balance",
        ),
        Figure(
            "Last payment received",
            formats.money(paid.amount, head.currency) if paid else "none",
            formats.day(paid.on) if paid else "",
        ),
    ]


def _not_invoiced(access: Access, head: Head) -> Figure:
    amount = access.fetch(NotInvoiced(head.customer_id))
    shown = formats.exact_money(abs(amount), head.currency)
    if amount < 0:
        return Figure("Not invoiced yet", f"{shown} in credit", "The next invoice takes it off")
    return Figure("Not invoiced yet", shown if amount else "nothing", "In the balance; the next invoice asks for it")


def _details(access: Access, head: Head, row: LedgerRow) -> None:
    """The texts of which a cell holds the beginning, and what the booking was used for."""
    for label, text in (("The customer sees", row.visible_comment), ("Staff see", row.internal_comment)):
        if text:
            st.text(f"{label}: {text}")
    _uses(access, head, row)


def _columns(_: Access, head: Head) -> Columns[LedgerRow]:
    return (
        Column("Booked", lambda row: formats.moment(row.at, head.zone), width=122),
        Column("Transaction", lambda row: row.kind + (", taken back" if row.is_reversal else ""), width=112),
        Column("Amount", lambda row: _signed(row, head), "amount", 100),
        Column("Balance after", lambda row: formats.owes(row.balance_after, head.currency), "amount", 142),
        Column("Value date", lambda row: formats.day(row.value_on), width=88),
        Column("By", lambda row: row.login, width=66),
        Column("Service", lambda row: ", ".join(part for part in (row.service, row.measured) if part), width=92),
        Column("Visible comment", lambda row: row.visible_comment, width=124),
        Column("Internal comment", lambda row: row.internal_comment, width=102),
        Column(
            "Method, reference", lambda row: ", ".join(part for part in (row.method, row.reference) if part), width=100
        ),
    )


def _signed(row: LedgerRow, head: Head) -> str:
    if not row.amount:
        return formats.money(row.amount, head.currency)
    return f"{'+' if row.amount > 0 else '−'}{formats.exact_money(abs(row.amount), head.currency)}"


def _actions(head: Head, row: LedgerRow | None) -> list[Action]:
    about = chosen(row, lambda one: one.transaction_id, "Choose a booking in the table first.")
    needs = Permission.CUSTOMER_READ if row is not None and row.is_own_and_new else Permission.MONEY_CORRECT
    reversing = Action(reverse.NAME, "Reverse this booking", ":material/undo:", needs, about.subject, about.obstacle,
                    after_the_end=True)  # fmt: skip
    return [*limits.entries(head), promises.record(head), reversing]


def _uses(access: Access, head: Head, row: LedgerRow) -> None:
    if not row.settles:
        st.text(f"{row.kind} of {formats.day(row.value_on)}: it is not a payment, so it pays no invoice.")
        return
    uses = access.fetch(PaymentUses(row.transaction_id))
    free = abs(row.amount) - sum(use.amount for use in uses)
    st.text(
        f"{row.kind} of {formats.day(row.value_on)}: what it was used for. "
        f"Not used yet: {formats.money(free, head.currency)}."
    )
    if uses:
        columns: Columns[PaymentUse] = (
            Column("Used for", lambda use: use.used_for),
            Column("Amount", lambda use: formats.exact_money(use.amount, head.currency), "amount"),
            Column("Recorded", lambda use: formats.moment(use.at, head.zone)),
        )
        table(uses, columns, alt="What the payment was used for")


TAB = Tab("Balance & credits", (
    Drawn(_credits),
    Rows(
        lambda customer_id: FindTransactions(customer_id, page_params.below()), _columns,
        alt="Bookings, newest first", key="ledger", remark=_remark, actions=_actions, details=_details,
        empty="Nothing has been booked yet. Adjust balance books a payment, a charge or a credit.",
    ),
    limits.FUNDS,
    Drawn(limits.history),
))  # fmt: skip
