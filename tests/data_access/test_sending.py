"""The sender: a real mail server and a real webhook, which fail, are slow and come back."""

import hmac
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.base.engine import make_engine
from data_access.base.errors import Rejected
from data_access.base.settings import Settings
from data_access.domain.destinations import Reach, read_address
from data_access.jobs import sending
from data_access.jobs.sending import ATTEMPTS, Sender, send_due, sender_by, wait_after
from data_access.jobs.transports import Folder, Hooks, NotDelivered, Smtp, Transport, hooks_of, mail_of
from data_access.models.outbox import Channel, MessageState
from data_access.store import outbox_delivery
from tests.support.builders import a_customer
from tests.support.outbox import SECRET, a_message, a_webhook, message_of
from tests.support.people import NOW
from tests.support.programs import free_port
from tests.support.receivers import (
    SILENT,
    PostBox,
    a_dripping_server,
    a_hook,
    a_post_box,
    a_server,
    a_server_with_a_certificate_of_its_own,
)

ANYWHERE = Reach(plain_http=True, everywhere=True)


def by_hook(seconds: float = 2.0) -> Sender:
    return Sender({Channel.WEBHOOK: Hooks(ANYWHERE, seconds=seconds)})


def by_mail(box: PostBox, **over: Any) -> Sender:
    smtp = Smtp("127.0.0.1", box.port, user="", password="", starttls=False, mail_from="desk@desk.example")
    return Sender({Channel.EMAIL: replace(smtp, **over)})


def at(seconds: float = 0) -> Callable[[], datetime]:
    return lambda: NOW + timedelta(seconds=seconds)


def test_a_webhook_gets_the_event_signed_and_with_its_key(engine):
    with a_hook() as hook:
        message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=hook.url), key="k-1")
        assert send_due(engine, at(), by_hook()) == 1
    (call,) = hook.calls
    assert json.loads(call.body) == {"event": "Customer/Blocked"}
    assert (call.headers["Idempotency-Key"], call.headers["X-Event"]) == ("k-1", "Customer/Blocked")
    stamp, proof = (part.partition("=")[2] for part in call.headers["X-Signature"].split(","))
    assert proof == hmac.new(SECRET.encode(), f"{stamp}.".encode() + call.body, sha256).hexdigest()
    assert int(stamp) == int(NOW.timestamp())
    assert (message_of(engine, message_id).state, message_of(engine, message_id).sent_at) == (MessageState.SENT, NOW)


def test_a_webhook_that_fails_is_called_again_later_with_the_same_key(engine):
    with a_hook(500) as hook:
        message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=hook.url))
        sender = by_hook()
        assert send_due(engine, at(), sender) == 0
        failed = message_of(engine, message_id)
        assert (failed.state, failed.last_error) == ("waiting", "The webhook answered 500.")
        assert NOW + timedelta(seconds=15) <= failed.next_try_at <= NOW + timedelta(seconds=30)
        assert send_due(engine, at(5), sender) == 0
        assert send_due(engine, at(31), sender) == 1
    assert len({call.headers["Idempotency-Key"] for call in hook.calls}) == 1
    assert len(hook.calls) == 2


def test_a_webhook_that_does_not_answer_in_time_has_failed(engine):
    with a_hook(SILENT) as hook:
        message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=hook.url))
        assert send_due(engine, at(), by_hook(seconds=0.3)) == 0
        assert message_of(engine, message_id).last_error == f"The server at {place(hook.url)} did not answer in time."


def test_a_webhook_that_answers_byte_by_byte_is_hung_up_on(engine):
    with a_dripping_server(b"HTTP/1.1 200 OK\r\nX-Slow: ") as (port, hung_up):
        message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=f"http://127.0.0.1:{port}/"))
        assert send_due(engine, at(), by_hook(seconds=0.3)) == 0
        assert hung_up.wait(5)
    assert message_of(engine, message_id).last_error == f"The server at 127.0.0.1:{port} did not answer in time."


def test_a_mail_server_that_greets_byte_by_byte_is_hung_up_on(engine):
    with a_dripping_server(b"220") as (port, hung_up):
        message_id = a_message(engine, a_customer(engine))
        assert send_due(engine, at(), by_mail(PostBox(port), seconds=0.3)) == 0
        assert hung_up.wait(5)
    assert message_of(engine, message_id).last_error == f"The mail server at 127.0.0.1:{port} did not answer in time."


