"""Every page for every role: it opens, or it says why not and who can."""

import pytest

from dashboard.kit.addresses.navigation import PAGES, PageEntry
from data_access.base.permissions import GRANTS, PEOPLE_ROLES, Role


@pytest.mark.parametrize("role", PEOPLE_ROLES)
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_a_page_opens_to_the_roles_that_hold_its_right_and_refuses_the_others(desk_app, entry: PageEntry, role: Role):
    app = desk_app.open(entry.file, role)
    assert not app.exception
    refusals = [error.value for error in app.error if "has no right to" in error.value]
    assert len(refusals) == (0 if entry.needs in GRANTS[role] else 1)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_a_page_opens_under_any_address(desk_app, entry: PageEntry):
    app = desk_app.open(entry.file, Role.ADMIN, id="☃", page="-1", cursor="x", sort="';--", tab="none", q="%_'\"<b>")
    assert not app.exception
