"""Promises to pay on the customer's page: recorded where one looks, listed with what became of them, cancelled."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data_access.base.bookings import Kind
from data_access.base.clock import system_clock
from data_access.base.errors import Invalid
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.promises import CancelPromise, DecidePromise, MakePromise
from data_access.models.collection import Promise, PromiseState
from data_access.models.money import Transaction
from data_access.queries.collections.promises import PromisesOf
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_suspended_customer, today
from tests.support.forms import field, fill, said
from tests.support.tables import only
from tests.support.tabs import choose, open_tab


def a_promise(engine: Engine, customer_id: int, *, paid: str = "", ago: int = 0, days: int = 3) -> int:
    """A promise of 40, made some days ago for some days later, and perhaps a payment just after it was made."""
    made_at = system_clock() - timedelta(days=ago)
    access = Access(engine, SYSTEM, lambda: made_at)
    order = MakePromise(
        customer_id=customer_id, amount=Decimal(40), due_on=made_at.date() + timedelta(days=days),
        reason="*says* so", command_id=new_command_id(),
    )  # fmt: skip
    promise_id = access.execute(order).promise_id
    if paid:
        payment = BookTransaction(
            customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=Decimal(paid), command_id=new_command_id()
        )
        access.execute(payment)
    return promise_id


def decide(engine: Engine, promise_id: int) -> None:
    order = DecidePromise(promise_id=promise_id, command_id=new_command_id())
    Access(engine, SYSTEM, system_clock).execute(order)


def listed(app: AppTest) -> Any:
    """The table of the promises."""
    return next(table.value for table in app.dataframe if "Came in" in table.value.columns)


def press_first(app: AppTest, label: str) -> AppTest:
    """The first of the buttons with this label: what the head offers stands on a tab as well."""
    return next(button for button in app.button if button.label == label).click().run()


@pytest.mark.parametrize("tab", ["Overview", "Life cycle", "Balance & credits"])
def test_support_records_a_promise_from_the_head_and_from_the_tabs(desk_app: Any, tab: str) -> None:
    customer = a_suspended_customer(desk_app.engine)
    app = press_first(open_tab(desk_app, customer, tab, Role.SUPPORT), "Record promise")
    press_first(app, "Record the promise")
    assert "is not an amount" in said(app)
    fill(
        app,
        Amount_in_EUR="60.50",
        **{"To arrive before": today() + timedelta(days=4), "Reason (optional)": "on Monday"},
    )
    press_first(app, "Record the promise")
    promise = only(desk_app.engine, Promise)
    assert (promise.amount, promise.reason, promise.state) == (Decimal("60.5"), "on Monday", PromiseState.OPEN)
    assert "the promise is recorded." in said(app)


def test_what_is_overdue_is_promised_at_one_click(desk_app: Any) -> None:
    app = open_tab(desk_app, a_suspended_customer(desk_app.engine), "Overview", Role.SUPPORT)
    press_first(app, "Record promise")
    overdue = next(one for one in app.button if one.label.startswith("Overdue"))
    overdue.click().run()
    assert field(app, "Amount in EUR").value
    assert field(app, "Amount in EUR").value in overdue.label.replace("\\", "")


def test_a_promise_without_a_day_is_asked_for_one(desk_app: Any) -> None:
    app = press_first(open_tab(desk_app, a_customer(desk_app.engine), "Overview"), "Record promise")
    press_first(fill(app, Amount_in_EUR="5"), "Record the promise")
    assert "Choose the day before which the money must arrive." in said(app)


def test_broken_promises_are_told_where_another_is_recorded(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    decide(desk_app.engine, a_promise(desk_app.engine, customer, ago=9))
    app = press_first(open_tab(desk_app, customer, "Overview"), "Record promise")
    assert "1 promise was broken by this customer. Promised before: 40.00 EUR" in said(app)


def test_the_list_says_what_became_of_each_and_what_paid_it(desk_app: Any) -> None:
    engine, customer = desk_app.engine, a_customer(desk_app.engine)
    kept, broken = a_promise(engine, customer, paid="40", ago=9), a_promise(engine, customer, ago=8)
    decide(engine, kept)
    decide(engine, broken)
    gone = a_promise(engine, customer)
    order = CancelPromise(promise_id=gone, reason="misheard", command_id=new_command_id())
    Access(engine, SYSTEM, system_clock).execute(order)
    a_promise(engine, customer, paid="15.50")
    app = open_tab(desk_app, customer, "Life cycle", Role.SUPPORT)
    rows = listed(app).to_dict("records")
    assert [row["State"].split(",")[0] for row in rows] == ["Open", "Cancelled", "Broken", "Kept"]
    assert [row["Came in"] for row in rows] == ["15.50 EUR", "0.00 EUR", "0.00 EUR", "40.00 EUR"]
    assert rows[0]["Paid by"].startswith("Manual payment of ")
    assert rows[0]["Paid by"].endswith(", 15.50 EUR")
    assert (rows[0]["By"], rows[0]["Reason"], rows[1]["Paid by"]) == ("system", "*says* so", "")
    assert "1 promise was broken by this customer." in said(app)


def test_a_payment_that_was_reversed_paid_nothing(engine: Engine) -> None:
    customer = a_customer(engine)
    a_promise(engine, customer, paid="40")
    access = Access(engine, SYSTEM, system_clock)
    payment_id = only(engine, Transaction).id
    access.execute(ReverseTransaction(transaction_id=payment_id, reason="bounced", command_id=new_command_id()))
    (row,) = access.fetch(PromisesOf(customer)).rows
    assert (row.received, row.paid_by) == (0, ())


def test_an_open_promise_is_cancelled_with_a_reason(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    a_promise(desk_app.engine, customer)
    app = choose(open_tab(desk_app, customer, "Life cycle", Role.SUPPORT), f"promises-{customer}")
    press_first(app, "Cancel this promise")
    press_first(app, "Cancel the promise")
    assert "Give the reason" in said(app)
    assert only(desk_app.engine, Promise).state is PromiseState.OPEN
    press_first(fill(app, Reason="misheard"), "Cancel the promise")
    assert only(desk_app.engine, Promise).state is PromiseState.CANCELLED
    assert "the promise is cancelled." in said(app)


def test_a_promise_that_was_decided_cannot_be_cancelled(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine)
    decide(desk_app.engine, a_promise(desk_app.engine, customer, ago=9))
    app = choose(open_tab(desk_app, customer, "Life cycle", Role.SUPPORT), f"promises-{customer}")
    cancel = next(button for button in app.button if button.label == "Cancel this promise")
    assert (cancel.disabled, cancel.help) == (True, "This promise is already broken.")


def test_the_order_to_cancel_asks_for_its_reason(engine: Engine) -> None:
    promise_id = a_promise(engine, a_customer(engine))
    with pytest.raises(Invalid, match="Give the reason"):
        Access(engine, SYSTEM, system_clock).execute(CancelPromise(promise_id=promise_id, command_id=new_command_id()))


def test_whoever_may_not_lift_reads_who_records_promises(desk_app: Any) -> None:
    app = open_tab(desk_app, a_customer(desk_app.engine), "Life cycle", Role.ANALYST)
    offered = [button for button in app.button if button.label in ("Record promise", "Cancel this promise")]
    assert len(offered) == 3
    assert all(button.disabled and button.help.endswith("Support, a manager or an admin can.") for button in offered)


def test_nothing_is_promised_for_an_exported_customer(desk_app: Any) -> None:
    customer = a_customer(desk_app.engine, bill_status=BillStatus.EXPORTED)
    app = open_tab(desk_app, customer, "Life cycle", Role.SUPPORT)
    assert (
        "no promise is kept for it any more"
        in [button for button in app.button if button.label == "Record promise"][-1].help
    )


def test_nothing_promised_is_said(desk_app: Any) -> None:
    assert "Nothing has been promised." in said(open_tab(desk_app, a_customer(desk_app.engine), "Life cycle"))
