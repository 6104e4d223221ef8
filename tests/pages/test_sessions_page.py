"""Your sessions, for every role."""

import pytest

from dashboard.people.session_list import browser
from data_access.base.permissions import PEOPLE_ROLES
from tests.support.forms import press, said


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_everybody_sees_this_browser_and_signs_out_everywhere(desk_app, role):
    app = desk_app.open("sessions", role)
    assert app.dataframe[0].value["Browser"][0].startswith("This browser · ")
    press(app, "Sign out everywhere")
    assert "You are signed out" in said(app)
    assert not app.dataframe


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
         "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Gecko/20100101 Firefox/145.0", "Firefox on macOS"),
        ("curl/8.0", "curl/8.0"),
        ("", "an unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_is_told_as_people_call_it(agent, said):
    assert browser(agent) == said
