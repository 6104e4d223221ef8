"""Taxes: what stands on an invoice and its paper, what is booked, and what becomes of them later."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.base.bookings import TAXED, Kind
from data_access.base.money import ZERO
from data_access.base.permissions import Role
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.invoices import IssueOutOfTurn, ReissueInvoice, VoidInvoice
from data_access.commands.classes.invoicing import ChangeTaxProfile
from data_access.domain.billing.taxes import Rate, Taxation, taxes_on
from data_access.domain.sections import TAX_PROFILE
from data_access.models.classes.customer_classes import Rounding
from data_access.models.money import Invoice, Transaction
from data_access.models.taxation import InvoiceTax, TaxWay
from data_access.queries.billing.free_bookings import OutOfTurnPreview
from data_access.queries.billing.paper import InvoicePaper
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.records.records import Records
from data_access.store.access import new_command_id
from tests.data_access.test_money import booking
from tests.data_access.test_periods_closing import close, customer_of, in_march, rows
from tests.data_access.test_rounding_carried import MONTHS, START, charge, pay
from tests.support.builders import a_class
from tests.support.ledgers import read_ledgers
from tests.support.people import access_for
from tests.support.taxes import CITY_2, VAT_10, VAT_19, a_profile, taxed_by

D = Decimal
CENTS = st.integers(-(10**6), 10**6).map(lambda cents: Decimal(cents) / 100)


def cent(amount: Decimal) -> Decimal:
    return amount.quantize(D("0.01"))


@given(CENTS, st.lists(st.integers(0, 3_000).map(lambda parts: D(parts) / 100), max_size=3))
def test_taxes_taken_out_and_put_on_top_are_of_the_same_net_amount(charged, percents):
    rates = tuple(Rate(f"Tax {at}", percent) for at, percent in enumerate(percents))
    inside = taxes_on(charged, Taxation(TaxWay.INCLUDED, rates), cent)
    assert all(tax.base + sum(one.amount for one in inside) == charged for tax in inside)
    assert all(tax.added == 0 for tax in inside)
    on_top = taxes_on(inside[0].base if inside else ZERO, Taxation(TaxWay.ADDED, rates), cent)
    assert all(tax.added == tax.amount for tax in on_top)
    assert abs(sum(tax.amount for tax in inside) - sum(tax.amount for tax in on_top)) <= D("0.05")


def credit(engine: Engine, customer: int, amount: str) -> None:
    access_for(engine, Role.ADMIN, START).execute(booking(customer, Kind.MANUAL_CREDIT, amount))


def taxed(engine: Engine, *rates: tuple[str, str], way: TaxWay = TaxWay.ADDED, reason: str = "", **over: Any) -> int:
    """A customer of a class with these taxes."""
    profile = a_profile(engine, *rates, way=way, reason=reason)
    of_class = {name: over.pop(name) for name in ("rounding", "rounding_decimals") if name in over}
    return in_march(engine, customer_class_id=a_class(engine, tax_profile_id=profile, **of_class), **over)


def invoices(engine: Engine, customer: int) -> list[Decimal]:
    return [row.total for row in rows(engine, Invoice, customer)]


def taxes(engine: Engine, customer: int) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    return [(row.name, row.percent, row.base, row.amount) for row in rows(engine, InvoiceTax, customer)]


def paper_of(engine: Engine, customer: int) -> Any:
    return access_for(engine, Role.SUPPORT).fetch(InvoicePaper(rows(engine, Invoice, customer)[-1].id))


def change_rates(engine: Engine, *rates: tuple[str, str]) -> None:
    admin = access_for(engine, Role.ADMIN)
    (profile,) = admin.fetch(Records(TAX_PROFILE.name)).rows
    order = ChangeTaxProfile(
        record_id=profile.record_id, version=profile.version, shown=profile.shown,
        changes={"rates": json.dumps(rates)}, command_id=new_command_id(),
    )  # fmt: skip
    admin.execute(order)


def test_usage_of_60_a_subscription_of_50_a_credit_of_10_and_a_tax_of_a_tenth_are_110(engine: Engine) -> None:
    customer = taxed(engine, VAT_10)
    charge(engine, customer, "60", START)
    charge(engine, customer, "50", START)
    credit(engine, customer, "10")
    assert customer_of(engine, customer).balance == 100
    close(engine, customer)
    paper = paper_of(engine, customer)
    assert invoices(engine, customer) == [D(110)]
    assert taxes(engine, customer) == [("VAT", D(10), D(100), D(10))]
    assert [(tax.label, tax.base, tax.amount) for tax in paper.taxes] == [("VAT 10 %", D(100), D(10))]
    assert (paper.net, paper.total) == (D(100), D(110))
    assert sum(section.total for section in paper.sections) == D(100)
    assert customer_of(engine, customer).balance == 110
    assert read_ledgers(engine).breaches() == []


@pytest.mark.parametrize(
    ("currency", "rounding", "vat", "total"),
    [
        ("EUR", Rounding.AWAY_FROM_ZERO, "1.91", "12.17"),
        ("EUR", Rounding.HALF_AWAY_FROM_ZERO, "1.91", "12.16"),
        ("EUR", Rounding.TO_FIVE, "1.90", "12.15"),
        ("JPY", Rounding.AWAY_FROM_ZERO, "2", "14"),
        ("KWD", Rounding.AWAY_FROM_ZERO, "1.910", "12.161"),
    ],
)  # fmt: skip
def test_each_tax_is_rounded_as_the_class_says(
    engine: Engine, currency: str, rounding: Rounding, vat: str, total: str
) -> None:
    customer = taxed(engine, VAT_19, CITY_2, currency=currency, rounding=rounding)
    charge(engine, customer, "10.05", START)
    close(engine, customer)
    assert taxes(engine, customer)[0] == ("VAT", D(19), D("10.05"), D(vat))
    assert invoices(engine, customer) == [D(total)]
    pay(engine, customer, customer_of(engine, customer).outstanding, MONTHS[0])
    assert customer_of(engine, customer).outstanding == 0
    assert read_ledgers(engine).breaches() == []


def test_included_taxes_are_taken_out_and_nothing_is_booked(engine: Engine) -> None:
    customer = taxed(engine, VAT_19, way=TaxWay.INCLUDED, rounding=Rounding.HALF_AWAY_FROM_ZERO)
    charge(engine, customer, "119", START)
    close(engine, customer)
    assert invoices(engine, customer) == [D(119)]
    assert taxes(engine, customer) == [("VAT", D(19), D(100), D(19))]
    assert [row.kind for row in rows(engine, Transaction, customer)] == [Kind.MANUAL_CHARGE]


def test_an_exempt_customer_is_charged_no_tax_and_the_paper_says_why(engine: Engine) -> None:
    customer = taxed(engine, way=TaxWay.EXEMPT, reason="Reverse charge")
    charge(engine, customer, "100", START)
    close(engine, customer)
    assert invoices(engine, customer) == [D(100)]
    assert [(tax.label, tax.amount) for tax in paper_of(engine, customer).taxes] == [("Exempt: Reverse charge", ZERO)]


def test_a_customer_may_have_its_own_taxation(engine: Engine) -> None:
    customer = taxed(engine, VAT_19)
    taxed_by(engine, customer, a_profile(engine, CITY_2))
    charge(engine, customer, "100", START)
    close(engine, customer)
    other = taxed(engine, VAT_19)
    taxed_by(engine, other, None)
    charge(engine, other, "100", START)
    close(engine, other)
    assert (invoices(engine, customer), invoices(engine, other)) == ([D(102)], [D(100)])


def test_what_is_no_price_of_a_service_bears_no_tax() -> None:
    assert not TAXED & {Kind.LATE_FEE, Kind.REACTIVATION_FEE, Kind.TAX, Kind.ROUNDING, Kind.CREDIT_TAKEN}
    assert {Kind.MANUAL_CHARGE, Kind.MANUAL_CREDIT, Kind.PROMOTIONAL_CREDIT, Kind.FEE_CREDIT} <= TAXED


def test_an_issued_invoice_keeps_its_rates_and_one_in_its_place_has_those_in_force(engine: Engine) -> None:
    customer = taxed(engine, VAT_10)
    charge(engine, customer, "100", START)
    close(engine, customer)
    change_rates(engine, ("VAT", "20"))
    first = rows(engine, Invoice, customer)[0]
    assert [tax.label for tax in paper_of(engine, customer).taxes] == ["VAT 10 %"]
    manager = access_for(engine, Role.MANAGER, MONTHS[0])
    manager.execute(VoidInvoice(invoice_id=first.id, command_id=new_command_id()))
    told = manager.fetch(CustomerHead(customer)).parts
    assert (told.not_invoiced, told.balance, customer_of(engine, customer).balance) == (100, 100, 100)
    assert read_ledgers(engine).breaches() == []
    manager.execute(ReissueInvoice(invoice_id=first.id, command_id=new_command_id()))
    assert invoices(engine, customer) == [D(110), D(120)]
    assert customer_of(engine, customer).balance == 120
    assert read_ledgers(engine).breaches() == []


def test_what_is_taken_back_gives_its_tax_back_at_the_rate_that_it_bore(engine: Engine) -> None:
    customer = taxed(engine, VAT_10)
    wrong = charge(engine, customer, "40", START)
    charge(engine, customer, "60", START)
    close(engine, customer)
    change_rates(engine, ("VAT", "20"))
    admin = access_for(engine, Role.ADMIN, MONTHS[0])
    admin.execute(ReverseTransaction(transaction_id=wrong, reason="wrong", command_id=new_command_id()))
    charge(engine, customer, "100", MONTHS[0])
    close(engine, customer, MONTHS[1])
    assert invoices(engine, customer) == [D(110), D(76)]
    assert taxes(engine, customer)[1:] == [("VAT", D(20), D(100), D(20)), ("VAT", D(10), D(-40), D(-4))]
    assert read_ledgers(engine).breaches() == []


def test_a_charge_from_before_the_taxes_is_taken_back_without_one(engine: Engine) -> None:
    of_class = a_class(engine)
    customer = in_march(engine, customer_class_id=of_class)
    wrong = charge(engine, customer, "40", START)
    close(engine, customer)
    taxed_by(engine, customer, a_profile(engine, VAT_10))
    admin = access_for(engine, Role.ADMIN, MONTHS[0])
    admin.execute(ReverseTransaction(transaction_id=wrong, reason="wrong", command_id=new_command_id()))
    charge(engine, customer, "100", MONTHS[0])
    close(engine, customer, MONTHS[1])
    assert invoices(engine, customer) == [D(40), D(70)]


def test_an_invoice_out_of_turn_is_foretold_with_its_tax(engine: Engine) -> None:
    customer = taxed(engine, VAT_10)
    chosen = charge(engine, customer, "30", START)
    charge(engine, customer, "70", START)
    support = access_for(engine, Role.MANAGER, START)
    preview = support.fetch(OutOfTurnPreview(customer, (chosen,)))
    assert (preview.asked.tax, preview.asked.total) == (D(3), D(33))
    support.execute(IssueOutOfTurn(customer_id=customer, transaction_ids=(chosen,), command_id=new_command_id()))
    close(engine, customer)
    assert invoices(engine, customer) == [D(33), D(77)]
    assert read_ledgers(engine).breaches() == []


def test_what_a_void_invoice_asked_and_was_then_taken_back_bears_no_tax(engine: Engine) -> None:
    customer = taxed(engine, VAT_10)
    wrong = charge(engine, customer, "40", START)
    close(engine, customer)
    first = rows(engine, Invoice, customer)[0]
    admin = access_for(engine, Role.ADMIN, MONTHS[0])
    admin.execute(VoidInvoice(invoice_id=first.id, command_id=new_command_id()))
    change_rates(engine, ("VAT", "20"))
    admin.execute(ReverseTransaction(transaction_id=wrong, reason="wrong", command_id=new_command_id()))
    charge(engine, customer, "100", MONTHS[0])
    close(engine, customer, MONTHS[1])
    assert invoices(engine, customer)[1:] == [D(120)]
    assert read_ledgers(engine).breaches() == []
