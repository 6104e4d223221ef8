"""Whether balances can be compared: in one currency, among those that one sees."""

from sqlalchemy import Engine

from data_access.base.statuses import BillStatus
from data_access.queries.lists.currencies import AreInOneCurrency
from tests.support.builders import a_customer, a_reseller
from tests.support.people import access_for


def test_two_currencies_cannot_be_compared(engine: Engine) -> None:
    access = access_for(engine)
    assert access.fetch(AreInOneCurrency())
    a_customer(engine, currency="EUR")
    assert access.fetch(AreInOneCurrency())
    a_customer(engine, currency="USD")
    assert not access.fetch(AreInOneCurrency())


def test_the_permanently_terminated_and_what_one_does_not_see_are_left_aside(engine: Engine) -> None:
    mine = a_reseller(engine)
    a_customer(engine, currency="EUR", reseller_id=mine)
    a_customer(engine, currency="USD", reseller_id=mine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    a_customer(engine, currency="GBP")
    assert access_for(engine, reseller_id=mine).fetch(AreInOneCurrency())
    assert not access_for(engine).fetch(AreInOneCurrency())
