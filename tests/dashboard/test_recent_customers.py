"""What a browser noted of the customers that were opened: of this person alone, whatever else stands in the cookie."""

import pytest
import streamlit as st

from dashboard.kit.recent_customers import MOST, opened_last


@pytest.mark.parametrize(
    ("cookie", "ids"),
    [
        ("", ()),
        ("7-3.7-1.7-3", (3, 1)),
        ("17-5.7-4.77-6", (4,)),
        ("7-.7-x.7--1.7-1e3.7-" + "9" * 40, ()),
        (".".join(f"7-{key}" for key in range(1, 20)), tuple(range(1, MOST + 1))),
    ],
)
def test_ids_are_read_as_they_were_noted(monkeypatch: pytest.MonkeyPatch, cookie: str, ids: tuple[int, ...]) -> None:
    monkeypatch.setattr(type(st.context), "cookies", {"opened": cookie})
    assert opened_last(7) == ids
