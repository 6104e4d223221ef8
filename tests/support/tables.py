"""What stands in a table, row by row, as an observer of the database sees it."""

from typing import Any

from sqlalchemy import Engine, Row, inspect, select

from data_access.models.base import Base


def rows(engine: Engine, model: type[Base]) -> list[Row[Any]]:
    """All rows, by their key."""
    with engine.connect() as connection:
        return list(connection.execute(select(model.__table__).order_by(*inspect(model).primary_key)))


def only(engine: Engine, model: type[Base]) -> Row[Any]:
    """The one row that there is."""
    (row,) = rows(engine, model)
    return row
