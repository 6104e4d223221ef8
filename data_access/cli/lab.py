"""The subcommand `lab`: JupyterLab with the notebooks, as one person, on a database that it can only read."""

import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, make_url

from data_access.base.clock import Clock
from data_access.base.engine import read_only
from data_access.base.errors import Rejected
from data_access.base.settings import Settings
from data_access.cli.calls import a_count, refuse_old_schema, verb
from data_access.migrations import upgrade
from data_access.seed.demo import seed
from data_access.store.access import access_as
from data_access.store.sign_ins import has_people

_NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
_ANALYST = "analyst"
_PORT, _LAST_PORT = 8888, 65_535


def add_verb(verbs: Any) -> None:
    opening = verb(verbs.add_parser("lab", help="start JupyterLab with the notebooks, read-only"), _lab)
    opening.add_argument(
        "--port", type=a_count(_LAST_PORT), default=_PORT, metavar="N", help=f"the port; default {_PORT}"
    )


def _lab(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    if find_spec("jupyterlab") is None:
        raise Rejected("JupyterLab is not installed here: `make lab` installs and starts it.")
    settings = Settings()
    if settings.is_demo:
        _prepare(engine, clock, Path(settings.archive_dir))
    refuse_old_schema(engine)
    told = environment(settings)
    reader = access_as(engine, told["DESK_LOGIN"]).actor
    engine.dispose()
    print(f"Notebooks read as {reader.name}, {reader.role}. JupyterLab listens on this computer alone:", flush=True)
    os.execve(sys.executable, lab_command(chosen.port), os.environ | told)


def _prepare(engine: Engine, clock: Clock, archive_to: Path) -> None:
    upgrade(engine)
    if not has_people(engine):
        print("Filling the empty database with demo customers.", flush=True)
        seed(engine, clock=clock, with_demo_people=True, archive_to=archive_to)


def environment(settings: Settings) -> Mapping[str, str]:
    """Where the kernels read, and as whom. Rejected where that could be somebody who writes, or nobody."""
    login = settings.desk_login or (_ANALYST if settings.is_demo else "")
    if not login:
        raise Rejected("Say as whom the notebooks read: set DESK_LOGIN to the name of a person who can sign in.")
    database = make_url(settings.database_url)
    is_file = database.get_backend_name() == "sqlite"
    reads = read_only(settings.database_url) if is_file else settings.notebook_database_url
    if not reads:
        raise Rejected("Set NOTEBOOK_DATABASE_URL to this database by the role that only reads, desk_reader.")
    own = f"sqlite:///{Path(database.database or '').resolve()}" if is_file else settings.database_url
    return {"DATABASE_URL": own, "NOTEBOOK_DATABASE_URL": reads, "DESK_LOGIN": login}


def lab_command(port: int) -> list[str]:
    """JupyterLab on this computer alone, behind the token that it prints."""
    return [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", "--ServerApp.allow_remote_access=False", f"--ServerApp.root_dir={_NOTEBOOKS}",
        "--LabApp.default_url=/lab/tree/start_here.ipynb", "--LabApp.news_url=",
        *(["--allow-root"] if os.getuid() == 0 else []),
    ]  # fmt: skip
