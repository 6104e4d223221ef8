"""Several questions in one statement: each keeps its rows, its types and its scope; what is known is not read twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.models.customers import Customer, Note
from data_access.models.money import Invoice
from data_access.queries.customer_situation import situation_of
from data_access.services.facts.together import apart, together
from data_access.store.access import Reader
from data_access.store.confined import ConfinedSession
from data_access.store.scope import visible
from tests.support.builders import a_customer, a_note, a_reseller, a_suspended_customer, an_invoice
from tests.support.people import NOW, a_person
from tests.support.statements import counted


def test_each_part_keeps_its_rows_and_their_types(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=Decimal("12.34567"), due_on=date(2026, 2, 28))
    a_note(engine, customer, at=NOW, sticky=True)
    actor = a_person(engine)
    both = together(
        {
            "notes": visible(Note, actor).with_only_columns(Note.id, Note.at, Note.sticky),
            "invoices": visible(Invoice, actor).with_only_columns(Invoice.id, Invoice.total, Invoice.due_on),
        }
    )
    with Session(engine) as session:
        found = apart(session.execute(both))
    (note,), (invoice,) = found["notes"], found["invoices"]
    assert (note.at, note.sticky, note.total, note.due_on) == (NOW, True, None, None)
    assert (invoice.total, invoice.due_on, invoice.at) == (Decimal("12.34567"), date(2026, 2, 28), None)
    assert found["others"] == []


def test_one_name_for_columns_of_two_types_is_refused() -> None:
    parts = {"a": select(Note.at.label("when")), "b": select(Invoice.due_on.label("when"))}
    with pytest.raises(TypeError, match="when of b"):
        together(parts)


def test_whoever_is_confined_sees_their_own_rows_in_every_part_however_it_was_asked(engine: Engine) -> None:
    own = a_customer(engine, reseller_id=a_reseller(engine))
    for customer in (own, a_customer(engine)):
        a_note(engine, customer)
        an_invoice(engine, customer)
    with Session(engine) as session:
        mine = session.get_one(Customer, own).reseller_id
    actor = a_person(engine, reseller_id=mine)
    parts = {model.__tablename__: select(model.customer_id) for model in (Note, Invoice)}
    with ConfinedSession(engine, actor) as session:
        found = apart(session.execute(together(parts)))
    assert {name: [row.customer_id for row in rows] for name, rows in found.items()} == {name: [own] for name in parts}


def test_a_situation_is_read_once_by_whoever_knows_it(engine: Engine) -> None:
    customer, actor = a_suspended_customer(engine), a_person(engine)
    with Session(engine) as session, counted(engine) as statements:
        first = situation_of(reader := Reader(session, actor, NOW), customer)
        asked = len(statements)
        assert situation_of(reader, customer) is first
        assert len(statements) == asked
        assert situation_of(replace(reader, known={}), customer) is not first
