"""Invoice: the printed invoice on its page, and the files that it is saved as."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import typst

from dashboard.invoice.invoice_paper import as_html, html_file, pdf_file
from data_access.base.bookings import Kind
from data_access.base.permissions import Role
from data_access.models.card.self_care import SelfCare
from data_access.queries.billing.paper import InvoicePaper, Paper
from tests.data_access.test_money import booking
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.desk_app import DeskApp, desk_app_on
from tests.support.forms import said
from tests.support.people import access_for
from tests.support.rows import insert


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    with desk_app_on(sqlite_url, monkeypatch) as app:
        yield app


def a_paper(desk: DeskApp, role: Role = Role.SUPPORT, **over: str) -> Paper:
    customer = a_customer(desk.engine, **({"company_name": "Aurora Ltd", "customer_code": "C-7"} | over))
    invoice = an_invoice(desk.engine, customer, number="INV-7", paid=Decimal(40))
    return access_for(desk.engine, role).fetch(InvoicePaper(invoice))


def test_the_page_shows_the_invoice_and_its_files(desk: DeskApp) -> None:
    paper = a_paper(desk)
    app = desk.open("invoice", Role.SUPPORT, id=str(paper.invoice_id))
    assert not app.exception
    assert any("INV-7" in part.proto.body for part in app.get("html"))
    assert [button.label for button in app.get("download_button")] == ["Save as PDF", "Save as HTML"]


@pytest.mark.parametrize("address", ["", "0", "x", "999999", "9" * 40])
def test_an_invoice_that_is_not_there_is_said_so(desk: DeskApp, address: str) -> None:
    app = desk.open("invoice", Role.SUPPORT, id=address)
    assert not app.error
    assert "leads to no invoice that you can see" in said(app)


def test_the_next_invoice_of_nobody_is_said_so(desk: DeskApp) -> None:
    app = desk.open("next_invoice", Role.SUPPORT, id="999999")
    assert not app.error
    assert "leads to no customer that you can see" in said(app)


def test_the_file_holds_every_figure(desk: DeskApp) -> None:
    customer = a_customer(desk.engine)
    an_invoice(desk.engine, customer, total=Decimal("12.34"), issued_on=date(2026, 1, 1))
    own = an_invoice(desk.engine, customer, total=Decimal(100), number="INV-9")
    access_for(desk.engine, Role.SUPPORT).execute(booking(customer, Kind.MANUAL_PAYMENT, "2.34"))
    html = html_file(access_for(desk.engine, Role.SUPPORT).fetch(InvoicePaper(own))).content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    for figure in (
        "Invoice total 100.00 EUR", "Paid 0.00 EUR", "Due on this invoice 100.00 EUR",
        "Open on earlier invoices 10.00 EUR",
    ):  # fmt: skip
        assert figure in words


def test_the_file_says_what_is_due(desk: DeskApp) -> None:
    html = html_file(a_paper(desk)).content.decode()
    assert html.startswith("<!doctype html>")
    assert "60.00 EUR" in html
    assert "Please pay by 2026-02-15, and give the invoice number INV-7." in html


def test_days_are_written_as_in_self_care(desk: DeskApp) -> None:
    of_class = a_class(desk.engine, self_care_date="DD.MM.YYYY")
    customer = a_customer(desk.engine, customer_class_id=of_class)
    invoice = an_invoice(
        desk.engine, customer, number="INV-8", period_from=date(2026, 1, 1), period_to=date(2026, 1, 31)
    )
    support = access_for(desk.engine, Role.SUPPORT)
    html = as_html(support.fetch(InvoicePaper(invoice)))
    assert all(text in html for text in ("01.01.2026 – 31.01.2026", "Please pay by 15.02.2026"))
    insert(desk.engine, SelfCare, {"customer_id": customer, "output_date": "MON DD, YYYY"})
    paper = support.fetch(InvoicePaper(invoice))
    assert "Please pay by Feb 15, 2026" in as_html(paper)
    assert pdf_file(paper).content.startswith(b"%PDF-")


def test_what_a_customer_is_called_is_never_markup(desk: DeskApp) -> None:
    paper = a_paper(desk, company_name='<script>alert("x")</script> #panic("x") *bold* $x$')
    assert "<script>" not in as_html(paper)
    assert "&lt;script&gt;" in as_html(paper)
    assert pdf_file(paper).content.startswith(b"%PDF-")


def test_a_name_without_a_font_is_not_printed_as_boxes(desk: DeskApp) -> None:
    paper = a_paper(desk, company_name="株式会社")
    app = desk.open("invoice", Role.SUPPORT, id=str(paper.invoice_id))
    has_font = any("CJK" in family for family in typst.Fonts().families())
    files = [button.label for button in app.get("download_button")]
    assert files == (["Save as PDF", "Save as HTML"] if has_font else ["Save as HTML"])


def test_the_name_of_a_file_has_no_path_in_it(desk: DeskApp) -> None:
    customer = a_customer(desk.engine)
    invoice = an_invoice(desk.engine, customer, number="../../2026/7")
    paper = access_for(desk.engine, Role.SUPPORT).fetch(InvoicePaper(invoice))
    assert pdf_file(paper).name == "invoice-------2026-7.pdf"


def test_who_may_not_see_personal_data_prints_it_masked(desk: DeskApp) -> None:
    assert "Aurora" not in as_html(a_paper(desk, Role.ANALYST))
    assert "A•••••" in as_html(a_paper(desk, Role.ANALYST, customer_code="C-8"))


def test_the_issuer_is_the_one_of_the_class(desk: DeskApp) -> None:
    of_class = a_class(desk.engine, issuer_name="Northline Telecom", issuer_address="Main Street 1\nBerlin")
    customer = a_customer(desk.engine, customer_class_id=of_class)
    paper = access_for(desk.engine, Role.SUPPORT).fetch(InvoicePaper(an_invoice(desk.engine, customer)))
    assert (paper.issuer_name, paper.issuer_address) == ("Northline Telecom", ("Main Street 1", "Berlin"))
