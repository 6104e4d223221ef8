"""Secrets made here: one a command, however often it is clicked."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from dashboard.kit.forms import one_time

for command in ("first", "first", "second"):
    st.text(one_time.{made}(command, "Switch"))
one_time.reveal("first")
one_time.draw()
one_time.reveal("second")
one_time.draw()
"""


@pytest.fixture(params=["hash_for", "secret_for"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> AppTest:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(made=request.param))
    return AppTest.from_file(script).run()


def test_a_second_click_gets_the_same_secret_and_another_command_another(app: AppTest) -> None:
    first, again, second = (text.value for text in app.text)
    assert first == again != second


def test_the_secret_of_another_command_is_not_shown(app: AppTest) -> None:
    assert not app.exception
    assert len(app.code) == 1
