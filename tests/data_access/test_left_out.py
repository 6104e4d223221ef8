"""Ruling 67: whatever looks at many customers leaves the permanently terminated out, except Advanced search."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine

from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.domain.shown_status import Shown
from data_access.queries.classes.policies import Classes
from data_access.queries.collections.cases import FindCases
from data_access.queries.collections.paid_when import InvoicesPaidWhen, PromisesKept
from data_access.queries.collections.sums import CollectionTotals, OwedByCurrency
from data_access.queries.exposure.exposed_customers import ExposurePoints, TopExposures
from data_access.queries.exposure.exposure import Currencies, ExposureBins, ExposureTotals, UtilisationHistogram
from data_access.queries.finder.find import FindQuick
from data_access.queries.lists.counts import BlockedCount, CountCustomers, ShownCounts
from data_access.queries.lists.currencies import AreInOneCurrency
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.lists.further import FurtherMatches
from data_access.queries.lists.listed import WhoIsListed
from data_access.queries.planned.planned import PeriodsClosing, PlannedChanges, PlannedToExport
from data_access.queries.services.plans import PlansInUse
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import read_line
from data_access.search.filters import LISTED, CustomerFilter
from data_access.store.access import Access, Query
from tests.support.builders import a_class, a_customer, a_plan, a_promise, a_subscription, a_suspended_customer
from tests.support.builders import an_invoice as an_overdue_invoice
from tests.support.people import NOW, access_for

LOOKS: list[Query[Any]] = [
    FindCustomers(), CountCustomers(), CountCustomers(AdvancedFilter()), FindCustomers(AdvancedFilter()),
    BlockedCount(), AreInOneCurrency(), WhoIsListed(), WhoIsListed(AdvancedFilter()),
    FurtherMatches(CustomerFilter(q="urora")), FindCases(), CollectionTotals(), OwedByCurrency(LISTED),
    OwedByCurrency(AdvancedFilter()), InvoicesPaidWhen(), PromisesKept(),
    Currencies(), ExposureTotals("EUR"), UtilisationHistogram("EUR"),
    ExposureBins("EUR"), ExposurePoints("EUR"), TopExposures("EUR"), PlannedChanges(60), PlannedToExport(60),
    PeriodsClosing(60), PlansInUse(), Classes(),
]  # fmt: skip


def seen(access: Access) -> dict[str, str]:
    return {f"{look}": _text(access.fetch(look)) for look in LOOKS}


def _text(found: Any) -> str:
    return found.to_csv() if isinstance(found, pd.DataFrame) else str(found)


@pytest.mark.parametrize("at", [NOW, NOW + timedelta(days=60)], ids=["now", "later"])
def test_no_look_at_many_is_changed_by_a_permanently_terminated_customer(engine: Engine, at: datetime) -> None:
    of_class, plan = a_class(engine, suspend_after=3), a_plan(engine)
    alike: dict[str, Any] = {"customer_class_id": of_class, "balance": Decimal(300), "company_name": "Aurora"}
    owing = a_customer(engine, **alike)
    a_subscription(engine, owing, plan_id=plan)
    a_suspended_customer(engine, customer_class_id=of_class, blocked=True)
    access = access_for(engine, Role.ADMIN, now=at)
    before = seen(access)
    found = access.fetch(FindQuick("aurora"))
    raised = {"temporary_limit": Decimal(50), "temporary_limit_until": at + timedelta(days=5)}
    gone = a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED, blocked=True, **alike, **raised)
    an_overdue_invoice(engine, gone)
    a_subscription(engine, gone, plan_id=plan)
    a_promise(engine, gone, due_at=at + timedelta(days=7))
    after = seen(access)
    assert {look for look in after if after[look] != before[look]} == set()
    assert access.fetch(FindQuick("aurora")).hits == found.hits
    assert access.fetch(ShownCounts())[Shown.PERMANENTLY_TERMINATED] == 1


def test_advanced_search_alone_finds_them(engine: Engine) -> None:
    a_customer(engine, customer_code="GONE", bill_status=BillStatus.PERMANENTLY_TERMINATED)
    line = read_line("status.is.permanently_terminated")
    assert line.condition is not None
    rows = access_for(engine).fetch(FindCustomers(AdvancedFilter((line.condition,)))).rows
    assert [row.customer_code for row in rows] == ["GONE"]
