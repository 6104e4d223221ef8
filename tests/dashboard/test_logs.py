"""Logs: JSON in production, a line a run and a command, found by the reference of the page."""

import json
import logging
from collections.abc import Iterator

import pytest

from dashboard.shell.run_log import told
from data_access.base.permissions import Role
from data_access.base.running import logs
from data_access.base.settings import Environment, Settings
from data_access.commands.customers.notes import AddNote
from data_access.store.access import new_command_id
from tests.support.builders import a_customer
from tests.support.people import access_for


@pytest.fixture
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, own = root.handlers[:], root.level, logging.getLogger(logs.ROOT).level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger(logs.ROOT).setLevel(own)


@pytest.mark.usefixtures("_as_before")
def test_in_production_a_run_and_its_command_are_lines_of_json_with_one_reference(sqlite_engine, capsys):
    access, customer_id = access_for(sqlite_engine, Role.SUPPORT), a_customer(sqlite_engine)
    logs.configure(Settings(app_env=Environment.PRODUCTION))
    with told() as run:
        run.page, run.login = "customer", access.actor.login
        access.execute(AddNote(command_id=new_command_id(), customer_id=customer_id, text="Ann Example called."))
    logging.getLogger("another").warning("%s of %s", 1, 2)
    reference = logs.end_run()
    written = capsys.readouterr().err
    command, page, other = [json.loads(line) for line in written.splitlines()]
    assert (command["event"], command["command"], page["event"], page["page"]) == (
        "command",
        "AddNote",
        "run",
        "customer",
    )
    assert (command["reference"], page["reference"], page["outcome"]) == (reference, reference, "done")
    assert (other["event"], other["level"], other["logger"]) == ("1 of 2", "warning", "another")
    assert "Ann Example" not in written


@pytest.mark.usefixtures("_as_before")
def test_no_address_is_logged_however_talkative_the_server_is(capsys):
    logs.configure(Settings(app_env=Environment.PRODUCTION))
    server = logging.getLogger("uvicorn.access")
    before = server.level
    server.setLevel(logging.INFO)
    server.info("GET /customers?contains=Ann+Example 200")
    server.setLevel(before)
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("_as_before")
@pytest.mark.parametrize(("settings", "says"), [({}, False), ({"log_level": "INFO"}, True)])
def test_a_demo_speaks_in_words_and_of_trouble_alone_unless_asked(capsys, settings, says):
    logs.configure(Settings(app_env=Environment.DEMO, **settings))
    with told():
        pass
    said = capsys.readouterr().err
    assert (bool(said), "{" in said) == (says, False)


def test_a_run_that_breaks_off_is_told_as_failed(caplog):
    with caplog.at_level(logging.INFO, logs.ROOT), pytest.raises(ZeroDivisionError), told():
        raise ZeroDivisionError
    assert [record.outcome for record in caplog.records if record.name == "customer_desk.run"] == ["failed"]


def test_each_run_has_a_reference_of_its_own():
    assert len({logs.begin_run(), logs.begin_run(), logs.end_run(), logs.end_run()}) == 3
