"""What customers are found by is kept as their rows change, whoever changes them, and the index with it."""

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from data_access.base.engine import Door
from data_access.base.permissions import SYSTEM
from data_access.models.kept.search_texts import INDEX, KINDS, SEARCHED, SearchText
from data_access.queries.audit.verify import VerifyChain
from data_access.store.access import Access
from tests.support.builders import a_customer, an_account
from tests.support.by_hand import behind
from tests.support.people import NOW


def texts(engine: Engine, customer_id: int) -> dict[str, str]:
    """What the customer is found by, without the marks between the texts."""
    with Session(engine) as session:
        rows = session.scalars(select(SearchText).where(SearchText.customer_id == customer_id)).all()
    return {name: told for row in rows for name in SEARCHED if (told := getattr(row, name).strip())}


def said(engine: Engine) -> str:
    return str(Access(engine, SYSTEM, lambda: NOW).fetch(VerifyChain()))


def test_a_customer_is_found_by_what_it_is_called_and_where_it_is(engine: Engine) -> None:
    key = a_customer(
        engine, customer_code="Ü-1", company_name="Åland Béton", first_name="Ann", last_name="Lindgren",
        address_line_1="Östra gatan 5", city="Umeå", email="Ann@B.example", phone="+46 (18) 12-34", contact="Bo Ek",
    )  # fmt: skip
    assert texts(engine, key) == {
        "code": "u-1", "name": "aland beton\n\n ann lindgren", "contact": "bo ek", "email": "ann@b.example",
        "phone": "46181234", "place": "ostra gatan 5\n\n umea",
    }  # fmt: skip
    an_account(engine, key, account_code="ABC.É1")
    assert texts(engine, key)["account"] == "abc.É1"
    assert "found by" not in said(engine)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customers SET name_key = 'somebody else'",
        "UPDATE search_texts SET name = 'somebody else'",
        "DELETE FROM search_texts WHERE code <> ''",
        "INSERT INTO search_texts SELECT 8000000 + id, customer_id, {named} FROM search_texts",
        "UPDATE accounts SET account_code = 'other'",
    ],
)
def test_a_text_that_was_changed_by_hand_is_found(engine: Engine, statement: str) -> None:
    an_account(engine, a_customer(engine, first_name="Ann"))
    assert "found by" not in said(engine)
    behind(engine, statement.format(named=", ".join(SEARCHED)))
    assert "What customers are found by is not what stands in their rows" in said(engine)


def test_the_index_of_sqlite_follows_the_texts(sqlite_engine: Engine) -> None:
    key = a_customer(sqlite_engine, first_name="Ann")
    check = text(f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('integrity-check', 1)")
    with sqlite_engine.connect().execution_options(door=Door(is_open=True)) as connection:
        for change in ("UPDATE customers SET name_key = 'bo'", "UPDATE search_texts SET name = 'eve'"):
            connection.execute(text(change))
            connection.execute(check)
        found = text(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH 'name : eve'")
        assert connection.scalar(found) == key * KINDS
        connection.commit()
    behind(sqlite_engine, "DELETE FROM search_index_docsize")
    assert "found by" in said(sqlite_engine)
