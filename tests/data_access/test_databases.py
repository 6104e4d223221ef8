"""The databases that tests are given are real, empty, up to date and gone afterwards."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from data_access.migrations import is_current
from data_access.models.customers import Customer
from tests.support.postgres import running_server


def test_a_test_gets_an_empty_database(engine):
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Customer.id))) == 0


def test_a_test_gets_a_migrated_database(engine):
    assert is_current(engine)


def test_the_same_test_runs_on_both_kinds(engine, request):
    assert engine.dialect.name in request.node.callspec.id


def test_a_file_is_gone_afterwards(sqlite_databases):
    with sqlite_databases.fresh() as url:
        file = Path(url.removeprefix("sqlite:///"))
        assert file.exists()
    assert not list(file.parent.glob(f"{file.name}*"))


def test_a_database_is_gone_afterwards(postgresql_databases):
    with postgresql_databases.fresh() as url:
        name = url.partition("?")[0].rpartition("/")[2]
    socket = str(postgresql_databases.server.socket)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(host=socket, user="desk", dbname=name)


def test_a_server_is_gone_afterwards():
    with running_server() as server:
        assert server.socket.exists()
    assert not server.socket.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=str(server.socket), user="desk", dbname="postgres")
