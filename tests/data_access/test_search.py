"""What somebody types to find a customer: words of names in any order, and what is told of all the rest."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.base.text.text_keys import looks_like_phone
from data_access.domain.shown_status import Shown
from data_access.queries.finder.find import FindQuick
from data_access.queries.lists.counts import CountCustomers, HiddenMatches
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.lists.further import FurtherMatches
from data_access.search.advanced_filter import closed_found, closed_matches
from data_access.search.filters import CustomerFilter
from data_access.search.text_match import Match, SearchField
from tests.support.builders import a_customer
from tests.support.people import access_for

GONE = BillStatus.PERMANENTLY_TERMINATED


def town(engine: Engine) -> None:
    people = [
        ("C-1", "Ann", "Lindgren", "Uppsala", "+46 18 123456"), ("C-2", "Bo", "Lindgren", "Lund", "+46 46 999"),
        ("C-3", "Anna-Lena", "Berg", "Uppsala", ""), ("C-4", "Eva", "Nylind", "Malmö", ""),
        ("C-5", "Ida", "Barr", "Östersund", ""),
    ]  # fmt: skip
    for code, first, last, city, phone in people:
        email = f"{last}@{first}.example"
        a_customer(engine, customer_code=code, first_name=first, last_name=last, city=city, phone=phone, email=email)
    a_customer(engine, customer_code="C-9", first_name="Ann", last_name="Lindgren", city="Lund", bill_status=GONE)


def hits(engine: Engine, text: str, role: Role = Role.SUPPORT) -> list[str]:
    return [hit.customer_code for hit in access_for(engine, role).fetch(FindQuick(text)).hits]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("lindgren", ["C-1", "C-2"]), ("Lindgren Ann", ["C-1"]), ("ann LIND", ["C-1"]), ("lena", ["C-3"]),
        ("uppsala", ["C-1", "C-3"]), ("malmö", ["C-4"]), ("malmo", ["C-4"]), ("bar OST", ["C-5"]),
        ("östersund", ["C-5"]), ("bar ÖST", ["C-5"]), ("lindgren lund", ["C-2"]), ("lund bo", ["C-2"]),
        ("ylind", ["C-4"]), ("berg@", ["C-3"]), ("46 18 12", ["C-1"]), ("zzzqx9", []),
        ("road 9999", []), ("C-3", ["C-3"]),
    ],
)  # fmt: skip
def test_the_finder_finds_words_in_any_order_and_places(engine: Engine, text: str, codes: list[str]) -> None:
    town(engine)
    assert hits(engine, text) == codes


@pytest.mark.parametrize(
    ("text", "codes"), [("lena", ["C-3"]), ("lindgren ann", ["C-1"]), ("ena", []), ("ann erg", [])]
)
def test_a_name_starts_with_each_of_its_words_and_with_what_follows_a_hyphen(
    engine: Engine, text: str, codes: list[str]
) -> None:
    town(engine)
    rows = access_for(engine).fetch(FindCustomers(CustomerFilter(q=text))).rows
    assert [row.customer_code for row in rows] == codes


def test_the_finder_puts_the_exact_customer_id_first_and_leaves_out_the_permanently_terminated(engine: Engine) -> None:
    a_customer(engine, customer_code="77-1", company_name="Alpha")
    a_customer(engine, customer_code="77-2", company_name="Zulu", bill_status=GONE)
    a_customer(engine, customer_code="77")
    a_customer(engine, customer_code="A", company_name="77 Beta")
    found = access_for(engine).fetch(FindQuick(" 77 "))
    assert ([hit.customer_code for hit in found.hits], found.closed) == (["77", "77-1", "A"], 1)


def test_the_finder_gives_ten_at_most_and_nothing_for_nothing(engine: Engine) -> None:
    for number in range(12):
        a_customer(engine, customer_code=f"K-{number}")
    assert len(hits(engine, "k-")) == 10
    assert hits(engine, "  ") == []


def test_the_finder_of_an_analyst_knows_customer_ids_only(engine: Engine) -> None:
    town(engine)
    texts = ("lindgren", "berg@", "46 18 123456", "uppsala")
    assert [hits(engine, text, Role.ANALYST) for text in texts] == [[], [], [], []]
    assert access_for(engine, Role.ANALYST).fetch(FindQuick("c-3")).hits[0].name == "A••••• B•••••"


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
@pytest.mark.parametrize("text", ["lindgren", "c-9", "lund ann", "C"])
def test_advanced_search_shows_those_that_the_finder_counts_and_no_others(
    engine: Engine, text: str, role: Role
) -> None:
    town(engine)
    access = access_for(engine, role)
    way = closed_found(text, access.actor)
    shown = access.fetch(FindCustomers(way)).rows
    assert len(shown) == access.fetch(FindQuick(text)).closed
    assert {row.shown for row in shown} <= {Shown.PERMANENTLY_TERMINATED}


SETS = [frozenset(some) for size in range(1, len(SearchField) + 1) for some in combinations(SearchField, size)]


def test_whatever_is_searched_the_hidden_are_as_many_as_the_way_to_them_shows(engine: Engine) -> None:
    town(engine)
    access = access_for(engine)
    wrong = [
        (fields, match, text)
        for fields in SETS
        for match in Match
        for text in ("lund", "lindgren ann", "46")
        for chosen in [CustomerFilter(q=text, match=match, fields=fields)]
        if access.fetch(HiddenMatches(chosen)) != access.fetch(CountCustomers(closed_matches(chosen)))
    ]
    assert wrong == []


def further(engine: Engine, role: Role = Role.SUPPORT, **chosen: object) -> dict[str, int]:
    access = access_for(engine, role)
    ways = access.fetch(FurtherMatches(CustomerFilter(**chosen)))  # type: ignore[arg-type]
    assert [access.fetch(CountCustomers(way.filter)) for way in ways] == [way.count for way in ways]
    return {way.says: way.count for way in ways}


def test_further_matches_are_told_where_they_are_more(engine: Engine) -> None:
    town(engine)
    assert further(engine, q="lind") == {"anywhere in the name": 3, "by e-mail": 3}
    assert further(engine, q="lindgren") == {}
    assert further(engine, q="9999") == {}
    assert further(engine, q="18 123") == {"by phone": 1}
    assert further(engine, q="malmö") == further(engine, q="MALMO") == {"by city": 1}
    assert further(engine, q="-4") == {"anywhere in the Customer ID": 1}
    assert further(engine, q="berg", currency=frozenset({"USD"})) == {}


FURTHER = "data_access.queries.lists.further"


@pytest.mark.parametrize(("most", "looked_at"), [(1, 2), (2, 4), (3, 6), (3, 1)])
def test_further_matches_are_counted_as_far_as_is_said(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, most: int, looked_at: int
) -> None:
    town(engine)
    monkeypatch.setattr(f"{FURTHER}.MORE", most)
    monkeypatch.setattr(f"{FURTHER}._LOOKED_AT", looked_at)
    found = access_for(engine).fetch(FurtherMatches(CustomerFilter(q="ind")))
    assert {way.says: way.count for way in found} == {"anywhere in the name": most, "by e-mail": most}


@pytest.mark.parametrize("chosen", [{}, {"currency": frozenset({"USD"})}, {"fields": frozenset({SearchField.EMAIL})}])
def test_whom_the_index_has_are_those_who_hold_the_text(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, chosen: dict[str, Any]
) -> None:
    town(engine)
    texts = (
        "lind",
        "ann",
        "upp",
        "ö",
        "lu",
        "46 9",
        "1234",
        "-4",
        "@bo",
        "berg@anna",
        "n-l",
        "a-l b",
        "%",
        "_in",
        "e.e",
    )
    by_index = [further(engine, q=text, **chosen) for text in texts]
    monkeypatch.setattr(f"{FURTHER}.part_of", lambda *_: None)
    assert by_index == [further(engine, q=text, **chosen) for text in texts]
    assert chosen == {"currency": frozenset({"USD"})} or any(by_index)


def test_further_matches_of_an_analyst_are_customer_ids(engine: Engine) -> None:
    town(engine)
    fields = frozenset({SearchField.CUSTOMER_ID})
    assert further(engine, Role.ANALYST, q="lind", fields=fields) == {}
    assert further(engine, Role.ANALYST, q="-1", fields=fields) == {"anywhere in the Customer ID": 1}


@pytest.mark.parametrize("text", ["+49 (30) 123-45", "0", " 030/12.34 ext. 5 ", "１２３"])
def test_signs_of_a_phone_make_a_phone(text: str) -> None:
    assert looks_like_phone(text)


@given(
    st.text(min_size=1),
    st.characters(categories=["L"], exclude_characters="xXeE"),
    st.text(st.sampled_from("0123456789")),
)
def test_a_letter_makes_no_phone(before: str, letter: str, digits: str) -> None:
    assert not looks_like_phone(f"{digits}{letter}{before}")
