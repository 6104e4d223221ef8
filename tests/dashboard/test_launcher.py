"""What `python -m dashboard` says when it cannot start: one sentence, and nothing is left running."""

import os
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dashboard.server.launcher import CANNOT_START, main
from data_access.base.settings import settings
from tests.support.programs import free_port


@pytest.fixture(autouse=True)
def _settings_read_anew(monkeypatch, sqlite_url):
    monkeypatch.setenv("APP_ENV", "demo")
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.chdir(os.getcwd())  # the launcher goes to the root; the tests come back
    settings.cache_clear()
    yield
    settings.cache_clear()


def refusal(capsys, *arguments: str) -> str:
    """The one line on standard error."""
    assert main(arguments or ["--port", str(free_port())]) == CANNOT_START
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    return said


def test_a_busy_port_is_named(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 is not free" in refusal(capsys, "--port", str(port))


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_is_none_is_refused(capsys, port):
    assert "is not free" in refusal(capsys, f"--port={port}")


def test_the_demo_is_not_opened_to_the_network(capsys):
    assert "127.0.0.1 only" in refusal(capsys, "--address", "0.0.0.0", "--port", str(free_port()))


def test_an_unknown_environment_is_named(capsys, monkeypatch):
    monkeypatch.setenv("APP_ENV", "staging")
    assert "APP_ENV" in refusal(capsys)


def test_half_a_single_sign_on_is_named(capsys, monkeypatch):
    monkeypatch.setenv("OIDC_CLIENT_ID", "desk")
    assert "OIDC_CLIENT_SECRET" in refusal(capsys)


def test_a_database_of_a_newer_version_is_refused(capsys, sqlite_url):
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-tomorrow'")
    assert "a newer version wrote it" in refusal(capsys)


def test_a_file_that_is_no_database_is_named(capsys, monkeypatch, tmp_path: Path):
    (tmp_path / "letter.txt").write_text("Dear customer, " * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'letter.txt'}")
    assert "letter.txt cannot be used: file is not a database" in refusal(capsys)


def test_an_address_that_is_none_is_refused(capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "somewhere")
    assert "DATABASE_URL is not the address" in refusal(capsys)


def test_a_server_that_is_away_is_named_without_its_password(capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://desk:s3cret@127.0.0.1:{free_port()}/desk")
    said = refusal(capsys)
    assert "cannot be used" in said
    assert "s3cret" not in said


def test_a_database_file_deleted_without_its_journal_is_named(capsys, monkeypatch, tmp_path: Path):
    (tmp_path / "desk.db-wal").write_bytes(b"left")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    assert "desk.db is gone, but its journal" in refusal(capsys)
