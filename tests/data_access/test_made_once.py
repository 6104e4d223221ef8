"""Statements made once: cut to what their actor may see, whatever they select, and run without being made again."""

import pytest
from sqlalchemy import Engine, Select, bindparam, select

from data_access.base.engine import Door
from data_access.base.permissions import SYSTEM, Actor
from data_access.models.base import Base
from data_access.models.customers import Customer, Note
from data_access.store import confined
from data_access.store.confined import ConfinedSession, made_once
from tests.support.builders import a_customer, a_note, a_reseller
from tests.support.people import a_person


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
    monkeypatch.setattr(confined, "_DECLARED", confined._DECLARED - {Base.metadata.tables["notes"]})

    @made_once
    def asked(_actor: Actor) -> Select[int]:
        return select(Note.id)

    with pytest.raises(KeyError, match="notes has no scope"):
        asked(actor)
