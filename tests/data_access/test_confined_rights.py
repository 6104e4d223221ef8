"""What concerns all customers is changed by those who see all of them: a reseller's admin changes none of it."""

import pytest
from sqlalchemy import Engine

from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import CONCERNS_ALL, Actor, Permission, Role
from data_access.commands.services.services import AddSubscription
from data_access.store.access import new_command_id
from tests.support.builders import a_customer, a_plan, a_reseller
from tests.support.people import a_person, access_for


@pytest.mark.parametrize("permission", sorted(CONCERNS_ALL))
def test_a_resellers_admin_is_told_whose_it_is(engine: Engine, permission: Permission) -> None:
    confined = a_person(engine, Role.ADMIN, reseller_id=a_reseller(engine))
    with pytest.raises(NotPermitted, match="You see one reseller's customers only") as refusal:
        confined.require(permission)
    assert str(refusal.value).endswith("an admin who sees all can.")


def test_whoever_is_told_who_can_is_told_that_it_takes_one_who_sees_all(engine: Engine) -> None:
    plan = a_plan(engine, is_offered=False)
    own = a_reseller(engine)
    customer = a_customer(engine, reseller_id=own)
    for reseller, able in ((own, "An admin who sees all can"), (None, "An admin can")):
        with pytest.raises(Rejected, match=able):
            access_for(engine, reseller_id=reseller).execute(
                AddSubscription(customer_id=customer, plan_id=plan, command_id=new_command_id())
            )


def test_an_own_grant_does_not_open_it_either() -> None:
    confined = Actor(1, "ann", "Ann", Role.MANAGER, frozenset({Permission.CLASS_EDIT}), reseller_id=7)
    assert not confined.may(Permission.CLASS_EDIT)
    assert confined.may(Permission.CUSTOMER_EDIT)


def test_who_sees_all_keeps_every_right_of_the_role(engine: Engine) -> None:
    admin = a_person(engine, Role.ADMIN)
    assert admin.grants >= CONCERNS_ALL
