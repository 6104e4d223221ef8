"""Override tariffs of a customer: pairs in its currency, an original once, and the look-up that tells which wins."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.usage.override_tariffs import (
    AddOverrideTariff,
    ChangeOverrideTariff,
    RemoveOverrideTariff,
)
from data_access.domain.usage.rating import Use, price_of
from data_access.models.card.additional import AdditionalInfo
from data_access.queries.services.rate_look_up import RateLookUp
from data_access.store.access import new_command_id
from tests.support.builders import a_class, a_customer
from tests.support.people import access_for
from tests.support.rows import insert
from tests.support.tariffs import a_tariff, an_override

D = Decimal


def enabled(engine: Engine, **over: object) -> int:
    """A customer whose tariffs can be overridden."""
    customer = a_customer(engine, **over)
    insert(engine, AdditionalInfo, {"customer_id": customer, "override_tariffs_enabled": True})
    return customer


def adding(customer_id: int, original: int, override: int) -> AddOverrideTariff:
    values = {"original_id": str(original), "override_id": str(override)}
    return AddOverrideTariff(customer_id=customer_id, values=values, command_id=new_command_id())


def priced(engine: Engine) -> int:
    """A customer with the tariffs of the example in domain 4.13."""
    original = a_tariff(engine, {"12": "0.02", "420": "0.20"}, name="Standard")
    override = a_tariff(engine, {"1204": "0.01"}, name="Special")
    customer = enabled(engine, customer_class_id=a_class(engine, currency="EUR", tariff_id=original))
    an_override(engine, customer, original, override)
    return customer


@pytest.mark.parametrize(
    ("number", "price", "why"),
    [
        ("1203 555 0100", "0.02", "12 of Standard is the only prefix that fits: Special has none."),
        ("+1 204 555 0100", "0.01", "The longer prefix wins: 1204 of Special against 12 of Standard."),
        ("00420 123 456", "0.20", "420 of Standard is the only prefix that fits: Special has none."),
    ],
)
def test_both_tariffs_are_asked_and_the_longer_prefix_wins(engine: Engine, number: str, price: str, why: str) -> None:
    found = access_for(engine).fetch(RateLookUp(priced(engine), number))
    assert (found.why, price_of(Use(found.number, seconds=60), found).amount) == (why, D(price))


def test_overrides_count_only_while_they_are_enabled_and_stand(engine: Engine) -> None:
    original, override = a_tariff(engine, {"1": "1"}, name="Standard"), a_tariff(engine, {"1": "2"}, name="Special")
    of_class = a_class(engine, currency="EUR", tariff_id=original)
    has_one, removed = (enabled(engine, customer_class_id=of_class) for _ in range(2))
    not_enabled = a_customer(engine, customer_class_id=of_class)
    access = access_for(engine)
    for customer in (has_one, removed, not_enabled):
        an_override(engine, customer, original, override, removed_at=access.now() if customer == removed else None)
    found = [access.fetch(RateLookUp(one, "12")).winner for one in (has_one, removed, not_enabled)]
    assert [one and one.tariff for one in found] == ["Special", "Standard", "Standard"]


def test_a_look_up_needs_a_number_and_a_tariff(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, name="Plain"))
    with pytest.raises(Invalid):
        access_for(engine).fetch(RateLookUp(customer, "ann"))
    with pytest.raises(Rejected, match="The customer class Plain names no tariff"):
        access_for(engine).fetch(RateLookUp(customer, "12"))


def test_a_pair_is_added_changed_and_ended(engine: Engine) -> None:
    customer, access = enabled(engine), access_for(engine)
    standard, special, other = (a_tariff(engine) for _ in range(3))
    row = access.execute(adding(customer, standard, special)).row_id
    change = ChangeOverrideTariff(
        row_id=row, version=1, shown={}, changes={"override_id": str(other)}, command_id=new_command_id()
    )
    access.execute(change)
    with pytest.raises(Invalid) as wrong:
        access.execute(replace(change, version=2, changes={"override_id": str(standard)}, command_id="x"))
    assert wrong.value.complaints == {"override_id": "A tariff does not override itself: choose another."}
    access.execute(RemoveOverrideTariff(row_id=row, version=2, command_id=new_command_id()))
    access.execute(adding(customer, standard, special))


def test_a_pair_has_the_currency_of_the_customer_and_an_original_is_overridden_once(engine: Engine) -> None:
    customer, access = enabled(engine), access_for(engine)
    standard, special, dollars = a_tariff(engine), a_tariff(engine), a_tariff(engine, name="US", currency="USD")
    gone = a_tariff(engine, removed_at=access.now())
    access.execute(adding(customer, standard, special))
    for order, complaints in (
        (adding(customer, standard, special), {"original_id": "This tariff is already overridden for this customer."}),
        (adding(customer, dollars, special), {"original_id": "US is in USD, the customer in EUR."}),
        (adding(customer, special, gone), {"override_id": "Choose the tariff from the list."}),
    ):
        with pytest.raises(Invalid) as refused:
            access.execute(order)
        assert refused.value.complaints == complaints


def test_a_pair_takes_the_right_an_editable_customer_and_that_it_is_enabled(engine: Engine) -> None:
    standard, special = a_tariff(engine), a_tariff(engine)
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ANALYST).execute(adding(enabled(engine), standard, special))
    with pytest.raises(Rejected, match="Override tariffs are not enabled for this customer"):
        access_for(engine).execute(adding(a_customer(engine), standard, special))
    gone = enabled(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    with pytest.raises(Rejected, match="permanently terminated"):
        access_for(engine).execute(adding(gone, standard, special))
