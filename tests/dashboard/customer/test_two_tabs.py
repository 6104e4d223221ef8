"""One person with a form open in two browser tabs, after a reload, and days later: what is shown is what is done."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import streamlit as st

from dashboard.kit.forms.entry import FormEntry
from data_access.base.bookings import Kind
from data_access.base.clock import system_clock
from data_access.base.money import exact
from data_access.base.permissions import Role
from data_access.commands.billing.money import BookTransaction
from data_access.models.customers import Customer, Note
from data_access.models.money import Transaction
from data_access.store.access import Access
from data_access.store.drafts import draft_for, keep
from tests.support.builders import a_customer, an_invoice, today
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import a_person
from tests.support.tables import only, rows

FIRST, SECOND = "first", "second"


@pytest.fixture
def tabs(desk_app, open_dialog):
    """Opens the same dialog on the same customer in two tabs of one person, one after the other."""

    def opened(name: str, customer_id: int, role: Role = Role.MANAGER) -> tuple[Any, Any]:
        person = a_person(desk_app.engine, role)
        return open_dialog(name, customer_id, actor=person), open_dialog(name, customer_id, actor=person)

    return opened


def pay(app: Any, amount: str) -> Any:
    return fill(app, Transaction="manual_payment", **{"Amount in EUR": amount})


def booked(desk_app: Any) -> list[Decimal]:
    return [-row.amount for row in rows(desk_app.engine, Transaction)]


def choose(app: Any, label: str, side: str) -> Any:
    """Here or there, for a field that both tabs changed."""
    return field(app, f"{label}: which one to keep?").set_value(side).run()


def test_what_the_other_tab_typed_is_never_booked_by_the_confirmation_of_this_one(desk_app, tabs):
    first, second = tabs("adjust_balance", a_customer(desk_app.engine))
    press(pay(first, "10.00"), "Review")
    pay(second, "70.00")
    press(first, "Confirm")
    assert booked(desk_app) == []
    assert "Nothing was saved" in said(first)
    assert "Confirm" not in [button.label for button in first.button]
    asked = field(first, "Amount in EUR: which one to keep?")
    assert [option.replace("\\", "") for option in asked.options] == ["Here: 10.00", "There: 70.00"]
    press(first, "Review")
    assert "Confirm" not in [button.label for button in first.button]
    press(press(choose(first, "Amount in EUR", "here"), "Review"), "Confirm")
    assert booked(desk_app) == [Decimal(10)]


def test_a_choice_holds_though_the_click_after_it_ended_its_run(desk_app, tabs, monkeypatch):
    first, second = tabs("adjust_balance", a_customer(desk_app.engine))
    press(pay(first, "10.00"), "Review")
    pay(second, "70.00")
    press(first, "Confirm")
    took, to_end = FormEntry._took, ["amount"]

    def ends_once(form, field, *rest):
        if field in to_end:
            to_end.remove(field)
            st.stop()
        return took(form, field, *rest)

    monkeypatch.setattr(FormEntry, "_took", ends_once)
    choose(first, "Amount in EUR", "here")
    assert not to_end
    press(press(first.run(), "Review"), "Confirm")
    assert booked(desk_app) == [Decimal(10)]


def test_the_other_tabs_amount_is_booked_once_it_was_chosen_and_reviewed_here(desk_app, tabs):
    first, second = tabs("adjust_balance", a_customer(desk_app.engine))
    press(pay(first, "10.00"), "Review")
    pay(second, "70.00")
    press(first, "Confirm")
    choose(first, "Amount in EUR", "there")
    assert field(first, "Amount in EUR").value == "70.00"
    press(press(first, "Review"), "Confirm")
    assert booked(desk_app) == [Decimal(70)]


def test_a_form_that_was_sent_in_the_other_tab_says_so_and_a_second_payment_is_possible(desk_app, tabs):
    first, second = tabs("adjust_balance", a_customer(desk_app.engine, customer_code="C-1"))
    press(pay(first, "50"), "Review")
    press(second.run(), "Review")
    press(first, "Confirm")
    press(second, "Confirm")
    assert booked(desk_app) == [Decimal(50)]
    assert "Already done, on " in said(second)
    assert "C-1: manual payment of 50.00 EUR booked." in said(second)
    assert field(second, "Transaction").value is None
    press(press(press(pay(second, "50"), "Review"), "It is another payment"), "Confirm")
    assert "Already done" not in said(second)
    assert booked(desk_app)[:2] == [Decimal(50)] * 2


def test_after_an_answer_that_was_lost_the_form_says_what_was_done_and_starts_afresh(desk_app, open_dialog):
    customer_id, support = a_customer(desk_app.engine), a_person(desk_app.engine)
    app = press(pay(open_dialog("adjust_balance", customer_id, actor=support), "50"), "Review")
    draft = draft_for(desk_app.engine, support.person_id, "adjust_balance", str(customer_id), system_clock())
    lost = BookTransaction(
        customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=exact(Decimal(50)), value_on=today(),
        command_id=draft.command_id,
    )  # fmt: skip
    Access(desk_app.engine, support).execute(lost)
    reloaded = open_dialog("adjust_balance", customer_id, actor=support)
    for tab in (reloaded, press(app, "Confirm")):
        assert "Already done, on " in said(tab)
        assert "Book transaction, Manual payment of 50.00 EUR" in said(tab)
        assert "You started this on" not in said(tab)
        assert "Amount in EUR" not in labels(tab)
    assert booked(desk_app) == [Decimal(50)]
    press(press(press(pay(reloaded, "50"), "Review"), "It is another payment"), "Confirm")
    assert booked(desk_app) == [Decimal(50)] * 2


def test_what_was_told_once_is_not_told_at_the_next_opening(desk_app, open_dialog):
    customer_id, support = a_customer(desk_app.engine), a_person(desk_app.engine)
    app = press(press(pay(open_dialog("adjust_balance", customer_id, actor=support), "50"), "Review"), "Confirm")
    app.run()
    assert "Already done" not in said(open_dialog("adjust_balance", customer_id, actor=support))


def test_an_answer_nobody_can_have_read_is_told_after_the_reload(desk_app, open_dialog):
    customer_id, support = a_customer(desk_app.engine, customer_code="C-1"), a_person(desk_app.engine)
    press(press(pay(open_dialog("adjust_balance", customer_id, actor=support), "50"), "Review"), "Confirm")
    reloaded = open_dialog("adjust_balance", customer_id, actor=support)
    assert "C-1: manual payment of 50.00 EUR booked." in said(reloaded)


def test_a_review_is_never_opened_again_by_itself(desk_app, open_dialog):
    customer_id, support = a_customer(desk_app.engine), a_person(desk_app.engine)
    press(pay(open_dialog("adjust_balance", customer_id, actor=support), "50"), "Review")
    again = open_dialog("adjust_balance", customer_id, actor=support)
    assert "After:" not in said(again)
    assert "Confirm" not in [button.label for button in again.button]
    assert field(again, "Amount in EUR").value == "50"


def test_a_review_that_is_no_longer_true_is_shown_anew_and_books_nothing(desk_app, open_dialog):
    customer_id = a_customer(desk_app.engine)
    an_invoice(desk_app.engine, customer_id, number="A-1")
    app = press(pay(open_dialog("adjust_balance", customer_id, Role.SUPPORT), "100"), "Review")
    assert "Invoice A-1" in said(app)
    paid = BookTransaction(customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=exact(Decimal(90)),
                           command_id="of a colleague")  # fmt: skip
    Access(desk_app.engine, a_person(desk_app.engine)).execute(paid)
    press(app, "Confirm")
    assert booked(desk_app) == [Decimal(-100), Decimal(90)]
    assert "has changed since you looked" in said(app)
    assert "It said before: Invoice A-1" in said(app)
    press(app, "Confirm")
    assert len(booked(desk_app)) == 3


def test_a_kept_draft_says_when_it_was_begun_and_that_it_is_not_saved(desk_app, open_dialog):
    customer_id, manager = a_customer(desk_app.engine, city="Rome"), a_person(desk_app.engine, Role.MANAGER)
    first = open_dialog("edit_customer", customer_id, actor=manager)
    press(fill(first, City="Oslo", Email="nobody"), "Save")
    assert "You started this on" not in said(first)
    draft = draft_for(desk_app.engine, manager.person_id, "edit_customer", str(customer_id), system_clock())
    keep(desk_app.engine, draft, {}, system_clock())
    draft = draft_for(desk_app.engine, manager.person_id, "edit_customer", str(customer_id), system_clock())
    keep(desk_app.engine, draft, {"city": "Oslo", "email": "nobody"}, system_clock() - timedelta(days=9))
    later = open_dialog("edit_customer", customer_id, actor=manager)
    assert f"You started this on {today() - timedelta(days=9):%-d %b %Y}" in said(later)
    assert "(not saved): continue, or start over." in said(later)
    assert "Not saved.] It was “Rome”." in said(later)
    assert said(later).count("Not saved.") == 2
    press(later, "Continue")
    assert "You started this on" not in said(later)
    assert (field(later, "City").value, field(later, "Email").value) == ("Oslo", "nobody")
    again = press(open_dialog("edit_customer", customer_id, actor=manager), "Start over")
    assert (field(again, "City").value, field(again, "Email").value) == ("Rome", "")
    assert "Not saved" not in said(again)


def test_a_draft_of_nothing_but_what_is_stored_is_none(desk_app, open_dialog):
    customer_id, manager = a_customer(desk_app.engine, city="Rome"), a_person(desk_app.engine, Role.MANAGER)
    fill(fill(open_dialog("edit_customer", customer_id, actor=manager), City="Oslo"), City="Rome")
    assert "You started this on" not in said(open_dialog("edit_customer", customer_id, actor=manager))


def test_two_tabs_that_edit_different_fields_lose_neither(desk_app, tabs):
    first, second = tabs("edit_customer", a_customer(desk_app.engine))
    fill(first, City="Oslo")
    fill(second, Contact="Ann")
    assert (field(second, "City").value, field(second, "Contact").value) == ("Oslo", "Ann")
    press(first, "Save")
    assert "Nothing was saved" in said(first)
    assert (field(first, "City").value, field(first, "Contact").value) == ("Oslo", "Ann")
    press(first, "Save")
    row = only(desk_app.engine, Customer)
    assert (row.city, row.contact) == ("Oslo", "Ann")


@pytest.mark.parametrize(("side", "city"), [("here", "Bergen"), ("there", "Oslo")])
def test_two_tabs_that_edit_the_same_field_choose(desk_app, tabs, side, city):
    first, second = tabs("edit_customer", a_customer(desk_app.engine, city="Rome"))
    fill(first, City="Oslo")
    fill(second, City="Bergen", Contact="Ann")
    assert field(second, "City").value == "Bergen"
    press(second, "Save")
    assert only(desk_app.engine, Customer).city == "Rome"
    choose(second, "City", side)
    press(second, "Save")
    row = only(desk_app.engine, Customer)
    assert (row.city, row.contact) == (city, "Ann")


@pytest.mark.parametrize(("side", "city"), [("here", "Bergen"), ("there", "Oslo")])
def test_a_tab_that_types_over_what_the_other_one_saved_chooses(desk_app, tabs, side, city):
    first, second = tabs("edit_customer", a_customer(desk_app.engine, city="Rome", customer_code="C-1"))
    press(fill(first, City="Oslo"), "Save")
    fill(second, City="Bergen")
    assert "C-1 is saved." in said(second)
    assert field(second, "City").value == "Bergen"
    choose(second, "City", side)
    press(second, "Save")
    assert only(desk_app.engine, Customer).city == city


def test_a_tab_goes_on_with_its_typing_after_the_other_one_saved(desk_app, tabs):
    first, second = tabs("edit_customer", a_customer(desk_app.engine, city="Rome"))
    press(fill(first, City="Oslo"), "Save")
    fill(second, Contact="Ann")
    assert (field(second, "City").value, field(second, "Contact").value) == ("Oslo", "Ann")
    press(second, "Save")
    row = only(desk_app.engine, Customer)
    assert (row.city, row.contact) == ("Oslo", "Ann")


def test_starting_over_never_discards_what_the_other_tab_typed_unseen(desk_app, tabs):
    first, second = tabs("edit_customer", a_customer(desk_app.engine))
    fill(first, City="Oslo")
    fill(second, Contact="Ann")
    press(first, "Start over")
    assert (field(first, "City").value, field(first, "Contact").value) == ("Oslo", "Ann")
    press(first, "Start over")
    assert (field(first, "City").value, field(first, "Contact").value) == ("", "")
    fill(second, Fax="+49 30 1")
    assert "You started over in another tab" in said(second)
    assert (field(second, "Contact").value, field(second, "Fax").value) == ("", "+49 30 1")


def test_a_note_saved_in_both_tabs_is_added_once(desk_app, tabs):
    first, second = tabs("add_note", a_customer(desk_app.engine))
    fill(first, Note="Promised to pay")
    fill(second, Sticky=True) if "Sticky" in labels(second) else second.run()
    press(first.run(), "Add the note")
    press(second, "Add the note")
    assert len(rows(desk_app.engine, Note)) == 1
    assert "Already done" in said(second)


def test_starting_over_after_an_earlier_save_is_not_told_as_that_save(desk_app, tabs):
    first, second = tabs("edit_customer", a_customer(desk_app.engine, customer_code="C-1"))
    press(fill(first, City="Oslo"), "Save")
    assert "C-1 is saved." in said(second.run())
    fill(second, Contact="Ann")
    fill(first.button(key="open").click().run(), City="Rome")
    second.run()
    press(first.run(), "Start over")
    assert "You started over in another tab" in said(second.run())
    assert "C-1 is saved." not in said(second)
