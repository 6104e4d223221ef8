"""What a manager does about money, in a browser, on demo data: a payment that bounced is taken back."""

from decimal import Decimal

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from data_access.base.bookings import Kind
from data_access.base.engine import make_engine
from data_access.base.permissions import Role
from data_access.commands.billing.money import BookTransaction
from data_access.models.customers import Customer
from data_access.models.money import Invoice, PaymentStatus, Transaction
from data_access.store.access import Access, new_command_id
from tests.support.browsing import Desk, settled
from tests.support.demo_desk import SUSPENDED, a_customer_who, told
from tests.support.people import a_person

ROW = 29  # pixels of the table's lines: its cells are drawn, not elements
MARK = 15  # pixels from the left: the box that chooses the row


def a_payment(desk: Desk, customer_id: int, amount: Decimal) -> int:
    engine = make_engine(desk.database_url)
    order = BookTransaction(
        customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=amount, command_id=new_command_id()
    )
    booked = Access(engine, a_person(engine, Role.SUPPORT, login="teller")).execute(order)
    engine.dispose()
    return booked.transaction_id


def test_a_payment_that_bounced_is_reversed_and_its_invoice_is_open_again(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, *SUSPENDED)
    open_invoices = (
        select(Invoice.id)
        .where(Invoice.customer_id == someone.id, Invoice.payment_status != PaymentStatus.PAID)
        .order_by(Invoice.issued_on, Invoice.id)
        .limit(1)
    )
    oldest = told(desk, open_invoices)
    outstanding = told(desk, select(Customer.outstanding).where(Customer.id == someone.id))
    payment = a_payment(desk, someone.id, outstanding)
    status = select(Invoice.payment_status).where(Invoice.id == oldest)
    assert told(desk, status) is PaymentStatus.PAID

    desk.sign_in(page, "manager")
    page.goto(f"{desk.address}/customer?id={someone.id}&tab=Balance+%26+credits")
    settled(page)
    reverse = page.get_by_role("button", name="Reverse this booking")
    expect(reverse).to_be_disabled()
    table = page.get_by_test_id("stDataFrame").filter(has_text="Balance after").last
    newer = select(func.count(Transaction.id)).where(Transaction.customer_id == someone.id, Transaction.id > payment)
    table.click(position={"x": MARK, "y": ROW * (1 + told(desk, newer)) + ROW // 2})
    expect(reverse).to_be_enabled()
    reverse.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("These invoices are open again:")).to_be_visible()
    reason = dialog.get_by_role("textbox", name="Reason")
    reason.fill("The bank took it back.")
    reason.press("Tab")
    settled(page)
    dialog.get_by_role("button", name="Reverse it").dblclick()
    expect(dialog).to_have_count(0)

    opposite = told(desk, select(Transaction.amount).where(Transaction.reverses_id == payment))
    assert opposite == outstanding
    assert told(desk, status) in (PaymentStatus.UNPAID, PaymentStatus.PARTLY_PAID)
    assert told(desk, select(Customer.outstanding).where(Customer.id == someone.id)) == outstanding
    page.reload()
    settled(page)
    expect(page.get_by_text("overdue").first).to_be_visible()
