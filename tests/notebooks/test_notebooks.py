"""Every notebook to its end on demo data, and as it is kept: paired, and without anybody's numbers in it."""

from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from sqlalchemy import make_url

from data_access.base.clock import system_clock
from data_access.base.engine import make_engine, read_only
from data_access.base.errors import Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.domain.limit_use import LimitUse
from data_access.domain.shown_status import Shown
from data_access.models.collection import PromiseState
from data_access.queries.exposure.exposure import Currencies, ExposureTotals
from data_access.queries.lists.counts import CountCustomers, ShownCounts
from data_access.queries.lists.listed import WhoIsListed
from data_access.search.filters import CustomerFilter
from data_access.seed.demo import seed
from data_access.store.access import Access, access_as
from tests.data_access.test_roles import apply_roles
from tests.support.builders import a_promise
from tests.support.people import a_person

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
SECONDS = 100
CUSTOMERS = 150


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request):
    """A small demo for all of them, and a person for the notebooks to act as, on what can only be read."""
    databases = request.getfixturevalue(f"{request.param}_databases")
    with databases.fresh() as url, pytest.MonkeyPatch.context() as patch:
        engine = make_engine(url)
        seed(engine, CUSTOMERS, system_clock)
        analyst = a_person(engine, Role.ANALYST, login="analyst")
        with_promises(engine)
        patch.setenv("DATABASE_URL", url)
        patch.setenv("NOTEBOOK_DATABASE_URL", only_read(url))
        patch.setenv("DESK_LOGIN", analyst.login)
        yield access_as(engine, analyst.login)
        engine.dispose()


def only_read(url: str) -> str:
    if make_url(url).get_backend_name() == "sqlite":
        return read_only(url)
    apply_roles(url)
    return make_url(url).set(username="desk_reader").render_as_string(hide_password=False)


def with_promises(engine):
    """Two who kept theirs, and one who broke two."""
    access, now = Access(engine, SYSTEM), system_clock()
    keeper, other, breaker = access.fetch(WhoIsListed())[:3]
    for customer, state in ((keeper, "kept"), (other, "kept"), (breaker, "broken"), (breaker, "broken")):
        a_promise(engine, customer, state=PromiseState(state), due_at=now, decided_at=now)


def run(path: Path) -> nbformat.NotebookNode:
    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    return notebook


def code_of(notebook):
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def shown(notebook):
    return "".join(str(output) for cell in notebook.cells for output in cell.get("outputs", []))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_end_and_its_figures_are_those_of_the_page(desk, path):
    assert FIGURES[path.stem](desk) in shown(run(path))


def over_the_limit(access):
    over = access.fetch(ExposureTotals(access.fetch(Currencies())[0])).of(LimitUse.OVER)
    assert over.customers > 0
    return str(over.owed)


FIGURES = {
    "balances_and_limits": over_the_limit,
    "collection_effectiveness": lambda _: "2 of 4 promises that came due were kept.",
    "lifecycle_and_churn": lambda access: f"{access.fetch(ShownCounts())[Shown.PERMANENTLY_TERMINATED]}",
    "start_here": lambda access: (
        f"{access.fetch(CountCustomers(CustomerFilter(currency=frozenset({'EUR'}))))} customers"
    ),
}


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
