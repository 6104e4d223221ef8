"""Webhooks: which URLs receive events. The secret is shown once, to the person who adds or renews it."""

import secrets
from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import Invalid, Rejected, Stale
from data_access.base.events import Event
from data_access.base.permissions import Permission
from data_access.domain.sections import WEBHOOK
from data_access.models.outbox import Webhook
from data_access.services.section_edit import write
from data_access.store.access import Command
from data_access.store.command_form import Secret
from data_access.store.unit_of_work import UnitOfWork

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
        values = _read(self)
        _refuse_weak(self.secret)
        hook = work.add(Webhook(**values, secret=self.secret))
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
        write(hook, _read(self))
        if self.secret:
            _refuse_weak(self.secret)
            hook.secret = self.secret
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


def _read(order: AddWebhook | ChangeWebhook) -> dict[str, str]:
    typed = {"name": order.name, "url": order.url, "events": " ".join(order.events)}
    return WEBHOOK.judged(typed).sound()


def _refuse_weak(secret: str) -> None:
    if len(secret) not in SECRET_LENGTHS or not secret.isascii() or not secret.isprintable():
        raise Invalid({"secret": "A secret has 32 to 120 letters, digits and symbols: have one made."})
