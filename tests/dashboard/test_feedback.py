"""What the screen says when something is refused or breaks."""

import json
import logging

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.kit.feedback import escape
from data_access.base.running import logs

HOSTILE = [
    "**bold** _it_ `code` ~~no~~",
    "[link](https://evil.example) ![image](https://evil.example/x.png)",
    "<b>html</b> &copy; &#36;",
    "$5 and $6",
    ":red[colour] :material/home: :smile:",
    "# Title",
    "1. list",
    "> quote | table",
    "back\\slash",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_every_mark_that_could_speak_is_escaped(text):
    escaped = escape(text).replace(":small[]", "")
    silent = [mark for before, mark in zip(" " + escaped, escaped, strict=False) if before != "\\" and mark != "\\"]
    assert not set(silent) & set("*_`~[]()!<>&#$:|.")


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("ann@example.org", r"ann\@:small[]example\.org"),
        ("www.evil.example", r"www:small[]\.evil\.example"),
        ("https://evil.example", r"https\:\/\/:small[]evil\.example"),
    ],
)
def test_an_address_is_broken_by_nothing_so_that_it_is_no_link(text, broken):
    assert escape(text) == broken


@pytest.mark.parametrize("text", ["", "Ann Müller", "שלום", "😀", "a  b"])
def test_plain_words_stay_as_they_are(text):
    assert escape(text) == text


def crash():
    from dashboard.kit.feedback import on_script_error  # noqa: PLC0415 - AppTest runs this function's text alone

    on_script_error(ZeroDivisionError("balance of Ann Example"))


def refuse():
    from dashboard.kit.feedback import on_script_error  # noqa: PLC0415
    from data_access.base.errors import Rejected  # noqa: PLC0415

    on_script_error(Rejected("A customer cannot owe $5."))


def test_a_crash_shows_a_reference_and_nothing_of_the_inside(caplog):
    with caplog.at_level(logging.ERROR, "customer_desk.crash"):
        shown = AppTest.from_function(crash).run().error[0].value
    logged = json.loads(logs.formatter(as_json=True).format(caplog.records[0]))
    assert logged["reference"] in shown
    assert "ZeroDivisionError" in logged["exception"]
    assert "Ann Example" not in shown
    assert "ZeroDivision" not in shown


def test_two_crashes_have_two_references():
    first, second = (AppTest.from_function(crash).run().error[0].value for _ in range(2))
    assert first != second


def test_a_refusal_that_no_page_caught_is_still_a_sentence():
    assert AppTest.from_function(refuse).run().error[0].value == r"A customer cannot owe \$5\."
