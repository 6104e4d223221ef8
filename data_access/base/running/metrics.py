"""Metrics: what this process has done and how long it took, counted where it is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram

from data_access.base.errors import Refusal

METRICS = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

RERUNS = Histogram("desk_rerun_seconds", "Runs of a page.", ("page", "outcome"), buckets=_SECONDS, registry=METRICS)
QUERIES = Histogram(
    "desk_query_seconds", "Queries, without the wait for a turn.", ("query", "outcome"), buckets=_SECONDS,
    registry=METRICS,
)  # fmt: skip
COMMANDS = Histogram(
    "desk_command_seconds", "Commands, with the wait for a turn.", ("command", "outcome"), buckets=_SECONDS,
    registry=METRICS,
)  # fmt: skip
STANDBY_READS = Counter("desk_standby_reads", "Reads that a standby could answer.", ("answered_by",), registry=METRICS)
CACHE_LOOKS = Counter("desk_cache_looks", "Looks into the cache.", ("outcome",), registry=METRICS)


@contextmanager
def timed(histogram: Histogram, name: str) -> Iterator[None]:
    """Counts what is done inside, by how it ended: done, refused (by the code of the refusal) or failed."""
    begun, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    except Refusal as refusal:
        outcome = refusal.code
        raise
    finally:
        histogram.labels(name, outcome).observe(time.perf_counter() - begun)
