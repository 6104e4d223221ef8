"""Expressions: the address gives them back, and the database finds what they say, group in group."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.base.statuses import BillStatus
from data_access.commands.customers.exports import ExportCustomers
from data_access.queries.lists.customers import FindCustomers
from data_access.search.advanced_filter import PARAM, AdvancedFilter
from data_access.search.expression import Condition, Group, Part, joined, parts_of, read_line, split
from data_access.search.search_fields import Operation as O
from data_access.store.access import Access
from data_access.store.command_form import command_of, form_of
from tests.data_access.test_filters import TEXT
from tests.support.builders import a_class, a_customer
from tests.support.people import access_for


@dataclass(frozen=True)
class Kept:
    """A customer as the test knows it."""

    code: str
    balance: Decimal = Decimal(0)
    currency: str = "EUR"
    country: str = "DE"
    blocked: bool = False
    is_closed: bool = False


CUSTOMERS = (
    Kept("AB-1", Decimal(10)),
    Kept("AB-2", Decimal(20), "USD", "SE", blocked=True),
    Kept("BC|1", Decimal(-5), "USD"),
    Kept("BC-2", Decimal("0.5"), "PLN", "PL", blocked=True),
    Kept("GONE-1", Decimal(10), "EUR", "SE", is_closed=True),
    Kept("GONE-2", Decimal(20), "USD", is_closed=True),
)
ASKED: dict[tuple[str, O], tuple[list[str], Callable[[Kept, str], bool]]] = {
    ("balance", O.AT_LEAST): (["-5", "0.5", "10"], lambda one, v: one.balance >= Decimal(v)),
    ("balance", O.AT_MOST): (["-6", "0.5", "19.99"], lambda one, v: one.balance <= Decimal(v)),
    ("currency", O.IS): (["EUR", "USD", "CZK"], lambda one, v: one.currency == v),
    ("country", O.IS): (["SE", "de"], lambda one, v: one.country == v.upper()),
    ("blocked", O.IS): (["yes", "no"], lambda one, v: one.blocked is (v == "yes")),
    ("customer_id", O.BEGINS_WITH): (["ab", "bc|", "gone"], lambda one, v: one.code.lower().startswith(v)),
    ("customer_id", O.CONTAINS): (["-1", "|", "c"], lambda one, v: v in one.code.lower()),
    ("status", O.IS): (["permanently_terminated"], lambda one, _: one.is_closed),
}


def holds(part: Part, one: Kept) -> bool:
    """The same in Python: beside a choice that names the permanently terminated, the others find none of them."""
    if isinstance(part, Condition):
        by = ASKED.get((part.field, part.operation))
        if by is None:
            assert part.operation is O.IS_ONE_OF
            return one.currency in part.values
        return by[1](one, part.values[0])
    if not part.any_of:
        return all(holds(each, one) for each in part.parts)
    guarded = [each for each in part.parts if not each.names_the_closed] if part.names_the_closed else []
    return any(holds(each, one) and not (each in guarded and one.is_closed) for each in part.parts)


def condition(asked: tuple[str, O]) -> st.SearchStrategy[Condition]:
    return st.sampled_from(ASKED[asked][0]).map(lambda value: Condition(*asked, (value,)))


CONDITIONS = st.sampled_from(sorted(ASKED)).flatmap(condition) | st.lists(
    st.sampled_from(["EUR", "USD", "PLN"]), min_size=1, max_size=3, unique=True
).map(lambda values: Condition("currency", O.IS_ONE_OF, tuple(values)))


def groups(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(Group, st.lists(of, min_size=1, max_size=3).map(tuple), st.booleans())


TREES = st.lists(CONDITIONS | groups(CONDITIONS) | groups(CONDITIONS | groups(CONDITIONS)), max_size=4).map(tuple)


@given(TREES)
def test_what_is_written_to_the_address_is_read_back(parts: tuple[Part, ...]) -> None:
    lines = [read_line(text) for text in AdvancedFilter(parts).to_params()[PARAM]]
    assert not [line.complaint for line in lines if line.complaint]
    assert parts_of(lines) == parts
    assert [str(line) for line in lines] == AdvancedFilter(parts).to_params()[PARAM]


@given(st.lists(TEXT | st.text("a|\\", min_size=1), min_size=1, max_size=4))
def test_several_values_are_told_apart_whatever_they_hold(values: list[str]) -> None:
    assert split(joined(values)) == values


@pytest.mark.parametrize("text", ["Gold|Silver", "Gold | Silver|", "|Gold||Silver"])
def test_values_that_were_joined_by_hand_are_read(text: str) -> None:
    assert split(text) == ["Gold", "Silver"]


def desk(engine: Engine) -> Access:
    shared = a_class(engine)
    for one in CUSTOMERS:
        status = BillStatus.PERMANENTLY_TERMINATED if one.is_closed else BillStatus.OPEN
        a_customer(
            engine, customer_code=one.code, balance=one.balance, currency=one.currency, country=one.country,
            blocked=one.blocked, bill_status=status, customer_class_id=shared,
        )  # fmt: skip
    return access_for(engine)


def found(access: Access, parts: tuple[Part, ...]) -> set[str]:
    return {row.customer_code for row in access.fetch(FindCustomers(AdvancedFilter(parts))).rows}


def test_the_database_finds_what_the_expression_says(engine: Engine) -> None:
    access = desk(engine)

    @settings(max_examples=80)
    @given(TREES)
    def agree(parts: tuple[Part, ...]) -> None:
        chosen = AdvancedFilter(parts)
        shown = [one for one in CUSTOMERS if chosen.names_the_closed or not one.is_closed]
        assert found(access, parts) == {one.code for one in shown if all(holds(part, one) for part in parts)}
        assert chosen.describe()

    agree()


def test_a_choice_that_does_not_name_the_permanently_terminated_finds_none(engine: Engine) -> None:
    closed, rich = read_line("or1:status.is.permanently_terminated"), read_line("or1:balance.at_least.20")
    usd = read_line("currency.is.USD")
    assert found(desk(engine), parts_of([closed, rich, usd])) == {"AB-2", "GONE-2"}
    assert found(access_for(engine), parts_of([rich, usd])) == {"AB-2"}
    both = [read_line("or1:and1:status.is.permanently_terminated"), read_line("or1:and1:country.is.SE"), rich]
    assert found(access_for(engine), parts_of(both)) == {"AB-2", "GONE-1"}


def test_a_group_is_said_as_one() -> None:
    lines = ["blocked.is.yes", "or1:balance.at_least.10", "or1:and1:currency.is.EUR", "or1:and1:country.is.SE"]
    assert AdvancedFilter(parts_of(map(read_line, lines))).describe() == (
        "Blocked is yes, (Balance at least 10 or (Currency is EUR and Country is SE)), not permanently terminated"
    )


@pytest.mark.parametrize("text", ["or1:shoe.is.44", "or:balance.is.1", "and1:or1:and1:or1:and1:balance.is.1", "or1:"])
def test_what_is_no_condition_of_a_group_is_refused(text: str) -> None:
    assert read_line(text).complaint


@settings(max_examples=30)
@given(TREES)
def test_an_expression_can_be_kept_with_its_command(parts: tuple[Part, ...]) -> None:
    order = ExportCustomers(filter=AdvancedFilter(parts), format="CSV", command_id="1")
    kept = json.loads(json.dumps(form_of(order)))
    assert command_of(kept, {ExportCustomers.code: ExportCustomers}, "1") == order
