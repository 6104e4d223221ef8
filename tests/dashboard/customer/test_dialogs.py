"""The dialogs of a customer's page, worked in as a person does."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.kit.forms.dialog_state import Dialog
from data_access.base.clock import system_clock
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.customers import EditCustomer
from data_access.models.customers import Customer, Note
from data_access.models.history import InvoiceRequest, PlannedMove
from data_access.models.money import Transaction
from data_access.queries.customers.choices import EditableCustomer
from data_access.store.access import Access, new_command_id
from data_access.store.drafts import draft_for
from tests.support.builders import a_class, a_customer, a_suspended_customer, an_invoice, today
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import a_person


def rows(engine: Any, model: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(model.__table__).order_by(model.__table__.c.id)))


def only(engine: Any, model: Any) -> Any:
    (row,) = rows(engine, model)
    return row


@pytest.mark.parametrize("name", ["change_status", "adjust_balance", "edit_customer", "add_note"])
@pytest.mark.parametrize("role", list(Role)[:4])
def test_every_dialog_opens_for_every_role_without_a_crash(desk_app, open_dialog, name, role):
    app = open_dialog(name, a_customer(desk_app.engine, customer_code="C-1"), role)
    assert not app.exception
    assert "Something went wrong" not in said(app)


def test_a_block_is_made_with_its_reason_and_said(desk_app, open_dialog):
    app = open_dialog("change_status", a_customer(desk_app.engine, customer_code="C-1"), Role.SUPPORT)
    fill(app, **{"What should happen?": "block"})
    assert "All accounts become unusable" in said(app)
    press(fill(app, Reason="fraud"), "Block")
    assert only(desk_app.engine, Customer).blocked
    assert "C-1: Block, done" in said(app)
    assert "What should happen?" not in labels(app)
    assert "What should happen?" not in labels(app.run())


def test_a_missing_reason_is_said_at_its_field_and_the_dialog_stays(desk_app, open_dialog):
    app = open_dialog("change_status", a_customer(desk_app.engine))
    press(fill(app, **{"What should happen?": "block"}), "Block")
    assert "Give the reason" in said(app)
    assert "Reason" in labels(app)
    fill(app, Reason="fraud")
    assert "Give the reason" not in said(app)


def test_what_is_not_possible_is_listed_with_its_reason(desk_app, open_dialog):
    app = open_dialog("change_status", a_suspended_customer(desk_app.engine), Role.SUPPORT)
    assert "A manager or an admin can" in said(app)
    assert set(field(app, "What should happen?").options) >= {"Lift the suspension until…"}


def test_permanent_termination_asks_for_date_and_the_typed_id(desk_app, open_dialog):
    app = open_dialog("change_status", a_customer(desk_app.engine, customer_code="C-1"))
    fill(app, **{"What should happen?": "permanently_terminate"}, Reason="left")
    press(app, "Permanently terminate")
    assert "Give the date" in said(app)
    assert "Type the Customer ID" in said(app)
    fill(app, Date=today() + timedelta(days=1), Customer_ID="C-1")
    fill(app, **{"Generate an invoice prior to the end of the billing period": True})
    press(app, "Permanently terminate")
    assert only(desk_app.engine, Customer).terminate_on == today() + timedelta(days=1)
    assert only(desk_app.engine, InvoiceRequest).state == "requested"
    assert "A midterm invoice has been requested: it will be issued by " in said(app)
    assert "Shown as Active. A permanent termination is planned. On " in said(app)


def test_another_move_starts_without_the_date_of_the_first(desk_app, open_dialog):
    app = open_dialog("change_status", a_customer(desk_app.engine))
    fill(app, **{"What should happen?": "permanently_terminate"}, Date=today() + timedelta(days=1))
    fill(app, **{"What should happen?": "block"})
    fill(app, **{"What should happen?": "permanently_terminate"})
    assert field(app, "Date").value is None


def test_a_provisional_termination_can_be_planned(desk_app, open_dialog):
    app = open_dialog("change_status", a_customer(desk_app.engine))
    fill(app, **{"What should happen?": "provisionally_terminate", "Not now: plan it for a later day": True})
    fill(app, **{"On the day": today() + timedelta(days=9)}, Reason="moves away")
    press(app, "Plan it")
    assert only(desk_app.engine, PlannedMove).due_on == today() + timedelta(days=9)


def test_a_closed_customer_offers_no_move(desk_app, open_dialog):
    app = open_dialog("change_status", a_customer(desk_app.engine, bill_status=BillStatus.PERMANENTLY_TERMINATED))
    assert "What should happen?" not in labels(app)
    assert "permanently terminated" in said(app)


def pay(app: Any, amount: str, currency: str = "EUR") -> Any:
    return fill(app, Transaction="manual_payment", **{f"Amount in {currency}": amount})


def test_a_payment_is_reviewed_in_words_and_then_booked_once(desk_app, open_dialog):
    customer_id = a_suspended_customer(desk_app.engine, customer_code="C-1")
    app = press(pay(open_dialog("adjust_balance", customer_id, Role.SUPPORT), "120"), "Review")
    assert "Before: owes 100.00 EUR" in said(app)
    assert "After: 20.00 EUR in credit" in said(app)
    assert "100.00 EUR in full" in said(app)
    assert "Unallocated payments afterwards: 20.00 EUR" in said(app)
    assert "the suspension ends" in said(app)
    press(app, "Confirm")
    assert only(desk_app.engine, Customer).balance == Decimal(-20)
    assert "Shown as Active. Services can be used." in said(app)
    assert "Transaction" not in labels(app)


def test_the_same_payment_again_is_asked_about_at_the_review_with_the_earlier_one_shown(desk_app, open_dialog):
    customer_id = a_customer(desk_app.engine)
    for login in ("ann", "bob"):
        app = pay(open_dialog("adjust_balance", customer_id, actor=a_person(desk_app.engine, login=login)), "50")
        press(fill(app, Payment_reference="CHQ 1"), "Review")
        if login == "ann":
            press(app, "Confirm")
    assert "A payment of 50.00 EUR with the reference CHQ 1 was booked" in said(app)
    assert "by ann" in said(app)
    assert "Confirm" not in [button.label for button in app.button]
    press(press(app, "It is another payment"), "Confirm")
    assert [row.amount for row in rows(desk_app.engine, Transaction)] == [Decimal(-50)] * 2


def test_a_part_payment_says_how_much_is_missing_and_what_leads_over_the_limit_says_so(desk_app, open_dialog):
    late = a_suspended_customer(desk_app.engine)
    app = press(pay(open_dialog("adjust_balance", late), "99.99"), "Review")
    assert "The customer stays suspended: 0.01 EUR must still be paid to end that." in said(app)
    for limit, is_over in ((Decimal(20), False), (Decimal("19.99"), True)):
        full = a_customer(desk_app.engine, credit_limit=limit, balance=Decimal(15), unallocated=Decimal(5))
        app = fill(open_dialog("adjust_balance", full, Role.ADMIN), Transaction="refund", Reason="asked")
        press(fill(app, **{"Amount in EUR": "5"}), "Review")
        assert ("The balance is 0.01 EUR above the credit limit afterwards." in said(app)) is is_over
        assert "After: owes 20.00 EUR" in said(app)


def test_a_change_tells_the_shown_status_and_what_it_means(desk_app, open_dialog):
    customer = a_suspended_customer(desk_app.engine, blocked=True, customer_code="C-1")
    app = fill(open_dialog("change_status", customer), **{"What should happen?": "lift_suspension"})
    press(fill(app, Date=today() + timedelta(days=2), Reason="pays tomorrow"), "Lift the suspension")
    assert "C-1: Lift the suspension, done. Shown as Blocked. All accounts are unusable" in said(app)
    assert "Billing status" not in said(app)
    app = press(pay(open_dialog("adjust_balance", customer), "100"), "Review")
    assert "the suspension ends and it stays blocked" in said(app)
    press(app, "Confirm")
    assert "Shown as" not in said(app)


def press_sum(app: Any, name: str) -> None:
    next(button for button in app.button if button.label.startswith(name)).click().run()


@pytest.mark.parametrize(
    ("currency", "limit", "of"), [("EUR", "99.995", "0.01"), ("JPY", "99", "1"), ("KWD", "99.5", "0.500")]
)
def test_a_payment_offers_its_likely_sums_at_a_click(desk_app, open_dialog, currency, limit, of):
    customer = a_customer(desk_app.engine, currency=currency, credit_limit=Decimal(limit))
    an_invoice(desk_app.engine, customer, total=Decimal(40), currency=currency, due_on=today() - timedelta(days=1))
    an_invoice(desk_app.engine, customer, total=Decimal(60), currency=currency, due_on=today() + timedelta(days=9))
    app = fill(open_dialog("adjust_balance", customer), Transaction="manual_payment")
    labelled = [button.label.replace("\\", "") for button in app.button]
    sums = {label.partition(":")[0]: label for label in labelled if ": " in label}
    assert list(sums) == ["Overdue", "All open", "To the limit"]
    press_sum(app, "To the limit")
    assert field(app, f"Amount in {currency}").value == of
    press_sum(app, "All open")
    fill(app, Payment_method="Cheque", Payment_reference="CHQ 1")
    press(press(app, "Review"), "Confirm")
    booked = rows(desk_app.engine, Transaction)[-1]
    assert (booked.amount, booked.method, booked.reference) == (Decimal(-100), "Cheque", "CHQ 1")


def test_a_wrong_amount_is_said_at_its_field_and_what_was_typed_stays(desk_app, open_dialog):
    app = pay(open_dialog("adjust_balance", a_customer(desk_app.engine, currency="KWD")), "1,234", "KWD")
    press(app, "Review")
    assert "1.234 or as 1234" in said(app)
    assert field(app, "Amount in KWD").value == "1,234"
    assert rows(desk_app.engine, Transaction) == []


@pytest.mark.parametrize("amount", ["0", "-5", "1.005", "NaN", "9" * 10_000, "1'; DROP TABLE transactions", "٥"])
def test_no_such_amount_reaches_the_review(desk_app, open_dialog, amount):
    app = press(pay(open_dialog("adjust_balance", a_customer(desk_app.engine)), amount), "Review")
    assert not app.exception
    assert "Amount in EUR" in labels(app)


def test_back_from_the_review_nothing_is_lost(desk_app, open_dialog):
    app = pay(open_dialog("adjust_balance", a_customer(desk_app.engine)), "5")
    fill(app, Visible_comment="Thanks *a lot* <b>", Payment_reference="R-1")
    press(press(app, "Review"), "Back")
    assert field(app, "Visible comment").value == "Thanks *a lot* <b>"
    assert field(app, "Payment reference").value == "R-1"


def test_a_comment_that_is_too_long_is_refused_at_the_review_and_stands_at_its_field(desk_app, open_dialog):
    app = pay(open_dialog("adjust_balance", a_customer(desk_app.engine)), "5")
    press(fill(app, Visible_comment="x" * 10_000), "Review")
    assert "Visible comment" in labels(app)
    assert "At most" in said(app)
    assert rows(desk_app.engine, Transaction) == []


def test_a_credit_asks_for_service_and_reason_and_tells_the_own_limits(desk_app, open_dialog):
    support = a_person(desk_app.engine, credit_per_booking=Decimal(10), credit_per_day=Decimal(15))
    app = open_dialog("adjust_balance", a_customer(desk_app.engine), actor=support)
    press(fill(app, Transaction="manual_credit", **{"Amount in EUR": "12"}), "Review")
    assert "Choose the service" in said(app)
    assert "Give the reason" in said(app)
    press(fill(app, Service="Calls", Reason="outage"), "Review")
    assert "10.00 EUR at a time, 15.00 EUR left" in said(app)
    assert "at most 10.00 EUR" in said(app)
    assert "Amount in EUR" in labels(app)
    assert rows(desk_app.engine, Transaction) == []


def test_the_debt_of_a_closed_customer_can_still_end_and_nothing_else_be_booked(desk_app, open_dialog):
    app = open_dialog("adjust_balance", a_customer(desk_app.engine, bill_status=BillStatus.PERMANENTLY_TERMINATED))
    assert list(field(app, "Transaction").options) == ["Manual payment", "Refund", "Write\\-off"]


def test_a_debt_is_written_off_with_a_reason_as_far_as_it_is_outstanding(desk_app, open_dialog):
    customer = a_suspended_customer(desk_app.engine)
    app = open_dialog("adjust_balance", customer, Role.ADMIN)
    press(fill(app, Transaction="write_off", **{"Amount in EUR": "100.01"}), "Review")
    assert "write-offs are not booked without one" in said(app)
    press(fill(app, Reason="insolvent"), "Review")
    assert "no more can be written off" in said(app)
    press(fill(app, **{"Amount in EUR": "100"}), "Review")
    assert "It writes off, the oldest invoice first:" in said(app)
    press(app, "Confirm")
    assert only(desk_app.engine, Customer).outstanding == 0


def test_an_edit_is_saved_over_both_tabs(desk_app, open_dialog):
    app = open_dialog("edit_customer", a_customer(desk_app.engine, customer_code="C-1", balance=Decimal(20)))
    fill(app, Customer_ID="C-2", City="Oslo", Country="NO", **{"Limit in EUR": "12.5"})
    press(app, "Save")
    row = only(desk_app.engine, Customer)
    assert (row.customer_code, row.city, row.country, row.credit_limit) == ("C-2", "Oslo", "NO", Decimal("12.5"))
    assert "C-2 is saved. Shown as Credit exceeded." in said(app)


def test_support_reads_the_limit_and_who_can_change_it(desk_app, open_dialog):
    app = open_dialog("edit_customer", a_customer(desk_app.engine), Role.SUPPORT)
    assert "Limit in EUR" not in labels(app)
    assert "A manager or an admin can change it" in said(app)


def test_the_edit_form_offers_only_classes_that_fit_the_currency(desk_app, open_dialog):
    customer_id = a_customer(desk_app.engine, customer_class_id=a_class(desk_app.engine, name="Any"))
    a_class(desk_app.engine, name="Dollars", currency="USD"), a_class(desk_app.engine, name="Euros", currency="EUR")
    app = open_dialog("edit_customer", customer_id)
    assert list(field(app, "Customer class").options) == ["Any · any currency", "Euros · EUR"]


def test_a_refused_edit_keeps_what_was_typed_also_over_a_reload(desk_app, open_dialog):
    customer_id, manager = a_customer(desk_app.engine), a_person(desk_app.engine, Role.MANAGER)
    app = press(fill(open_dialog("edit_customer", customer_id, actor=manager), Email="nobody", City="Oslo"), "Save")
    assert "is not an e-mail address" in said(app)
    again = open_dialog("edit_customer", customer_id, actor=manager)
    assert (field(again, "Email").value, field(again, "City").value) == ("nobody", "Oslo")


def test_start_over_discards_what_was_typed(desk_app, open_dialog):
    app = fill(open_dialog("edit_customer", a_customer(desk_app.engine, city="Rome")), City="Oslo")
    press(app, "Start over")
    assert field(app, "City").value == "Rome"


def someone_else_edits(engine: Any, customer_id: int, **changes: str) -> None:
    other = Access(engine, a_person(engine, Role.MANAGER))
    seen = other.fetch(EditableCustomer(customer_id))
    other.execute(
        EditCustomer(customer_id=customer_id, version=seen.version, shown=seen.shown, changes=changes,
                     command_id=new_command_id())
    )  # fmt: skip


def test_fields_that_someone_else_changed_meanwhile_are_merged(desk_app, open_dialog):
    customer_id = a_customer(desk_app.engine)
    app = fill(open_dialog("edit_customer", customer_id), City="Oslo")
    someone_else_edits(desk_app.engine, customer_id, phone="+49 30 123456")
    press(app, "Save")
    row = only(desk_app.engine, Customer)
    assert (row.city, row.phone) == ("Oslo", "+49 30 123456")


@pytest.mark.parametrize(("holds", "city"), [("mine", "Oslo"), ("theirs", "Bergen")])
def test_the_same_field_is_chosen_field_by_field_and_saved_again(desk_app, open_dialog, holds, city):
    customer_id = a_customer(desk_app.engine)
    app = fill(open_dialog("edit_customer", customer_id), City="Oslo", Contact="Ann")
    someone_else_edits(desk_app.engine, customer_id, city="Bergen", state="West")
    press(app, "Save")
    assert "Someone else changed the same fields" in said(app)
    press(app, "Save")
    assert "Choose which one to keep" in said(app)
    choice = next(radio for radio in app.radio if radio.label == "City")
    choice.set_value(holds).run()
    press(app, "Save")
    row = only(desk_app.engine, Customer)
    assert (row.city, row.state, row.contact) == (city, "West", "Ann")


def test_markdown_and_html_in_names_are_shown_as_text(desk_app, open_dialog):
    nasty = "*x* <b>$1$</b> :red[y]"
    app = open_dialog("edit_customer", a_customer(desk_app.engine, customer_code=nasty, company_name=nasty))
    assert f"{nasty}  ·  {nasty}" in [text.value for text in app.text]


def test_a_note_is_added_and_its_draft_is_empty_afterwards(desk_app, open_dialog):
    customer_id, support = a_customer(desk_app.engine), a_person(desk_app.engine)
    app = open_dialog("add_note", customer_id, actor=support)
    press(fill(app, Note="Promised to pay"), "Add the note")
    assert only(desk_app.engine, Note).text == "Promised to pay"
    draft = draft_for(desk_app.engine, support.person_id, "add_note", str(customer_id), system_clock())
    assert draft.typed == {}


def test_a_dialog_left_open_on_one_customer_does_not_open_on_another(desk_app, open_dialog):
    an_invoice(desk_app.engine, one := a_customer(desk_app.engine))
    app = open_dialog("add_note", one)
    app.session_state["open-dialog"] = Dialog("add_note", one + 1, one + 1)
    assert "Note" not in labels(app.run())
