"""Logs: one line for each event, as JSON in production; what one run of a page logs is found by its reference."""

import logging
import secrets
import sys
from typing import Any

import structlog

from data_access.base.settings import Settings

ROOT = "customer_desk"
_OTHERS = ("streamlit", "uvicorn")  # they bring handlers of their own
_REFERENCE = "reference"


def configure(chosen: Settings) -> None:
    """For a process that serves or works: everything that is logged goes to its standard error in one form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(as_json=chosen.is_production))
    handler.addFilter(_is_ours_or_trouble)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(ROOT).setLevel(chosen.log_level or ("INFO" if chosen.is_production else "WARNING"))
    for name in list(logging.Logger.manager.loggerDict):
        if name.startswith(_OTHERS):
            logging.getLogger(name).handlers.clear()
            logging.getLogger(name).propagate = True


def _is_ours_or_trouble(record: logging.LogRecord) -> bool:
    """The server would tell each address that is asked for: what people search for stands in it."""
    return record.levelno >= logging.WARNING or record.name.startswith(ROOT)


def formatter(*, as_json: bool) -> logging.Formatter:
    """How a line is written."""
    told: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not as_json:
        told = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if as_json else []),
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, told],
    )


def begin_run() -> str:
    """What this thread logs from here on is told with a reference, which a page that breaks off shows."""
    reference = secrets.token_hex(4)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(reference=reference)
    return reference


def end_run() -> str:
    """The reference of the run that ends here: of a part of a page that runs by itself, one of its own."""
    reference = structlog.contextvars.get_contextvars().get(_REFERENCE) or begin_run()
    structlog.contextvars.clear_contextvars()
    return str(reference)
