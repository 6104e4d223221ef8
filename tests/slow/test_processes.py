"""Processes of their own: what the dashboard says while it is loaded, and that a server of the tests is gone."""

import subprocess
import sys

import psycopg
import pytest

from tests.support.postgres import running_server


def test_nothing_is_asked_of_streamlit_before_its_server_runs():
    loaded = subprocess.run(
        [sys.executable, "-c", "import dashboard.shell"], capture_output=True, text=True, check=True
    )
    assert loaded.stderr == ""


def test_a_server_is_gone_afterwards():
    with running_server() as server:
        assert server.socket.exists()
    assert not server.socket.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=str(server.socket), user="desk", dbname="postgres")
