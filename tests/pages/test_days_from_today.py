"""How far a day is from today: told alike on every page, from the day in the sidebar."""

from datetime import timedelta

import pytest

from dashboard.kit.formats import day, day_and_distance, relative
from data_access.base.clock import day_in, start_of, system_clock
from data_access.base.permissions import Role
from tests.support.builders import a_quota, a_suspended_customer
from tests.support.forms import press, said


@pytest.fixture
def lifted(desk_app):
    """A customer billed where it is another day than here, whose lift ends in some days; its id and the day."""
    now = system_clock()
    zone = "Etc/GMT+12" if now.hour < 12 else "Etc/GMT-14"  # twelve hours behind, fourteen ahead
    today_there = day_in(zone, now)
    assert today_there != now.date()
    until = today_there + timedelta(days=3)
    lift = {"suspension_lifted_until": start_of(until, zone), "first_lifted_on": today_there}
    return a_suspended_customer(desk_app.engine, billing_zone=zone, **lift), until


def test_a_quota_is_granted_anew_as_far_away(desk_app, lifted):
    customer_id, until = lifted
    a_quota(desk_app.engine, customer_id, started_on=until - timedelta(days=3))
    quotas = desk_app.open("customer", Role.MANAGER, id=str(customer_id), tab="Quotas & service wallets")
    (anew,) = [on for table in quotas.dataframe for on in table.value.get("Next renewal", [])]
    here = system_clock().date()
    assert anew in [day_and_distance(here + timedelta(days=ahead), here) for ahead in range(40)]


def next_step(desk_app, page, column):
    return desk_app.open(page, Role.MANAGER).dataframe[0].value[column].iloc[0].split(":")[0]


def test_the_same_day_is_as_far_away_on_every_page(desk_app, lifted):
    customer_id, until = lifted
    here = relative(until, system_clock().date())
    assert next_step(desk_app, "customers", "Next step") == here
    assert next_step(desk_app, "collections", "Next step") == here
    page = desk_app.open("customer", Role.MANAGER, id=str(customer_id), tab="Life cycle")
    assert f"{day(until)}, {here}" in [on for table in page.dataframe for on in table.value.get("On", [])]
    assert any(text.value.startswith(f"{here}: suspended again") for text in page.text)
    assert any(f"**{day(until)}**, {here}: " in line.value for line in page.markdown)


@pytest.mark.parametrize("opener", ["Adjust balance", "Change status", "Record promise"])
def test_a_dialog_says_what_day_it_is_where_the_customer_is_billed(desk_app, lifted, opener):
    customer_id, until = lifted
    page = desk_app.open("customer", Role.MANAGER, id=str(customer_id))
    told = "where the customer is billed"
    assert f"{day(until - timedelta(days=3))} {told}" in said(press(page, opener))
    here = a_suspended_customer(desk_app.engine, billing_zone="UTC")
    assert told not in said(press(desk_app.open("customer", Role.MANAGER, id=str(here)), opener))
