"""Imports that the worker carries on: kept, tried, brought in once whatever breaks off, and refused where they must."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.base.settings import settings
from data_access.base.statuses import ImportState
from data_access.commands.imports.runs import (
    BringFileIn,
    CancelImport,
    DiscardFile,
    EndImportStage,
    KeepFile,
    LetFileGo,
    StopImport,
    TryFile,
)
from data_access.domain.entered.imported_files import FILE_KEPT, FILE_KINDS, MOST_FILES, RESULT_KEPT
from data_access.imports import batches
from data_access.imports.kept import uploads
from data_access.imports.kept.carrying import EVERY_WORK, carry_on
from data_access.imports.kept.kept_files import let_old_files_go
from data_access.imports.kept.result_files import rejected_file, remarks, report_file
from data_access.imports.kept.uploads import keep_file
from data_access.imports.kinds import KINDS
from data_access.jobs.runner import run_job
from data_access.models.customers import Customer
from data_access.models.people import Person
from data_access.models.work.imports import FileImport, FilePart, ImportBatch
from data_access.queries.imports.runs import ImportBatches, ImportOfFile, OwnImports
from data_access.queries.imports.turns import (
    AbandonedFiles,
    BatchesDone,
    CountsOfImport,
    ImportsUnderWay,
    TurnOfImport,
)
from data_access.services.bulk.import_moves import ImportMove
from data_access.store.access import Access, Query, new_command_id
from data_access.store.job_leases import Holder, job_door
from tests.data_access.test_imports import MAPPING
from tests.support.builders import a_class, a_reseller
from tests.support.people import NOW, access_for

S = ImportState
HEADING = "ID,Name,Limit,Owes,Mail,Phone,Country"
ROWS = [f"K-{number},Company {number},500,0,,," for number in range(7)]
ROWS[4] = "K-4,Company 4,1.234,56,,,,"  # one cell too many


@pytest.fixture(autouse=True)
def few_rows_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    monkeypatch.setattr(uploads, "PART", 64)


@pytest.fixture
def access(engine: Engine) -> Iterator[Access]:
    a_class(engine, name="Homes", net_days=21)
    return access_for(engine, Role.ADMIN, login="anna")


def kept(access: Access, folder: Path, *rows: str, name: str = "customers.csv") -> int:
    path = folder / name
    path.write_text("\n".join([HEADING, *(rows or ROWS)]))
    return keep_file(access, path).import_id


def work(engine: Engine) -> None:
    run_job(engine, Job.IMPORT_FILES, lambda: NOW, Holder("one"), works=EVERY_WORK)


def tries(access: Access, import_id: int, **over: str) -> None:
    told = {"kind": "customers", "mapping": MAPPING} | over
    access.execute(TryFile(import_id=import_id, command_id=new_command_id(), **told))


def brings(access: Access, import_id: int, trial: int = 1) -> None:
    access.execute(BringFileIn(import_id=import_id, trial=trial, command_id=new_command_id()))


def tried(access: Access, folder: Path, *rows: str) -> int:
    import_id = kept(access, folder, *rows)
    tries(access, import_id)
    work(access.engine)
    return import_id


def codes(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return sorted(session.scalars(select(Customer.customer_code)))


def count(engine: Engine, model: Any) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_is_kept_tried_and_brought_in_and_its_result_can_be_taken_away(access: Access, tmp_path: Path) -> None:
    engine = access.engine
    import_id = tried(access, tmp_path)
    trial = access.fetch(ImportOfFile(import_id))
    assert trial.why == ""
    assert (trial.state, trial.of_file, trial.counts["rows"], trial.counts["refused"]) == (S.TRIED, 7, 7, 1)
    assert trial.says.startswith("7 rows: 6 added, 0 changed, 0 unchanged, 1 refused; 6 new customers.")
    assert (codes(engine), trial.look["headings"][0]) == ([], "ID")
    brings(access, import_id)
    work(engine)
    done = access.fetch(ImportOfFile(import_id))
    assert (done.state, done.says, done.counts["created"]) == (S.DONE, trial.says, 6)
    assert codes(engine) == [f"K-{number}" for number in (0, 1, 2, 3, 5, 6)]
    [(kind, one)] = remarks(access, import_id, 5, is_trial=False)
    assert (kind, one.line) == ("Refused", 6)
    with rejected_file(access, import_id, is_trial=False) as file:
        file.seek(0)
        top, row = file.read().decode("utf-8-sig").splitlines()
    assert (top, row.split(",")[0]) == (f"{HEADING},Refused because", "K-4")
    with report_file(access, import_id, is_trial=False) as file:
        file.seek(0)
        assert len(file.read().splitlines()) == 2
    work(engine)
    assert count(engine, FilePart) == 0  # the file is let go once its rows are in


def test_what_breaks_off_goes_on_where_it_was_and_counts_each_row_once(access: Access, tmp_path: Path) -> None:
    import_id = tried(access, tmp_path, *ROWS, "K-0,Again,5,0,,,")
    brings(access, import_id)
    looks = iter([True, True, False])
    carry_on(Access(access.engine, SYSTEM, access.now), import_id, lambda: next(looks))
    assert len(codes(access.engine)) == 5
    assert access.fetch(ImportOfFile(import_id)).counts["rows"] == 6
    work(access.engine)
    done = access.fetch(ImportOfFile(import_id))
    assert (done.state, done.counts["created"], done.counts["refused"]) == (S.DONE, 6, 2)
    told = [one.reason for _, one in remarks(access, import_id, 9, is_trial=False)]
    assert told[1] == "Line 2 already says this: it is a duplicate."


def test_a_cancelled_import_keeps_its_batches_and_goes_on_later(access: Access, tmp_path: Path) -> None:
    import_id = tried(access, tmp_path)
    brings(access, import_id)

    def cancel() -> bool:
        access.execute(CancelImport(import_id=import_id, command_id=new_command_id()))
        return True

    carry_on(Access(access.engine, SYSTEM, access.now), import_id, cancel)
    assert (access.fetch(ImportOfFile(import_id)).state, codes(access.engine)) == (S.CANCELLED, ["K-0", "K-1"])
    brings(access, import_id)
    work(access.engine)
    assert (access.fetch(ImportOfFile(import_id)).state, len(codes(access.engine))) == (S.DONE, 6)


def test_only_what_was_tried_last_is_brought_in(access: Access, tmp_path: Path) -> None:
    import_id = tried(access, tmp_path)
    tries(access, import_id)  # in another tab
    with pytest.raises(Rejected, match="another state now: being tried"):
        brings(access, import_id)
    work(access.engine)
    with pytest.raises(Rejected, match="tried again since"):
        brings(access, import_id)
    brings(access, import_id, trial=2)


def test_a_file_that_was_exchanged_is_refused(access: Access, tmp_path: Path) -> None:
    import_id = tried(access, tmp_path)
    brings(access, import_id)
    with job_door(access.engine) as session:
        content = session.scalar(select(FilePart.content).where(FilePart.number == 2)) or b""
        session.execute(update(FilePart).where(FilePart.number == 2).values(content=content.replace(b"500", b"900")))
    work(access.engine)
    stopped = access.fetch(ImportOfFile(import_id))
    assert (stopped.state, codes(access.engine)) == (S.STOPPED, [])
    assert stopped.why.startswith("The file is not the one that was uploaded")


def test_it_stops_where_the_person_has_no_right_any_more(access: Access, tmp_path: Path) -> None:
    import_id = tried(access, tmp_path)
    for change, says in (({"role": Role.SUPPORT}, "no right to it any more"), ({"is_active": False}, "cannot sign in")):
        brings(access, import_id)
        with job_door(access.engine) as session:
            session.execute(update(Person).where(Person.id == access.actor.person_id).values(**change))
        work(access.engine)
        assert says in access.fetch(ImportOfFile(import_id)).why
    assert codes(access.engine) == []


def test_a_file_of_somebody_else_is_not_found_and_takes_the_right(access: Access, tmp_path: Path) -> None:
    import_id = kept(access, tmp_path)
    other = access_for(access.engine, Role.ADMIN)
    with pytest.raises(NotFound):
        other.fetch(ImportOfFile(import_id))
    with pytest.raises(NotFound):
        tries(other, import_id)
    assert other.fetch(OwnImports()) == []
    for denied in (Role.SUPPORT, Role.MANAGER):
        with pytest.raises(NotPermitted):
            tries(access_for(access.engine, denied), import_id)


def test_who_sees_one_reseller_brings_in_what_they_may(access: Access, tmp_path: Path) -> None:
    reseller = a_reseller(access.engine)
    own = access_for(access.engine, Role.ADMIN, reseller_id=reseller)
    import_id = tried(own, tmp_path)
    shown = own.fetch(ImportOfFile(import_id))
    assert (shown.state, shown.counts["rows"]) == (S.TRIED, 7)
    with pytest.raises(NotFound):
        access.fetch(ImportOfFile(import_id))
    assert own.fetch(OwnImports())[0].id == import_id


def test_a_file_that_does_not_fit_waits_to_be_tried_in_another_way(access: Access, tmp_path: Path) -> None:
    import_id = kept(access, tmp_path)
    tries(access, import_id, mapping="no = toml =")
    work(access.engine)
    shown = access.fetch(ImportOfFile(import_id))
    assert (shown.state, shown.why.startswith("The mapping customers mapping.toml is not TOML")) == (S.KEPT, True)
    with pytest.raises(Invalid, match="Choose what"):
        tries(access, import_id, kind="cats")
    tries(access, import_id)
    work(access.engine)
    assert access.fetch(ImportOfFile(import_id)).state is S.TRIED


def test_files_are_few_no_larger_than_said_and_let_go(access: Access, tmp_path: Path) -> None:
    ids = [kept(access, tmp_path) for _ in range(MOST_FILES)]
    with pytest.raises(Rejected, match="wait already"):
        kept(access, tmp_path)
    access.execute(DiscardFile(import_id=ids[0], command_id=new_command_id()))
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(settings().import_megabytes * 1_000_000 + 1)
    with pytest.raises(Rejected, match="too large"):
        keep_file(access, large)
    with pytest.raises(Rejected, match=r"end in \.csv"):
        kept(access, tmp_path, name="customers.txt")
    later = Access(access.engine, SYSTEM, lambda: NOW + FILE_KEPT + FILE_KEPT)
    let_old_files_go(later)
    assert [one.state for one in access.fetch(OwnImports())] == [S.DISCARDED] * MOST_FILES
    with pytest.raises(Rejected, match="discarded"):
        tries(access, ids[1])


def test_results_are_let_go_after_their_time(access: Access, tmp_path: Path) -> None:
    import_id = tried(access, tmp_path)
    brings(access, import_id)
    work(access.engine)
    assert count(access.engine, ImportBatch) > 1
    let_old_files_go(Access(access.engine, SYSTEM, lambda: NOW + RESULT_KEPT + FILE_KEPT))
    assert (count(access.engine, ImportBatch), count(access.engine, FileImport)) == (0, 1)
    assert access.fetch(ImportOfFile(import_id)).says.startswith("7 rows: 6 added")


@pytest.mark.parametrize(
    "asked",
    [
        AbandonedFiles(), BatchesDone(1), CountsOfImport(1, is_trial=True), ImportsUnderWay(), TurnOfImport(1),
        ImportBatches(1, is_trial=True), ImportOfFile(1), OwnImports(),
    ],
)  # fmt: skip
def test_every_question_about_imports_takes_its_right(access: Access, asked: Query[Any]) -> None:
    with pytest.raises(NotPermitted):
        access_for(access.engine, Role.MANAGER).fetch(asked)


def test_a_stage_is_ended_and_stopped_by_the_system_alone_and_only_the_one_that_goes_on(
    access: Access, tmp_path: Path
) -> None:
    import_id = tried(access, tmp_path)
    brings(access, import_id)
    system = Access(access.engine, SYSTEM, access.now)
    told: dict[str, Any] = {"import_id": import_id, "stage": S.TRYING, "trial": 1}
    for order in (
        EndImportStage(**told, says="All.", command_id=new_command_id()),
        StopImport(**told, why="Late.", command_id=new_command_id()),
        LetFileGo(import_id=import_id, command_id=new_command_id()),
    ):
        with pytest.raises(NotPermitted):
            access.execute(order)
        assert system.execute(order).import_state == S.RUNNING  # it is another stage that goes on
    assert issubclass(BringFileIn, ImportMove)


def test_parts_that_are_not_the_whole_file_make_no_import(access: Access) -> None:
    order = KeepFile(
        upload="none", file="a.csv", size=3, digest="0", headings=(), first={}, delimiter=",", encoding="utf-8",
        command_id=new_command_id(),
    )  # fmt: skip
    with pytest.raises(Rejected, match="did not arrive whole"):
        access.execute(order)


def test_every_kind_of_file_can_be_asked_for() -> None:
    assert tuple(KINDS) == FILE_KINDS
