"""The dialog Issue an invoice: the kind, the bookings on it, a preview, and then it is issued once."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, confirm, facts, finish, window
from dashboard.customer.dialogs.outcome import midterm_on_its_way
from dashboard.kit import formats
from dashboard.kit.feedback import escape
from dashboard.kit.forms.forms import Form
from data_access.base.clock import time_in_words
from data_access.commands.billing.invoices import InvoiceIssued, IssueInitial, IssueOutOfTurn, RequestMidterm
from data_access.queries.billing.free_bookings import FreeBooking, InvoiceableBookings, InvoicePreview, OutOfTurnPreview
from data_access.queries.billing.invoicing import InvoiceAhead
from data_access.queries.customers.customer import CustomerHead, Head
from data_access.queries.forecast.customer_forecast import WITHIN
from data_access.store.access import Access

NAME = "issue_invoice"
MIDTERM, OUT_OF_TURN, INITIAL = "midterm", "out_of_turn", "initial"
_KINDS = {MIDTERM: "Midterm invoice", OUT_OF_TURN: "Out-of-turn invoice", INITIAL: "Initial invoice"}
_SAYS = (
    "Everything from the start of the billing period until now. It is issued within the hour.",
    "Manual charges and credits, chosen one by one. It is issued at once.",
    "The charges so far of a customer in its first billing period. It is issued at once.",
)


def _issue(access: Access, head: Head) -> None:
    form = Form(access, NAME, head.customer_id)
    if form.is_reviewed and form.typed.get("chosen"):
        _review(form, head)
        return
    kind = form.one_of("kind", "Which invoice?", _KINDS, captions=_SAYS)
    if kind == MIDTERM:
        _midterm(form, head)
    elif kind == OUT_OF_TURN:
        _choose(form, head)
    elif kind == INITIAL:
        _initial(form, head)


def _midterm(form: Form, head: Head) -> None:
    if head.invoices_requested_at:
        at = head.invoices_requested_at[0]
        asked, by = formats.moment(at, head.zone), time_in_words(at + WITHIN, head.zone)
        st.info(escape(f"One was requested on {asked}: it is issued by {by}."), icon=":material/schedule:")
        return
    ahead = form.access.fetch(InvoiceAhead(head.customer_id))
    total, tax = (formats.exact_money(part, ahead.currency) for part in (ahead.total, ahead.tax))
    st.text(f"Now it would ask for {total}{f', {tax} of it tax' if ahead.tax else ''}; fees until then are added.")
    form.text("reason", "Reason (optional)")
    finish(
        form,
        head,
        "Request it",
        lambda: RequestMidterm(
            customer_id=head.customer_id, reason=form.typed.get("reason", ""), command_id=form.command_id
        ),
        lambda _: f"{head.customer_code}:{midterm_on_its_way(form.access.fetch(CustomerHead(head.customer_id)))}",
    )


def _initial(form: Form, head: Head) -> None:
    form.text("reason", "Reason (optional)")
    finish(
        form,
        head,
        "Issue it",
        lambda: IssueInitial(
            customer_id=head.customer_id, reason=form.typed.get("reason", ""), command_id=form.command_id
        ),
        lambda issued: _said(head, issued),
    )


def _said(head: Head, issued: InvoiceIssued) -> str:
    return f"{head.customer_code}: invoice {issued.number} is issued."


def _choose(form: Form, head: Head) -> None:
    free = form.access.fetch(InvoiceableBookings(head.customer_id))
    if not free:
        st.info("No manual charge or credit is waiting for an invoice.", icon=":material/info:")
        return
    options = {str(booking.transaction_id): _line(booking, head) for booking in free}
    form.several("chosen", "Charges and credits", options, help="Those that are not on an invoice yet.")
    form.text("reason", "Reason (optional)")
    with st.container(horizontal=True):
        if st.button("Review", type="primary", key=form.key("review")):
            _to_review(form, head)
        form.offer_start_over()


def _line(booking: FreeBooking, head: Head) -> str:
    sign = "−" if booking.amount < 0 else ""
    amount = f"{sign}{formats.exact_money(abs(booking.amount), head.currency)}"
    told = (formats.day(booking.value_on), booking.label, booking.service, booking.comment, amount)
    return " · ".join(part for part in told if part)


def _to_review(form: Form, head: Head) -> None:
    if not form.typed.get("chosen"):
        form.complain({"chosen": "Choose at least one charge or credit."})
    elif refusal := _preview(form, head).refusal:
        form.complain({"chosen": refusal})
    else:
        form.to_review()


def _chosen(form: Form) -> tuple[int, ...]:
    return tuple(int(booking) for booking in form.typed["chosen"].split())


def _preview(form: Form, head: Head) -> InvoicePreview:
    return form.access.fetch(OutOfTurnPreview(head.customer_id, _chosen(form)))


def _review(form: Form, head: Head) -> None:
    chosen, preview = _chosen(form), _preview(form, head)
    _told(preview, len(chosen))
    order = IssueOutOfTurn(
        customer_id=head.customer_id,
        transaction_ids=chosen,
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )
    showed = [f"{label}: {value}." for label, value in _rows(preview)]
    confirm(
        form, head, "Issue the invoice", form.doing(order), lambda issued: _said(head, issued),
        showed=showed,
    )  # fmt: skip


def _told(preview: InvoicePreview, bookings: int) -> None:
    st.markdown(f"**Out-of-turn invoice over {escape(formats.counted(bookings, 'booking'))}**")
    facts(*_rows(preview))
    st.caption("The balance does not change: it already includes the charges.")


def _rows(preview: InvoicePreview) -> list[tuple[str, str]]:
    asked = preview.asked
    total, booked, left, rest, paid = (
        formats.exact_money(part, preview.currency)
        for part in (asked.total, asked.booked, -asked.remainder, asked.carried_on, preview.paid_at_once)
    )
    return [
        ("Total", total),
        ("Of it tax", formats.exact_money(asked.tax, preview.currency) if asked.tax else ""),
        ("Before rounding", booked if asked.booked != asked.total else ""),
        ("Carried over from the rounding of earlier invoices", left if asked.remainder else ""),
        ("Taken off the next invoice", rest if asked.carried_on > 0 else ""),
        ("Paid at once from unallocated payments", paid if preview.paid_at_once else ""),
        ("Issued", formats.day(preview.issued_on)),
        ("Due", f"{formats.day(preview.due_on)}, {_terms(preview)}"),
    ]


def _terms(preview: InvoicePreview) -> str:
    if preview.keeps_due_day_of:
        return f"as invoice {preview.keeps_due_day_of} was, which is void"
    within = formats.counted(preview.net_days, "day") if preview.net_days else "on the day of issue"
    return f"to be paid within {within}"


DIALOGS: Mapping[str, Draw] = {NAME: window("Issue an invoice", _issue, width="medium")}