def test_nobody_listening_is_a_failure_too(engine):
    url = f"http://127.0.0.1:{free_port()}/"
    assert failed_at(engine, url) == f"The server at {place(url)} refused the connection."


def place(url: str) -> str:
    return urlsplit(url).netloc


def failed_at(engine: Engine, url: str) -> str:
    """What is told of a message to this address."""
    message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=url))
    assert send_due(engine, at(), by_hook()) == 0
    return message_of(engine, message_id).last_error


@pytest.mark.parametrize(
    ("answer", "told"),
    [(b"", "closed the connection without an answer."), (b"220 mail\r\n", "did not answer as a web server does.")],
)
def test_a_server_that_is_no_webhook_is_told_of_in_a_sentence(engine, answer, told):
    with a_server(answer) as port:
        assert failed_at(engine, f"http://127.0.0.1:{port}/") == f"The server at 127.0.0.1:{port} {told}"


def test_a_server_without_tls_is_told_of_in_a_sentence(engine):
    with a_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        told = failed_at(engine, f"https://127.0.0.1:{port}/")
    assert told == f"The server at 127.0.0.1:{port} does not speak TLS as it should."


def test_a_certificate_of_nobody_is_told_of_in_a_sentence(engine):
    with a_server_with_a_certificate_of_its_own() as port:
        told = failed_at(engine, f"https://127.0.0.1:{port}/")
    assert told == f"The certificate of the server at 127.0.0.1:{port} cannot be trusted: self-signed certificate."


def test_a_name_that_leads_nowhere_is_told_of_in_a_sentence(engine):
    told = failed_at(engine, "https://nobody.invalid/events")
    assert told == "The server at nobody.invalid:443 was not found: no address is known for its name."


def test_the_words_of_the_program_go_to_the_log_alone(engine, caplog):
    told = failed_at(engine, f"http://127.0.0.1:{free_port()}/")
    assert "Errno" not in told
    assert [record.getMessage() for record in caplog.records if "ConnectionRefusedError: [Errno" in record.getMessage()]


def test_a_redirection_is_not_followed(engine):
    with a_hook(302) as hook:
        message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=hook.url))
        assert send_due(engine, at(), by_hook()) == 0
    assert message_of(engine, message_id).last_error == "The webhook answered 302."


def test_messages_about_a_customer_arrive_in_order_and_wait_for_the_first(engine):
    with a_hook(400) as hook:
        webhook_id, customer_id = a_webhook(engine, url=hook.url), a_customer(engine)
        for number in range(3):
            a_message(engine, customer_id, webhook_id, payload={"number": number})
        sender = by_hook()
        assert send_due(engine, at(), sender) == 0
        assert len(hook.calls) == 1
        assert send_due(engine, at(60), sender) == 3
    assert [json.loads(call.body)["number"] for call in hook.calls] == [0, 0, 1, 2]


def test_one_customers_failure_holds_back_nobody_else(engine):
    with a_hook(400) as hook:
        webhook_id = a_webhook(engine, url=hook.url)
        first, second = (a_message(engine, a_customer(engine), webhook_id) for _ in range(2))
        assert send_due(engine, at(), by_hook()) == 1
    assert (message_of(engine, first).state, message_of(engine, second).state) == ("waiting", "sent")


def test_a_webhook_that_is_down_is_left_alone_for_a_while_and_others_are_served(engine):
    with a_hook(503) as down, a_hook() as up:
        ailing, healthy = a_webhook(engine, url=down.url), a_webhook(engine, url=up.url)
        for _ in range(3):
            customer_id = a_customer(engine)
            a_message(engine, customer_id, ailing)
            a_message(engine, customer_id, healthy)
        sender = by_hook()
        assert send_due(engine, at(), sender) == 3
        assert (len(down.calls), len(up.calls)) == (1, 3)
        assert send_due(engine, at(60), sender) == 3


def test_it_is_given_up_after_so_many_tries_and_those_behind_it_go(engine):
    with a_hook(*[400] * ATTEMPTS) as hook:
        webhook_id, customer_id = a_webhook(engine, url=hook.url), a_customer(engine)
        first, second = (a_message(engine, customer_id, webhook_id) for _ in range(2))
        sender = by_hook()
        for day in range(ATTEMPTS):
            send_due(engine, at(day * 86_400), sender)
    assert (message_of(engine, first).state, message_of(engine, first).attempts) == ("failed", ATTEMPTS)
    assert message_of(engine, second).state == "sent"


