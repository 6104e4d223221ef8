"""The command line for what leaves the house and what is forgotten: webhooks, personal data, legal holds."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from data_access.base.permissions import Role
from data_access.base.settings import settings
from data_access.base.statuses import BillStatus
from data_access.cli.main import main
from data_access.models.customers import Customer
from data_access.models.outbox import Webhook
from tests.support.builders import a_class, a_customer
from tests.support.outbox import a_message
from tests.support.people import NOW, a_person

Desk = Callable[..., int]


@pytest.fixture
def desk(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The command line on this database, used by Ann, an admin."""
    a_person(engine, Role.ADMIN, login="ann")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("APP_ENV", "production")
    settings.cache_clear()
    yield lambda *words: main([*words, "--as", "ann"], lambda: NOW)
    settings.cache_clear()


def an_ended_customer(engine: Engine, code: str) -> int:
    ended = NOW - timedelta(days=400)
    return a_customer(
        engine, customer_code=code, customer_class_id=a_class(engine, purge_after_months=6), terminate_on=ended.date(),
        bill_status=BillStatus.PERMANENTLY_TERMINATED, terminated_at=ended,
    )  # fmt: skip


def test_a_webhook_is_added_and_its_secret_shown_once(engine, desk, capsys):
    added = ("webhooks", "add", "Switch", "https://switch.example.org/", "--event", "Customer/Blocked")
    assert desk(*added, "--event", "Customer/Unblocked") == 0
    secret = capsys.readouterr().out.split()[-1]
    with engine.connect() as connection:
        assert connection.execute(select(Webhook.__table__.c.secret)).scalar_one() == secret
    assert desk("webhooks", "list") == 0
    shown = capsys.readouterr().out
    assert (
        "Switch, https://switch.example.org/; 0 waiting, 0 given up\n   Customer/Blocked, Customer/Unblocked" in shown
    )
    assert secret not in shown


def test_a_webhook_is_listed_with_what_went_wrong_and_disabled(engine, desk, capsys):
    desk("webhooks", "add", "Switch", "https://switch.example.org/")
    a_message(engine, a_customer(engine), 1, last_error="The webhook answered 500.")
    capsys.readouterr()
    desk("webhooks", "list")
    assert "1 waiting, 0 given up\n   all events\n   The webhook answered 500." in capsys.readouterr().out
    assert desk("webhooks", "disable", "1") == 0
    desk("webhooks", "list")
    assert ", disabled;" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("webhooks", "add", "Switch", "https://10.0.0.1/"), "lies in our own network"),
        (("webhooks", "disable", "7"), "The webhook 7 was not found."),
        (("personal", "hold", "NOBODY", "--reason", "r"), "The customer NOBODY was not found."),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(desk, capsys, words, why):
    assert desk(*words) == 1
    assert why in capsys.readouterr().err


def test_an_event_that_does_not_exist_is_a_wrong_call(desk, capsys):
    with pytest.raises(SystemExit) as ended:
        desk("webhooks", "add", "Switch", "https://switch.example.org/", "--event", "Customer/Vanished")
    assert ended.value.code == 2
    assert "the events are Customer/New, " in capsys.readouterr().err


def test_a_legal_hold_is_set_and_ended_and_the_list_tells_it(engine, desk, capsys):
    customer_id = an_ended_customer(engine, "GONE-1")
    assert desk("personal", "due") == 0
    assert capsys.readouterr().out == "GONE-1: permanently terminated on 9 February 2025, balance 0.00 EUR\n"
    assert desk("personal", "hold", "gone-1", "--reason", "Court order 7") == 0
    assert _is_held(engine, customer_id)
    capsys.readouterr()
    desk("personal", "due")
    assert capsys.readouterr().out.endswith("a legal hold keeps it\nNobody's personal data is due.\n")
    assert desk("personal", "free", "GONE-1", "--reason", "Case closed") == 0
    assert not _is_held(engine, customer_id)


def _is_held(engine: Engine, customer_id: int) -> bool:
    table = Customer.__table__
    with engine.connect() as connection:
        return bool(connection.execute(select(table.c.legal_hold).where(table.c.id == customer_id)).scalar_one())
