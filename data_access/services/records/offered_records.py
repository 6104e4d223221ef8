"""The records that a field can refer to: those of its kind that were not removed, as far as the actor sees them."""

from typing import Any

from sqlalchemy import Select

from data_access.base.permissions import Actor
from data_access.domain.references import Referred
from data_access.store.scope import visible


def offered(actor: Actor, referred: Referred) -> Select[Any]:
    """Those that can be chosen."""
    query: Select[Any] = visible(referred.model, actor).where(referred.offered())
    is_kept = getattr(referred.model, "removed_at", None)
    return query if is_kept is None else query.where(is_kept.is_(None))
