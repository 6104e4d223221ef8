"""Service wallets of a customer out of the database: its top-ups, with what usage took of each."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_

from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.domain.usage.wallets import Filled
from data_access.models.money import Transaction
from data_access.models.plans.wallets import TopUp, WalletUse
from data_access.models.quotas import QuotaUse, Unit
from data_access.services.facts.fees_of_customer import Looks
from data_access.store.scope import visible


def is_charged(actor: Actor) -> ColumnElement[bool]:
    """Whether a top-up was free, or its fee was not reversed."""
    charged = visible(Transaction, actor).where(Transaction.id == TopUp.transaction_id, Transaction.unreversed())
    return or_(TopUp.transaction_id.is_(None), charged.with_only_columns(Transaction.id).exists())


def used_of_top_up(actor: Actor) -> ColumnElement[Decimal]:
    """What was used of a top-up, as a column beside it."""
    uses = (
        visible(WalletUse, actor)
        .join(Transaction, Transaction.id == WalletUse.transaction_id)
        .where(WalletUse.top_up_id == TopUp.id, Transaction.unreversed())
    )
    return uses.with_only_columns(func.coalesce(func.sum(WalletUse.quantity), ZERO)).scalar_subquery()


def top_ups_of(look: Looks, customer_id: int, of: tuple[str, Unit] | None = None) -> list[tuple[TopUp, Filled]]:
    """Its top-ups in their order, of one service and unit or all; those whose fee was reversed are left out."""
    mine = visible(TopUp, look.actor).where(TopUp.customer_id == customer_id, is_charged(look.actor))
    if of is not None:
        mine = mine.where(TopUp.service == of[0], TopUp.unit == of[1])
    rows = look.session.scalars(mine.order_by(TopUp.id)).all()
    used = used_of_wallets(look, [row.id for row in rows])
    return [(row, Filled(row.id, row.begun_on, row.expires_on, row.quantity, used.get(row.id, ZERO))) for row in rows]


def used_of_wallets(look: Looks, top_up_ids: Collection[int]) -> dict[int, Decimal]:
    """What was used of each top-up; what was taken by a charge that is reversed is given back."""
    if not top_up_ids:
        return {}
    sums = (
        visible(WalletUse, look.actor)
        .join(Transaction, Transaction.id == WalletUse.transaction_id)
        .where(WalletUse.top_up_id.in_(top_up_ids), Transaction.unreversed())
        .with_only_columns(WalletUse.top_up_id, func.sum(WalletUse.quantity))
        .group_by(WalletUse.top_up_id)
    )
    return {row[0]: row[1] for row in look.session.execute(sums)}


def is_used(look: Looks, booked: Transaction) -> bool:
    """Whether something was taken of the top-up that a booking paid for."""
    paid_for = visible(TopUp, look.actor).where(TopUp.transaction_id == booked.id).with_only_columns(TopUp.id)
    return any(used_of_wallets(look, list(look.session.scalars(paid_for))).values())


def covered_by(look: Looks, of: type[QuotaUse] | type[WalletUse], transaction_id: Any) -> ColumnElement[Decimal]:
    """What quotas, or wallets, covered of a usage charge, as a column."""
    mine = visible(of, look.actor).where(of.transaction_id == transaction_id)
    return func.coalesce(mine.with_only_columns(func.sum(of.quantity)).scalar_subquery(), ZERO)
