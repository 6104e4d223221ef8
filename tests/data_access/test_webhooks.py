"""Webhooks: who manages them, where they may point, what is shown of them; and how the outbox stands."""

from typing import Any

import pytest
from sqlalchemy import select

from data_access.base.errors import Invalid, NotPermitted, Rejected, Stale
from data_access.base.events import Event
from data_access.base.permissions import Role
from data_access.base.settings import settings
from data_access.commands.people.webhooks import AddWebhook, ChangeWebhook, DisableWebhook, WebhookSaved, new_secret
from data_access.domain.destinations import Reach, is_outside, read_address
from data_access.models.history import Change, CommandLog
from data_access.models.outbox import Channel, MessageState, Webhook
from data_access.queries.customers.messages import MessagesOf, OutboxNow, Webhooks
from data_access.queries.timeline.timeline import Timeline, TimelineKind
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_reseller
from tests.support.outbox import a_message, a_webhook
from tests.support.people import access_for

URL = "https://switch.example.org/events"
SECRET = "s" * 32
ANYWHERE = Reach(plain_http=True, everywhere=True)


@pytest.fixture
def production(monkeypatch):
    monkeypatch.setenv("APP_ENV", "production")
    settings.cache_clear()
    yield
    settings.cache_clear()


def add(access: Access, **over: Any) -> WebhookSaved:
    order = {"name": "Switch", "url": URL, "secret": SECRET, "command_id": new_command_id()} | over
    return access.execute(AddWebhook(**order))


def change(access: Access, saved: WebhookSaved, **over: Any) -> WebhookSaved:
    order = {"name": "Switch", "url": URL, "command_id": new_command_id()} | over
    return access.execute(ChangeWebhook(webhook_id=saved.webhook_id, version=saved.version, **order))


def disable(access: Access, saved: WebhookSaved) -> WebhookSaved:
    order = DisableWebhook(webhook_id=saved.webhook_id, version=saved.version, command_id=new_command_id())
    return access.execute(order)


def test_an_admin_adds_a_webhook_for_some_events(engine):
    access = access_for(engine, Role.ADMIN)
    add(access, events=(Event.UNBLOCKED, Event.BLOCKED))
    (hook,) = access.fetch(Webhooks())
    assert (hook.name, hook.url, hook.is_active) == ("Switch", URL, True)
    assert hook.events == ("Customer/Blocked", "Customer/Unblocked")


def test_a_manager_manages_no_webhooks(engine):
    with pytest.raises(NotPermitted, match="An admin can"):
        add(access_for(engine, Role.MANAGER))


def test_who_sees_one_resellers_customers_lets_nobody_learn_of_all(engine):
    with pytest.raises(NotPermitted, match="an admin who sees all"):
        add(access_for(engine, Role.ADMIN, reseller_id=a_reseller(engine)))


def test_the_secret_is_kept_for_signing_and_stands_nowhere_else(engine):
    secret = new_secret()
    access = access_for(engine, Role.ADMIN)
    change(access, add(access, secret=secret), secret=new_secret())
    with engine.connect() as connection:
        assert connection.execute(select(Webhook.__table__.c.secret)).scalar_one() != secret
        told = connection.execute(select(CommandLog.__table__.c.result, CommandLog.__table__.c.payload_hash)).all()
        changes = connection.execute(select(Change.__table__.c.field, Change.__table__.c.after)).all()
    assert secret not in str(told) + str(changes)
    assert ("secret", "changed") in [tuple(row) for row in changes]


def test_a_secret_that_could_be_guessed_is_refused(engine):
    with pytest.raises(Invalid) as refusal:
        add(access_for(engine, Role.ADMIN), secret="hush")
    assert set(refusal.value.complaints) == {"secret"}


def test_a_webhook_is_changed_by_who_saw_it_as_it_is(engine):
    access = access_for(engine, Role.ADMIN)
    first = add(access)
    change(access, first, name="Other", url="https://other.example.org/", events=(Event.CLOSED,))
    (hook,) = access.fetch(Webhooks())
    assert (hook.name, hook.url, hook.events) == ("Other", "https://other.example.org/", ("Customer/Status/Closed",))
    with pytest.raises(Stale):
        change(access, first)


def test_a_disabled_webhook_stays_disabled(engine):
    access = access_for(engine, Role.ADMIN)
    saved = disable(access, add(access))
    assert not access.fetch(Webhooks())[0].is_active
    with pytest.raises(Rejected, match="disabled for good"):
        change(access, saved)


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\x01"])
def test_a_name_that_cannot_be_kept_is_refused(engine, name):
    with pytest.raises(Invalid) as refusal:
        add(access_for(engine, Role.ADMIN), name=name, url="nonsense")
    assert set(refusal.value.complaints) == {"name", "url"}


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://a.example.org/", "javascript:alert(1)", "https://", "https://u:p@a.example.org/", "//a.example.org",
        "https://a.example.org/#x", "https://a.example.org:99999/", "https://a.example.org/ x", "http://[::1",
        "https://a.example.org/\x00", "https://a.example.org/" + "x" * 400, "https://a.example.org:0/",
        "https://a..example.org/", "https://.example.org/", "https://" + "x" * 64 + ".org/", "https://a.example.org/é",
        "https://a.example.org/?q=é", "https://-a.example.org/", "https://a%20b.example.org/", "https://[fe80::1%25eth0]/",
        "https://2130706433/", "https://127.1/", "https://0x7f.1/", "https://[v1.a]/", "https://a:b@/", "https://a,b/",
        "https://" + ".".join(["x" * 60] * 5) + "/",
    ],
)  # fmt: skip
def test_an_address_that_is_no_web_address_is_refused_everywhere(url):
    with pytest.raises(Rejected):
        read_address(url, ANYWHERE)


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost:8080/", "http://LOCALHOST./", "http://10.1.2.3/", "http://192.168.1.1/",
        "http://169.254.169.254/latest", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://[fd00::1]/",
        "http://switch/", "http://switch.internal/", "http://0.0.0.0/", "http://224.0.0.1/", "http://[2002:a00:1::]/",
        "http://100.64.0.1/", "http://[64:ff9b::10.0.0.1]/", "http://[::10.0.0.1]/", "http://[fec0::1]/",
    ],
)  # fmt: skip
def test_an_address_in_our_own_network_is_refused_in_production_only(engine, url):
    assert read_address(url, ANYWHERE)
    with pytest.raises(Invalid, match="our own network"):
        add(access_for(engine, Role.ADMIN), url=url.replace("http:", "https:"))


