"""Exposure: every customer in one band, one bar and one cell; sums exact; nobody's customers but one's own."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.kit.look.palette import BANDS
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.domain.limit_use import LimitUse, band_of
from data_access.models.customers import BalanceControl
from data_access.queries.exposure.bins import MOST_CELLS, edges_of
from data_access.queries.exposure.exposed_customers import ExposurePoints, TopExposures
from data_access.queries.exposure.exposure import (
    Currencies,
    ExposureBins,
    ExposureGroup,
    ExposureTotals,
    UtilisationHistogram,
)
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.people import access_for

LIMITS = (None, "0", "0.3", "100")
BALANCES = ("-5", "0", "0.03", "0.24", "0.3", "30", "79.99999", "80", "100", "100.00001", "110", "150", "9000")
PREPAID = {"balance_control": BalanceControl.PREPAID}


def some(engine, *money, **over):
    """Customers with these balances and limits; their ids."""
    shared = {"customer_class_id": a_class(engine)} | over
    return [
        a_customer(engine, balance=Decimal(balance), credit_limit=limit and Decimal(limit), **shared)
        for balance, limit in money
    ]


def exposed(engine):
    return access_for(engine, Role.ANALYST)


def test_every_customer_stands_in_the_band_that_the_screen_gives_it(engine):
    money = list(product(BALANCES, LIMITS))
    some(engine, *money)
    some(engine, ("-12.40", None), ("0", None), **PREPAID)
    expected = [band_of(Decimal(b), limit and Decimal(limit), prepaid=False) for b, limit in money] + ["prepaid"] * 2
    totals = exposed(engine).fetch(ExposureTotals("EUR"))
    assert {band: share.customers for band, share in totals.bands.items()} == {b: expected.count(b) for b in expected}


def test_the_bands_of_the_database_are_those_of_the_palette():
    assert {band.value for band in LimitUse} == {band.value for band in BANDS}


def test_sums_are_exact_to_the_last_decimal(engine):
    some(engine, ("0.10000", "1"), ("0.20000", "1"), ("0.00001", "1000000"), ("-0.3", None))
    postpaid = exposed(engine).fetch(ExposureTotals("EUR")).postpaid
    assert postpaid == ExposureGroup(4, Decimal("0.00001"), Decimal("1000002"), 3)


def test_prepaid_funds_are_never_added_to_what_postpaid_customers_owe(engine):
    some(engine, ("120", "100"))
    some(engine, ("-12.40", None), **PREPAID)
    totals = exposed(engine).fetch(ExposureTotals("EUR"))
    assert (totals.postpaid.owed, totals.of(LimitUse.PREPAID).customers, totals.funds) == (120, 1, Decimal("12.4"))


def test_over_the_limit_says_how_much_is_owed_and_by_how_much_it_is_over(engine):
    some(engine, ("120", "100"), ("0.5", "0"), ("100", "100"))
    over = exposed(engine).fetch(ExposureTotals("EUR")).of(LimitUse.OVER)
    assert (over.customers, over.owed, over.owed - over.limits) == (2, Decimal("120.5"), Decimal("20.5"))


def test_another_currency_is_not_counted(engine):
    some(engine, ("1", "2"))
    some(engine, ("5", "9"), ("5", "9"), currency="USD")
    access = exposed(engine)
    assert access.fetch(ExposureTotals("EUR")).postpaid == ExposureGroup(1, Decimal(1), Decimal(2), 1)
    assert access.fetch(Currencies()) == ("USD", "EUR")
    assert access.fetch(ExposureTotals("GBP")).postpaid == ExposureGroup()


def test_the_permanently_terminated_are_left_out_of_everything(engine):
    some(engine, ("500", "100"), bill_status=BillStatus.PERMANENTLY_TERMINATED)
    access = exposed(engine)
    assert access.fetch(Currencies()) == ()
    assert access.fetch(ExposureTotals("EUR")).bands == {}
    assert access.fetch(UtilisationHistogram("EUR")).empty
    assert access.fetch(ExposureBins("EUR")).empty


def test_a_reseller_s_person_sees_their_own_customers_alone(engine):
    mine = a_reseller(engine)
    some(engine, ("7", "10"), reseller_id=mine)
    some(engine, ("9", "10"), ("9", "10"))
    access = access_for(engine, Role.ANALYST, reseller_id=mine)
    assert access.fetch(ExposureTotals("EUR")).postpaid.owed == 7
    assert list(access.fetch(UtilisationHistogram("EUR"))["customers"]) == [1]
    assert list(access.fetch(ExposureBins("EUR"))["customers"]) == [1]


@pytest.mark.parametrize(
    ("balance", "limit", "bar"),
    [
        ("0.3", "1", ("under_80", 0.3, 0.4)),
        ("0.7", "7", ("under_80", 0.1, 0.2)),  # 0.0999… as floats
        ("80", "100", ("from_80", 0.8, 0.9)),
        ("100", "100", ("from_80", 0.9, 1.0)),
        ("100.00001", "100", ("over", 1.0, 1.1)),
        ("109.99999", "100", ("over", 1.0, 1.1)),
        ("110", "100", ("over", 1.1, 1.2)),
        ("149.99999", "100", ("over", 1.4, 1.5)),
    ],
)
def test_a_share_stands_in_the_bar_of_its_tenth(engine, balance, limit, bar):
    some(engine, (balance, limit))
    bars = exposed(engine).fetch(UtilisationHistogram("EUR"))
    assert tuple(bars.loc[0, ["band", "band_from", "band_to"]]) == bar


def test_far_over_the_limit_is_one_open_bar(engine):
    some(engine, ("150", "100"), ("5", "0"))
    bar = exposed(engine).fetch(UtilisationHistogram("EUR")).iloc[0]
    assert (bar["band"], bar["band_from"], bar["customers"], bar["owed"]) == ("over", 1.5, 2, 155)
    assert bar.isna()["band_to"]


def test_who_has_no_share_stands_apart(engine):
    some(engine, ("-5", "100"), ("0", "100"), ("50", None))
    some(engine, ("-20", None), **PREPAID)
    bars = exposed(engine).fetch(UtilisationHistogram("EUR"))
    assert list(bars["band"]) == ["in_credit", "no_limit", "prepaid", "unused"]
    assert bars["band_from"].isna().all()


def test_a_cell_holds_its_lower_edges_and_not_its_upper_ones(engine):
    some(engine, ("500", "1000"), ("499.99999", "1000"), ("-20", "999.99999"))
    cells = exposed(engine).fetch(ExposureBins("EUR"))
    edges = ["limit_from", "limit_to", "balance_from", "balance_to", "customers"]
    assert cells[edges].to_numpy().tolist() == [
        [800, 1000, -20, -16, 1],
        [1000, 1200, 400, 500, 1],
        [1000, 1200, 500, 630, 1],
    ]


def test_the_cells_together_hold_every_customer_with_a_limit(engine):
    money = [(str(n * n - 300), str(n * 37)) for n in range(40)]
    some(engine, *money, ("77", None))
    cells = exposed(engine).fetch(ExposureBins("EUR"))
    assert cells["customers"].sum() == 40
    assert sum(cells["owed"]) == sum(Decimal(balance) for balance, _ in money)


def test_points_are_all_who_have_a_limit_and_nobody_else(engine):
    some(engine, ("50", "100"), ("-5", "10"), ("0", "0"), ("70", None))
    some(engine, ("-20", None), **PREPAID)
    points = exposed(engine).fetch(ExposurePoints("EUR"))
    assert points[["balance", "credit_limit"]].to_numpy().tolist() == [[50, 100], [0, 0], [-5, 10]]


def test_points_stop_at_their_number(engine):
    some(engine, ("1", "10"), ("2", "10"), ("3", "10"))
    assert list(exposed(engine).fetch(ExposurePoints("EUR", limit=2))["balance"]) == [3, 2]


def test_the_largest_debts_come_first_whatever_the_limit(engine):
    ids = some(engine, ("50", "100"), ("900", None), ("70", "60"), ("-5", None), ("0", "1"))
    some(engine, ("800", None), **PREPAID)
    top = exposed(engine).fetch(TopExposures("EUR"))
    assert list(top["customer_id"]) == [ids[1], ids[2], ids[0]]
    assert list(top["band"]) == ["no_limit", "over", "under_80"]
    assert round(top.loc[1, "utilisation"], 4) == 1.1667


@pytest.mark.parametrize(("role", "name"), [(Role.SUPPORT, "Nadia Kowalska"), (Role.ANALYST, "N••••• K•••••")])
def test_a_name_is_masked_without_the_right_to_it(engine, role, name):
    some(engine, ("1", "2"), first_name="Nadia", last_name="Kowalska")
    access = access_for(engine, role)
    for query in (ExposurePoints("EUR"), TopExposures("EUR")):
        assert list(access.fetch(query)["name"]) == [name]


@pytest.mark.parametrize("ask", [UtilisationHistogram, ExposureBins, ExposurePoints, TopExposures])
def test_a_frame_is_typed_when_it_is_empty_too(engine, ask):
    access = exposed(engine)
    empty = access.fetch(ask("EUR"))
    some(engine, ("1", "2"))
    assert empty.empty
    assert dict(access.fetch(ask("EUR")).dtypes) == dict(empty.dtypes)


AMOUNTS = st.decimals(-(10**12) + 1, 10**12 - 1, places=5)


@given(st.tuples(AMOUNTS, AMOUNTS), st.tuples(AMOUNTS, AMOUNTS))
@example((Decimal(1 - 10**12), Decimal(10**12 - 1)), (Decimal(1 - 10**12), Decimal(10**12 - 1)))
@example((Decimal("-160000000.00001"), Decimal(630000000000)), (Decimal("-250000000.00001"), Decimal(630000000000)))
def test_edges_reach_round_all_amounts_and_never_make_too_many_cells(wide, high):
    limits, balances = edges_of((min(wide), max(wide)), (min(high), max(high)))
    assert limits[0] <= min(wide) <= max(wide) < limits[-1]
    assert balances[0] <= min(high) <= max(high) < balances[-1]
    assert (len(limits) - 1) * (len(balances) - 1) <= MOST_CELLS
