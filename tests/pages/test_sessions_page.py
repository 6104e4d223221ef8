"""Your sessions, for every role."""

import pytest

from data_access.permissions import PEOPLE_ROLES
from tests.support.forms import press, said


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_everybody_sees_this_browser_and_signs_out_everywhere(desk_app, role):
    app = desk_app.open("sessions", role)
    assert "(this one)" in app.dataframe[0].value["Browser"][0]
    press(app, "Sign out everywhere")
    assert "You are signed out" in said(app)
    assert not app.dataframe
