"""Exports that the worker writes: as asked for, by the rights of then and of now, cancelled, kept and taken away."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from data_access.base.choices.export_choices import ExportState
from data_access.base.engine import Door
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.base.settings import settings
from data_access.commands.exports import export_files
from data_access.commands.exports.export_files import (
    KEPT,
    MOST_KEPT,
    AskForExport,
    FetchExport,
    FinishExport,
    GiveUpExport,
    RefuseExport,
    RemoveOldExport,
)
from data_access.jobs.exporting import take_export
from data_access.jobs.runner import Ran, run_job
from data_access.jobs.worker import due_jobs
from data_access.models.history import CommandLog
from data_access.models.jobs import RunState
from data_access.models.people import Person
from data_access.queries.lists.counts import CountCustomers
from data_access.queries.lists.export_files import (
    CountWaitingExports,
    ExportTurnOf,
    NextExports,
    OwnExport,
    OwnExports,
)
from data_access.search.filters import LISTED, CustomerFilter
from data_access.search.list_address import Addressable
from data_access.store.access import Access, new_command_id
from data_access.store.job_leases import Holder
from tests.support.builders import a_customer, a_reseller
from tests.support.people import NOW, access_for

S = ExportState
JOB = Job.WRITE_EXPORTS


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("EXPORT_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def asked(access: Access, chosen: Addressable = LISTED, kind: str = "csv", content: str = "list") -> int:
    order = AskForExport(filter=chosen, kind=kind, content=content, command_id=new_command_id())
    return access.execute(order).export_id


def work(engine: Engine, now: Any = NOW) -> Ran:
    ran = run_job(engine, JOB, lambda: now, Holder("a worker"))
    assert ran is not None
    return ran


def own(access: Access) -> OwnExport:
    (export,) = access.fetch(OwnExports())
    return export


def rows(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text("utf-8-sig").splitlines()))[1:]


def fetch(access: Access, export_id: int) -> None:
    access.execute(FetchExport(export_id=export_id, command_id=new_command_id()))


def give_up(access: Access, export_id: int) -> None:
    access.execute(GiveUpExport(export_id=export_id, command_id=new_command_id()))


def changed(engine: Engine, access: Access, **values: Any) -> Access:
    """The person with other rights than before."""
    with Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        session.execute(update(Person).where(Person.id == access.actor.person_id).values(**values))
    role = Role(values.get("role", access.actor.role))
    actor = replace(access.actor, role=role, reseller_id=values.get("reseller_id", access.actor.reseller_id))
    return Access(engine, actor, access.now)


def noted(engine: Engine, name: str) -> list[dict[str, Any]]:
    log = CommandLog.__table__
    with engine.connect() as connection:
        return list(connection.execute(select(log.c.result).where(log.c.name == name)).scalars())


def test_what_was_asked_for_is_written_whole_and_stands_until_its_time_is_over(engine: Engine, folder: Path) -> None:
    for number in range(3):
        a_customer(engine, customer_code=f"C-{number}", company_name="=1+1")
    access = access_for(engine, Role.MANAGER)
    chosen = CustomerFilter(q="=1", match=CustomerFilter().match)
    ids = [asked(access, kind=kind) for kind in ("csv", "xlsx", "parquet")] + [asked(access, chosen)]
    assert JOB in due_jobs(engine, NOW)
    work(engine)
    listed = access.fetch(CountCustomers(LISTED))
    exports = {export.id: export for export in access.fetch(OwnExports())}
    assert {export.state for export in exports.values()} == {S.READY}
    assert [exports[key].written for key in ids[:3]] == [exports[key].customers for key in ids[:3]] == [listed] * 3
    files = [folder / exports[key].file for key in ids]
    assert sorted(folder.iterdir()) == sorted(files)
    assert [row[:2] for row in rows(files[0])] == [[f"C-{number}", "'=1+1"] for number in range(3)]
    sheet = openpyxl.load_workbook(files[1]).active
    assert sheet is not None
    assert [cell.value for cell in sheet["B"]][1:] == ["'=1+1"] * 3
    assert pq.read_table(files[2])["name"].to_pylist() == ["=1+1"] * 3
    assert exports[ids[0]].size == files[0].stat().st_size
    assert files[0].stat().st_mode & 0o077 == 0
    fetch(access, ids[3])
    (told,) = noted(engine, "FetchExport")
    assert told["customers"] == 3
    assert "=1" not in told["filter"]
    assert JOB not in due_jobs(engine, NOW)
    until = exports[ids[0]].kept_until
    assert until == NOW + KEPT
    work(engine, NOW + KEPT - timedelta(seconds=1))
    assert len(list(folder.iterdir())) == 4
    work(engine, NOW + KEPT)
    assert list(folder.iterdir()) == []
    assert access.fetch(OwnExports()) == ()
    with pytest.raises(Rejected, match="does not stand here any more"):
        fetch(access, ids[0])


def test_it_holds_what_its_person_might_see_and_only_that_person_has_it(engine: Engine, folder: Path) -> None:
    north = a_reseller(engine, name="North")
    a_customer(engine, customer_code="N-1", reseller_id=north, company_name="Aurora", email="a@b.example")
    a_customer(engine, customer_code="S-1")
    confined = access_for(engine, Role.SUPPORT, reseller_id=north)
    export_id = asked(confined)
    work(engine)
    ((code, name, *_),) = rows(folder / own(confined).file)
    assert (code, name) == ("N-1", "A•••••")
    other = access_for(engine, Role.ADMIN)
    assert other.fetch(OwnExports()) == ()
    for act in (fetch, give_up):
        with pytest.raises(NotFound):
            act(other, export_id)


def test_it_is_refused_to_who_may_see_less_by_now(engine: Engine) -> None:
    north = a_reseller(engine, name="North")
    a_customer(engine)
    access = access_for(engine, Role.MANAGER)
    export_id = asked(access)
    work(engine)
    for less in ({"role": Role.ANALYST}, {"reseller_id": north}):
        lowered = changed(engine, access, **less)
        assert own(lowered).refusal
        with pytest.raises(NotPermitted):
            fetch(lowered, export_id)
        changed(engine, access, role=Role.MANAGER, reseller_id=None)
    by_name = asked(access, CustomerFilter(q="aurora"))
    work(engine)
    with pytest.raises(NotPermitted, match="see personal data"):
        fetch(changed(engine, access, role=Role.ANALYST), by_name)
    fetch(changed(engine, access, role=Role.ADMIN), export_id)


@pytest.mark.parametrize(
    ("by_now", "why"),
    [
        ({"role": Role.ANALYST}, "export personal data"),
        ({"is_active": False}, "cannot sign in any more"),
    ],
)
def test_it_is_not_written_for_who_may_see_less_by_then(
    engine: Engine, folder: Path, by_now: dict[str, Any], why: str
) -> None:
    a_customer(engine)
    access = access_for(engine, Role.MANAGER)
    asked(access)
    changed(engine, access, **{name: value for name, value in by_now.items() if name != "reseller"})
    work(engine)
    export = own(access)
    assert export.state is S.REFUSED
    assert why in export.why
    assert list(folder.iterdir()) == []


def test_it_is_never_written_with_more_than_was_asked_for(engine: Engine, folder: Path) -> None:
    a_customer(engine)
    access = access_for(engine, Role.SUPPORT)
    asked(access)
    changed(engine, access, role=Role.MANAGER)
    work(engine)
    assert "ask for a new one" in own(access).why
    assert list(folder.iterdir()) == []


def test_who_cancels_it_leaves_nothing_behind(engine: Engine, folder: Path) -> None:
    a_customer(engine)
    access = access_for(engine)
    asked(access)
    give_up(access, own(access).id)
    work(engine)
    assert list(folder.iterdir()) == []
    during = asked(access)
    written = access_as_system(engine)
    take_export(written, during, lambda: give_up(access, during) is None)
    assert list(folder.iterdir()) == []
    assert access.fetch(OwnExports()) == ()
    late = asked(access)
    work(engine)
    give_up(access, late)
    assert len(list(folder.iterdir())) == 1
    work(engine)
    assert list(folder.iterdir()) == []
    assert written.fetch(CountWaitingExports()) == 0


def access_as_system(engine: Engine) -> Access:
    return Access(engine, SYSTEM, lambda: NOW)


def test_a_worker_that_ends_leaves_it_to_the_next_one(engine: Engine, folder: Path) -> None:
    a_customer(engine)
    access = access_for(engine)
    export_id = asked(access)
    system = access_as_system(engine)
    take_export(system, export_id, lambda: False)
    assert list(folder.iterdir()) == []
    assert system.fetch(ExportTurnOf(export_id)).state is S.ASKED
    asked_to_stop = iter([False, True, True])
    stopped = run_job(engine, JOB, lambda: NOW, Holder("a worker"), is_told_to_stop=lambda: next(asked_to_stop))
    assert stopped is not None
    assert stopped.state is RunState.STOPPED
    assert list(folder.iterdir()) == []
    work(engine)
    assert own(access).state is S.READY


def test_a_fault_is_told_and_does_not_come_again(engine: Engine, folder: Path) -> None:
    a_customer(engine)
    access = access_for(engine)
    asked(access)
    folder.rmdir()
    folder.write_text("no folder")
    assert work(engine).tally.failed == 1
    assert own(access).state is S.REFUSED
    assert "page Jobs" in own(access).why
    folder.unlink()


def test_the_shortest_comes_first_and_what_is_gone_before_it(engine: Engine) -> None:
    for number in range(2):
        a_customer(engine, customer_code=f"C-{number}")
    access = access_for(engine)
    every, one, gone = asked(access), asked(access, CustomerFilter(q="C-1")), asked(access)
    system = access_as_system(engine)
    assert system.fetch(NextExports()) == [one]
    give_up(access, gone)
    assert system.fetch(NextExports()) == [gone]
    assert every != one
    assert system.fetch(NextExports(after=gone)) == [one]
    assert system.fetch(CountWaitingExports()) == 2


def test_what_cannot_be_asked_for_is_refused_in_a_sentence(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    a_customer(engine)
    support = access_for(engine, Role.SUPPORT)
    with pytest.raises(NotPermitted, match="export personal data"):
        asked(support, content="everything")
    with pytest.raises(NotPermitted, match="see personal data"):
        asked(access_for(engine, Role.ANALYST), CustomerFilter(q="aurora"))
    with pytest.raises(Invalid):
        asked(support, kind="pdf")
    with pytest.raises(Invalid):
        asked(access_for(engine, Role.MANAGER), kind="parquet", content="everything")
    for _ in range(MOST_KEPT):
        asked(support)
    with pytest.raises(Rejected, match="remove one"):
        asked(support)
    monkeypatch.setattr(export_files, "MOST_CUSTOMERS", 0)
    with pytest.raises(Rejected, match="Nothing was exported"):
        asked(access_for(engine, Role.MANAGER))


def test_what_the_worker_notes_changes_no_file_that_is_gone(engine: Engine) -> None:
    a_customer(engine)
    access, system = access_for(engine), access_as_system(engine)
    export_id = asked(access)
    give_up(access, export_id)
    finished = system.execute(FinishExport(export_id=export_id, rows=1, size=1, command_id=new_command_id()))
    refused = system.execute(RefuseExport(export_id=export_id, why="x", command_id=new_command_id()))
    old = system.execute(RemoveOldExport(export_id=export_id, command_id=new_command_id()))
    assert {finished.export_state, refused.export_state, old.export_state} == {"cancelled"}
    with pytest.raises(NotPermitted):
        access.execute(FinishExport(export_id=export_id, rows=1, size=1, command_id=new_command_id()))
