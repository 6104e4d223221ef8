"""Verification of stored forecasts: those that are not outdated are computed again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from data_access.models.kept.foreseen import ForeseenStep, OutdatedForecast
from data_access.queries.planned.foreseen import to_keep, with_something_ahead
from data_access.store.access import Reader
from data_access.store.scope import visible

_AT_ONCE = 500
_COLUMNS = [column.key for column in ForeseenStep.__table__.columns]
_Steps = Mapping[int, list[Mapping[str, Any]]]


def wrong_forecasts(reader: Reader) -> Iterator[str]:
    """How many customers have other steps ahead than those that are kept."""
    wrong, last = 0, 0
    while keys := with_something_ahead(reader, last, _AT_ONCE):
        last = keys[-1]
        wrong += len(_differing(reader, _differing(reader, keys)))  # one that changed meanwhile is looked at again
    if wrong:
        yield f"What is ahead of customers is not what is kept of it: {wrong:,} forecasts are wrong."


def _differing(reader: Reader, keys: Sequence[int]) -> list[int]:
    if not keys:
        return []
    kept = visible(ForeseenStep, reader.actor).where(ForeseenStep.customer_id.in_(keys))
    columns = (getattr(ForeseenStep, name) for name in _COLUMNS)
    steps = _by_customer(row._asdict() for row in reader.session.execute(kept.with_only_columns(*columns)))
    expected = _by_customer(to_keep(reader, keys))
    noted = visible(OutdatedForecast, reader.actor).where(
        OutdatedForecast.customer_id.in_(keys) | OutdatedForecast.customer_id.is_(None)
    )
    outdated = set(reader.session.scalars(noted.with_only_columns(OutdatedForecast.customer_id)))
    if None in outdated:
        return []
    past = {key for key, own in steps.items() if own[0]["holds_until"] <= reader.now}
    return [key for key in keys if steps[key] != expected[key] and key not in outdated | past]


def _by_customer(rows: Iterable[Mapping[str, Any]]) -> _Steps:
    found: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["customer_id"], row["place"])):
        found[row["customer_id"]].append(row)
    return found
