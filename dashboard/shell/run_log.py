"""The log of runs: one line for each run of a page, under the reference that a failed page shows."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from data_access.base.running import logs
from data_access.base.running.metrics import RERUNS

_LOG = logging.getLogger("customer_desk.run")


@dataclass(slots=True)
class PageRun:
    """What is known of a run once it has come that far. No address: it may hold a name."""

    page: str = ""
    login: str = ""


@contextmanager
def told() -> Iterator[PageRun]:
    """Everything inside is one run."""
    logs.begin_run()
    run, begun = PageRun(), time.perf_counter()
    try:
        yield run
    finally:
        outcome = "failed" if isinstance(sys.exception(), Exception) else "done"  # the platform leaves by others
        took = time.perf_counter() - begun
        RERUNS.labels(run.page, outcome).observe(took)
        told = {"page": run.page, "login": run.login, "outcome": outcome, "milliseconds": round(took * 1000, 1)}
        _LOG.info("run", extra=told)
