"""Service configuration: features of one's own, as the class gives them, and what holds."""

from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.classes.classes import EditClass
from data_access.commands.services.service_configuration import EditServiceConfiguration, OrderLegalIntercept
from data_access.domain.sections import CUSTOMER_CLASS, SERVICE_CONFIGURATION
from data_access.domain.usage.service_features import FEATURES, FeatureInForce, unfit_limits
from data_access.models.card.service_configuration import LegalIntercept, ServiceConfiguration
from data_access.queries.customers.section import SectionOf
from data_access.queries.services.service_configuration import FeaturesOf
from data_access.store.access import new_command_id
from tests.support.builders import a_class, a_customer
from tests.support.people import access_for
from tests.support.tables import only


def edit(engine: Engine, customer_id: int, role: Role = Role.SUPPORT, version: int = 0, **changes: str) -> None:
    order = EditServiceConfiguration(
        customer_id=customer_id, version=version, shown={}, changes=changes, command_id=new_command_id()
    )
    access_for(engine, role).execute(order)


def feature(engine: Engine, customer_id: int, label: str) -> FeatureInForce:
    return next(one for one in access_for(engine).fetch(FeaturesOf(customer_id)) if one.label == label)


def test_every_field_belongs_to_one_feature_and_the_class_gives_it_too() -> None:
    names = [name for one in FEATURES for name in (one.leads, *one.more)]
    assert sorted(names) == sorted(SERVICE_CONFIGURATION.names)
    assert set(names) <= set(CUSTOMER_CLASS.names)


CASES = {
    "nothing is bounded": ({"calls_incoming": 9}, set()),
    "all as many as in total": ({"calls_total": 9, "calls_incoming": 9, "calls_forwarded": 9}, set()),
    "more forwarded than in total": ({"calls_total": 5, "calls_forwarded": 6}, {"calls_forwarded"}),
    "more in each": (
        {"calls_total": 0, "calls_incoming": 1, "calls_outgoing": 1, "calls_forwarded": 1},
        {"calls_incoming", "calls_outgoing", "calls_forwarded"},
    ),
}


@pytest.mark.parametrize(("values", "wrong"), CASES.values(), ids=CASES)
def test_no_part_is_more_than_the_total(values: dict[str, Any], wrong: set[str]) -> None:
    assert unfit_limits(values).keys() == wrong


def test_a_feature_is_as_the_class_gives_it_until_the_customer_has_its_own(engine: Engine) -> None:
    of_class = a_class(engine, limits_calls=True, calls_total=30, music_on_hold=True, music_file="waiting.wav")
    customer = a_customer(engine, customer_class_id=of_class)
    limits = feature(engine, customer, "Limit simultaneous calls")
    assert (limits.own, limits.effective) == ("", limits.inherited)
    assert limits.inherited.startswith("Yes: calls in total 30")
    assert feature(engine, customer, "Music on hold").effective == "Yes: file of the music waiting.wav"
    edit(engine, customer, limits_calls="yes", calls_total="2", calls_forwarded="1", music_on_hold="no")
    own = feature(engine, customer, "Limit simultaneous calls")
    assert own.effective == own.own == "Yes: calls in total 2, forwarded calls 1"
    assert feature(engine, customer, "Music on hold").effective == "No"


def test_a_feature_returns_to_what_the_class_gives(engine: Engine) -> None:
    customer = a_customer(engine)
    edit(engine, customer, limits_calls="yes", calls_total="2", rtp_proxy="always")
    edit(engine, customer, version=1, **dict.fromkeys(SERVICE_CONFIGURATION.names, ""))
    assert {one.own for one in access_for(engine).fetch(FeaturesOf(customer))} == {""}
    assert only(engine, ServiceConfiguration).calls_total is None


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"limits_calls": "yes", "calls_total": "5", "calls_forwarded": "6"}, {"calls_forwarded"}),
        ({"calls_total": "5"}, {"calls_total"}),
        ({"limits_calls": "yes", "calls_total": "-1"}, {"calls_total"}),
        ({"paging": "yes", "paging_prefix": "abc"}, {"paging_prefix"}),
        ({"identity_supplied": "perhaps", "rtp_proxy": "2"}, {"identity_supplied", "rtp_proxy"}),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(engine: Engine, changes: dict[str, str], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        edit(engine, a_customer(engine), **changes)
    assert refused.value.complaints.keys() == fields


def test_a_later_change_is_judged_beside_what_stands(engine: Engine) -> None:
    customer = a_customer(engine)
    edit(engine, customer, limits_calls="yes", calls_total="5", calls_incoming="5")
    with pytest.raises(Invalid, match="Not more than the 4 calls in total"):
        edit(engine, customer, version=1, calls_total="4")


def test_the_limits_of_a_class_are_judged_alike(engine: Engine) -> None:
    of_class = a_class(engine, limits_calls=True, calls_total=4)
    order = EditClass(
        customer_class_id=of_class, version=1, changes={"calls_outgoing": "5"}, command_id=new_command_id()
    )
    with pytest.raises(Invalid, match="Not more than the 4 calls"):
        access_for(engine, Role.ADMIN).execute(order)


def test_it_takes_the_right_to_services_and_a_customer_that_can_be_edited(engine: Engine) -> None:
    with pytest.raises(NotPermitted):
        edit(engine, a_customer(engine), Role.ANALYST, call_parking="yes")
    for status in (BillStatus.PERMANENTLY_TERMINATED, BillStatus.EXPORTED):
        with pytest.raises(Rejected):
            edit(engine, a_customer(engine, bill_status=status), call_parking="yes")


def test_a_legal_intercept_takes_a_right_of_its_own_to_see_and_to_order(engine: Engine) -> None:
    customer = a_customer(engine)

    def order(role: Role, **changes: str) -> None:
        access_for(engine, role).execute(
            OrderLegalIntercept(customer_id=customer, version=0, shown={}, changes=changes, command_id=new_command_id())
        )

    with pytest.raises(NotPermitted, match="order legal intercepts"):
        order(Role.MANAGER, ordered="yes", court_order="7 K 12")
    with pytest.raises(Invalid, match="number of the order"):
        order(Role.ADMIN, ordered="yes")
    order(Role.ADMIN, ordered="yes", court_order="7 K 12")
    assert only(engine, LegalIntercept).ordered
    with pytest.raises(NotPermitted, match="order legal intercepts"):
        access_for(engine, Role.MANAGER).fetch(SectionOf(customer, "legal_intercept"))
