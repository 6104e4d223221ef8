"""What the finder finds a customer by, however it is typed, what it says of it, and that each look goes by an index."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.base.text.text_keys import phone_forms
from data_access.models.card.additional import AdditionalInfo
from data_access.models.card.self_care import SelfCareLogin
from data_access.queries.finder.find import LOOKED_AT, FindQuick, Hits, OpenedLast
from data_access.queries.finder.misspelt import is_nearly
from data_access.queries.lists.customers import FindCustomers
from data_access.search.filters import CustomerFilter
from data_access.search.text_match import Match, SearchField
from data_access.store.access import Access
from tests.data_access.test_list_plans import statements_on, steps_of
from tests.support.builders import a_customer, a_did, a_reseller, an_account, an_invoice, insert
from tests.support.people import NOW, access_for

GONE = BillStatus.PERMANENTLY_TERMINATED


def found(access: Access, text: str) -> Hits:
    return access.fetch(FindQuick(text))


def as_what(access: Access, text: str) -> dict[str, str]:
    return {hit.customer_code: hit.found_as for hit in found(access, text).hits}


@pytest.fixture
def desk(engine: Engine) -> Access:
    key = a_customer(
        engine, customer_code="DE-1", company_name="Åland Béton", first_name="Ann-Marie", last_name="Lindgren",
        contact="Bo Ek", address_line_1="Östra gatan 5", city="Umeå", email="Office@Beton.example",
        phone="+46 (18) 123 456",
    )  # fmt: skip
    a_customer(engine, customer_code="DE-2", first_name="Eva", last_name="Nyberg", phone="018 / 77 88 99")
    a_customer(engine, customer_code="DE-3", first_name="Ida", last_name="Ros", phone="0044 (0)20 7946 0958")
    insert(engine, AdditionalInfo, {"customer_id": key, "reference_number": "Ref/7",
                                    "reference_number_key": "ref/7", "tax_id": "SE 5560-1234.01"})  # fmt: skip
    insert(engine, SelfCareLogin, {"customer_id": key, "login": "AnnM", "login_key": "annm"})
    an_account(engine, key, account_code="ACC.000042")
    an_invoice(engine, key, number="INV-2026-7")
    a_did(engine, key, number="493055501234")
    return access_for(engine)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("de-1", "Customer ID"), ("aland", "name"), ("ÅLAND beton", "name"), ("marie lindgren", "name"),
        ("lindgren umea", "name and address"), ("ek bo", "contact"), ("office@", "e-mail"), ("@beton", "e-mail"),
        ("+46 18 123456", "phone"), ("0046 18-123 456", "phone"), ("018 123456", "phone"), ("8123456", "phone"),
        ("gatan ostra", "address"), ("umeå", "address"), ("ref/7", "reference number"), ("SE556012340", "tax ID"),
        ("annm", "login"), ("acc.0000", "account"), ("000042", "account"), ("INV-2026-7", "invoice"),
        ("+49 30 555 01234", "DID"), ("030 55501234", "DID"),
    ],
)  # fmt: skip
def test_a_customer_is_found_by_each_kind_in_any_notation_and_it_is_said(desk: Access, text: str, kind: str) -> None:
    assert as_what(desk, text) == {"DE-1": kind}


@pytest.mark.parametrize(("text", "code"), [("+46 18 778899", "DE-2"), ("+44 20 7946 0958", "DE-3")])
def test_a_number_kept_with_the_zero_of_its_country_is_found_from_abroad(desk: Access, text: str, code: str) -> None:
    assert as_what(desk, text) == {code: "phone"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [("lindgern", ["DE-1"]), ("lindgrn", ["DE-1"]), ("lindggren", ["DE-1"]), ("nyborg eva", ["DE-2"]),
     ("xindgren", ["DE-1"]), ("lyndgrin", []), ("ros", ["DE-3"]), ("rso", [])],
)  # fmt: skip
def test_one_slip_a_word_is_forgiven_where_nobody_is_spelt_so(desk: Access, text: str, codes: list[str]) -> None:
    hits = found(desk, text)
    assert [hit.customer_code for hit in hits.hits] == codes
    assert hits.are_nearly == (text != "ros")


@pytest.mark.parametrize(
    ("typed", "name", "nearly"),
    [("lindgren", "ann lindgren", True), ("lindgr", "lindgren", True), ("lindrgen", "lindgren", True),
     ("mayer", "meyer", True), ("meyre", "meyer", True), ("mayr", "meyer", False), ("anna", "anne", True),
     ("ann", "abn", False), ("smiths", "smith", True), ("ann lindgern", "lindgren ann", True)],
)  # fmt: skip
def test_a_slip_is_a_letter_wrong_left_out_or_too_many_or_two_swapped(typed: str, name: str, nearly: bool) -> None:
    assert is_nearly(tuple(typed.split()), name) == nearly


def test_nothing_is_forgiven_while_somebody_gone_is_spelt_so(engine: Engine) -> None:
    a_customer(engine, company_name="Lindgren")
    a_customer(engine, company_name="Lindgern", bill_status=GONE)
    hits = found(access_for(engine), "lindgern")
    assert (hits.hits, hits.closed) == ((), 1)


def test_who_is_gone_is_counted_once_and_by_the_invoice_too(engine: Engine) -> None:
    key = a_customer(engine, customer_code="X-77", company_name="X-77 Ltd", bill_status=GONE)
    an_account(engine, key, account_code="X-77.1")
    an_invoice(engine, key, number="B-9")
    access = access_for(engine)
    assert [found(access, text).closed for text in ("x-77", "B-9")] == [1, 1]


def test_where_too_many_hold_it_what_is_told_is_a_least(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_access.queries.finder.find.LOOKED_AT", 3)
    for number in range(4):
        a_customer(engine, customer_code=f"K-{number}", bill_status=GONE)
    hits = found(access_for(engine), "k-")
    assert hits.is_cut
    assert hits.closed == 3
    assert LOOKED_AT > 10


def test_who_sees_one_reseller_finds_its_customers_alone(engine: Engine) -> None:
    own, other = a_reseller(engine, name="Own"), a_reseller(engine, name="Other")
    for reseller, code in ((own, "R-1"), (other, "R-2")):
        key = a_customer(engine, customer_code=code, company_name="Lindgren", reseller_id=reseller)
        an_invoice(engine, key, number="SAME")
        a_customer(engine, company_name="Lindgren", reseller_id=reseller, bill_status=GONE)
    access = access_for(engine)
    confined = Access(engine, replace(access.actor, reseller_id=own), lambda: NOW)
    assert [list(as_what(confined, text)) for text in ("lindgren", "SAME", "lindgern")] == [["R-1"]] * 2 + [["R-1"]]
    assert found(confined, "lindgren").closed == 1


def test_those_who_were_opened_last_come_in_their_order_without_the_foreign_and_the_gone(engine: Engine) -> None:
    own, theirs = a_reseller(engine, name="Own"), a_reseller(engine, name="Other")
    one, foreign, gone, other = (
        a_customer(engine, reseller_id=reseller, bill_status=status)
        for reseller, status in (
            (own, BillStatus.OPEN),
            (theirs, BillStatus.OPEN),
            (own, GONE),
            (own, BillStatus.EXPORTED),
        )
    )
    access = access_for(engine)
    confined = Access(engine, replace(access.actor, reseller_id=own), lambda: NOW)
    asked = OpenedLast((other, gone, foreign, 999, one))
    assert [hit.id for hit in access.fetch(asked)] == [other, foreign, one]
    assert [hit.id for hit in confined.fetch(asked)] == [other, one]


def test_an_analyst_finds_by_numbers_that_name_nobody(desk: Access) -> None:
    analyst = access_for(desk.engine, Role.ANALYST)
    texts = ("acc.000042", "ref/7", "INV-2026-7", "annm", "lindgren", "018 123456", "se556012340")
    assert [list(as_what(analyst, text)) for text in texts] == [["DE-1"]] * 3 + [[]] * 4


@pytest.mark.parametrize(
    ("typed", "forms"),
    [("018 123456", ("018123456", "18123456")),
     ("+46 18 123456", ("4618123456", "46018123456", "\n 018123456", "\n 18123456")),
     ("12 34", ("1234",)), ("+999 123456", ("999123456",))],
)  # fmt: skip
def test_a_phone_may_have_been_kept_in_several_forms(typed: str, forms: tuple[str, ...]) -> None:
    assert phone_forms(typed) == forms


@pytest.mark.parametrize("text", ["de-1", "lindgren", "ann lind", "+46 18 123456", "zzzqx9", "lindgern", "k"])
@pytest.mark.parametrize("confined", [False, True])
def test_each_look_of_the_finder_goes_by_an_index(engine: Engine, text: str, confined: bool) -> None:
    access = access_for(engine)
    if confined:
        access = Access(engine, replace(access.actor, reseller_id=a_reseller(engine)), lambda: NOW)
    with statements_on(engine) as sent:
        found(access, text)
    looks = [one for one in sent if "search_texts" in one[0] or "by_0" in one[0]]
    assert len(looks) >= 2
    steps = steps_of(engine, looks) if engine.dialect.name == "sqlite" else planned(engine, looks)
    assert "ix_search_texts_trigrams" in steps or "VIRTUAL TABLE INDEX" in steps
    for table in ("customers", "invoices", "additional_info", "self_care_logins", "search_texts"):
        assert f"SCAN {table}" not in steps.replace("USING INDEX", "")
        assert f"Seq Scan on {table}" not in steps


def planned(engine: Engine, statements: list[tuple[str, Any]]) -> str:
    """How PostgreSQL goes about them where it reads no table whole without need."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plans = [connection.exec_driver_sql(f"EXPLAIN {text}", values).scalars().all() for text, values in statements]
    return " / ".join(step for plan in plans for step in plan)


@pytest.mark.parametrize(("text", "fields"), [("lind", "customer_id+name"), ("7943", "phone"), ("ume", "city")])
def test_contains_of_lists_goes_by_the_index(engine: Engine, text: str, fields: str) -> None:
    chosen = CustomerFilter(q=text, match=Match.CONTAINS, fields=frozenset(map(SearchField, fields.split("+"))))
    with statements_on(engine) as sent:
        access_for(engine).fetch(FindCustomers(chosen))
    looks = [one for one in sent if "search_texts" in one[0]]
    steps = steps_of(engine, looks) if engine.dialect.name == "sqlite" else planned(engine, looks)
    assert "ix_search_texts_trigrams" in steps or "VIRTUAL TABLE INDEX" in steps
    assert "SCAN customers" not in steps
