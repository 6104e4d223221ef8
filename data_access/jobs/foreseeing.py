"""Forecasting: outdated forecasts are recomputed, some hundred customers at a time."""

from data_access.jobs.work import Work
from data_access.models.jobs import JobRun
from data_access.queries.planned.foreseen import (
    EVERYONE,
    CountOutdated,
    ForecastsToKeep,
    OutdatedForecasts,
    WithSomethingAhead,
)
from data_access.store.access import Access
from data_access.store.bulk import keep_forecasts, outdate

_MANY = 20  # from so many on, who looks at them waits: they are played forward at each look


def _last_of_next(access: Access, after: int, limit: int) -> list[int]:
    return [key for key, *_ in access.fetch(OutdatedForecasts(after, limit))][-1:]


def keep_again(access: Access, last: int) -> None:
    """Keeps what is ahead of those whom the last notes up to this one are about."""
    noted = access.fetch(OutdatedForecasts(up_to=last))
    for key, customer_id, walked_to in noted:
        if customer_id is None:
            found = access.fetch(WithSomethingAhead(walked_to))
            outdate(access.engine, found, key, is_over=len(found) < EVERYONE)
    about = tuple(sorted({customer_id for _, customer_id, _ in noted if customer_id is not None}))
    if about:
        seen = [key for key, customer_id, _ in noted if customer_id is not None]
        keep_forecasts(access.engine, about, access.fetch(ForecastsToKeep(about)), seen)


def _is_asked_for(access: Access) -> bool:
    return access.fetch(CountOutdated(_MANY)) == _MANY


FORESEEING = Work(JobRun, _last_of_next, keep_again, is_asked_for=_is_asked_for)
