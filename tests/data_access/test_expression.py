"""Expressions: the address gives them back, and the database finds what they say, group in group."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import inf
from operator import eq, ge, gt, le, lt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.base.statuses import BillStatus
from data_access.base.text.text_keys import fold
from data_access.commands.customers.exports import ExportCustomers
from data_access.models.collection import PromiseState
from data_access.models.customers import BalanceControl
from data_access.queries.lists.customers import FindCustomers
from data_access.search.advanced_filter import PARAM, AdvancedFilter
from data_access.search.expression import (
    Condition,
    Group,
    Part,
    joined,
    looks_at_each,
    parts_of,
    read_line,
    read_lines,
    split,
)
from data_access.search.operations import Operation as O
from data_access.search.search_fields import FIELDS
from data_access.store.access import Access
from data_access.store.command_form import command_of, form_of
from tests.data_access.test_filters import TEXT
from tests.support.builders import a_class, a_customer, a_promise, an_invoice
from tests.support.examples import examples
from tests.support.people import NOW, access_for


@dataclass(frozen=True)
class Kept:
    """A customer as the test knows it. `late`: overdue amount and days; `lately`: booked within the last 30 days."""

    code: str
    balance: Decimal = Decimal(0)
    currency: str = "EUR"
    city: str = ""
    limit: Decimal | None = Decimal(1000)
    blocked: bool = False
    is_closed: bool = False
    is_prepaid: bool = False
    late: tuple[Decimal, int] = (Decimal(0), 0)
    lately: Decimal = Decimal(0)
    broken: int = 0
    ends: date | None = None
    lifted: date | None = None

    @property
    def available(self) -> Decimal | None:
        if self.is_prepaid:
            return -self.balance
        return None if self.limit is None else self.limit - self.balance

    @property
    def used(self) -> float | None:
        """Any debt uses up a limit of zero; None: there is no limit."""
        if self.limit is None:
            return None
        if not self.limit:
            return inf if self.balance > 0 else -inf
        return float(self.balance * 100 / self.limit)


TODAY = NOW.date()
CUSTOMERS = (
    Kept("AB-1", Decimal(10), city="Örebro", broken=2),
    Kept("AB-2", Decimal(20), "USD", "Oslo", blocked=True, limit=Decimal(20), ends=TODAY + timedelta(days=5)),
    Kept("BC|1", Decimal(-5), "USD", limit=None),
    Kept("BC-2", Decimal("0.5"), "PLN", "Oslo", limit=Decimal(0), blocked=True),
    Kept("YEN", Decimal(1500), "JPY", "Ōsaka", limit=Decimal(1875), late=(Decimal(1500), 6)),
    Kept("DINAR", Decimal("12.345"), "KWD", late=(Decimal("12.345"), 3), lately=Decimal("12.345"), broken=1),
    Kept("PRE", Decimal("-12.345"), "KWD", is_prepaid=True, limit=None, ends=TODAY),
    Kept("PRE-0", is_prepaid=True, limit=None, lately=Decimal(0)),
    Kept("LIFT", Decimal(100), limit=Decimal(100), late=(Decimal(100), 10), lifted=TODAY + timedelta(days=5)),
    Kept("GONE-1", Decimal(10), "EUR", "Oslo", is_closed=True, ends=TODAY - timedelta(days=5)),
    Kept("GONE-2", Decimal(20), "USD", is_closed=True, ends=TODAY - timedelta(days=5)),
)
AMOUNTS = ("-12.345", "-5", "0", "0.5", "12.345", "20", "1500")
ENDS = tuple(str(TODAY + timedelta(days=ahead)) for ahead in (-1, 0, 5, 6))
FIGURES: dict[str, tuple[Callable[[Kept], Any], tuple[str, ...], Callable[[str], Any]]] = {
    "balance": (lambda one: one.balance, AMOUNTS, Decimal),
    "credit_limit": (lambda one: one.limit, ("0", "20", "1000"), Decimal),
    "available_funds": (lambda one: one.available, ("0", "-0.5", "12.345", "987.655"), Decimal),
    "use_of_limit": (lambda one: one.used, ("0", "80", "100"), float),
    "overdue_amount": (lambda one: one.late[0], ("0", "12.345", "1500"), Decimal),
    "days_overdue": (lambda one: one.late[1], ("0", "3", "6"), int),
    "balance_change": (lambda one: one.lately, ("0", "12.345"), Decimal),
    "broken_promises": (lambda one: one.broken, ("0", "1", "2"), int),
    "terminates": (lambda one: one.ends, ENDS, date.fromisoformat),
    "lift_until": (lambda one: one.lifted, ENDS, date.fromisoformat),
}
COMPARED: dict[O, Callable[[Any, Any], bool]] = {
    O.AT_LEAST: ge, O.AT_MOST: le, O.MORE_THAN: gt, O.BELOW: lt, O.FROM: ge, O.UNTIL: le, O.AFTER: gt, O.BEFORE: lt,
    O.IS: eq,
}  # fmt: skip
WORDS: dict[str, tuple[Callable[[Kept], str], tuple[str, ...]]] = {
    "currency": (lambda one: one.currency, ("EUR", "USD", "JPY", "CZK")),
    "blocked": (lambda one: "yes" if one.blocked else "no", ("yes", "no")),
    "customer_id": (lambda one: one.code.lower(), ("ab", "bc|1", "-1", "gone-2")),
    "city": (lambda one: fold(one.city), ("oslo", "orebro", "o", "saka")),
    "status": (lambda one: "permanently_terminated" if one.is_closed else "", ("permanently_terminated",)),
}
TOLD: dict[O, Callable[[str, Sequence[str]], bool]] = {
    O.IS: lambda word, asked: word == asked[0],
    O.IS_NOT: lambda word, asked: word != asked[0],
    O.IS_ONE_OF: lambda word, asked: word in asked,
    O.IS_NONE_OF: lambda word, asked: word not in asked,
    O.BEGINS_WITH: lambda word, asked: word.startswith(asked[0]),
    O.CONTAINS: lambda word, asked: asked[0] in word,
    O.DOES_NOT_CONTAIN: lambda word, asked: asked[0] not in word,
    O.ENDS_WITH: lambda word, asked: word.endswith(asked[0]),
    O.IS_EMPTY: lambda word, _: not word,
    O.IS_NOT_EMPTY: lambda word, _: bool(word),
}


def is_met(asked: Condition, one: Kept) -> bool:
    """One condition in Python; what is empty is none of the values that are named."""
    if asked.field in WORDS:
        return TOLD[asked.operation](WORDS[asked.field][0](one), asked.values)
    value, read = FIGURES[asked.field][0](one), FIGURES[asked.field][2]
    wanted = [read(text) for text in asked.values]
    if asked.operation in (O.IS_EMPTY, O.IS_NOT_EMPTY):
        return (value is None) is (asked.operation is O.IS_EMPTY)
    if asked.operation is O.IS_NOT:
        return bool(value != wanted[0])
    if value is None:
        return False
    if asked.operation is O.BETWEEN:
        return bool(wanted[0] <= value <= wanted[1])
    return COMPARED[asked.operation](value, wanted[0])


def holds(part: Part, one: Kept) -> bool:
    """The same in Python: beside a choice that names the permanently terminated, the others find none of them."""
    if isinstance(part, Condition):
        return is_met(part, one)
    if not part.any_of:
        return all(holds(each, one) for each in part.parts)
    guarded = [each for each in part.parts if not each.names_the_closed] if part.names_the_closed else []
    return any(holds(each, one) and not (each in guarded and one.is_closed) for each in part.parts)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """Any operation that a field of the book can be asked."""
    field = draw(st.sampled_from(sorted(FIGURES | WORDS)))
    operation = draw(st.sampled_from(list(FIELDS[field].asks)))
    offered = st.sampled_from(FIGURES[field][1] if field in FIGURES else WORDS[field][1])
    if operation.takes_none:
        return Condition(field, operation)
    if operation is O.BETWEEN:
        ends = draw(st.lists(offered, min_size=2, max_size=2))
        return Condition(field, operation, tuple(sorted(ends, key=FIGURES[field][2])))
    many = st.lists(offered, min_size=1, max_size=3, unique=True)
    return Condition(field, operation, tuple(draw(many)) if operation.is_several else (draw(offered),))


CONDITIONS = conditions()


def groups(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(Group, st.lists(of, min_size=1, max_size=3).map(tuple), st.booleans())


TREES = st.lists(st.recursive(CONDITIONS, groups, max_leaves=8), max_size=4).map(tuple)


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
        booked = one.late[0] or one.lately
        status = BillStatus.PERMANENTLY_TERMINATED if one.is_closed else BillStatus.OPEN
        more: dict[str, Any] = {"terminate_on": one.ends, "bill_status": status}
        if one.lifted:
            until = datetime.combine(one.lifted, time(12), UTC)
            more = {"suspension_lifted_until": until, "first_lifted_on": TODAY, "bill_status": BillStatus.SUSPENDED}
        customer_id = a_customer(
            engine, customer_code=one.code, balance=one.balance - booked, currency=one.currency, city=one.city,
            blocked=one.blocked, customer_class_id=shared, credit_limit=one.limit,
            balance_control=BalanceControl.PREPAID if one.is_prepaid else BalanceControl.POSTPAID, **more,
        )  # fmt: skip
        if booked:
            amount, days = one.late
            an_invoice(
                engine, customer_id, total=amount, due_on=TODAY - timedelta(days=days),
                at=NOW - timedelta(days=1 if one.lately else 31),
            )  # fmt: skip
        for _ in range(one.broken):
            a_promise(engine, customer_id, state=PromiseState.BROKEN, decided_at=NOW)
    return access_for(engine)


def found(access: Access, parts: tuple[Part, ...]) -> set[str]:
    return {row.customer_code for row in access.fetch(FindCustomers(AdvancedFilter(parts))).rows}


def test_the_database_finds_what_the_expression_says(engine: Engine) -> None:
    access = desk(engine)

    @settings(max_examples=examples(120))
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
    both = [read_line("or1:and1:status.is.permanently_terminated"), read_line("or1:and1:city.is.Oslo"), rich]
    assert found(access_for(engine), parts_of(both)) == {"AB-2", "LIFT", "YEN", "GONE-1"}
    spared = read_line("status.is_not.permanently_terminated")
    assert found(access_for(engine), parts_of([spared, usd])) == {"AB-2", "BC|1"}
    assert not AdvancedFilter(parts_of([spared])).names_the_closed


def test_a_group_is_said_as_one() -> None:
    lines = ["blocked.is.yes", "or1:balance.at_least.10", "or1:and1:currency.is.EUR", "or1:and1:country.is.SE"]
    assert AdvancedFilter(parts_of(map(read_line, lines))).describe() == (
        "Blocked is yes, (Balance at least 10 or (Currency is EUR and Country is SE)), not permanently terminated"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("balance.between.5|6|7", "give two values"),
        ("balance.between.5|4", "5 is above 4"),
        ("created.between.2026-02-01|soon", "write a date"),
        ("custom_date_time_7.between.2026-02-01|2026-03-01T10:00Z", "both as days, or both as moments"),
    ],
)
def test_ends_that_are_none_are_refused(text: str, said: str) -> None:
    assert said in read_line(text).complaint


def test_conditions_that_no_index_answers_are_known_for_the_advice() -> None:
    quick, slow = ["currency.is.EUR", "customer_id.begins_with.A"], ["or1:name.contains.x", "or1:broken_promises.is.1"]
    assert list(map(str, looks_at_each(parts_of(read_lines([*quick, *slow]))))) == [
        "name.contains.x", "broken_promises.is.1"
    ]  # fmt: skip


def test_one_end_alone_waits_for_the_other() -> None:
    assert read_line("balance.between.5").waits


def test_more_than_a_hundred_conditions_are_refused() -> None:
    lines = read_lines(["balance.is.1"] * 101)
    assert [bool(line.condition) for line in lines] == [True] * 100 + [False]
    assert "at most 100 conditions" in lines[-1].complaint


@pytest.mark.parametrize("text", ["or1:shoe.is.44", "or:balance.is.1", "and1:" * 21 + "balance.is.1", "or1:"])
def test_what_is_no_condition_of_a_group_is_refused(text: str) -> None:
    assert read_line(text).complaint


@settings(max_examples=30)
@given(TREES)
def test_an_expression_can_be_kept_with_its_command(parts: tuple[Part, ...]) -> None:
    order = ExportCustomers(filter=AdvancedFilter(parts), format="CSV", command_id="1")
    kept = json.loads(json.dumps(form_of(order)))
    assert command_of(kept, {ExportCustomers.code: ExportCustomers}, "1") == order
