"""Every tab of the demo's customers, one for each shown status and one for each thing that only some have."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from dashboard.customer.tab_bar import TABS
from data_access.base.clock import system_clock
from data_access.base.permissions import SYSTEM, Role
from data_access.domain.shown_status import Shown
from data_access.models.cards import PaymentMethod
from data_access.models.customers import Note
from data_access.models.history import PlannedMove
from data_access.models.numbers import Did
from data_access.models.quotas import QuotaUse
from data_access.queries.lists.customers import FindCustomers
from data_access.search.filters import CustomerFilter
from data_access.seed.demo import seed
from data_access.store.access import Access
from tests.support.desk_app import DeskApp, desk_app_on

CUSTOMERS = 200
ONLY_SOME_HAVE = (Note, PlannedMove, PaymentMethod, QuotaUse, Did)


@pytest.fixture(scope="module")
def demo(sqlite_databases) -> Iterator[tuple[DeskApp, list[int]]]:
    with pytest.MonkeyPatch.context() as patch, sqlite_databases.fresh() as url, desk_app_on(url, patch) as desk:
        seed(desk.engine, CUSTOMERS, clock=system_clock)
        yield desk, sorted(_one_of_each(desk))


def _one_of_each(desk: DeskApp) -> set[int]:
    access = Access(desk.engine, SYSTEM)
    pages = (access.fetch(FindCustomers(CustomerFilter(status=frozenset({shown})), size=1)) for shown in Shown)
    with desk.engine.connect() as connection:
        owners = {connection.scalar(select(func.min(model.customer_id))) for model in ONLY_SOME_HAVE}
    assert None not in owners
    return owners | {row.id for page in pages for row in page.rows}


@pytest.mark.parametrize("tab", TABS)
def test_it_opens_whatever_became_of_the_customer(demo, tab):
    desk, customers = demo
    assert len(customers) > len(Shown) / 2
    for customer_id in customers:
        page = desk.open("customer", Role.MANAGER, id=str(customer_id), tab=tab)
        assert not page.exception
        assert not page.error, (customer_id, page.error[0].value)
