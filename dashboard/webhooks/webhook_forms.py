"""The forms of Webhooks: add one, change it, give it a new secret, disable it for good."""

from collections.abc import Sequence

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.addresses import page_params
from dashboard.kit.forms import edit_conflicts, one_time, section_form
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.look.palette import OUTBOX
from data_access.base.errors import NotFound
from data_access.base.events import Event
from data_access.commands.people.webhooks import AddWebhook, ChangeWebhook, DisableWebhook
from data_access.domain.sections import WEBHOOK
from data_access.queries.customers.messages import Hook, Webhooks
from data_access.store.access import Access

ADD, CHANGE, DISABLE = "add_webhook", "change_webhook", "disable_webhook"
_LAYOUT = (("name", "url"), ("events",))
_FOR_GOOD = "It receives nothing more, and what is waiting for it is given up. A disabled webhook does not come back."
_SIGNED = """
Each message is a `POST` of JSON. It is signed with the secret of its webhook, which is shown once, when it is made.

- `X-Event` names the event; `Idempotency-Key` is the same for each try of one message.
- `X-Signature` holds `t=`, the moment of sending in seconds since 1970, and `v1=`, the proof: the HMAC-SHA256, in
  hexadecimal, of `t`, a full stop and the body as it arrived, under the secret.
- An answer from 200 to 299 within five seconds says that it arrived. Anything else is tried again for about a day; what
  came later about the same customer waits behind it.
- No message holds a name, an address or a contact.
"""


def told(hooks: Sequence[Hook]) -> None:
    """What was saved in the run before: said, with the new secret if there is one."""
    subjects = [(ADD, ""), *((name, str(hook.webhook_id)) for hook in hooks for name in (CHANGE, DISABLE))]
    for name, subject in subjects:
        saved = just_saved(name, subject)
        if saved is not None:
            one_time.reveal(saved.command_id)
    feedback.show_done()


def signed() -> None:
    """How a receiver knows that a message came from here."""
    with st.expander("How messages are signed", icon=":material/verified_user:"):
        st.markdown(_SIGNED)


def add(access: Access) -> None:
    """Adds a webhook; its secret is made here and shown once."""
    form = Form(access, ADD)
    typed = section_form.fields(form, WEBHOOK, {}, layout=_LAYOUT)
    with st.container(horizontal=True):
        if st.button("Add the webhook", type="primary", key=form.key("go")):
            order = AddWebhook(
                name=typed["name"], url=typed["url"], events=_events(typed["events"]),
                secret=one_time.secret_for(form.command_id, typed["name"]), command_id=form.command_id,
            )  # fmt: skip
            form.save(order, lambda _: f"{typed['name'].strip()} receives events from now on.")
        form.offer_start_over()


def change(access: Access, hook: Hook) -> None:
    """Everything that can be done to one webhook."""
    if not hook.is_active:
        st.text("This webhook is disabled for good: add another one.")
        return
    if hook.last_error:
        st.warning(feedback.escape(hook.last_error), icon=OUTBOX["failing"].icon)
    form = Form(access, CHANGE, hook.webhook_id)
    edit = section_form.edit(form, WEBHOOK, _basis_of(hook), layout=_LAYOUT)
    renewed = form.check("renew", "A new secret", help="From now on messages are signed with it; the old one is void.")
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("save")):
            text = f"{edit.whole['name'].strip()} is saved."
            edit_conflicts.save(
                form, _changed(form, hook, edit, renewed=renewed), lambda _: text, edit, lambda: _current(access, hook)
            )
        _disable(access, hook)
        st.button("Close", key=form.key("close"), on_click=page_params.stop_changing)
        form.offer_start_over()


def _changed(form: Form, hook: Hook, edit: edit_conflicts.Edit, *, renewed: bool) -> ChangeWebhook:
    whole = edit.whole
    return ChangeWebhook(
        webhook_id=hook.webhook_id, version=edit.since.version, name=whole["name"], url=whole["url"],
        events=_events(whole["events"]), command_id=form.command_id,
        secret=one_time.secret_for(form.command_id, whole["name"]) if renewed else "",
    )  # fmt: skip


def _disable(access: Access, hook: Hook) -> None:
    form = Form(access, DISABLE, hook.webhook_id)
    with st.popover("Disable"):
        st.text(_FOR_GOOD)
        if form.sends("Disable for good", is_final=True):
            order = DisableWebhook(webhook_id=hook.webhook_id, version=hook.version, command_id=form.command_id)
            form.save(order, lambda _: f"{hook.name} receives nothing more.")


def _events(typed: str) -> tuple[Event, ...]:
    return tuple(event for event in Event if event.value in typed.split())


def _basis_of(hook: Hook) -> edit_conflicts.Basis:
    shown = {"name": hook.name, "url": hook.url, "events": " ".join(sorted(hook.events))}
    return edit_conflicts.Basis(hook.version, shown)


def _current(access: Access, hook: Hook) -> edit_conflicts.Basis:
    """What stands there now, for the form that was overtaken."""
    now = next((each for each in access.fetch(Webhooks()) if each.webhook_id == hook.webhook_id), None)
    if now is None:
        raise NotFound("The webhook")
    return _basis_of(now)
