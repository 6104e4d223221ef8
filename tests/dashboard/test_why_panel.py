"""The panel that says why a customer is in its state, as it is drawn."""

from data_access.base.permissions import Role
from tests.support.builders import a_suspended_customer
from tests.support.forms import said


def test_a_way_out_of_two_states_is_told_once(desk_app):
    customer = a_suspended_customer(desk_app.engine, service_limited=True)
    told = said(desk_app.open("customer", Role.MANAGER, id=str(customer)))
    assert "**Suspended" in told
    assert "**Service limited" in told
    assert told.count("A payment of 100.00 EUR ends it at once") == 1
    assert told.count("Nobody can end it by hand.") == 1
