"""The theme: the little CSS beyond Streamlit's theme, and which theme is in use."""

from functools import cache
from pathlib import Path

import streamlit as st

from dashboard.kit.look.badges import STRONG
from dashboard.kit.look.palette import FINAL, INKS, STATUSES, Theme

FIXED = Path(__file__).with_name("look.css").read_text(encoding="utf-8")
_LOGO = Path(__file__).with_name("logo.svg").read_text(encoding="utf-8")


def theme_in_force() -> Theme:
    """What the reader's browser shows; light until it has said."""
    return "dark" if st.context.theme.type == "dark" else "light"


def apply_look() -> None:
    """Draws nothing but the logo; once a run, before anything else."""
    theme = theme_in_force()
    st.html(f"<style>{css(theme)}</style>")  # alone, it takes no place on the page
    st.logo(logo(theme), size="medium")


def logo(theme: Theme) -> str:
    """The mark and the name, as SVG: a picture takes no colour from the page around it."""
    return _LOGO.replace("currentColor", INKS[theme].text)


@cache
def css(theme: Theme) -> str:
    """Captions that can be read, and the grounds of the strong badges.

    Each colour stands there for both schemes, so that a browser that goes dark at sunset needs no run. The platform
    says on its app which one holds; what opens outside of it, as dialogs do, takes the body's.
    """
    return f"body{{color-scheme:{theme}}}" + _header() + _captions() + _strong_badges() + _final()


def _of_both(light: str, dark: str) -> str:
    return f"light-dark({light},{dark})"


def _ink(name: str) -> str:
    return _of_both(getattr(INKS["light"], name), getattr(INKS["dark"], name))


def _header() -> str:
    """What scrolls away under the line of the finder is covered: the platform lets it shine through."""
    return f'[data-testid="stHeader"]{{background:{_ink("ground")}}}'


def _final() -> str:
    """The button of what cannot be undone."""
    button = f'[class*="{FINAL}"] button:not(:disabled)'
    danger = _ink("limit")
    colours = f"background-color:{danger};border-color:{danger};color:{_ink('ground')}"
    return f"{button},{button}:hover,{button}:focus{{{colours}}}"


def _captions() -> str:
    """The platform's own grey has a contrast of 4.3 on white."""
    caption = '[data-testid="stCaptionContainer"]'
    return f"{caption}{{opacity:1}}{caption} p{{color:{_ink('muted')};opacity:1}}"


def _strong_badges() -> str:
    return "".join(
        f'[class*="st-key-{STRONG}{status}-"] .stMarkdownBadge'
        f"{{color:{_of_both(look.light.fg, look.dark.fg)}!important;"
        f"background-color:{_of_both(look.light.bg, look.dark.bg)}!important;font-weight:600}}"
        for status, look in STATUSES.items()
    )