def test_the_tries_of_a_message_take_about_a_day():
    longest = sum((wait_after(attempt) for attempt in range(1, ATTEMPTS)), timedelta())
    assert timedelta(hours=10) < longest < timedelta(hours=30)


def test_a_disabled_webhook_gets_nothing_more(engine):
    with a_hook() as hook:
        message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=hook.url, is_active=False))
        assert send_due(engine, at(), by_hook()) == 0
        assert hook.calls == []
    assert (message_of(engine, message_id).state, message_of(engine, message_id).last_error) == (
        "failed", "The webhook was disabled.",
    )  # fmt: skip


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/"])
def test_no_webhook_leads_into_our_own_network(engine, url):
    message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=url))
    sender = Sender({Channel.WEBHOOK: hooks_of(Settings(app_env="production", webhook_http=True))})
    assert send_due(engine, at(), sender) == 0
    assert "our own network" in message_of(engine, message_id).last_error


def test_a_name_that_leads_inside_is_not_called(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.7", 80))])
    with pytest.raises(NotDelivered, match=r"switch\.example\.org lies in our own network"):
        Hooks(Reach(plain_http=True)).send(a_claimed_message("http://switch.example.org/"), NOW)


@pytest.mark.parametrize(("ip", "is_called"), [("10.1.2.3", True), ("10.2.0.1", False), ("127.0.0.1", False)])
def test_a_name_may_lead_into_the_networks_of_the_settings_and_no_further(monkeypatch, ip, is_called):
    called = []
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (ip, 443))])
    monkeypatch.setattr("socket.create_connection", lambda place, *_: called.append(place[0]) or refuse())
    hooks = hooks_of(Settings(app_env="production", webhook_networks="10.1.0.0/16, fd00::/8"))
    with pytest.raises(NotDelivered, match="refused the connection" if is_called else "our own network"):
        hooks.send(a_claimed_message("https://switch.internal/"), NOW)
    assert called == ([ip] if is_called else [])


def refuse() -> None:
    raise ConnectionRefusedError


def a_claimed_message(url: str) -> outbox_delivery.ClaimedMessage:
    return outbox_delivery.ClaimedMessage(
        1, "k", None, NOW, Channel.WEBHOOK, "e", 1, 1, url, "s", True, "", "", "", "", {}
    )


_PARTS = st.text("abc.-_~:/?#[]@!$%é ß０１2٣x\\^|{}\"' \t", max_size=20)


@given(st.builds("{}://{}{}".format, st.sampled_from(["http", "https"]), _PARTS, _PARTS))
def test_whatever_is_taken_as_an_address_can_be_called(text):
    try:
        read_address(text, ANYWHERE)
    except Rejected:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", 9))])
        patch.setattr("socket.create_connection", lambda *_: _DeadLine())
        with pytest.raises(NotDelivered, match=r"closed the connection|does not speak TLS|refused the connection"):
            Hooks(ANYWHERE).send(a_claimed_message(text), NOW)


