"""Processes of a test, forked from a server that has imported once what most of them run."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from types import ModuleType

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.doomed", "tests.support.tellers"])  # one list for the whole process
END_SECONDS = 90


def forked(run: Callable[..., None], *given: object) -> ForkServerProcess:
    """Starts a process that calls a function of a module with values that can be pickled."""
    process = _CONTEXT.Process(target=run, args=given, daemon=True)
    with _no_main_module():
        process.start()
    return process


@contextmanager
def _no_main_module() -> Iterator[None]:
    """A page that was tried before leaves its script as the main module, which a new process would run first."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
