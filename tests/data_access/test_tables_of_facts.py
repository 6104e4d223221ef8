"""The tables of facts, walked row by row: whose rows one sees, and what becomes of an id of somebody else's.

The scene holds two rows of every table, one on each side of a border between two resellers. They are written round
the constraints: what a row means is not asked here, only whose it is.
"""

import importlib
import pkgutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import Any, get_origin, get_type_hints

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Engine, Enum, Table, TypeDecorator, create_engine, inspect
from sqlalchemy.orm import Session

from data_access import commands, queries
from data_access.base.engine import make_engine
from data_access.base.errors import NotFound, NotPermitted
from data_access.base.permissions import SYSTEM, Actor, Permission, Role
from data_access.domain.sections import SECTIONS
from data_access.migrations.every_table import every_table
from data_access.models.base import Base
from data_access.queries.due import DueIds
from data_access.store.access import Access, Command, Query, new_command_id
from data_access.store.scope import SCOPES, visible
from tests.support.people import NOW

MINE, THEIRS = 1, 2
FOR_ALL = {
    "CustomerClass", "CollectionPolicy", "SubscriptionPlan", "Holiday", "InvoiceSeries", "JobRun", "Tariff",
    "TariffRate", "DiscountPlan", "Distributor", "Representative", "NumberBatch", "TaxProfile", "Webhook",
    "InvoiceTemplate", "TopUpOption", "FraudProfile", "CustomField", "CustomFieldOfClass", "Tag",
}  # fmt: skip
BORDERED = [model for model in SCOPES if model.__name__ not in FOR_ALL]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    file = tmp_path_factory.mktemp("scene") / "scene.db"
    bare = create_engine(f"sqlite:///{file}")
    every_table().create_all(bare)
    bare.dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        for table in every_table().sorted_tables:
            for side in (MINE, THEIRS):
                _write(connection, table, side)
    engine = make_engine(f"sqlite:///{file}")
    yield engine
    engine.dispose()


def _write(connection: sqlite3.Connection, table: Table, side: int) -> None:
    row = {column.name: _value(column, side) for column in table.columns if column.computed is None}
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" for _ in row)
    connection.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(row.values()))


def _value(column: Column[Any], side: int) -> object:
    """Keys name the row of the same side; texts tell the side; what may be empty is."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, Enum):
        return kind.enums[0]
    if isinstance(kind, DateTime):
        return NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(kind, Date):
        return (NOW.date() + timedelta(days=side)).isoformat()
    if isinstance(kind, JSON):
        return "{}"
    if isinstance(kind, Boolean):
        return 1
    if column.foreign_keys or column.primary_key:
        return side
    if column.name == "billing_zone":
        return "UTC"
    return f"side {side}" if hasattr(kind, "length") else side


def me(reseller_id: int | None) -> Actor:
    """The person of this side; of mine, who is confined to nothing."""
    side = reseller_id or MINE
    return Actor(side, f"side {side}", f"Side {side}", Role.ADMIN, frozenset(Permission), reseller_id)


def seen(engine: Engine, model: type[Base], reseller_id: int | None) -> list[str]:
    key, *_ = inspect(model).primary_key
    with Session(engine) as session:
        return sorted(map(str, session.scalars(visible(model, me(reseller_id)).with_only_columns(key))))


@pytest.mark.parametrize("model", BORDERED, ids=lambda model: model.__name__)
def test_who_is_confined_sees_the_rows_of_their_own_side_alone(scene: Engine, model: type[Base]) -> None:
    assert seen(scene, model, MINE) == ["1"]
    assert seen(scene, model, THEIRS) == ["2"]
    assert seen(scene, model, None) == ["1", "2"]


@pytest.mark.parametrize("name", sorted(FOR_ALL))
def test_what_is_for_all_is_seen_from_either_side(scene: Engine, name: str) -> None:
    (model,) = (model for model in SCOPES if model.__name__ == name)
    assert seen(scene, model, MINE) == seen(scene, model, None)


def kinds(of: type[Any], package: Any) -> list[type[Any]]:
    """Every query or command that has to be given an id."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(found.name)
    return sorted(
        (
            kind
            for kind in _below(of)
            if kind.__module__.startswith(package.__name__) and _ids(kind) and kind.__name__ not in ELSEWHERE
        ),
        key=lambda kind: kind.__name__,
    )


def _below(kind: type[Any]) -> set[type[Any]]:
    return {one for below in kind.__subclasses__() for one in (below, *_below(below))}


def _ids(kind: type[Any]) -> list[str]:
    return [one.name for one in fields(kind) if one.name.endswith(("_id", "_ids")) and one.name not in NOT_ROWS]


NOT_ROWS = {"command_id"}
ELSEWHERE = {
    "AddPerson",  # takes what was typed: the reseller is a text there
    "ChargedBefore", "UsedBefore",  # take references beside the ids of several customers
    "ClassPolicies", "ClassesOfCustomField",  # classes are for all
    "PeriodsClosing", "PlannedChanges", "PlannedToExport",  # filter by a class, which is for all
}  # fmt: skip
NAMED = {"section": next(iter(SECTIONS))}  # a text that names one of a table
GIVEN: dict[Any, Any] = {
    str: "x", int: 1, bool: True, Decimal: Decimal(1), date: NOW.date() + timedelta(days=1),
    datetime: NOW + timedelta(days=1), Mapping: {}, tuple: (),
}  # fmt: skip


def given(kind: type[Any]) -> dict[str, Any]:
    """Arguments that name the other side's rows; what else must be said is said somehow."""
    hints = get_type_hints(kind)
    told: dict[str, Any] = {}
    for one in fields(kind):
        if one.name in _ids(kind):
            told[one.name] = (
                (THEIRS,) if one.name.endswith("_ids") else str(THEIRS) if hints[one.name] is str else THEIRS
            )
        elif one.name == "command_id":
            told[one.name] = new_command_id()
        elif one.default is MISSING and one.default_factory is MISSING:
            is_named = hints[one.name] is str and one.name in NAMED
            told[one.name] = NAMED[one.name] if is_named else _somehow(hints[one.name])
    return told


def _somehow(hint: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, PythonEnum):
        return next(iter(hint))
    return GIVEN.get(get_origin(hint) or hint)


@pytest.mark.parametrize("kind", kinds(Command, commands), ids=lambda kind: kind.__name__)
def test_no_command_reaches_over_the_border(scene: Engine, kind: type[Command[Any]]) -> None:
    order = kind(**given(kind) | {"reason": "r"})
    with pytest.raises((NotFound, NotPermitted)):
        Access(scene, me(MINE), lambda: NOW).execute(order)


@pytest.mark.parametrize("kind", kinds(Query, queries), ids=lambda kind: kind.__name__)
def test_no_query_looks_over_the_border(scene: Engine, kind: type[Query[Any]]) -> None:
    try:
        told = Access(scene, me(MINE), lambda: NOW).fetch(kind(**given(kind)))
    except (NotFound, NotPermitted):
        return
    assert "side 2" not in repr(told)


@pytest.mark.parametrize(
    "kind", sorted(DueIds.__subclasses__(), key=lambda kind: kind.__name__), ids=lambda k: k.__name__
)
def test_what_is_due_comes_in_order_and_by_the_part(scene: Engine, kind: type[DueIds]) -> None:
    access = Access(scene, SYSTEM, lambda: NOW + timedelta(days=400))
    found = access.fetch(kind())
    assert (access.fetch(kind(limit=1)), access.fetch(kind(after=MINE))) == (
        found[:1],
        [key for key in found if key > 1],
    )
    assert found == sorted(found)
