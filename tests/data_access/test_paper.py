"""The printed invoice: every line names its booking, and every figure is the one of the books."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.permissions import Role
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.invoices import VoidInvoice
from data_access.commands.collections.collection import Collect
from data_access.models.money import Invoice, Transaction
from data_access.queries.billing.paper import InvoicePaper, Paper
from data_access.store.access import new_command_id
from tests.data_access.test_money import booking
from tests.data_access.test_periods_closing import CLOSES, close, in_march, rows, system
from tests.support.builders import a_class, a_customer, a_plan, a_subscription, an_invoice
from tests.support.people import access_for

MARCH_5 = datetime(2026, 3, 5, 9, tzinfo=UTC)


def paper_of(engine: Engine, invoice_id: int) -> Paper:
    return access_for(engine, Role.SUPPORT).fetch(InvoicePaper(invoice_id))


def last_paper(engine: Engine, customer: int) -> Paper:
    return paper_of(engine, rows(engine, Invoice, customer)[-1].id)


def book(engine: Engine, customer: int, kind: Kind, amount: str, now: datetime = MARCH_5, **over: str) -> None:
    access_for(engine, Role.ADMIN, now).execute(booking(customer, kind, amount, **over))


def test_a_line_names_its_booking_with_the_comment_behind_it(engine: Engine) -> None:
    of_class = a_class(engine, late_fee=Decimal(5), net_days=14)
    customer = in_march(engine, customer_class_id=of_class)
    an_invoice(engine, customer, number="00100002", issued_on=date(2026, 2, 20), due_on=date(2026, 3, 6))
    system(engine, MARCH_5 + timedelta(days=3)).execute(Collect(customer_id=customer, command_id=new_command_id()))
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal(31)))
    book(engine, customer, Kind.MANUAL_CHARGE, "40", service="Equipment", visible_comment="Router")
    book(engine, customer, Kind.MANUAL_CHARGE, "9", service="Calls")
    book(engine, customer, Kind.PROMOTIONAL_CREDIT, "3", visible_comment="Thank you")
    close(engine, customer)
    told = {section.service: [(line.day, line.says, line.amount) for line in section.lines]
            for section in last_paper(engine, customer).sections}  # fmt: skip
    assert told == {
        "Calls": [(date(2026, 3, 5), "Manual charge", 9)],
        "Credits and promotions": [(date(2026, 3, 5), "Promotional credit: Thank you", -3)],
        "Equipment": [(date(2026, 3, 5), "Manual charge: Router", 40)],
        "Fees": [(date(2026, 3, 8), "Late payment fee: Invoice 00100002", 5)],
        "Subscriptions": [(date(2026, 3, 31), "Subscription fee: Internet, 1 March to 31 March 2026", 31)],
    }


def test_a_booking_taken_back_is_named_as_such_once(engine: Engine) -> None:
    customer = in_march(engine)
    book(engine, customer, Kind.MANUAL_CHARGE, "9", visible_comment="Wrong rate")
    close(engine, customer)
    charged = rows(engine, Transaction, customer)[0]
    taken_back = ReverseTransaction(transaction_id=charged.id, reason="wrong", command_id=new_command_id())
    access_for(engine, Role.ADMIN, CLOSES + timedelta(days=1)).execute(taken_back)
    book(engine, customer, Kind.MANUAL_CHARGE, "20", CLOSES + timedelta(days=2))
    close(engine, customer, datetime(2026, 5, 1, 6, tzinfo=UTC))
    says = [line.says for section in last_paper(engine, customer).sections for line in section.lines]
    assert says == ["Reversal: Manual charge", "Manual charge"]


def test_every_figure_follows_from_the_books(engine: Engine) -> None:
    customer = in_march(engine)
    first = an_invoice(engine, customer, total=Decimal(100), paid=Decimal(30), issued_on=date(2026, 2, 1))
    same_day = an_invoice(engine, customer, total=Decimal(7), issued_on=date(2026, 4, 1))
    book(engine, customer, Kind.MANUAL_CHARGE, "12.345")
    book(engine, customer, Kind.MANUAL_CHARGE, "2.5", service="Messages")
    close(engine, customer)
    later = an_invoice(engine, customer, total=Decimal(55), issued_on=date(2026, 5, 1))
    own = next(row.id for row in rows(engine, Invoice, customer) if row.id not in (first, same_day, later))
    an_invoice(engine, a_customer(engine), issued_on=date(2026, 1, 1))

    paper = paper_of(engine, own)
    assert [(section.service, section.total) for section in paper.sections] == [
        ("Calls", Decimal("12.345")), ("Messages", Decimal("2.5")), ("Rounding", Decimal("0.005")),
    ]  # fmt: skip
    assert sum(section.total for section in paper.sections) == paper.total == Decimal("14.85")
    assert (paper.paid, paper.due, paper.previous_due) == (0, Decimal("14.85"), 77)

    book(engine, customer, Kind.MANUAL_PAYMENT, "80", CLOSES + timedelta(days=40))
    paper = paper_of(engine, own)
    assert (paper.paid, paper.due, paper.previous_due) == (3, Decimal("11.85"), 0)
    assert [paper_of(engine, one).previous_due for one in (first, same_day, later)] == [0, 0, Decimal("11.85")]


def test_a_void_invoice_asks_for_nothing_and_counts_nowhere(engine: Engine) -> None:
    customer = in_march(engine)
    book(engine, customer, Kind.MANUAL_CHARGE, "12")
    close(engine, customer)
    own = rows(engine, Invoice, customer)[0].id
    later = an_invoice(engine, customer, issued_on=date(2026, 5, 1))
    assert paper_of(engine, later).previous_due == 12
    void = VoidInvoice(invoice_id=own, command_id=new_command_id())
    access_for(engine, Role.MANAGER, CLOSES).execute(void)
    paper = paper_of(engine, own)
    assert (paper.is_void, paper.total, paper.paid, paper.due) == (True, 12, 0, 0)
    assert paper_of(engine, later).previous_due == 0
