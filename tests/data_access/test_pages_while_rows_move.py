"""Pages of the list while others work: whoever stays where they are is met once, none twice and none left out."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, update

from data_access.base.engine import Door
from data_access.models.customers import Customer
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.pagination.by_key import ORDERS, Sort
from data_access.queries.pagination.pages import Direction
from data_access.store.access import Access
from tests.support.builders import a_customer
from tests.support.people import access_for
from tests.support.rows import BEFORE

FEW, SIZE = 24, 4


def place(draw: Random, name: str) -> dict[str, Any]:
    """A place in every order; several share one, and of some the overdue date is empty."""
    late = draw.choice((None, BEFORE + timedelta(days=draw.randrange(5))))
    return {
        "name_key": draw.choice("abcde"), "created_at": BEFORE + timedelta(days=draw.randrange(9)),
        "balance": Decimal(draw.randrange(5)), "first_overdue_from": late, "customer_code_key": f"{name}",
    }  # fmt: skip


def put(engine: Engine, key: int, where: dict[str, Any]) -> None:
    with engine.connect().execution_options(door=Door(is_open=True)) as connection, connection.begin():
        connection.execute(update(Customer).where(Customer.id == key).values(**where))


def walk(access: Access, sort: Sort, start: Direction, onward: Direction, between: Any) -> list[int]:
    """The ids of all pages, from one end to the other."""
    page = access.fetch(FindCustomers(sort=sort, direction=start, size=SIZE))
    met: list[int] = []
    while True:
        met += [row.id for row in (page.rows if onward is Direction.AFTER else page.rows[::-1])]
        end = page.last if onward is Direction.AFTER else page.first
        if not (page.has_next if onward is Direction.AFTER else page.has_previous) or end is None:
            return met
        between()
        page = access.fetch(FindCustomers(sort=sort, direction=onward, cursor=str(end), size=SIZE))


@pytest.mark.parametrize(("start", "onward"), [(Direction.FIRST, Direction.AFTER), (Direction.LAST, Direction.BEFORE)])
def test_whoever_stays_is_met_once_while_others_come_and_move(engine: Engine, start: Direction, onward: Direction):
    draw = Random(f"pages from the {start}")
    keys = [a_customer(engine) for _ in range(FEW)]
    staying, moving = keys[: FEW // 2], keys[FEW // 2 :]
    for key in keys:
        put(engine, key, place(draw, f"c{draw.random()}"))
    access = access_for(engine)

    def others_work() -> None:
        put(engine, draw.choice(moving), place(draw, f"c{draw.random()}"))
        moving.append(a_customer(engine))
        put(engine, moving[-1], place(draw, f"c{draw.random()}"))

    for sort in Sort:
        met = walk(access, sort, start, onward, others_work)
        assert sorted(key for key in met if key in staying) == sorted(staying), sort
        still = walk(access, sort, start, onward, lambda: None)
        assert len(still) == len(set(still)) == len(keys) + len(moving) - (FEW - FEW // 2), sort
        assert [key for key in still if key in staying] == [key for key in met if key in staying], sort
    assert set(ORDERS) == set(Sort)
