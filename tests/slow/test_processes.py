"""Processes of their own: what the dashboard says while it is loaded, and that a server of the tests is gone."""

import os
import subprocess
import sys

import psycopg
import pytest

from data_access.migrations import is_current
from tests.data_access.test_migrations import emptied
from tests.support.postgres import running_server


def test_nothing_is_asked_of_streamlit_before_its_server_runs():
    loaded = subprocess.run(
        [sys.executable, "-c", "import dashboard.shell.shell"], capture_output=True, text=True, check=True
    )
    assert loaded.stderr == ""


def test_a_server_is_gone_afterwards():
    with running_server() as server:
        assert server.socket.exists()
    assert not server.socket.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=str(server.socket), user="desk", dbname="postgres")


def test_two_that_upgrade_an_empty_database_at_once_both_come_to_its_end(engine, database_url):
    emptied(engine)
    order, env = [sys.executable, "-m", "data_access", "migrate"], os.environ | {"DATABASE_URL": database_url}
    both = [subprocess.Popen(order, env=env, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [(one.communicate(timeout=90)[1], one.returncode) for one in both] == [("", 0)] * 2
    assert is_current(engine)
