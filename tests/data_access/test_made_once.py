"""Statements made once: cut to what their actor may see, whatever they select, and run without being made again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Select, bindparam, select

from data_access.base.choices.viewed_lists import ViewedList
from data_access.base.clock import quarter_of
from data_access.base.engine import Door
from data_access.base.permissions import SYSTEM, Actor, Role
from data_access.domain.shown_status import Shown
from data_access.migrations.every_table import every_table
from data_access.models.customers import Customer, Note
from data_access.queries.audit.audit import FindChanges, FindCommands
from data_access.queries.audit.audit_filter import AuditFilter
from data_access.queries.billing.invoices import FindInvoices, InvoiceSums
from data_access.queries.billing.ledger import BalanceHistory, FindTransactions
from data_access.queries.collections.cases import FindCases
from data_access.queries.collections.sums import CollectionTotals, OwedByCurrency
from data_access.queries.customers.choices import FormChoices
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.lists.counts import CountBefore, CountCustomers, CountEach, ShownCounts
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.lists.views import Views
from data_access.queries.pagination.by_key import Sort
from data_access.queries.pagination.pages import Cursor, Direction
from data_access.queries.status.why import WhyThisState
from data_access.search.filters import LISTED, CustomerFilter
from data_access.store import confined
from data_access.store.access import Access, Query
from data_access.store.confined import ConfinedSession, made_once
from tests.support.builders import a_customer, a_note, a_reseller, a_suspended_customer
from tests.support.people import NOW, a_person
from tests.support.statements import made


@made_once
def _notes(_actor: Actor) -> Select[int]:
    return select(Note.customer_id)  # by no way through `visible`


@made_once
def _customers(_actor: Actor) -> Select[Customer]:
    return select(Customer)


@made_once
def _cities(_actor: Actor) -> Select[str]:
    return select(Customer.city).where(Customer.id == bindparam("customer_id"))


def test_a_statement_is_made_once_for_all_who_see_all_and_for_each_who_is_confined(engine: Engine) -> None:
    made: list[Actor] = []

    @made_once
    def asked(actor: Actor, word: str) -> str:
        made.append(actor)
        return f"{word} {actor.reseller_id}"

    reseller = a_reseller(engine)
    everyone = [a_person(engine), a_person(engine), a_person(engine, reseller_id=reseller)]
    for actor in everyone * 2:
        assert asked(actor, "notes") == f"notes {actor.reseller_id}"
    assert made == [SYSTEM, everyone[2]]
    asked(everyone[0], "invoices")
    assert made == [SYSTEM, everyone[2], SYSTEM]


def test_whoever_is_confined_sees_their_own_rows_of_what_was_made_by_whatever_way(engine: Engine) -> None:
    reseller = a_reseller(engine)
    own, others = a_customer(engine, reseller_id=reseller), a_customer(engine)
    for customer in (own, others):
        a_note(engine, customer)
    everybody, actor = a_person(engine), a_person(engine, reseller_id=reseller)
    with ConfinedSession(engine, everybody) as session:
        assert sorted(session.scalars(_notes(everybody))) == sorted([own, others])
    with ConfinedSession(engine, actor) as session:
        made_for_both = _notes(actor), _notes(everybody)
        assert [session.is_made(one) for one in made_for_both] == [True, False]
        assert [list(session.scalars(one)) for one in made_for_both] == [[own], [own]]
        for one in (_customers(actor), _customers(everybody)):
            assert [customer.id for customer in session.scalars(one)] == [own]


def test_what_was_added_is_there_for_a_statement_made_once(engine: Engine) -> None:
    customer, actor = a_customer(engine), a_person(engine)
    with ConfinedSession(engine.execution_options(door=Door(is_open=True)), actor) as session:
        session.get_one(Customer, customer).city = "Lund"
        assert session.scalar(_cities(actor), {"customer_id": customer}) == "Lund"
        session.rollback()


def test_a_table_without_a_scope_is_no_part_of_a_statement(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = a_person(engine)
    monkeypatch.setattr(confined, "_DECLARED", confined._DECLARED - {every_table().tables["notes"]})

    @made_once
    def asked(_actor: Actor) -> Select[int]:
        return select(Note.id)

    with pytest.raises(KeyError, match="notes has no scope"):
        asked(actor)


def test_nothing_is_made_or_compiled_for_another_look(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at another page, another customer or a moment later is sent the statements that there are."""
    reseller = a_reseller(engine)
    ids = [a_suspended_customer(engine, reseller_id=reseller) for _ in range(3)]
    looks = list(_looks(ids))
    assert looks
    for person in (a_person(engine, Role.MANAGER), a_person(engine, Role.MANAGER, reseller_id=reseller)):
        for first, then in looks:
            Access(engine, person, lambda: NOW).fetch(first)
            with made(monkeypatch) as counts:
                Access(engine, person, lambda: NOW + timedelta(days=1)).fetch(then)
            assert not counts, (first, counts)


