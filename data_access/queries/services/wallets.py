"""Service wallets of a customer: what is left in each, and the top-ups that it consists of."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, String, and_, cast, false, or_

from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.statuses import RUNNING
from data_access.domain.usage.wallets import EXPIRY, Filled
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.outbox import Message
from data_access.models.plans.wallets import TopUp, TopUpOption
from data_access.models.quotas import Unit
from data_access.queries.customer_context import customer_context
from data_access.queries.due import DueIds
from data_access.search.local_days import today
from data_access.services.facts.plans.wallets_of_customer import is_charged, top_ups_of, used_of_top_up
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_MOST = 200


@dataclass(frozen=True, slots=True)
class WalletRow:
    """The wallet for a service and a unit. `top_ups`: the newest first; `today` is where the customer is billed."""

    service: str
    unit: Unit
    today: date
    top_ups: tuple[Filled, ...]

    @property
    def living(self) -> tuple[Filled, ...]:
        """What can be used today, what expires first in front."""
        return tuple(sorted((one for one in self.top_ups if one.lives_on(self.today)), key=lambda one: one.place))

    @property
    def granted(self) -> Decimal:
        """What the top-ups that can be used came with."""
        return sum((one.granted for one in self.living), ZERO)

    @property
    def left(self) -> Decimal:
        """What can be used today."""
        return sum((one.left for one in self.living), ZERO)

    @property
    def expires_next(self) -> Filled | None:
        """The top-up that is lost first, if nobody uses it."""
        return next((one for one in self.living if one.left > ZERO), None)


@dataclass(frozen=True)
class WalletsOf(Query[tuple[WalletRow, ...]]):
    """The wallets of a customer by service and unit; empty ones and expired ones too."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[WalletRow, ...]:
        on = customer_context(reader, self.customer_id).today
        filled: defaultdict[tuple[str, Unit], list[Filled]] = defaultdict(list)
        for row, one in reversed(top_ups_of(reader, self.customer_id)):
            filled[row.service, row.unit].append(one)
        return tuple(WalletRow(*key, on, tuple(filled[key])) for key in sorted(filled))


@dataclass(frozen=True)
class DueWalletNotices(DueIds):
    """Top-ups of running customers that expire within the days of their class, with something left; told of by none."""

    needs: ClassVar = Permission.SYSTEM_RUN
    about: ClassVar = TopUp

    def rows(self, reader: Reader) -> Select[Any]:
        days = visible(CustomerClass, reader.actor).with_only_columns(CustomerClass.wallet_notice_days).distinct()
        told_ahead = [ahead for ahead in reader.session.scalars(days) if ahead is not None]
        told = visible(Message, reader.actor).where(Message.key == EXPIRY + cast(TopUp.id, String))
        return (
            visible(TopUp, reader.actor)
            .join(Customer, Customer.id == TopUp.customer_id)
            .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
            .where(Customer.bill_status.in_(RUNNING), TopUp.expires_on >= today(reader.now))
            .where(or_(false(), *(_comes(reader, ahead) for ahead in told_ahead)))
            .where(is_charged(reader.actor), TopUp.quantity > used_of_top_up(reader.actor))
            .where(~told.with_only_columns(Message.id).exists())
        )


def _comes(reader: Reader, ahead: int) -> ColumnElement[bool]:
    """Whether the last day of a top-up is so near that its customer is told."""
    return and_(CustomerClass.wallet_notice_days == ahead, TopUp.expires_on <= today(reader.now, ahead))


@dataclass(frozen=True, slots=True)
class OptionRow:
    """What a wallet can be topped up with."""

    option_id: int
    name: str
    service: str
    amount: Decimal
    unit: Unit
    fee: Decimal
    currency: str
    lifetime_days: int


@dataclass(frozen=True)
class TopUpOptions(Query[tuple[OptionRow, ...]]):
    """The top-ups that are offered in a currency, by name."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    currency: str

    def run(self, reader: Reader) -> tuple[OptionRow, ...]:
        option = TopUpOption
        query = visible(option, reader.actor).where(
            option.currency == self.currency, option.is_offered, option.removed_at.is_(None)
        )
        columns: tuple[Any, ...] = (
            option.id, option.name, option.service, option.amount, option.unit, option.fee, option.currency,
            option.lifetime_days,
        )  # fmt: skip
        asked = query.with_only_columns(*columns).order_by(option.name_key, option.id).limit(_MOST)
        return tuple(OptionRow(*row) for row in reader.session.execute(asked))