class _DeadLine(socket.socket):
    """A line that takes everything and answers nothing."""

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Gone."""

    def makefile(self, *_: Any, **__: Any) -> Any:
        return BytesIO()


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:9/é", "http://a..b/", f"http://{'x' * 64}.example.org/", "http://127.0.0.1:0/",
])  # fmt: skip
def test_an_address_that_was_kept_by_an_older_version_and_cannot_be_called_counts_as_an_attempt(engine, url):
    message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=url))
    assert send_due(engine, at(), by_hook()) == 0
    row = message_of(engine, message_id)
    assert (row.attempts, row.state, bool(row.last_error)) == (1, "waiting", True)


def test_a_mail_to_an_address_that_cannot_be_written_counts_as_an_attempt(engine):
    with a_post_box() as box:
        message_id = a_message(engine, a_customer(engine), recipient="nadia@exämple.org", sender="ü@example.org")
        assert send_due(engine, at(), by_mail(box)) == 0
    assert message_of(engine, message_id).attempts == 1
    assert message_of(engine, message_id).last_error


def test_a_folder_that_cannot_be_written_counts_as_an_attempt(engine, tmp_path):
    (tmp_path / "outbox").write_text("a file where a folder should be")
    message_id = a_message(engine, a_customer(engine))
    assert send_due(engine, at(), Sender({Channel.EMAIL: Folder(tmp_path / "outbox", "desk@example.org")})) == 0
    assert "cannot be written to" in message_of(engine, message_id).last_error


class _Broken:
    """A way out with a fault of our own."""

    def send(self, claimed: outbox_delivery.ClaimedMessage, now: datetime) -> str:
        raise ZeroDivisionError(f"{claimed.key} at {now}")


def test_a_fault_of_our_own_counts_too_and_comes_to_an_end(engine):
    message_id = a_message(engine, a_customer(engine), a_webhook(engine))
    sender = Sender({Channel.WEBHOOK: _Broken()})
    for attempt in range(ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            send_due(engine, at(attempt * 121), sender)
    send_due(engine, at(ATTEMPTS * 121), sender)
    row = message_of(engine, message_id)
    assert (row.state, row.attempts) == ("failed", ATTEMPTS + 1)
    assert "broken off by a fault of ours" in row.last_error


def test_a_mail_goes_to_all_its_receivers_and_tells_its_key(engine):
    with a_post_box() as box:
        customer_id = a_customer(engine)
        message_id = a_message(
            engine, customer_id, recipient="nadia@example.org, jan@example.org", payload={"bcc": "copy@example.org"},
            subject="Your invoice – 17", body="Dear Nadia Kowalska,\nzażółć\n", key="invoice/17",
        )  # fmt: skip
        assert send_due(engine, at(), by_mail(box)) == 1
    (mail,) = box.mails
    assert box.receivers == [["nadia@example.org", "jan@example.org", "copy@example.org"]]
    assert (mail["From"], mail["To"]) == ("billing@desk.example", "nadia@example.org, jan@example.org")
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == f"<{sha256(b'invoice/17').hexdigest()[:40]}@desk.example>"
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "zażółć" in body.decode()
    assert message_of(engine, message_id).state == "sent"


def test_a_mail_without_a_sender_of_its_own_comes_from_the_house(engine):
    with a_post_box() as box:
        a_message(engine, a_customer(engine), sender="")
        assert send_due(engine, at(), by_mail(box)) == 1
    assert box.mails[0]["From"] == "desk@desk.example"


def test_a_mailbox_that_does_not_exist_is_given_up_at_once(engine):
    with a_post_box("nadia@example.org") as box:
        message_id = a_message(engine, a_customer(engine))
        assert send_due(engine, at(), by_mail(box)) == 0
    row = message_of(engine, message_id)
    assert (row.state, row.last_error) == (
        "failed", "The mail server did not take it for nadia@example.org (550 No such mailbox).",
    )  # fmt: skip


def test_a_mail_that_reached_some_only_says_whom_it_did_not(engine):
    with a_post_box("jan@example.org") as box:
        message_id = a_message(engine, a_customer(engine), recipient="nadia@example.org, jan@example.org")
        assert send_due(engine, at(), by_mail(box)) == 1
    row = message_of(engine, message_id)
    assert (row.state, row.last_error) == (
        "sent", "The mail server did not take it for jan@example.org (550 No such mailbox).",
    )  # fmt: skip


def test_mail_waits_for_a_server_that_is_away(engine):
    message_ids = [a_message(engine, a_customer(engine)) for _ in range(2)]
    box = PostBox(free_port())
    assert send_due(engine, at(), by_mail(box)) == 0
    assert [message_of(engine, message_id).attempts for message_id in message_ids] == [1, 0]
    assert message_of(engine, message_ids[0]).last_error == (
        f"The mail server at 127.0.0.1:{box.port} refused the connection."
    )
    with a_post_box() as box:
        assert send_due(engine, at(60), by_mail(box)) == 2


def test_a_password_is_never_sent_in_the_open(engine):
    with a_post_box() as box:
        message_id = a_message(engine, a_customer(engine))
        assert send_due(engine, at(), by_mail(box, starttls=True, user="desk", password="p")) == 0
    assert message_of(engine, message_id).last_error == (
        f"The mail server at 127.0.0.1:{box.port} cannot do what the settings ask of it: "
        "STARTTLS extension not supported by server."
    )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "closed the connection without an answer."),
        (b"554 5.7.1 We take\r\n", "did not take it: 554 5.7.1 We take."),
    ],
)
def test_a_mail_server_that_takes_nothing_is_told_of_in_a_sentence(engine, answer, told):
    with a_server(answer) as port:
        message_id = a_message(engine, a_customer(engine))
        assert send_due(engine, at(), by_mail(PostBox(port))) == 0
    assert message_of(engine, message_id).last_error == f"The mail server at 127.0.0.1:{port} {told}"


def test_without_a_way_out_mail_waits(engine):
    message_id = a_message(engine, a_customer(engine))
    assert send_due(engine, at(), by_hook()) == 0
    assert (message_of(engine, message_id).state, message_of(engine, message_id).attempts) == ("waiting", 0)


def test_an_address_that_is_none_is_given_up(engine):
    with a_post_box() as box:
        message_id = a_message(engine, a_customer(engine), sender="nobody\nBcc: all@example.org")
        assert send_due(engine, at(), by_mail(box)) == 0
    assert message_of(engine, message_id).state == "failed"


def test_a_demo_without_a_mail_server_writes_mails_into_a_folder(engine, tmp_path):
    message_id = a_message(engine, a_customer(engine))
    assert send_due(engine, at(), Sender({Channel.EMAIL: Folder(tmp_path, "")})) == 1
    written = (tmp_path / "2026-03-16" / f"{message_id}.eml").read_text()
    assert "To: nadia@example.org" in written


@pytest.mark.parametrize(
    ("settings", "way"),
    [
        (Settings(app_env="demo"), Folder),
        (Settings(app_env="production", smtp_host="mail.example.org"), Smtp),
        (Settings(app_env="demo", smtp_host="mail.example.org"), Smtp),
        (Settings(app_env="test"), type(None)),
        (Settings(app_env="production"), type(None)),
    ],
)
def test_the_way_out_for_mail_follows_the_settings(settings, way):
    assert type(mail_of(settings)) is way
    assert settings.has_mail is (way is not type(None))


def test_the_sender_by_some_settings_is_one_and_always_calls_webhooks():
    test, demo = (Settings(app_env=name) for name in ("test", "demo"))
    assert sender_by(test) is sender_by(Settings(app_env="test"))
    assert (set(sender_by(test).ways), set(sender_by(demo).ways)) == ({Channel.WEBHOOK}, set(Channel))


class Slow:
    """A way out that takes its time, and counts what went out."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    def send(self, claimed: outbox_delivery.ClaimedMessage, now: datetime) -> str:  # noqa: ARG002
        threading.Event().wait(0.01)
        self.sent.append(claimed.id)
        return ""


