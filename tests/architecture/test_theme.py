"""The theme is readable for everyone, and loads nothing from elsewhere."""

import re
import tomllib

import pytest

from tests.architecture.source import ROOT

CONFIG = (ROOT / ".streamlit/config.toml").read_text()
THEME = tomllib.loads(CONFIG)["theme"]
TEXT, MARK = 4.5, 3.0  # the least contrast that WCAG AA asks of text, and of the edge of a control
PAIRS = [
    ("#ffffff", "primaryColor", TEXT),  # the words on a first button are white in both
    ("textColor", "backgroundColor", TEXT),
    ("textColor", "secondaryBackgroundColor", TEXT),
    ("primaryColor", "backgroundColor", MARK),
    ("primaryColor", "secondaryBackgroundColor", MARK),
]


def luminance(colour: str) -> float:
    """The brightness of `#rrggbb` as WCAG defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("one", "other", "least"), PAIRS)
def test_two_colours_of_the_theme_stand_apart(scheme, one, other, least):
    colours = THEME[scheme]
    assert contrast(colours.get(one, one), colours[other]) >= least


def test_contrast_is_measured_as_wcag_does():
    assert (contrast("#ffffff", "#000000"), round(contrast("#777777", "#ffffff"), 2)) == (21, 4.48)


def test_nothing_is_fetched_from_elsewhere():
    assert not re.search(r"https?://|fontFaces|\bfont\s*=", CONFIG)
