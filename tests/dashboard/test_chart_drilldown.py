"""Marks: what a chart counts is what the list behind the mark holds."""

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from dashboard.exposure import chart_drilldown, points, utilisation
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.domain.limit_use import LimitUse
from data_access.models.customers import BalanceControl
from data_access.queries.exposure.exposure import ExposureBins, ExposureTotals, UtilisationHistogram
from data_access.queries.lists.counts import CountCustomers
from data_access.search.advanced_filter import PARAM, AdvancedFilter
from data_access.search.expression import read_line
from data_access.store.access import Access
from tests.support.builders import a_class, a_customer
from tests.support.people import NOW, access_for

BALANCES = ("-12", "0", "0.00001", "0.07", "0.7", "5.6", "6.3", "7", "7.00001", "7.7", "10.5", "10.50001", "99")
LIMITS = (None, "0", "7", "1000")


@pytest.fixture
def access(engine) -> Access:
    shared = a_class(engine)
    for balance, limit in product(BALANCES, LIMITS):
        a_customer(engine, balance=Decimal(balance), credit_limit=limit and Decimal(limit), customer_class_id=shared)
    raised = {"temporary_limit": Decimal(5), "temporary_limit_until": NOW + timedelta(minutes=1)}
    for balance in BALANCES:
        a_customer(engine, balance=Decimal(balance), credit_limit=Decimal(7), customer_class_id=shared, **raised)
    for balance in ("-5", "0", "3"):
        a_customer(engine, balance=Decimal(balance), balance_control=BalanceControl.PREPAID, customer_class_id=shared)
    a_customer(engine, currency="USD", balance=Decimal(5), customer_class_id=shared)
    a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED, balance=Decimal(5), customer_class_id=shared)
    return access_for(engine, Role.MANAGER)


def behind(access, address):
    """How many customers the address opens."""
    lines = [read_line(text) for text in address[PARAM]]
    assert not [line.complaint for line in lines if line.condition is None]
    return access.fetch(CountCustomers(AdvancedFilter(tuple(line.condition for line in lines))))


def test_every_bar_leads_to_as_many_customers_as_it_counts(access):
    bars = access.fetch(UtilisationHistogram("EUR"))
    figure = utilisation.histogram(bars, "EUR", "light")
    shown = [(mark, y) for trace in figure.data for mark, y in zip(trace.customdata, trace.y, strict=True)]
    assert len(shown) == len(bars) > 10
    assert [(mark, behind(access, chart_drilldown.bar("EUR", mark))) for mark, _ in shown] == shown


def test_every_cell_leads_to_as_many_customers_as_it_counts(access):
    cells = access.fetch(ExposureBins("EUR"))
    tiles = points.density(cells, "EUR", "light").data[0]
    counted = [mark[4] for mark in tiles.customdata]
    assert sum(counted) == len(BALANCES) * 4
    assert [behind(access, chart_drilldown.cell("EUR", mark)) for mark in tiles.customdata] == counted


def test_every_band_leads_to_as_many_customers_as_it_counts(access):
    totals = access.fetch(ExposureTotals("EUR"))
    assert {band: behind(access, chart_drilldown.band("EUR", band)) for band in LimitUse} == {
        band: totals.of(band).customers for band in LimitUse
    }
    assert behind(access, chart_drilldown.postpaid("EUR")) == totals.postpaid.customers
