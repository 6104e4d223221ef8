"""Threshold: whether what is left of an invoice is worth collecting, by the threshold of its terms."""

from collections.abc import Sequence
from decimal import Decimal

from data_access.base.money import ZERO
from data_access.models.collection import CollectionPolicy
from data_access.models.money import CollectionStatus, Invoice
from data_access.services.facts.fees_of_customer import Looks
from data_access.store.scope import visible

COLLECT, LEAVE = CollectionStatus.COLLECT, CollectionStatus.DO_NOT_COLLECT


def pursue(look: Looks, unpaid: Sequence[Invoice]) -> None:
    """Judges all open invoices of a customer again: together at or below the threshold they are left, above collected.

    What is overdue already is let go only where the terms say that services come back at the threshold.
    """
    policies = _with_threshold(look, unpaid)
    rest, overdue_rest = _open(unpaid), _open([one for one in unpaid if one.is_overdue(look.now)])
    for invoice in unpaid:
        policy = policies.get(invoice.policy_id)
        if policy is None:
            continue
        if not invoice.is_overdue(look.now):
            invoice.collection_status = LEAVE if rest <= policy.threshold else COLLECT
        elif policy.resume_at_threshold and overdue_rest <= policy.threshold:
            invoice.collection_status = LEAVE


def _with_threshold(look: Looks, invoices: Sequence[Invoice]) -> dict[int, CollectionPolicy]:
    if not invoices:
        return {}
    ids = {invoice.policy_id for invoice in invoices}
    known: dict[int, CollectionPolicy] = look.session.info.setdefault("policies", {})
    if unknown := ids - known.keys():
        query = visible(CollectionPolicy, look.actor).where(CollectionPolicy.id.in_(unknown))
        known |= {policy.id: policy for policy in look.session.scalars(query)}
    return {key: known[key] for key in ids if known[key].threshold > ZERO}


def _open(invoices: Sequence[Invoice]) -> Decimal:
    return sum((invoice.open for invoice in invoices), ZERO)