@pytest.mark.usefixtures("production")
def test_an_address_outside_is_taken_in_production(engine):
    assert add(access_for(engine, Role.ADMIN), url="https://8.8.8.8:8443/a?b=c").webhook_id


@pytest.mark.usefixtures("production")
def test_in_production_an_address_is_https_unless_the_settings_say_otherwise(engine, monkeypatch):
    access = access_for(engine, Role.ADMIN)
    with pytest.raises(Invalid, match="https address"):
        add(access, url="http://switch.example.org/")
    monkeypatch.setenv("WEBHOOK_HTTP", "true")
    settings.cache_clear()
    assert add(access, url="http://switch.example.org/").webhook_id


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://10.1.2.3/", True), ("https://[fd00::7]/", True), ("https://switch.internal/", True),
        ("https://10.2.0.1/", False), ("https://127.0.0.1/", False), ("https://[::1]/", False),
    ],
)  # fmt: skip
def test_private_networks_are_named_in_the_settings(engine, monkeypatch, url, is_taken):
    monkeypatch.setenv("WEBHOOK_NETWORKS", "10.1.0.0/16, fd00::/8")
    settings.cache_clear()
    access = access_for(engine, Role.ADMIN)
    if is_taken:
        assert add(access, url=url).webhook_id
    else:
        with pytest.raises(Invalid, match="WEBHOOK_NETWORKS"):
            add(access, url=url)


@pytest.mark.parametrize(
    ("ip", "outside"),
    [
        ("8.8.8.8", True),
        ("fe80::1%eth0", False),
        ("2001:4860:4860::8888", True),
        ("64:ff9b::8.8.8.8", True),
        ("::8.8.8.8", False),
        ("240.0.0.1", False),
    ],
)
def test_an_address_is_outside_or_not(ip, outside):
    assert is_outside(ip) is outside


def test_a_webhook_shows_what_waits_for_it_and_what_went_wrong(engine):
    webhook_id, customer_id = a_webhook(engine), a_customer(engine)
    a_message(engine, customer_id, webhook_id, state=MessageState.FAILED, last_error="The webhook answered 500.")
    a_message(engine, customer_id, webhook_id)
    (hook,) = access_for(engine, Role.ADMIN).fetch(Webhooks())
    assert (hook.waiting, hook.failed, hook.last_error) == (1, 1, "The webhook answered 500.")


def test_every_message_stands_on_the_timeline_of_its_customer(engine):
    customer_id = a_customer(engine)
    a_message(engine, customer_id, a_webhook(engine), state=MessageState.SENT)
    a_message(engine, customer_id, state=MessageState.FAILED, last_error="No such mailbox")
    a_message(engine, a_customer(engine))
    mail, hook = access_for(engine).fetch(Timeline(customer_id, (TimelineKind.MESSAGE,))).rows
    assert (mail.what, mail.detail) == ("Mail: Hello", "Failed · nadia@example.org · No such mailbox")
    assert (hook.what, hook.detail) == ("Sent to Switch: Customer/Blocked", "Sent")


def test_messages_of_a_customer_come_newest_first_and_masked_without_the_right(engine):
    customer_id = a_customer(engine)
    a_message(engine, customer_id, a_webhook(engine))
    a_message(engine, customer_id, last_error="Not taken for nadia@example.org")
    mail, hook = access_for(engine).fetch(MessagesOf(customer_id))
    assert (mail.channel, mail.receiver, mail.body) == (Channel.EMAIL, "nadia@example.org", "Dear Nadia,\n")
    assert hook.receiver == "Switch"
    masked = access_for(engine, Role.ANALYST).fetch(MessagesOf(customer_id))[0]
    assert "adia" not in f"{masked.receiver}{masked.body}{masked.last_error}"


@pytest.mark.usefixtures("production")
def test_the_outbox_says_that_mail_waits_for_a_server(engine):
    manager, customer_id = access_for(engine, Role.MANAGER), a_customer(engine)
    a_message(engine, customer_id, a_webhook(engine))
    a_message(engine, customer_id, state=MessageState.FAILED)
    assert manager.fetch(OutboxNow()).says == ""
    a_message(engine, customer_id)
    outbox = manager.fetch(OutboxNow())
    assert (outbox.waiting, outbox.waiting_mail, outbox.failed, outbox.has_mail) == (2, 1, 1, False)
    assert outbox.says.startswith("No mail server is set, so 1 message waits:")


@pytest.mark.usefixtures("production")
def test_with_a_mail_server_nothing_is_wrong_with_what_waits(engine, monkeypatch):
    monkeypatch.setenv("SMTP_HOST", "mail.example.org")
    settings.cache_clear()
    a_message(engine, a_customer(engine))
    assert access_for(engine, Role.MANAGER).fetch(OutboxNow()).says == ""
