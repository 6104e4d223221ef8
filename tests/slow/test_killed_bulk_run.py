"""Workers killed by SIGKILL within a bulk action: each customer is changed once, and back once, whoever carries on."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.engine import make_engine, spare_the_disk
from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.base.statuses import BulkState, RowState
from data_access.commands.bulk.runs import GoOnWithBulkAction, StartBulkAction, TryBulkAction, UndoBulkAction
from data_access.models.bulk import BulkRow, BulkRun
from data_access.models.customers import Customer
from data_access.queries.audit.verify import VerifyChain
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer
from tests.support.doomed import Death, end, run_to_the_end, start
from tests.support.people import NOW, access_for

CUSTOMERS = 9
RAISE = {"by": "add", "amount": "10", "currency": "EUR", "reason": "ten more for everybody"}
STAYS = Decimal(1000)
ACTING = (Job.ACT_ON_MANY,)


@pytest.fixture
def scene(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    spare_the_disk(engine)
    yield engine
    engine.dispose()


def carried_on(engine: Engine, *, every: int) -> int:
    """By workers of which each is killed before so many commits, until one finds nothing left; how many were killed."""
    kills = 0
    while end(start(engine.url.render_as_string(hide_password=False), 0.1, Death(every), ACTING)):
        kills += 1
    return kills


def limits(engine: Engine) -> Counter[Decimal | None]:
    with Session(engine) as session:
        return Counter(session.scalars(select(Customer.credit_limit)))


def stands(engine: Engine, run_id: int) -> tuple[BulkState, Counter[RowState]]:
    with Session(engine) as session:
        rows = session.scalars(select(BulkRow.state).where(BulkRow.run_id == run_id))
        return session.get_one(BulkRun, run_id).state, Counter(rows)


def test_each_limit_is_raised_once_and_lowered_once(scene: Engine) -> None:
    picked = tuple(a_customer(scene, credit_limit=STAYS) for _ in range(CUSTOMERS))
    access = access_for(scene, Role.MANAGER)
    order = TryBulkAction(
        action="change_limit", typed=RAISE, picked=picked, shown=CUSTOMERS, command_id=new_command_id()
    )
    run_id = access.execute(order).bulk_run_id
    run_to_the_end(scene, jobs=ACTING)
    access.execute(StartBulkAction(run_id=run_id, command_id=new_command_id()))
    kills = carried_on(scene, every=3)
    assert stands(scene, run_id)[0] is BulkState.PAUSED
    assert limits(scene)[STAYS + 10] == 5
    access.execute(GoOnWithBulkAction(run_id=run_id, command_id=new_command_id()))
    kills += carried_on(scene, every=3)
    assert stands(scene, run_id) == (BulkState.DONE, Counter({RowState.DONE: CUSTOMERS}))
    assert limits(scene) == {STAYS + 10: CUSTOMERS}
    access.execute(UndoBulkAction(run_id=run_id, command_id=new_command_id()))
    kills += carried_on(scene, every=3)
    assert stands(scene, run_id) == (BulkState.UNDONE, Counter({RowState.UNDONE: CUSTOMERS}))
    assert limits(scene) == {STAYS: CUSTOMERS}
    assert kills > 3
    assert Access(scene, SYSTEM, lambda: NOW).fetch(VerifyChain()).holds
