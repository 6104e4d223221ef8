"""The review of a booking before it is made: everything it will do, in words."""

from datetime import date
from decimal import Decimal

import streamlit as st

from dashboard.customer.dialogs.outcome import suspension_ends
from dashboard.kit import formats
from dashboard.kit.feedback import escape
from data_access.base.bookings import Booking
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.queries.billing.money import Preview, Settled
from data_access.queries.customers.customer import Head


def draw(
    head: Head, row: Booking, order: BookTransaction, preview: Preview, *, today: date, after: Decimal | None = None
) -> None:
    """What is booked, the balance before and after, what it settles and ends, and the person's own limits.

    `today`: the reader's, as everywhere. `after`: the balance of a rehearsal, with the fees that are booked with it.
    """
    currency, after = preview.currency, preview.balance_after if after is None else after
    st.markdown(f"**{escape(row.label)} of {escape(formats.exact_money(order.amount, currency))}**")
    _facts([
        ("Date of the money", formats.day_and_distance(order.value_on or head.today, today)),
        ("Service", order.service or ""),
        ("Payment method", order.method or ""),
        ("Reference", order.reference),
        ("The customer sees", order.visible_comment),
        ("Staff see", order.internal_comment),
        ("Reason", order.reason),
        ("Before", formats.standing_money(preview.balance_before, currency, prepaid=head.is_prepaid)),
        ("Fees booked with it", _fees(preview, after)),
        ("After", formats.standing_money(after, currency, prepaid=head.is_prepaid)),
    ])  # fmt: skip
    _settled(row, preview)
    if row.settles or preview.unallocated_after != preview.unallocated_before:
        left = formats.exact_money(preview.unallocated_after, currency)
        st.text(f"Unallocated payments afterwards: {left}")
    _suspension(head, row, preview)
    limit(preview.over_limit, currency)
    _own_limits(preview)


def limit(over: Decimal, currency: str) -> None:
    """That a booking leads above the credit limit; nothing where it does not."""
    if sentence := above_limit(over, currency):
        st.warning(escape(sentence), icon=":material/speed:")


def above_limit(over: Decimal, currency: str) -> str:
    """The same in words; empty where it does not."""
    above = formats.exact_money(over, currency)
    return f"The balance is {above} above the credit limit afterwards." if over > 0 else ""


def _fees(preview: Preview, after: Decimal) -> str:
    fees = after - preview.balance_after
    return formats.exact_money(fees, preview.currency) if fees else ""


def _facts(facts: list[tuple[str, str]]) -> None:
    with st.container(gap="xsmall", border=True):
        for label, value in facts:
            if value:
                st.text(f"{label}: {value}")


def consequences(head: Head, row: Booking, preview: Preview) -> list[str]:
    """What must still be so when it is confirmed: the invoices that it pays, and whether service comes back.

    Not the balance: usage moves it all the time, and it is told again afterwards.
    """
    paid = [f"{_sentence(invoice, preview.currency)}." for invoice in preview.settles]
    return [*paid, _about_suspension(head, row, preview)]


def _settled(row: Booking, preview: Preview) -> None:
    if preview.settles:
        st.text(f"It {'writes off' if row.writes_off else 'pays'}, the oldest invoice first:")
        with st.container(gap="xsmall"):
            for invoice in preview.settles:
                st.text(f"•  {_sentence(invoice, preview.currency)}")


def _sentence(invoice: Settled, currency: str) -> str:
    part, whole = (formats.exact_money(amount, currency) for amount in (invoice.part, invoice.open_before))
    how_far = "in full" if invoice.part == invoice.open_before else f"of {whole} open"
    return f"Invoice {invoice.number}, due {formats.day(invoice.due_on)}: {part} {how_far}"


def _suspension(head: Head, row: Booking, preview: Preview) -> None:
    sentence = _about_suspension(head, row, preview)
    if preview.ends_suspension:
        st.success(escape(sentence))
    elif sentence:
        st.warning(escape(sentence), icon=":material/pause_circle:")


def _about_suspension(head: Head, row: Booking, preview: Preview) -> str:
    if preview.ends_suspension:
        return f"Nothing is overdue afterwards: {suspension_ends(head)}."
    if head.facts.bill_status is not BillStatus.SUSPENDED:
        return ""
    missing = f"{formats.exact_money(preview.still_to_pay, preview.currency)} must still be paid to end that"
    why = missing if row.settles else "only a payment ends a suspension"
    return f"The customer stays suspended: {why}."


def _own_limits(preview: Preview) -> None:
    if preview.own is not None:
        st.text(f"Your own limits: {preview.own.says}.")
