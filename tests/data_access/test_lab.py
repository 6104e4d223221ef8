"""The verb `lab`: on this computer alone, behind a token, as a named person, on what can only be read."""

from pathlib import Path

import pytest

from data_access.base.engine import read_only
from data_access.base.errors import Rejected
from data_access.base.settings import Environment, Settings
from data_access.cli.lab import environment, lab_command

ON_SERVER = "postgresql+psycopg://desk_app@db/desk"
READER = "postgresql+psycopg://desk_reader@db/desk"


def settings(**over: object) -> Settings:
    return Settings().model_copy(update=over)


def test_a_file_is_opened_for_reading_and_by_its_whole_path() -> None:
    told = environment(settings(database_url="sqlite:///var/x.db", app_env=Environment.DEMO))
    file = Path("var/x.db").resolve()
    assert told == {
        "DATABASE_URL": f"sqlite:///{file}", "NOTEBOOK_DATABASE_URL": read_only(f"sqlite:///{file}"),
        "DESK_LOGIN": "analyst",
    }  # fmt: skip
    assert told["NOTEBOOK_DATABASE_URL"].endswith("?mode=ro&uri=true")


def test_a_server_is_read_by_the_role_that_only_reads() -> None:
    told = environment(settings(database_url=ON_SERVER, notebook_database_url=READER, desk_login="ann"))
    assert (told["NOTEBOOK_DATABASE_URL"], told["DESK_LOGIN"]) == (READER, "ann")
    with pytest.raises(Rejected, match="NOTEBOOK_DATABASE_URL"):
        environment(settings(database_url=ON_SERVER, desk_login="ann"))


def test_without_a_demo_the_person_is_named() -> None:
    with pytest.raises(Rejected, match="set DESK_LOGIN"):
        environment(
            settings(
                database_url=ON_SERVER, notebook_database_url=READER, desk_login="", app_env=Environment.PRODUCTION
            )
        )


def test_it_listens_on_this_computer_alone_behind_its_token() -> None:
    words = lab_command(8888)
    assert "--ServerApp.ip=127.0.0.1" in words
    assert not [word for word in words if "token" in word.lower() or "password" in word.lower()]
