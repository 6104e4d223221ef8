"""What is kept back for a customer: a lift with a promise, and a legal hold."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from data_access.base.clock import system_clock
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.collections.promises import DecidePromise, MakePromise
from data_access.models.collection import Promise
from data_access.models.customers import Customer
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_suspended_customer, today
from tests.support.forms import fill, labels, press, said
from tests.support.people import a_person
from tests.support.tables import only
from tests.support.tabs import open_tab

PROMISED = "Promised payment in EUR (optional)"


def lifting(desk_app, customer):
    app = press(open_tab(desk_app, customer, "Overview", Role.SUPPORT), "Change status")
    return fill(app, **{"What should happen?": "lift_suspension"})


def a_broken_promise(desk_app, customer):
    def access(actor, now: datetime):
        return Access(desk_app.engine, actor, lambda: now)

    support, now = a_person(desk_app.engine), system_clock()
    made = access(support, now - timedelta(days=9)).execute(
        MakePromise(
            customer_id=customer, amount=Decimal(40), due_on=today() - timedelta(days=5), command_id=new_command_id()
        )
    )
    access(SYSTEM, now).execute(DecidePromise(promise_id=made.promise_id, command_id=new_command_id()))


def test_a_lift_is_given_for_a_promise(desk_app):
    customer = a_suspended_customer(desk_app.engine)
    app = lifting(desk_app, customer)
    fill(app, Date=today() + timedelta(days=2), Reason="pays on Friday", **{PROMISED: "a lot"})
    press(app, "Lift the suspension")
    assert "is not an amount" in said(app)
    press(fill(app, **{PROMISED: "60"}), "Lift the suspension")
    assert only(desk_app.engine, Promise).amount == 60
    assert only(desk_app.engine, Customer).suspension_lifted_until is not None
    assert "Promised to pay by" in said(app)


def test_broken_promises_of_the_customer_are_told_before_another_is_taken(desk_app):
    customer = a_suspended_customer(desk_app.engine)
    a_broken_promise(desk_app, customer)
    assert "1 promise was broken by this customer. Promised before: 40.00 EUR" in said(lifting(desk_app, customer))


def test_a_lift_without_a_promise_stays_possible(desk_app):
    app = lifting(desk_app, a_suspended_customer(desk_app.engine))
    press(fill(app, Date=today() + timedelta(days=2), Reason="our mistake"), "Lift the suspension")
    assert only(desk_app.engine, Customer).suspension_lifted_until is not None


def test_a_promise_is_asked_for_a_lift_alone(desk_app):
    app = press(open_tab(desk_app, a_customer(desk_app.engine), "Overview"), "Change status")
    assert PROMISED not in labels(fill(app, **{"What should happen?": "block"}))


def test_a_legal_hold_is_put_with_a_reason_told_in_the_head_and_ended(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1", bill_status=BillStatus.PERMANENTLY_TERMINATED)
    app = press(open_tab(desk_app, customer, "Overview"), "Legal hold")
    press(app, "Put under a legal hold")
    assert "Give the reason" in said(app)
    press(fill(app, Reason="court order 17"), "Put under a legal hold")
    assert only(desk_app.engine, Customer).legal_hold
    assert "C-1 is now under a legal hold." in said(app)
    assert "· under a legal hold" in said(app)
    press(fill(press(app, "Legal hold"), Reason="case closed"), "End the legal hold")
    assert not only(desk_app.engine, Customer).legal_hold


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
def test_who_may_not_hold_reads_who_can(desk_app, role):
    app = open_tab(desk_app, a_customer(desk_app.engine), "Overview", role)
    hold = next(one for one in app.button if one.label == "Legal hold")
    assert hold.disabled
    assert hold.help.endswith("A manager or an admin can.")
