"""Metrics for Prometheus, protected by a token: of this process, and from the database of the jobs and the outbox."""

import hmac
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from data_access.base.clock import Clock
from data_access.base.engine import pool_state
from data_access.base.permissions import SYSTEM
from data_access.base.running.databases import standbys_of
from data_access.base.running.metrics import METRICS
from data_access.queries.jobs.jobs import JobRow, ListJobs
from data_access.store import outbox_delivery
from data_access.store.access import Access

PATH = "/metrics"
_SCHEME = "bearer "


def routes(engine: Engine, clock: Clock, token: SecretStr | None) -> list[Route]:
    """The one address; none where no token is set."""
    if token is None:
        return []
    by_database = CollectorRegistry()
    by_database.register(LookedUp(engine, clock))

    async def metrics(request: Request) -> Response:
        if not _is_right(request.headers.get("authorization", ""), token):
            return PlainTextResponse("The token is missing or wrong.", 401, {"WWW-Authenticate": "Bearer"})
        return Response(await run_in_threadpool(_all_of, by_database), media_type=CONTENT_TYPE_LATEST)

    return [Route(PATH, metrics)]


def _is_right(header: str, token: SecretStr) -> bool:
    given = header[len(_SCHEME) :] if header.lower().startswith(_SCHEME) else ""
    return hmac.compare_digest(given.encode(), token.get_secret_value().encode())


def _all_of(by_database: CollectorRegistry) -> bytes:
    return generate_latest(METRICS) + generate_latest(by_database)


class LookedUp:
    """What is looked up whenever somebody asks: the pool, and by the database jobs and messages that wait."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def describe(self) -> list[Metric]:
        """Nothing before somebody asks: the database may be away."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._pools()
        is_up = GaugeMetricFamily("desk_database_up", "1 while the primary answers.")
        try:
            jobs = Access(self._engine, SYSTEM, self._clock).fetch(ListJobs())
            waiting, oldest = outbox_delivery.waiting(self._engine, self._clock())
        except SQLAlchemyError:
            is_up.add_metric([], 0)
            yield is_up
            return
        is_up.add_metric([], 1)
        yield is_up
        yield from _of_jobs(jobs, self._clock())
        yield GaugeMetricFamily("desk_outbox_waiting", "Messages whose time to be sent has come.", waiting)
        yield GaugeMetricFamily("desk_outbox_oldest_seconds", "How long the first of them has waited.", oldest)

    def _pools(self) -> Iterator[Metric]:
        standbys = standbys_of(self._engine)
        engines = {"primary": self._engine} | ({"standby": standbys.engine} if standbys else {})
        family = GaugeMetricFamily("desk_pool", "Connections and turns.", labels=("database", "state"))
        for name, engine in engines.items():
            for state, count in pool_state(engine).items():
                family.add_metric([name, state], count)
        yield family


def _of_jobs(jobs: tuple[JobRow, ...], now: datetime) -> Iterator[Metric]:
    late = GaugeMetricFamily("desk_job_late", "1 while a job has not run for twice its period.", labels=("job",))
    age = GaugeMetricFamily("desk_job_age_seconds", "Since the last sign of life of a job.", labels=("job",))
    counts = GaugeMetricFamily("desk_job_last_run", "What the last run came to.", labels=("job", "outcome"))
    for row in jobs:
        late.add_metric([row.job.value], row.is_late)
        if row.last is None:
            continue
        age.add_metric([row.job.value], (now - row.last.heartbeat_at).total_seconds())
        for outcome in ("found", "done", "refused", "failed"):
            counts.add_metric([row.job.value, outcome], getattr(row.last, outcome))
    yield from (late, age, counts)
