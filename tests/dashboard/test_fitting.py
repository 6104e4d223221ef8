"""Long names end in an ellipsis."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.kit.tables.fitting import fitted


@pytest.mark.parametrize("text", ["Ann Lindgren", "Cox, Garcia and", "DE100871", ""])
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert fitted(text, 128) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Schmiedecke Hölzenbecher AG & Co. OHG", "Schmiedecke Hölz…"),
        ("Textor Stoll Stiftung & Co. KGaA", "Textor Stoll Stiftu…"),
        ("株式会社東京通信サービス", "株式会社東京…"),
    ],
)
def test_what_does_not_fit_ends_in_an_ellipsis(text: str, shown: str) -> None:
    assert fitted(text, 128) == shown


@given(st.text(max_size=60), st.integers(40, 400))
def test_a_cut_text_begins_as_the_whole_and_never_ends_in_a_blank(text: str, pixels: int) -> None:
    shown = fitted(text, pixels)
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]) and not shown[:-1].endswith(" "))
