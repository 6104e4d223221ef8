"""What concerns all customers is changed by those who see all of them: a reseller's admin changes none of it."""

import pytest
from sqlalchemy import Engine

from data_access.base.errors import NotPermitted
from data_access.base.permissions import CONCERNS_ALL, Actor, Permission, Role
from tests.support.builders import a_reseller
from tests.support.people import a_person


@pytest.mark.parametrize("permission", sorted(CONCERNS_ALL))
def test_a_resellers_admin_is_told_whose_it_is(engine: Engine, permission: Permission) -> None:
    confined = a_person(engine, Role.ADMIN, reseller_id=a_reseller(engine))
    with pytest.raises(NotPermitted, match="You see one reseller's customers only") as refusal:
        confined.require(permission)
    assert str(refusal.value).endswith("an admin who sees all can.")


def test_an_own_grant_does_not_open_it_either() -> None:
    confined = Actor(1, "ann", "Ann", Role.MANAGER, frozenset({Permission.CLASS_EDIT}), reseller_id=7)
    assert not confined.may(Permission.CLASS_EDIT)
    assert confined.may(Permission.CUSTOMER_EDIT)


def test_who_sees_all_keeps_every_right_of_the_role(engine: Engine) -> None:
    admin = a_person(engine, Role.ADMIN)
    assert admin.grants >= CONCERNS_ALL
