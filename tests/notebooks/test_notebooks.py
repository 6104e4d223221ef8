"""Every notebook to its end on demo data, and as it is kept: paired, and without anybody's numbers in it."""

from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.errors import Rejected
from data_access.base.permissions import Role
from data_access.domain.limit_use import LimitUse
from data_access.queries.exposure.exposure import Currencies, ExposureTotals
from data_access.seed.demo import seed
from data_access.store.access import access_as
from tests.support.people import a_person

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
SECONDS = 100


@pytest.fixture
def desk(engine, database_url, monkeypatch):
    """A small demo, and a person for the notebook to act as."""
    seed(engine, 150, system_clock)
    analyst = a_person(engine, Role.ANALYST, login="analyst")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DESK_LOGIN", analyst.login)
    return access_as(engine, analyst.login)


def run(path: Path) -> nbformat.NotebookNode:
    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    return notebook


def code_of(notebook):
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_end_and_tells_the_figures_of_the_page(desk, path):
    notebook = run(path)
    currency = desk.fetch(Currencies())[0]
    over = desk.fetch(ExposureTotals(currency)).of(LimitUse.OVER)
    shown = "".join(str(output) for cell in notebook.cells for output in cell.get("outputs", []))
    assert over.customers > 0
    assert str(over.owed) in shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_both_halves_of_a_notebook_say_the_same_and_keep_no_numbers(path):
    kept = nbformat.read(path.with_suffix(".ipynb"), as_version=4)
    assert code_of(kept) == code_of(jupytext.read(path))
    assert not [cell for cell in kept.cells if cell.get("outputs") or cell.get("execution_count")]


def test_a_notebook_acts_as_somebody_who_can_sign_in(engine):
    a_person(engine, Role.ANALYST, login="gone", is_active=False)
    for login in ("gone", "nobody"):
        with pytest.raises(Rejected, match=f"Nobody who can sign in is called “{login}”"):
            access_as(engine, login)


def test_the_name_is_read_as_at_the_sign_in(database_url, engine):
    a_person(engine, Role.ANALYST, login="Ann")
    again = make_engine(database_url)
    assert access_as(again, " ann ").actor.login == "Ann"
    again.dispose()
