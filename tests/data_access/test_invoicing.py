"""How a customer is invoiced: its own settings, those of its class, what is sent, adjusted, laid out and locked."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.invoices import VoidInvoice
from data_access.commands.billing.invoicing_settings import EditInvoicing
from data_access.commands.billing.issued_invoices import AdjustInvoice, SendInvoice
from data_access.commands.classes.invoicing import (
    AddInvoiceTemplate,
    AddTaxProfile,
    ChangeInvoiceTemplate,
    ChangeTaxProfile,
    RemoveInvoiceTemplate,
    RemoveTaxProfile,
)
from data_access.models.money import Invoice, PaymentStatus, Transaction
from data_access.models.outbox import Message
from data_access.queries.billing.invoices import FindInvoices, InvoiceFilter, InvoiceStatus, InvoiceSums
from data_access.queries.billing.invoicing import InvoiceAhead, InvoicingOf
from data_access.queries.billing.paper import InvoicePaper
from data_access.queries.billing.periods import DuePeriods
from data_access.store.access import new_command_id
from tests.data_access.test_periods_closing import CLOSES, close, customer_of, in_march, rows, system
from tests.data_access.test_rounding_carried import START, charge, pay
from tests.data_access.test_taxes import invoices
from tests.support.builders import a_class, a_customer, a_suspended_customer, an_invoice
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, access_for
from tests.support.taxes import VAT_10, a_profile

D = Decimal


def edited(engine: Engine, customer: int, **changes: str) -> None:
    order = EditInvoicing(customer_id=customer, version=0, shown={}, changes=changes, command_id=new_command_id())
    access_for(engine, Role.SUPPORT).execute(order)


def charged(engine: Engine, **over: Any) -> int:
    customer = in_march(engine, **over)
    charge(engine, customer, "100", START)
    return customer


def test_a_tax_profile_says_what_it_taxes_and_stays_while_somebody_is_taxed_by_it(engine: Engine) -> None:
    admin = access_for(engine, Role.ADMIN)

    def add(**values: str) -> int:
        return admin.execute(AddTaxProfile(values=values, command_id=new_command_id())).record_id

    for wrong, field in (
        ({"name": "A", "way": "added"}, "rates"),
        ({"name": "A", "way": "exempt"}, "exempt_reason"),
        ({"name": "A", "way": "added", "rates": '[["VAT", "10"], ["vat", "5"]]'}, "rates"),
        ({"name": "A", "way": "added", "rates": '[["VAT", "101"]]'}, "rates"),
    ):
        with pytest.raises(Invalid) as complained:
            add(**wrong)
        assert set(complained.value.complaints) == {field}
    profile = add(name="Standard", way="added", rates='[["VAT", "10"]]')
    customer = charged(engine)
    edited(engine, customer, taxation="profile", tax_profile_id=str(profile))
    change = ChangeTaxProfile(
        record_id=profile, version=1, shown={}, changes={"rates": '[["VAT", "20"]]'}, command_id=new_command_id()
    )
    admin.execute(change)
    close(engine, customer)
    assert invoices(engine, customer) == [D(120)]
    with pytest.raises(Rejected, match="in use by 1 customer"):
        admin.execute(RemoveTaxProfile(record_id=profile, version=2, command_id=new_command_id()))
    with pytest.raises(NotPermitted):
        access_for(engine, Role.SUPPORT).execute(replace(change, command_id=new_command_id()))


def test_a_template_is_what_the_paper_is_made_of(engine: Engine) -> None:
    admin = access_for(engine, Role.ADMIN)
    values = {"name": "Letter", "title": "Bill", "header": "Thank you.", "footer": "Bank 1", "columns": "amount says"}
    template = admin.execute(AddInvoiceTemplate(values=values, command_id=new_command_id())).record_id
    customer = charged(engine)
    close(engine, customer)
    paper = InvoicePaper(rows(engine, Invoice, customer)[0].id)
    plain = admin.fetch(paper)
    assert (plain.title, plain.header, plain.columns) == ("Invoice", "", ("day", "says", "amount"))
    edited(engine, customer, invoices="template", invoice_template_id=str(template))
    admin.execute(
        ChangeInvoiceTemplate(
            record_id=template, version=1, shown={}, changes={"footer": "Bank 2"}, command_id=new_command_id()
        )
    )
    made = admin.fetch(paper)
    assert (made.title, made.header, made.footer, made.columns) == ("Bill", "Thank you.", "Bank 2", ("says", "amount"))
    with pytest.raises(Rejected, match="in use"):
        admin.execute(RemoveInvoiceTemplate(record_id=template, version=2, command_id=new_command_id()))


@pytest.mark.parametrize(
    ("of_class", "own", "sent"), [(True, "", True), (True, "no", False), (False, "yes", True), (False, "", False)]
)
def test_an_invoice_is_sent_as_the_customer_or_its_class_says(
    engine: Engine, of_class: bool, own: str, sent: bool
) -> None:
    customer = charged(engine, customer_class_id=a_class(engine, sends_invoices=of_class), email="a@example.com")
    if own:
        edited(engine, customer, sends_invoices=own)
    close(engine, customer)
    told = [row for row in rows(engine, Message, customer) if row.event == "invoice_issued"]
    assert bool(told) is sent
    support = access_for(engine, Role.MANAGER, CLOSES)
    order = SendInvoice(invoice_id=rows(engine, Invoice, customer)[0].id, command_id=new_command_id())
    support.execute(order)
    assert len([row for row in rows(engine, Message, customer) if row.event == "invoice_issued"]) == sent + 1


def test_nobody_without_an_address_is_sent_an_invoice(engine: Engine) -> None:
    invoice = an_invoice(engine, a_customer(engine))
    with pytest.raises(Rejected, match="no e-mail address"):
        access_for(engine, Role.MANAGER).execute(SendInvoice(invoice_id=invoice, command_id=new_command_id()))


def test_where_no_invoices_are_created_charges_stay_on_the_balance(engine: Engine) -> None:
    customer = charged(engine)
    edited(engine, customer, invoices="none")
    close(engine, customer)
    assert (invoices(engine, customer), customer_of(engine, customer).balance) == ([], 100)
    assert read_ledgers(engine).breaches() == []


def test_a_customer_may_have_numbers_of_its_own(engine: Engine) -> None:
    customer = charged(engine)
    edited(engine, customer, number_scope="customer")
    close(engine, customer)
    assert rows(engine, Invoice, customer)[0].number == f"C{customer}-00000001"


def test_locked_billing_closes_no_period_and_corrects_nothing(engine: Engine) -> None:
    customer = charged(engine)
    edited(engine, customer, billing_lock="closing")
    late = CLOSES + timedelta(days=1)
    assert customer not in system(engine, late).fetch(DuePeriods(0, 10))
    close(engine, customer, late)
    assert invoices(engine, customer) == []
    booked = rows(engine, Transaction, customer)[0]
    reversal = ReverseTransaction(transaction_id=booked.id, reason="wrong", command_id=new_command_id())
    lock = EditInvoicing(
        customer_id=customer, version=1, shown={}, changes={"billing_lock": "closing_and_corrections"},
        command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, Role.SUPPORT).execute(lock)
    with pytest.raises(Rejected, match="locked"):
        access_for(engine, Role.ADMIN).execute(reversal)
    invoice = an_invoice(engine, customer)
    for order in (
        VoidInvoice(invoice_id=invoice, command_id=new_command_id()),
        AdjustInvoice(invoice_id=invoice, amount=D(1), reason="goodwill", command_id=new_command_id()),
    ):
        with pytest.raises(Rejected, match="locked"):
            access_for(engine, Role.ADMIN).execute(order)


def adjust(engine: Engine, invoice: int, amount: str, role: Role = Role.ADMIN) -> Any:
    order = AdjustInvoice(invoice_id=invoice, amount=D(amount), reason="goodwill", command_id=new_command_id())
    return access_for(engine, role).execute(order)


def test_an_adjustment_comes_off_its_own_invoice_first(engine: Engine) -> None:
    customer = a_customer(engine)
    older = an_invoice(engine, customer, total=D(50), issued_on=date(2026, 1, 1))
    wrong = an_invoice(engine, customer, total=D(100), issued_on=date(2026, 2, 1))
    adjust(engine, wrong, "30")
    standing = {row.id: row.open for row in rows(engine, Invoice, customer)}
    assert standing == {older: 50, wrong: 70}
    with pytest.raises(Invalid, match=r"70.00 EUR can still be taken off"):
        adjust(engine, wrong, "70.01")
    adjust(engine, wrong, "70")
    assert customer_of(engine, customer).balance == 50
    assert read_ledgers(engine).breaches() == []


def test_what_was_paid_of_an_adjusted_invoice_pays_others_or_stays(engine: Engine) -> None:
    customer = a_customer(engine)
    paid = an_invoice(engine, customer, total=D(100), issued_on=date(2026, 1, 1))
    pay(engine, customer, D(100), NOW)
    adjust(engine, paid, "40")
    found = customer_of(engine, customer)
    assert (found.balance, found.unallocated, found.outstanding) == (-40, 40, 0)
    assert read_ledgers(engine).breaches() == []


def test_an_adjustment_of_all_that_is_overdue_ends_a_suspension_without_a_fee(engine: Engine) -> None:
    customer = a_suspended_customer(engine, customer_class_id=a_class(engine, reactivation_fee=D(5)))
    late = rows(engine, Invoice, customer)[0]
    done = adjust(engine, late.id, f"{late.open:f}")
    assert done.bill_status == BillStatus.OPEN
    assert Kind.REACTIVATION_FEE not in {row.kind for row in rows(engine, Transaction, customer)}


def test_an_adjustment_needs_its_reason_and_counts_towards_ones_own_limits(engine: Engine) -> None:
    invoice = an_invoice(engine, a_customer(engine), total=D(1000))
    with pytest.raises(Invalid, match="reason"):
        access_for(engine, Role.ADMIN).execute(
            AdjustInvoice(invoice_id=invoice, amount=D(1), command_id=new_command_id())
        )
    with pytest.raises((Rejected, NotPermitted)):
        adjust(engine, invoice, "900", Role.SUPPORT)


def test_invoices_are_listed_and_summed_by_status_and_issue_date(engine: Engine) -> None:
    customer = a_customer(engine)
    for day, more in ((1, {}), (5, {"paid": D(100)}), (9, {"paid": D(40)})):
        an_invoice(engine, customer, total=D(100), issued_on=date(2026, 1, day), **more)
    an_invoice(engine, customer, total=D(100), issued_on=NOW.date())
    support = access_for(engine, Role.SUPPORT)

    def found(**only: Any) -> tuple[int, Decimal]:
        cut = InvoiceFilter(**only)
        listed = support.fetch(FindInvoices(customer, "", cut)).rows
        sums = support.fetch(InvoiceSums(customer, cut))
        assert sum(one.invoices for one in sums) == len(listed)
        assert sum(one.open for one in sums) == sum(row.open for row in listed)
        return len(listed), sum((one.total for one in sums), D(0))

    assert found() == (4, 400)
    assert found(status=InvoiceStatus.PAID) == (1, 100)
    assert found(status=InvoiceStatus.OVERDUE) == (2, 200)
    assert found(status=InvoiceStatus.OPEN, issued_from=date(2026, 1, 2)) == (2, 200)
    assert found(issued_to=date(2026, 1, 5)) == (2, 200)
    assert found(status=InvoiceStatus.VOID) == found(status=InvoiceStatus.NOTHING_TO_PAY) == (0, 0)


def test_settings_stand_beside_those_of_the_class(engine: Engine) -> None:
    profile = a_profile(engine, VAT_10)
    customer = charged(engine, customer_class_id=a_class(engine, tax_profile_id=profile, sends_invoices=False))
    edited(engine, customer, sends_invoices="yes", taxation="included")
    view = access_for(engine, Role.SUPPORT).fetch(InvoicingOf(customer))
    told = {one.label: (one.own, one.holds) for one in view.settings}
    assert view.sends
    assert told["Sent by email"] == ("Yes", "Yes")
    assert told["Taxation"] == ("Taxes are included in the rates",) * 2
    assert told["Invoices"] == ("As class", "The plain template")


def test_a_profile_or_a_template_of_its_own_has_to_be_named(engine: Engine) -> None:
    customer = charged(engine)
    for field, wanted, asked in (
        ("taxation", "profile", "tax_profile_id"), ("invoices", "template", "invoice_template_id"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as complained:
            edited(engine, customer, **{field: wanted})
        assert set(complained.value.complaints) == {asked}


def test_what_the_next_invoice_asks_for_is_foretold_with_its_tax(engine: Engine) -> None:
    customer = charged(engine, customer_class_id=a_class(engine, tax_profile_id=a_profile(engine, VAT_10)))
    ahead = access_for(engine, Role.SUPPORT).fetch(InvoiceAhead(customer))
    close(engine, customer)
    assert (ahead.total, ahead.tax) == (invoices(engine, customer)[0], 10)
    assert rows(engine, Invoice, customer)[0].payment_status is PaymentStatus.UNPAID