def test_what_asks_for_days_is_made_once_in_a_quarter_of_an_hour(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_customer(engine)
    person, begun = a_person(engine), quarter_of(NOW)
    asked = CustomerFilter(terminates_within=7), CustomerFilter(lift_ends_within=1), CustomerFilter(overdue_over=10)
    queries: list[Query[Any]] = [CountEach(asked), *(FindCustomers(one) for one in asked)]
    for query in queries:
        Access(engine, person, lambda: begun).fetch(query)
        with made(monkeypatch) as counts:
            Access(engine, person, lambda: begun + timedelta(minutes=14, seconds=59)).fetch(query)
        assert not counts, (query, counts)


def test_what_asks_for_days_holds_for_the_very_instant(engine: Engine) -> None:
    begun = quarter_of(NOW)
    late = a_customer(engine, first_overdue_from=begun - timedelta(days=10) + timedelta(minutes=5))
    person, asked = a_person(engine), CustomerFilter(overdue_over=10)

    def found(minutes: int) -> list[int]:
        page = Access(engine, person, lambda: begun + timedelta(minutes=minutes)).fetch(FindCustomers(asked))
        return [row.id for row in page.rows]

    assert [found(minutes) for minutes in (4, 5, 14, 4)] == [[], [late], [late], []]


def _looks(ids: list[int]) -> Iterator[tuple[Query[Any], Query[Any]]]:
    for sort in Sort:
        yield FindCustomers(sort=sort), FindCustomers(sort=sort)
    after = {"direction": Direction.AFTER, "size": 1}
    yield FindCustomers(cursor="a~1", **after), FindCustomers(cursor="b~2", **after)
    yield CountBefore(LISTED, None, "a~1"), CountBefore(LISTED, None, "b~2")
    places = [{"direction": Direction.AFTER, "cursor": str(Cursor((2, NOW, key)))} for key in ids[:2]]
    yield FindCases(**places[0]), FindCases(**places[1])
    for whole in (FindCases(), CollectionTotals(), OwedByCurrency(LISTED), FormChoices(), Views(ViewedList.CUSTOMERS)):
        yield whole, whole
    for wanted in (
        CustomerFilter(status=frozenset((Shown.SUSPENDED,))),
        CustomerFilter(country=frozenset(("CZ",)), currency=frozenset(("EUR",))),
    ):
        yield FindCustomers(wanted), FindCustomers(wanted)
        yield ShownCounts(wanted), ShownCounts(wanted)
        yield CountCustomers(wanted), CountCustomers(wanted)
    yield FindCommands(AuditFilter(customer="C-1")), FindCommands(AuditFilter(customer="C-2"))
    yield FindChanges(AuditFilter(customer="C-1")), FindChanges(AuditFilter(customer="C-2"))
    for about in (
        CustomerHead, WhyThisState, WhatHappensNext, BalanceHistory, FindTransactions, FindInvoices, InvoiceSums,
    ):  # fmt: skip
        yield about(ids[0]), about(ids[1])
