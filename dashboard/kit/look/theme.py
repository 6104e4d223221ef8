"""The theme: the little CSS beyond the theme, and the theme in force."""

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
    with st.container(key="unseen-look"):
        st.html(f"<style>{css(theme)}</style>")
    st.logo(logo(theme), size="medium")


def logo(theme: Theme) -> str:
    """The mark and the name, as SVG: a picture takes no colour from the page around it."""
    return _LOGO.replace("currentColor", INKS[theme].text)


@cache
def css(theme: Theme) -> str:
    """Captions that can be read, and the grounds of the strong badges."""
    return _captions(theme) + _strong_badges(theme) + _final(theme)


def _final(theme: Theme) -> str:
    """The button of what cannot be undone."""
    ink = INKS[theme]
    button = f'[class*="{FINAL}"] button:not(:disabled)'
    colours = f"background-color:{ink.limit};border-color:{ink.limit};color:{ink.ground}"
    return f"{button},{button}:hover,{button}:focus{{{colours}}}"


def _captions(theme: Theme) -> str:
    """The platform's own grey has a contrast of 4.3 on white."""
    caption = '[data-testid="stCaptionContainer"]'
    return f"{caption}{{opacity:1}}{caption} p{{color:{INKS[theme].muted};opacity:1}}"


def _strong_badges(theme: Theme) -> str:
    tones = {status: look.tone(theme) for status, look in STATUSES.items()}
    return "".join(
        f'[class*="st-key-{STRONG}{status}-"] .stMarkdownBadge'
        f"{{color:{tone.fg}!important;background-color:{tone.bg}!important;font-weight:600}}"
        for status, tone in tones.items()
    )
