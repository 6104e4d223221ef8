"""Limits: those of a customer and their history, those of the current person, and the increases that end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Select

from data_access.base.permissions import Permission, temporary_cap
from data_access.base.text.labels import command_words
from data_access.base.text.masking import reason_of
from data_access.domain.field_labels import LABELS
from data_access.domain.shown_status import limit_at, raised_since
from data_access.models.collection import ThresholdKind, WarningThreshold
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog
from data_access.queries.audit.audit_values import AuditWords
from data_access.queries.customer_context import customer_context
from data_access.queries.due import DueIds
from data_access.services.facts.own_limits import Own, own_limits
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

LIMITS = ("credit_limit", "temporary_limit", "temporary_limit_until", "daily_spending_limit")
_MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Threshold:
    """`crossed_at` None: armed."""

    kind: ThresholdKind
    value: Decimal
    crossed_at: datetime | None

    @property
    def is_percent(self) -> bool:
        return self.kind is ThresholdKind.PERCENT


@dataclass(frozen=True, slots=True)
class Limits:
    """None does not limit. `in_force` is the permanent limit with the increase while it runs.

    `most` and `longest` are how far the person who asks may raise the limit; None: there is nothing to raise.
    """

    currency: str
    permanent: Decimal | None
    increase: Decimal | None
    until: datetime | None
    in_force: Decimal | None
    thresholds: tuple[Threshold, ...]
    most: Decimal | None
    longest: datetime | None


@dataclass(frozen=True)
class LimitsOf(Query[Limits]):
    """The limits and warning thresholds of a customer as they hold now."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> Limits:
        customer = customer_context(reader, self.customer_id).customer
        until = customer.temporary_limit_until
        runs = until is not None and until > reader.now
        cap, permanent = temporary_cap(reader.actor.role), customer.credit_limit
        return Limits(
            currency=customer.currency,
            permanent=permanent,
            increase=customer.temporary_limit if runs else None,
            until=until if runs else None,
            in_force=limit_at(customer, reader.now),
            thresholds=_thresholds(reader, customer.id),
            most=None if permanent is None else permanent * cap.percent / 100,
            longest=None if permanent is None else raised_since(customer, reader.now) + timedelta(days=cap.days),
        )


def _thresholds(reader: Reader, customer_id: int) -> tuple[Threshold, ...]:
    mine = visible(WarningThreshold, reader.actor).where(
        WarningThreshold.customer_id == customer_id, WarningThreshold.removed_at.is_(None)
    )
    rows = reader.session.scalars(mine.order_by(WarningThreshold.kind, WarningThreshold.value, WarningThreshold.id))
    return tuple(Threshold(row.kind, row.value, row.crossed_at) for row in rows)


@dataclass(frozen=True, slots=True)
class LimitChange:
    """One limit that was changed, in words; an empty value: there was none."""

    at: datetime
    login: str
    action: str
    limit: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class LimitHistory(Query[tuple[LimitChange, ...]]):
    """Who changed which limit of a customer, when, from what to what and why; newest first."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> tuple[LimitChange, ...]:
        customer_context(reader, self.customer_id)
        changes = (
            visible(Change, reader.actor)
            .join(CommandLog, CommandLog.id == Change.command_id)
            .where(Change.customer_id == self.customer_id, Change.entity == "Customer", Change.field.in_(LIMITS))
            .with_only_columns(
                Change.field, Change.before, Change.after, CommandLog.at, CommandLog.login, CommandLog.name,
                reason_of(CommandLog),
            )
            .order_by(Change.id.desc())
            .limit(_MOST_ROWS)
        )  # fmt: skip
        words = AuditWords(reader, [])
        return tuple(
            LimitChange(
                row.at, row.login, command_words(row.name), LABELS[row.field],
                words.of(("Customer", row.field, row.before)), words.of(("Customer", row.field, row.after)), row.reason,
            )
            for row in reader.session.execute(changes)
        )  # fmt: skip


@dataclass(frozen=True)
class OwnLimits(Query[Own | None]):
    """What the person who asks may still credit and refund in a currency; None where no limit holds for the role."""

    needs: ClassVar = Permission.CUSTOMER_READ

    currency: str

    def run(self, reader: Reader) -> Own | None:
        return own_limits(reader.session, reader.actor, self.currency, reader.now)


@dataclass(frozen=True)
class DueLimitEnds(DueIds):
    """Customers whose temporary increase has come to its end and is not tidied away yet."""

    needs: ClassVar = Permission.SYSTEM_RUN

    def rows(self, reader: Reader) -> Select[Any]:
        return visible(Customer, reader.actor).where(Customer.temporary_limit_until <= reader.now)
