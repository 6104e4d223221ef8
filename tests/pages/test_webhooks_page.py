"""Webhooks, managed as an administrator does."""

from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data_access.base.events import Event
from data_access.base.permissions import Role
from data_access.commands.people.webhooks import ChangeWebhook
from data_access.models.outbox import MessageState, Webhook
from data_access.queries.jobs.deliveries import RecentDeliveries
from data_access.store.access import new_command_id
from tests.support.builders import a_customer
from tests.support.forms import field, fill, labels, press, said
from tests.support.outbox import a_message, a_webhook
from tests.support.people import NOW, access_for
from tests.support.tables import only

URL = "https://switch.example.org/events"


def table(app: AppTest, column: str) -> Any:
    return next(one.value for one in app.dataframe if column in one.value.columns)


def the_fields(app: AppTest, form: str) -> dict[str, Any]:
    """The fields of one of the two forms that are drawn alike."""
    kinds = (app.text_input, app.multiselect, app.checkbox, app.radio)
    return {one.label: one for kind in kinds for one in kind if one.key.startswith(form)}


def changing(desk_app: Any, hook_id: int) -> AppTest:
    app: AppTest = desk_app.open("webhooks", Role.ADMIN, change=str(hook_id))
    assert not app.exception
    return app


def meanwhile(engine: Engine, hook_id: int, **over: Any) -> None:
    order = ChangeWebhook(webhook_id=hook_id, version=1, command_id=new_command_id(), **over)
    access_for(engine, Role.ADMIN).execute(order)


def test_without_one_the_page_says_what_a_webhook_is_for(desk_app: Any) -> None:
    app = desk_app.open("webhooks", Role.ADMIN)
    assert "No other system receives events yet." in said(app)
    assert not app.dataframe


def test_one_is_added_and_its_secret_is_shown_once(desk_app: Any) -> None:
    app = fill(desk_app.open("webhooks", Role.ADMIN), Name="Switch", Address=URL)
    field(app, "Events").set_value([Event.SUSPEND.value, Event.UNSUSPEND.value]).run()
    press(app, "Add the webhook")
    kept = only(desk_app.engine, Webhook)
    assert (kept.name, kept.url, kept.secret) == ("Switch", URL, app.code[0].value)
    assert kept.events.split() == [Event.SUSPEND, Event.UNSUSPEND]
    assert "Switch receives events from now on." in said(app)
    press(app, "Put away")
    assert kept.secret not in said(app.run())


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(desk_app: Any) -> None:
    app = fill(desk_app.open("webhooks", Role.ADMIN), Address="switch.example.org")
    press(app, "Add the webhook")
    assert "Give the webhook a name." in said(app)
    assert "Write a web address" in said(app)
    assert field(app, "Address").value == "switch.example.org"
    assert not app.code


def test_the_list_says_in_words_what_each_is_told_of_and_how_it_stands(desk_app: Any) -> None:
    engine = desk_app.engine
    customer_id = a_customer(engine)
    hook_id = a_webhook(engine, Event.SUSPEND, Event.PAYMENT_NEW, name="*Core*", url=URL)
    a_webhook(engine, name="Old", is_active=False)
    a_message(engine, customer_id, hook_id, last_error="It answered 503.")
    a_message(engine, customer_id, hook_id, state=MessageState.FAILED)
    told = table(desk_app.open("webhooks", Role.ADMIN), "Events")
    assert [(*row[:1], [*row[1]], *row[2:]) for row in told.to_numpy().tolist()] == [
        ("*Core*", ["● active", "▲ failing"], URL, "Suspended, Payment", "1", "1", "It answered 503."),
        ("Old", ["⊘ disabled"], "http://127.0.0.1:9/", "all events", "0", "0", ""),
    ]


def test_a_click_on_a_name_opens_it_and_what_it_was_told(desk_app: Any) -> None:
    engine = desk_app.engine
    customer_id, other, hook_id = a_customer(engine), a_webhook(engine, name="Other"), a_webhook(engine)
    a_message(engine, customer_id, other, event=Event.BLOCKED)
    a_message(engine, customer_id, hook_id, event=Event.SUSPEND)
    app = desk_app.open("webhooks", Role.ADMIN)
    assert list(table(app, "Event")["Webhook"]) == ["Switch", "Other"]
    app.session_state["webhooks-Name"] = {"row": 1, "label": "Switch"}
    app.run()
    assert app.query_params["change"] == str(hook_id)
    assert list(table(app, "Event")["Event"]) == ["Suspended"]


