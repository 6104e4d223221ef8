"""Features of one account: its own, or as they hold for its customer."""

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.services.account_features import (
    AddAccountFeatures,
    ChangeAccountFeatures,
    RemoveAccountFeatures,
)
from data_access.domain.sections import SERVICE_CONFIGURATION
from data_access.domain.usage.service_features import FeatureInForce, held
from data_access.models.card.service_configuration import AccountFeatures, ServiceConfiguration
from data_access.models.customers import Account
from data_access.queries.classes.followers import ClassFollowers
from data_access.queries.customers.section_rows import RecordBeside
from data_access.queries.services.service_configuration import AccountFeaturesRow, FeaturesOfAccounts
from data_access.store.access import new_command_id
from tests.data_access.test_advanced_filter import found
from tests.support.builders import a_class, a_customer
from tests.support.people import NOW, access_for
from tests.support.rows import insert
from tests.support.tables import only


def an_account(engine: Engine, customer_id: int, code: str, **over: object) -> int:
    row = {"account_code": code, "kind": "phone_line", "product": "Line", "activated_on": NOW.date()}
    return insert(engine, Account, row | {"customer_id": customer_id} | over)


def give(engine: Engine, customer_id: int, account_id: int | None, role: Role = Role.SUPPORT, **values: str) -> None:
    told = {"account_id": str(account_id or "")} | values
    order = AddAccountFeatures(customer_id=customer_id, values=told, command_id=new_command_id())
    access_for(engine, role).execute(order)


def change(engine: Engine, version: int = 1, **changes: str) -> None:
    row_id = only(engine, AccountFeatures).id
    order = ChangeAccountFeatures(
        row_id=row_id, version=version, shown={}, changes=changes, command_id=new_command_id()
    )  # fmt: skip
    access_for(engine, Role.SUPPORT).execute(order)


def row_of(engine: Engine, customer_id: int) -> AccountFeaturesRow:
    (row,) = access_for(engine).fetch(FeaturesOfAccounts(customer_id))
    return row


def feature(engine: Engine, customer_id: int, label: str) -> FeatureInForce:
    return next(one for one in row_of(engine, customer_id).features if one.label == label)


def test_a_feature_is_taken_as_a_whole() -> None:
    nothing = dict.fromkeys(SERVICE_CONFIGURATION.names)
    of_class = nothing | {"music_on_hold": True, "music_file": "x", "paging": True, "paging_prefix": "x"}
    own = nothing | {"music_on_hold": False, "music_file": "", "paging_prefix": ""}
    holds = held(own, of_class)
    assert (holds["music_on_hold"], holds["music_file"]) == (False, "")
    assert (holds["paging"], holds["paging_prefix"]) == (True, "x")


def test_an_account_has_what_its_customer_has_until_it_has_its_own(engine: Engine) -> None:
    of_class = a_class(engine, music_on_hold=True, music_file="waiting.wav", limits_calls=True, calls_total=30)
    customer = a_customer(engine, customer_class_id=of_class)
    insert(engine, ServiceConfiguration, {"customer_id": customer, "limits_calls": True, "calls_total": 9})
    give(engine, customer, an_account(engine, customer, "A-1"), music_on_hold="no")
    music = feature(engine, customer, "Music on hold")
    assert (music.own, music.inherited, music.effective) == ("No", "Yes: file of the music waiting.wav", "No")
    limits = feature(engine, customer, "Limit simultaneous calls")
    assert (limits.own, limits.effective) == ("", "Yes: calls in total 9")
    assert row_of(engine, customer).own == "Music on hold: No"
    row_id = only(engine, AccountFeatures).id
    view = access_for(engine).fetch(RecordBeside(customer, "account_features", row_id))
    assert view.left_to_class["limits_calls"] == "As customer: Yes"
    assert dict(view.said)["Limit simultaneous calls"] == "As customer: Yes"


def test_one_is_changed_and_left_to_the_customer_again(engine: Engine) -> None:
    customer = a_customer(engine, customer_code="K-1")
    account = an_account(engine, customer, "A-1")
    give(engine, customer, account, limits_calls="yes", calls_total="4")
    change(engine, calls_forwarded="4")
    with pytest.raises(Invalid, match="Not more than the 4 calls in total"):
        change(engine, version=2, calls_forwarded="5")
    with pytest.raises(Invalid, match="one feature of its own at least"):
        change(engine, version=2, limits_calls="")
    assert found(engine, "account_features_calls_total.is.4") == ["K-1"]
    row = only(engine, AccountFeatures)
    order = RemoveAccountFeatures(row_id=row.id, version=row.version, command_id=new_command_id())
    access_for(engine, Role.SUPPORT).execute(order)
    assert access_for(engine).fetch(FeaturesOfAccounts(customer)) == ()
    assert found(engine, "account_features_calls_total.is.4") == []
    give(engine, customer, account, call_parking="yes")


def test_only_an_account_in_service_of_the_customer_can_have_its_own_once(engine: Engine) -> None:
    customer, other = a_customer(engine), a_customer(engine)
    mine, ended = an_account(engine, customer, "A-1"), an_account(engine, customer, "A-2", ended_on=NOW.date())
    give(engine, customer, mine, call_parking="yes")
    for account, says in (
        (None, "Choose the account"), (mine, "already"), (ended, "closed"),
        (an_account(engine, other, "B-1"), "not one of this customer's"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=says) as refused:
            give(engine, customer, account, call_parking="yes")
        assert refused.value.complaints.keys() == {"account_id"}
    with pytest.raises(Invalid, match="another one features of its own"):
        change(engine, account_id=str(ended))


def test_it_takes_the_right_to_services_and_a_customer_that_can_be_edited(engine: Engine) -> None:
    customer, gone = a_customer(engine), a_customer(engine, bill_status=BillStatus.EXPORTED)
    with pytest.raises(NotPermitted):
        give(engine, customer, an_account(engine, customer, "A-1"), Role.ANALYST, call_parking="yes")
    with pytest.raises(Rejected):
        give(engine, gone, an_account(engine, gone, "B-1"), call_parking="yes")


def test_no_class_counts_it_as_a_customers_own(engine: Engine) -> None:
    of_class = a_class(engine)
    customer = a_customer(engine, customer_class_id=of_class)
    give(engine, customer, an_account(engine, customer, "A-1"), call_parking="yes")
    assert access_for(engine, Role.ADMIN).fetch(ClassFollowers(of_class)).own["call_parking"] == 0
