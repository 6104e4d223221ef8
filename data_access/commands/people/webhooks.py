"""Webhooks: which addresses are told of events. The secret is shown once, to whoever adds or renews it."""

import secrets
from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import Invalid, Rejected, Stale
from data_access.base.events import Event
from data_access.base.permissions import Permission
from data_access.base.settings import settings
from data_access.base.text.parsing import plain, within
from data_access.domain.destinations import Reach, read_address
from data_access.models.outbox import Webhook
from data_access.store.access import Command
from data_access.store.command_form import Secret
from data_access.store.unit_of_work import UnitOfWork

NAME_LENGTH = 120
SECRET_LENGTHS = range(32, 121)


@dataclass(frozen=True, slots=True)
class WebhookSaved:
    webhook_id: int
    version: int


def new_secret() -> str:
    """A secret to sign messages with; whoever makes it shows it and hands it in with the command, which keeps it."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, kw_only=True)
class AddWebhook(Command[WebhookSaved]):
    """Adds an address that is told of these events from now on; none named: of all."""

    needs: ClassVar = Permission.HOOK_MANAGE
    result_type: ClassVar = WebhookSaved

    name: str
    url: str
    secret: Secret
    events: tuple[Event, ...] = ()

    def apply(self, work: UnitOfWork) -> WebhookSaved:
        name, url = _read(self.name, self.url)
        _refuse_weak(self.secret)
        hook = work.add(Webhook(name=name, url=url, secret=self.secret, events=_listed(self.events)))
        return WebhookSaved(hook.id, hook.version)


@dataclass(frozen=True, kw_only=True)
class ChangeWebhook(Command[WebhookSaved]):
    """Changes name, address and events of a webhook; its secret too, if one is handed in."""

    needs: ClassVar = Permission.HOOK_MANAGE
    result_type: ClassVar = WebhookSaved

    webhook_id: int
    version: int
    name: str
    url: str
    events: tuple[Event, ...] = ()
    secret: Secret = ""

    def apply(self, work: UnitOfWork) -> WebhookSaved:
        hook = _lock(work, self.webhook_id, self.version)
        hook.name, hook.url = _read(self.name, self.url)
        hook.events = _listed(self.events)
        if self.secret:
            _refuse_weak(self.secret)
            hook.secret = self.secret
        hook.version += 1
        return WebhookSaved(hook.id, hook.version)


@dataclass(frozen=True, kw_only=True)
class DisableWebhook(Command[WebhookSaved]):
    """Ends a webhook: it is told of nothing more, and what waits for it is given up."""

    needs: ClassVar = Permission.HOOK_MANAGE
    result_type: ClassVar = WebhookSaved

    webhook_id: int
    version: int

    def apply(self, work: UnitOfWork) -> WebhookSaved:
        hook = _lock(work, self.webhook_id, self.version)
        hook.is_active = False
        hook.version += 1
        return WebhookSaved(hook.id, hook.version)


def _lock(work: UnitOfWork, webhook_id: int, version: int) -> Webhook:
    hook = work.lock(Webhook, webhook_id, called="The webhook")
    if not hook.is_active:
        raise Rejected("This webhook is disabled for good: add another one.")
    if hook.version != version:
        raise Stale("The webhook")
    return hook


def _read(name: str, url: str) -> tuple[str, str]:
    complaints, read_name = {}, name
    try:
        read_name = within(plain(name), NAME_LENGTH)
        if not read_name:
            raise ValueError("Give the webhook a name.")
    except ValueError as wrong:
        complaints["name"] = str(wrong)
    try:
        read_address(url.strip(), Reach.of(settings()))
    except Rejected as wrong:
        complaints["url"] = str(wrong)
    if complaints:
        raise Invalid(complaints)
    return read_name, url.strip()


def _refuse_weak(secret: str) -> None:
    if len(secret) not in SECRET_LENGTHS or not secret.isascii() or not secret.isprintable():
        raise Invalid({"secret": "A secret has 32 to 120 letters, digits and symbols: have one made."})


def _listed(events: tuple[Event, ...]) -> str:
    return "\n".join(event.value for event in Event if event in events)