def test_what_was_told_lately_says_what_became_of_it(desk_app: Any) -> None:
    engine = desk_app.engine
    customer_id, hook_id = a_customer(engine, customer_code="K-9"), a_webhook(engine)
    a_message(engine, customer_id, hook_id, state=MessageState.SENT, sent_at=NOW, attempts=1)
    a_message(engine, customer_id, hook_id, state=MessageState.FAILED, attempts=12, last_error="It answered 503.")
    a_message(engine, customer_id, hook_id, attempts=2, last_error="It was silent.")
    a_message(engine, customer_id, hook_id)
    a_message(engine, customer_id)
    told = table(desk_app.open("webhooks", Role.ADMIN), "Event")
    assert [chips[0] for chips in told["State"]] == ["◷ waiting", "◷ waiting", "✕ given up", "✓ arrived"]
    assert list(told["What comes of it"]) == [
        "", "It was silent. Tried again 16 Mar 2026, 09:00", "It answered 503", "Arrived 16 Mar 2026, 09:00"
    ]  # fmt: skip
    assert set(told["Customer"]) == {"K-9"}


def test_of_many_messages_the_newest_are_told(desk_app: Any) -> None:
    engine = desk_app.engine
    customer_id, hook_id = a_customer(engine), a_webhook(engine)
    for attempts in range(3):
        a_message(engine, customer_id, hook_id, attempts=attempts)
    rows = access_for(engine, Role.ADMIN).fetch(RecentDeliveries(limit=2))
    assert [row.attempts for row in rows] == [2, 1]


def test_one_is_changed_and_gets_a_new_secret(desk_app: Any) -> None:
    hook_id = a_webhook(desk_app.engine, Event.SUSPEND)
    app = changing(desk_app, hook_id)
    the_fields(app, "change_webhook")["Address"].set_value(URL).run()
    the_fields(app, "change_webhook")["Events"].set_value([]).run()
    the_fields(app, "change_webhook")["A new secret"].set_value(True).run()
    press(app, "Save")
    kept = only(desk_app.engine, Webhook)
    assert (kept.url, kept.events, kept.secret) == (URL, "", app.code[0].value)
    assert "Switch is saved." in said(app)


def test_a_change_without_a_new_secret_keeps_the_old_one(desk_app: Any) -> None:
    app = changing(desk_app, a_webhook(desk_app.engine))
    the_fields(app, "change_webhook")["Name"].set_value("Core").run()
    press(app, "Save")
    kept = only(desk_app.engine, Webhook)
    assert (kept.name, kept.secret) == ("Core", "hush")
    assert not app.code


def test_two_people_choose_field_by_field(desk_app: Any) -> None:
    hook_id = a_webhook(desk_app.engine)
    app = changing(desk_app, hook_id)
    the_fields(app, "change_webhook")["Name"].set_value("Mine").run()
    meanwhile(desk_app.engine, hook_id, name="Theirs", url=URL)
    press(app, "Save")
    assert "What you typed is kept" in said(app)
    press(app, "Save")
    assert "Choose which one to keep." in said(app)
    app.radio[0].set_value("mine").run()
    press(app, "Save")
    kept = only(desk_app.engine, Webhook)
    assert (kept.name, kept.url) == ("Mine", URL)


def test_one_is_disabled_for_good(desk_app: Any) -> None:
    app = press(changing(desk_app, a_webhook(desk_app.engine)), "Disable for good")
    assert not only(desk_app.engine, Webhook).is_active
    assert "Switch receives nothing more." in said(app)
    assert "This webhook is disabled for good: add another one." in said(app)


def test_how_messages_are_signed_is_told(desk_app: Any) -> None:
    told = said(desk_app.open("webhooks", Role.ADMIN))
    assert "HMAC-SHA256" in told
    assert "X-Signature" in told


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST, Role.MANAGER])
def test_others_are_told_who_can(desk_app: Any, role: Role) -> None:
    app = desk_app.open("webhooks", role)
    assert "An admin can." in said(app)
    assert labels(app) == []


def test_what_is_wrong_with_one_is_told_above_its_form(desk_app: Any) -> None:
    hook_id = a_webhook(desk_app.engine)
    a_message(desk_app.engine, a_customer(desk_app.engine), hook_id, last_error="It answered *503*.")
    assert [warning.value for warning in changing(desk_app, hook_id).warning] == [r"It answered \*503\*\."]
