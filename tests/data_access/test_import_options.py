"""What a mapping can say about a file, what an ID means, and what a dry run and the rejected rows tell."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission, Role
from data_access.base.text.parsing import identifier
from data_access.base.text.text_keys import fold, is_same_code
from data_access.commands.customers.customers import CreateCustomer
from data_access.domain.validation import CustomerInput
from data_access.imports.batches import BATCH
from data_access.imports.customers import customer_mapping, import_customers
from data_access.imports.files.amounts import MARKS, Written
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.money import Invoice
from data_access.queries.audit.audit import FindCommands
from data_access.queries.audit.audit_filter import AuditFilter
from data_access.store.access import Access, new_command_id
from tests.data_access.test_imports import (
    BILL_HEADING,
    BILL_MAPPING,
    HEADING,
    MAPPING,
    Desk,
    desk,
    refusals,
    small_desk,
)
from tests.support.builders import a_class, a_customer
from tests.support.people import NOW, a_person

__all__ = ["desk", "small_desk"]
LOOK_ALIKE = [
    ("CAFE", "CAFÉ"),
    ("25", "²5"),
    ("AB1", "ＡＢ１"),
    ("STRASSE", "straße"),
    ("OFFICE", "oﬃce"),
    ("K1", "K 1"),
]


@pytest.mark.parametrize(("here", "told"), LOOK_ALIKE[:-1])
def test_a_file_means_nobody_whose_id_merely_looks_alike(desk: Desk, here: str, told: str) -> None:
    desk.customers(f"{here},First,5,0,,,")
    report = desk.customers(f"{told},Other,9,0,,,")
    assert [(row.line, row.field) for row in report.refused] == [(2, "customer_code")]
    assert f"“{told}”" in report.refused[0].reason
    assert f"“{here}”" in report.refused[0].reason
    assert [(row.customer_code, row.company_name) for row in desk.rows(Customer)] == [(here, "First")]
    [bill] = desk.invoices(f"{told},A-1,02/01/2026,03/01/2026,10,,").refused
    assert (bill.field, f"“{here}”" in bill.reason, desk.rows(Invoice)) == ("customer_code", True, [])


def test_two_ids_of_one_file_that_look_alike_are_told_apart(small_desk: Desk) -> None:
    report = small_desk.customers("CAFE,A,5,0,,,", "cafe,B,5,0,,,", "CAFÉ,C,5,0,,,")
    first, second = report.refused
    assert first.reason == "Line 2 already says this: it is a duplicate."
    assert "“CAFÉ” is not the Customer ID “CAFE”" in second.reason


def test_capital_letters_and_the_way_an_accent_is_typed_are_the_same_id(desk: Desk) -> None:
    desk.customers("Café-1,First,5,0,,,")
    assert desk.customers("CAFE\u0301-1,Other,5,0,,,").changed == 1
    assert [row.customer_code for row in desk.rows(Customer)] == ["CAFÉ-1"]


@given(one=st.text(max_size=6), other=st.text(max_size=6))
def test_who_has_the_same_letters_has_the_same_key(one: str, other: str) -> None:
    assert not is_same_code(one, other) or fold(one) == fold(other)


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u202e", "\u3164", "\ufe0f", "\u2800", "\u00a0", "\ue000"]
)
def test_signs_that_nobody_sees_are_refused_in_an_id(small_desk: Desk, sign: str) -> None:
    with pytest.raises(ValueError, match=f"U\\+{ord(sign):04X}"):
        identifier(f"K{sign}1")
    report = small_desk.customers(f"K{sign}1,A,5,0,,,")
    assert refusals(report) == [(2, "customer_code")]
    entered = CustomerInput(
        customer_code=f"K{sign}1", customer_class_id=str(small_desk.class_id), balance_control="postpaid",
        currency="EUR", credit_limit="5", limit_choice="limited",
    )  # fmt: skip
    access = Access(small_desk.engine, small_desk.actor, lambda: NOW)
    with pytest.raises(Invalid, match="cannot be seen"):
        access.execute(CreateCustomer(customer=entered, command_id=new_command_id()))


def test_an_address_of_the_audit_means_nobody_who_merely_looks_alike(desk: Desk) -> None:
    a_customer(desk.engine, customer_code="CAFÉ")
    access = Access(desk.engine, desk.actor, lambda: NOW)
    access.fetch(FindCommands(AuditFilter(customer="café")))
    with pytest.raises(Rejected, match="“CAFE” is not the Customer ID “CAFÉ”"):
        access.fetch(FindCommands(AuditFilter(customer="CAFE")))


def test_a_class_is_meant_by_its_own_letters(small_desk: Desk) -> None:
    a_class(small_desk.engine, name="Café")
    report = small_desk.customers("K-1,A,5,0,,,", mapping=MAPPING.replace("Homes", "Cafe"))
    assert "one is called “Café”" in report.refused[0].reason


@pytest.mark.parametrize(
    ("options", "text", "amount"),
    [
        ({"decimal": ",", "thousands": "."}, "1.234,56", "1234.56"),
        ({"decimal": ",", "thousands": " "}, "1\u202f234 567,5", "1234567.5"),
        ({"thousands": ","}, "-1,234", "-1234"),
        ({"thousands": "'"}, "1'234.50", "1234.5"),
        ({"currency_sign": "$"}, "$ 12.50", "12.5"),
        ({"currency_sign": "$", "negative": "parentheses"}, "($12.50)", "-12.5"),
        ({"currency_sign": "€", "decimal": ","}, "-12,50 €", "-12.5"),
        ({"currency_sign": "€", "decimal": ","}, "€ -12,50", "-12.5"),
        ({"negative": "trailing"}, "12.50-", "-12.5"),
        ({"factor": Decimal("0.01")}, "1999", "19.99"),
        ({"factor": Decimal(-1)}, "5", "-5"),
    ],
)
def test_amounts_are_read_as_the_mapping_writes_them(options: dict[str, str], text: str, amount: str) -> None:
    assert Written(**options).plain(text) == amount  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["1.23,4", "12,34.5", "1.2345,0", "(5)", "5-", "1,2,3", "--5", "٣", "1.", ""])
def test_an_amount_that_is_written_otherwise_is_refused(text: str) -> None:
    written = Written(decimal=",", thousands=".")
    if text:
        with pytest.raises(ValueError, match="not an amount as the mapping writes them"):
            written.plain(text)
    else:
        assert written.plain(text) == ""


@given(
    amount=st.decimals(-10**9, 10**9, places=2), decimal=st.sampled_from(".,"),
    thousands=st.sampled_from(MARKS["thousands"]), negative=st.sampled_from(MARKS["negative"]),
)  # fmt: skip
def test_every_spelling_of_an_amount_is_read_as_that_amount(
    amount: Decimal, decimal: str, thousands: str, negative: str
) -> None:
    written = Written(
        decimal=decimal, thousands="" if thousands == decimal else thousands, negative=negative, currency_sign="$"
    )
    text = f"{abs(amount):,.2f}".translate(str.maketrans({",": written.thousands, ".": decimal}))
    if amount < 0:
        text = {"minus": f"-${text}", "trailing": f"{text}-", "parentheses": f"(${text})"}[negative]
    assert Decimal(written.plain(text)) == amount


def test_a_file_with_a_title_and_a_total_and_the_spelling_of_its_country_comes_in(desk: Desk) -> None:
    mapping = 'skip_rows = 2\nstop_at = "Total"\ndelimiter = ";"\ndecimal = ","\nthousands = "."\n' + MAPPING
    rows = ["K-1;A;1.500,50;-12,5;;;", "K-2;B;10;0;;;", ";;;;;;", "Total;;1.510,50;;;;", "K-9;never;1;0;;;"]
    path = desk.file("a.csv", "\n".join(["Clients;of 2026", "", HEADING.replace(",", ";"), *rows]))
    report = desk.customers_from(path, mapping=mapping)
    told = [(row.customer_code, row.credit_limit, row.balance) for row in desk.rows(Customer)]
    assert told == [("K-1", Decimal("1500.5"), Decimal("-12.5")), ("K-2", Decimal(10), 0)]
    assert "The table ends before line 7, where stop_at says so." in report.summary(5, dry_run=False)


def test_a_blank_cell_keeps_what_stands_here_unless_the_mapping_says_otherwise(desk: Desk) -> None:
    desk.customers("K-1,Aurora,500,0,a@b.example,+49 30 1234567,Germany")
    kept = desk.customers("K-1,,,,,,Germany")
    assert (kept.unchanged, kept.refused, kept.differences) == (1, [], [])
    cleared = desk.customers("K-1,,7,0,,,", mapping='blank = "clear"\n' + MAPPING)
    [row] = desk.rows(Customer)
    assert (cleared.changed, row.company_name, row.email, row.phone, row.country) == (1, "", "", "", "")


def test_a_blank_balance_is_asked_about_and_not_taken_for_nothing(desk: Desk) -> None:
    report = desk.customers("K-1,A,5,,,,")
    assert refusals(report) == [(2, "balance")]
    assert desk.customers("K-1,A,5,,,,", mapping=MAPPING.replace('"Owes"', '"Owes", blank = "clear"')).created == 1


def test_classes_are_made_by_the_value_of_a_column(desk: Desk) -> None:
    mapping = MAPPING.replace('{ constant = "Homes" }', '{ column = "Phone" }').replace(
        'phone = { column = "Phone" }\n', ""
    )
    several = (
        '\n[[new_class]]\nname = "Gold"\nnet_days = 30\ncurrency = "EUR"\n[[new_class]]\nname = "Basic"\nnet_days = 7\n'
    )
    rows = ("K-1,A,5,0,,Gold,", "K-2,B,5,0,,basic,", "K-3,C,5,0,,Other,", "K-4,D,5,0,,homes,")
    report = desk.customers(*rows, mapping=mapping + several)
    assert refusals(report) == [(4, "customer_class")]
    assert [row.name for row in desk.rows(CustomerClass)] == ["Homes", "Gold", "Basic"]
    any_name = desk.customers(rows[2], "K-5,bad,-5,0,,Never,", mapping=mapping + "\n[new_class]\nnet_days = 3\n")
    assert (any_name.created, [row.name for row in desk.rows(CustomerClass)][3:]) == (1, ["Other"])


def test_a_dry_run_tells_what_would_change_and_hides_what_is_personal(desk: Desk) -> None:
    desk.customers("K-1,Aurora,500,0,,,")
    report = desk.customers("K-1,Borealis,800,0,,,", dry_run=True)
    said = "Changed: line 2, K-1: Company name “Aurora” becomes “Borealis”; Permanent credit limit “500” becomes “800”"
    assert said in report.summary(50, dry_run=True)
    desk.actor = a_person(desk.engine, Role.ANALYST, extra_grants=" ".join(
        (Permission.IMPORT_RUN, Permission.CUSTOMER_CREATE, Permission.CUSTOMER_EDIT, Permission.LIMIT_EDIT)
    ))  # fmt: skip
    hidden = desk.customers("K-1,Borealis,500,0,,,", dry_run=True)
    assert [row.reason for row in hidden.changes] == ["Company name hidden becomes hidden"]
    assert desk.rows(Customer)[0].company_name == "Aurora"


def test_a_dry_run_finds_what_the_run_would_refuse_across_batches_too(desk: Desk) -> None:
    """A customer of the first batch has another currency in the second: only who saw the first can tell."""
    heading = f"{BILL_HEADING},Currency"
    mapping = BILL_MAPPING.replace('{ constant = "EUR" }', '{ column = "Currency" }') + (
        '[customer]\ncustomer_code = { column = "ID" }\ncustomer_class = { constant = "Homes" }\n'
        'balance_control = { constant = "postpaid" }\nlimit_choice = { constant = "unlimited" }\n'
        'currency = { column = "Currency" }\n'
    )
    rows = [f"K-1,A-{n},02/01/2026,20/01/2026,1,,,EUR" for n in range(BATCH)] + ["K-1,B,02/01/2026,20/01/2026,1,,,GBP"]
    path = desk.file("bills.csv", "\n".join([heading, *rows]))
    read = desk.file("m.toml", "create_customers = true\n" + mapping)
    tried = desk.invoices_from(path, read, dry_run=True)
    assert (desk.rows(Customer), desk.rows(Invoice)) == ([], [])
    done = desk.invoices_from(path, read)
    assert tried == done
    assert [(row.line, row.field) for row in done.refused] == [(BATCH + 2, "currency")]


def test_refused_rows_come_back_as_a_file_that_is_put_right_and_sent_alone(desk: Desk) -> None:
    mapping = 'skip_rows = 1\ndelimiter = ";"\nencoding = "cp1252"\n' + MAPPING
    rows = ["K-1;Good;5;0;;;", "K-2;Müller & Co;-5;0;nobody;;", "K-3;too;few", "K-4;=1+1;5;-3;;;"]
    path = desk.file("a.csv", "\n".join(["Clients", HEADING.replace(",", ";"), *rows]).encode("cp1252"))
    read = customer_mapping(desk.file("m.toml", mapping))
    run = desk.run(path, read)
    report, rejected = import_customers(run), desk.folder / "rejected.csv"
    report.write_rejected(rejected, run.top, read)
    told = list(csv.reader(rejected.read_text("cp1252").splitlines(), delimiter=";"))
    assert told[:2] == [["Clients"], [*HEADING.split(","), "Refused because"]]
    assert [row[:2] for row in told[2:]] == [["K-2", "Müller & Co"], ["K-3", "too"], ["K-4", "'=1+1"]]
    assert "A credit limit cannot be negative" in told[2][-1]
    assert "is not an e-mail address" in told[2][-1]
    right = (
        rejected.read_text("cp1252").replace("'-5;0;nobody", "5;0;a@b.example").replace("too;few;;;;;", "Three;5;0;;;;")
    )
    again = desk.customers_from(desk.file("rejected.csv", right.encode("cp1252")), mapping=mapping)
    assert (again.created, again.refused) == (3, [])
    assert [row.company_name for row in desk.rows(Customer)] == ["Good", "Müller & Co", "Three", "=1+1"]


def test_a_day_and_an_amount_of_a_file_are_those_of_the_books(desk: Desk) -> None:
    a_customer(desk.engine, customer_code="K-1")
    mapping = BILL_MAPPING.replace('total = { column = "Amount" }', 'total = { column = "Amount", factor = "0.01" }')
    desk.invoices("K-1,A-1,02/01/2026,31/12/2099,5594,,", mapping=mapping)
    [invoice] = desk.rows(Invoice)
    assert (invoice.total, invoice.due_on) == (Decimal("55.94"), date(2099, 12, 31))
