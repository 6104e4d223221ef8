"""The DID pool: found by use, added one by one and many at once, frozen and returned."""

from decimal import Decimal

from data_access.base.permissions import Role
from data_access.models.numbers import Did, NumberBatch
from data_access.queries.services.numbers import PAGE
from tests.support.builders import a_customer, a_did
from tests.support.forms import fill, press, said
from tests.support.tables import only, rows
from tests.support.tabs import cells

PAGE_FILE = "did_pool"


def test_many_numbers_are_added_with_a_result_a_row(desk_app):
    app = desk_app.open(PAGE_FILE, Role.ADMIN)
    app = fill(app, **{"Numbers, one per line": "+49 30 1111111; desk\nnonsense"})
    assert "can be added" in cells(app)
    assert "no international number" in cells(app)
    for name, value in {"Fee": "2", "Vendor cost": "1", "Vendor currency": "EUR"}.items():
        *_, of_many = (field for field in (*app.text_input, *app.selectbox) if field.label == name)
        of_many.set_value(value)
    app = press(app.run(), "Add them")
    assert "1 number added." in said(app)
    row = only(desk_app.engine, Did)
    assert (row.number, row.country, row.description, row.fee) == ("49301111111", "DE", "desk", Decimal(2))


def test_what_adds_numbers_stands_below_what_the_pool_is(desk_app):
    app = desk_app.open(PAGE_FILE, Role.ADMIN)
    drawn = [getattr(part, "label", "") or getattr(part, "value", "") for part in app.main]
    about = next(n for n, text in enumerate(drawn) if "idle in the pool" in str(text))
    assert not [text for text in drawn[:about] if "Add" in str(text)]
    assert [box.label for box in app.expander] == ["Add a number", "Add many numbers"]


def test_an_empty_pool_is_told_from_one_in_which_nothing_is_found(desk_app):
    assert "There is no number in the pool yet." in said(desk_app.open(PAGE_FILE, Role.ANALYST))
    assert "No number is like that." in said(desk_app.open(PAGE_FILE, Role.ANALYST, use="Frozen"))


def test_the_pool_is_looked_through_by_use(desk_app):
    a_did(desk_app.engine, number="49301", frozen=True)
    a_did(desk_app.engine, a_customer(desk_app.engine, customer_code="C-7"), number="49302")
    a_did(desk_app.engine, number="49303", group_name="north")
    app = desk_app.open(PAGE_FILE, Role.ANALYST)
    assert all(text in cells(app) for text in ("49301", "49302", "49303", "C-7"))
    for use, shown in (("Frozen", "49301"), ("Not used: idle, or on no account", "49302"), ("Idle", "49303")):
        app = desk_app.open(PAGE_FILE, Role.ANALYST, use=use)
        assert shown in cells(app)
        assert "49301" not in cells(app) or use == "Frozen"
    assert "49303" in cells(desk_app.open(PAGE_FILE, Role.ANALYST, find="North"))


def test_the_pool_is_paged_and_a_search_begins_at_its_first_page(desk_app):
    for number in range(PAGE + 1):
        a_did(desk_app.engine, number=f"4930{number:05}")
    app = desk_app.open(PAGE_FILE, Role.ANALYST)
    assert f"{PAGE} numbers of this page" in said(app)
    app = press(app, "Next")
    assert f"4930{PAGE:05}" in cells(app)
    assert "1 number of this page" in said(app)
    app = fill(app, Find="493000000")
    assert "after" not in app.query_params
    assert "493000000" in cells(app)


def test_a_number_is_found_by_its_holder(desk_app):
    a_did(desk_app.engine, a_customer(desk_app.engine, customer_code="C-7"), number="49302")
    a_did(desk_app.engine, number="49303")
    shown = cells(desk_app.open(PAGE_FILE, Role.ANALYST, find="c-7"))
    assert "49302" in shown
    assert "49303" not in shown


def test_an_idle_number_is_frozen_and_returned(desk_app):
    did = a_did(desk_app.engine, number="49301")
    app = press(desk_app.open(PAGE_FILE, Role.ADMIN, change=str(did)), "Freeze it")
    assert "49301 is frozen" in said(app)
    app = press(app, "Return it to the pool")
    assert not only(desk_app.engine, Did).frozen


def test_a_number_that_is_held_is_changed_and_stays(desk_app):
    did = a_did(desk_app.engine, a_customer(desk_app.engine, customer_code="C-7"), number="49301")
    app = desk_app.open(PAGE_FILE, Role.ADMIN, change=str(did))
    assert "Held by C-7, on no account." in said(app)
    app = press(app, "Remove it")
    assert "is held by a customer: release it first" in said(app)
    assert rows(desk_app.engine, Did)[0].removed_at is None


def test_a_pricing_batch_is_added(desk_app):
    app = desk_app.open("pricing_batches", Role.ADMIN)
    fill(app, **{"Pricing batch": "Germany", "Currency": "EUR", "Additional fee": "1", "Markup, per cent": "20"})
    press(app, "Add the pricing batch")
    assert only(desk_app.engine, NumberBatch).markup_percent == Decimal(20)


def test_numbers_come_from_a_file(desk_app):
    app = desk_app.open(PAGE_FILE, Role.ADMIN)
    file = b"DID number;Fee;Vendor cost;Vendor currency\n+49 30 1111111;2;1;EUR\n"
    app = app.file_uploader[0].set_value(("numbers.csv", file, "text/csv")).run()
    press(app, "Enter the rows")
    row = only(desk_app.engine, Did)
    assert (row.number, row.country, row.fee) == ("49301111111", "DE", Decimal(2))
    assert not desk_app.open(PAGE_FILE, Role.ANALYST).get("file_uploader")
