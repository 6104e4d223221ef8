"""Measured usage in words: how much a charge was for, and how much of it quotas and wallets covered."""

from collections.abc import Sequence
from decimal import Decimal

from data_access.base.money import ZERO
from data_access.domain.usage.quotas import said
from data_access.models.plans.wallets import WalletUse
from data_access.models.quotas import MeasuredUse, QuotaUse
from data_access.services.facts.plans.wallets_of_customer import covered_by
from data_access.store.access import Reader
from data_access.store.scope import visible


def measured_words(reader: Reader, transactions: Sequence[int]) -> dict[int, str]:
    """For each charge that was measured: `12 minutes, 5 by quota, 3 by wallet`."""
    if not transactions:
        return {}
    key = MeasuredUse.transaction_id
    by = [covered_by(reader, of, key).label(name) for of, name in ((QuotaUse, "by_quota"), (WalletUse, "by_wallet"))]
    query = visible(MeasuredUse, reader.actor).where(key.in_(transactions))
    rows = reader.session.execute(query.with_only_columns(key, MeasuredUse.quantity, MeasuredUse.unit, *by))
    return {
        row.transaction_id: said(row.quantity, row.unit)
        + _covered(row.quantity, row.by_quota, "by quota")
        + _covered(row.quantity, row.by_wallet, "by wallet")
        for row in rows
    }


def _covered(quantity: Decimal, covered: Decimal, by: str) -> str:
    if covered == ZERO:
        return ""
    return f", all {by}" if covered == quantity else f", {said(covered, by)}"
