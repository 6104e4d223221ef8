"""Measured usage in words: how much a charge was for, and how much of it quotas covered."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func

from data_access.base.money import ZERO
from data_access.domain.usage.quotas import said
from data_access.models.quotas import MeasuredUse, QuotaUse
from data_access.store.access import Reader
from data_access.store.scope import visible


def measured_words(reader: Reader, transactions: Sequence[int]) -> dict[int, str]:
    """For each charge that was measured: `12 minutes, 5 by quota`."""
    if not transactions:
        return {}
    measured = MeasuredUse.transaction_id, MeasuredUse.quantity, MeasuredUse.unit
    query = (
        visible(MeasuredUse, reader.actor)
        .outerjoin(QuotaUse, QuotaUse.transaction_id == MeasuredUse.transaction_id)
        .where(MeasuredUse.transaction_id.in_(transactions))
        .with_only_columns(*measured, func.sum(QuotaUse.quantity).label("covered"))
        .group_by(*measured)
    )
    return {
        row.transaction_id: said(row.quantity, row.unit) + _covered(row.quantity, row.covered or ZERO)
        for row in reader.session.execute(query)
    }


def _covered(quantity: Decimal, covered: Decimal) -> str:
    if not covered:
        return ""
    return ", all by quota" if covered == quantity else f", {said(covered, 'by quota')}"
