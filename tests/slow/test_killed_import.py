"""Workers killed by SIGKILL within an import: each row is brought in once and told once, whoever carries on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.engine import make_engine, spare_the_disk
from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.base.statuses import ImportState
from data_access.commands.imports.runs import BringFileIn, TryFile
from data_access.imports.kept.uploads import keep_file
from data_access.models.customers import Customer
from data_access.models.history import CommandLog
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.imports.runs import ImportOfFile
from data_access.store.access import Access, new_command_id
from tests.data_access.test_imports import HEADING, MAPPING
from tests.support.builders import a_class
from tests.support.doomed import LATER, Death, end, run_to_the_end, start
from tests.support.people import NOW, access_for

ROWS = 2_100  # in three batches
SPOILT = 1_234
IMPORTING = (Job.IMPORT_FILES,)


@pytest.fixture
def scene(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    spare_the_disk(engine)
    yield engine
    engine.dispose()


def test_each_row_comes_in_once(scene: Engine, tmp_path: Path) -> None:
    a_class(scene, name="Homes", net_days=21)
    access = access_for(scene, Role.ADMIN, now=LATER)
    path = tmp_path / "many.csv"
    lines = [f"K-{number},Name,{'x' if number == SPOILT else 5},0,,," for number in range(ROWS)]
    path.write_text("\n".join([HEADING, *lines]))
    import_id = keep_file(access, path).import_id
    access.execute(TryFile(import_id=import_id, kind="customers", mapping=MAPPING, command_id=new_command_id()))
    run_to_the_end(scene, jobs=IMPORTING)
    trial = access.fetch(ImportOfFile(import_id))
    assert (trial.state, trial.counts["created"]) == (ImportState.TRIED, ROWS - 1)
    access.execute(BringFileIn(import_id=import_id, trial=1, command_id=new_command_id()))
    kills = 0
    while end(start(scene.url.render_as_string(hide_password=False), 0.1, Death(2), IMPORTING)):
        kills += 1
    done = access.fetch(ImportOfFile(import_id))
    assert (done.state, done.says) == (ImportState.DONE, trial.says)
    assert (done.counts["rows"], done.counts["created"], done.counts["refused"]) == (ROWS, ROWS - 1, 1)
    with Session(scene) as session:
        assert len(set(session.scalars(select(Customer.customer_code)))) == ROWS - 1
        batches = session.scalars(select(CommandLog.id).where(CommandLog.name == "ImportCustomers")).all()
    assert len(batches) == len(range(0, ROWS, 1000))
    assert kills > 2
    assert Access(scene, SYSTEM, lambda: NOW).fetch(VerifyChain()).holds
