"""Deliveries: recent messages to webhooks, which arrived, and why others did not."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.models.customers import Customer
from data_access.models.outbox import Message, MessageState, Webhook
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to a webhook. `next_try_at` is None when it is not tried again."""

    at: datetime
    webhook: str
    event: str
    customer_id: int | None
    customer_code: str
    state: MessageState
    attempts: int
    sent_at: datetime | None
    next_try_at: datetime | None
    last_error: str


@dataclass(frozen=True)
class RecentDeliveries(Query[tuple[Delivery, ...]]):
    """What was told last, newest first: to every webhook, or to one."""

    needs: ClassVar = Permission.HOOK_MANAGE

    webhook_id: int | None = None
    limit: int = 50

    def run(self, reader: Reader) -> tuple[Delivery, ...]:
        one = () if self.webhook_id is None else (Message.webhook_id == self.webhook_id,)
        query = (
            visible(Message, reader.actor)
            .join(Webhook, Webhook.id == Message.webhook_id)
            .outerjoin(Customer, Customer.id == Message.customer_id)
            .where(*one)
            .with_only_columns(
                Message.at, Webhook.name, Message.event, Message.customer_id, Customer.customer_code, Message.state,
                Message.attempts, Message.sent_at, Message.next_try_at, Message.last_error,
            )
            .order_by(Message.id.desc())
            .limit(self.limit)
        )  # fmt: skip
        return tuple(
            Delivery(
                row.at, row.name, row.event, row.customer_id, row.customer_code or "", row.state, row.attempts,
                row.sent_at, row.next_try_at if row.state is MessageState.WAITING else None, row.last_error,
            )
            for row in reader.session.execute(query)
        )  # fmt: skip
