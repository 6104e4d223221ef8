"""Two years in the life of a thousand customers, in one run; every rule of the books holds on every day."""

from data_access.base.engine import make_engine, spare_the_disk
from data_access.cli.advance import advance
from data_access.seed.demo import seed
from data_access.store.demo_clock import DemoTime
from data_access.store.job_leases import Holder
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW


def test_two_years_of_a_thousand_customers(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    spare_the_disk(engine)
    time = DemoTime(engine, lambda: NOW)
    seed(engine, 1000, time)
    days = 0
    for line in advance(engine, time, 730, Holder("worker")):
        days += 1
        assert read_ledgers(engine).breaches() == [], line
    engine.dispose()
    assert days == 730
