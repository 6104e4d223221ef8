"""`python -m bench.bulk_actions`: 1,000 customers tried, blocked and restored by the worker, on both databases."""

import time
from datetime import timedelta

from sqlalchemy import Engine

from bench.collection import RUN, _customer, _load, on_both
from data_access.base.engine import make_engine
from data_access.base.permissions import Role
from data_access.base.schedule import Job
from data_access.commands.bulk.runs import GoOnWithBulkAction, StartBulkAction, TryBulkAction, UndoBulkAction
from data_access.domain.collections.policy import Policy, first_versions
from data_access.jobs.bulk_actions import carry_on
from data_access.jobs.runner import run_job
from data_access.migrations import upgrade
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy
from data_access.models.customers import Customer
from data_access.models.people import Person
from data_access.queries.bulk.runs import BulkRunShown
from data_access.search.filters import LISTED
from data_access.services.bulk.moves import BulkMove
from data_access.store.access import Access, access_as, new_command_id
from data_access.store.job_leases import Holder

CUSTOMERS = 1_000
BEFORE = RUN - timedelta(days=60)


def fill(engine: Engine) -> Access:
    """A new database with all of them in one class; what its manager can do."""
    upgrade(engine)
    with _load(engine) as load:
        load.insert(CustomerClass, [{"id": 1, "name": "All", "name_key": "all", "business_model": "Residential"}])
        terms = first_versions(1, Policy(), command_id=load.order.command_id, at=BEFORE, login="system")
        load.insert(CollectionPolicy, terms)
        load.insert(Customer, [_customer(number) | {"id": number + 1} for number in range(CUSTOMERS)])
        manager = {"login": "manager", "login_key": "manager", "name": "Manager", "role": Role.MANAGER}
        load.insert(Person, [manager | {"created_at": BEFORE}])
        load.complete({})
    return access_as(engine, "manager", lambda: RUN)


def measure(engine: Engine) -> list[tuple[str, float, float]]:
    """Each part of a bulk action over all of them, its seconds, and those of them in the processor."""
    access = fill(engine)
    order = TryBulkAction(
        action="block", typed={"reason": "measured"}, selection=LISTED, shown=CUSTOMERS, command_id=new_command_id()
    )
    run_id = access.execute(order).bulk_run_id
    told = [("tried", *_worked(engine))]
    access.execute(StartBulkAction(run_id=run_id, command_id=new_command_id()))
    carry_on(access, run_id, CUSTOMERS)
    for part, going in (("blocked", GoOnWithBulkAction), ("undone", UndoBulkAction)):
        _order(access, going, run_id)
        told.append((part, *_worked(engine)))
    assert dict(access.fetch(BulkRunShown(run_id)).counts) == {"undone": CUSTOMERS}
    return told


def _order(access: Access, kind: type[BulkMove], run_id: int) -> None:
    access.execute(kind(run_id=run_id, command_id=new_command_id()))


def _worked(engine: Engine) -> tuple[float, float]:
    begun, processor = time.perf_counter(), time.process_time()
    ran = run_job(engine, Job.ACT_ON_MANY, lambda: RUN, Holder("bench"))
    assert ran is not None
    return time.perf_counter() - begun, time.process_time() - processor


def main(url: str) -> None:
    """A line a part."""
    engine = make_engine(url)
    for part, seconds, processor in measure(engine):
        a_second = f"{CUSTOMERS / seconds:,.0f} a second, {processor:.1f} s of it in the processor"
        print(f"bulk action, {engine.dialect.name}: {CUSTOMERS:,} customers {part} in {seconds:.1f} s, {a_second}")
    engine.dispose()


if __name__ == "__main__":
    on_both(main)