class Paced:
    """A way out on which one webhook takes its time."""

    def __init__(self, slow: int) -> None:
        self.slow, self.told = slow, list[int]()

    def send(self, claimed: outbox_delivery.ClaimedMessage, now: datetime) -> str:  # noqa: ARG002
        threading.Event().wait(0.02 if claimed.receiver == self.slow else 0)
        self.told.append(claimed.receiver)
        return ""


def test_receivers_take_turns_and_a_slow_one_with_a_queue_holds_up_nobody(engine, monkeypatch):
    monkeypatch.setattr(sending, "_TURN_SECONDS", 0.02)
    slow, quick = a_webhook(engine), a_webhook(engine)
    customers = [a_customer(engine) for _ in range(6)]
    for receiver in (slow, quick):
        for customer_id in customers:
            a_message(engine, customer_id, receiver)
    way = Paced(slow)
    assert send_due(engine, at(), Sender({Channel.WEBHOOK: way})) == 12
    last = max(place for place, receiver in enumerate(way.told) if receiver == quick)
    assert way.told[:last].count(slow) <= 3
    assert way.told.count(slow) == 6


def test_two_senders_at_once_send_each_message_once_and_in_order(database_url):
    engine = make_engine(database_url)
    customers = [a_customer(engine) for _ in range(3)]
    ids = [a_message(engine, customers[number % 3]) for number in range(12)]
    way = Slow()
    ways: dict[Channel, Transport] = {Channel.EMAIL: way}
    engines = [make_engine(database_url) for _ in range(2)]
    workers = [threading.Thread(target=send_due, args=(own, at(), Sender(ways))) for own in engines]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(way.sent) == ids
    for customer_id in range(3):
        mine = [message_id for message_id in way.sent if ids.index(message_id) % 3 == customer_id]
        assert mine == sorted(mine)
    for own in (engine, *engines):
        own.dispose()
