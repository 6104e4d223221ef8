"""Badges, figures and CSS as a page draws them."""

import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.kit.look import theme
from dashboard.kit.look.palette import INKS, STATUSES, contrast
from dashboard.server.signin.signin_page import PRODUCT


def a_suspended_customer() -> None:
    from dashboard.customer.figures import Figure, figures  # noqa: PLC0415
    from dashboard.kit.look.badges import status_badges  # noqa: PLC0415  AppTest runs this body as a script of its own
    from dashboard.kit.look.theme import apply_look  # noqa: PLC0415

    apply_look()
    status_badges("suspended", ["credit_exceeded"], of=15)
    status_badges("suspended", of=16)
    figures([Figure("Balance", "owes 1,240.50 EUR", "of *class* $A$"), Figure("Overdue", "840.50 EUR")])


def drawn() -> AppTest:
    page = AppTest.from_function(a_suspended_customer).run()
    assert not page.exception
    return page


def test_the_status_and_what_it_hides_stand_as_badges() -> None:
    words = [badge.value for badge in drawn().markdown]
    assert [("Suspended" in w, "Credit exceeded" in w) for w in words] == [(True, False), (False, True), (True, False)]


def test_a_figure_is_no_change_and_has_no_arrow() -> None:
    balance = drawn().metric[0]
    assert (balance.label, balance.value, balance.delta) == ("Balance", "owes 1,240.50 EUR", "")


def test_a_sentence_is_shown_as_it_was_typed() -> None:
    assert drawn().text[0].value == "of *class* $A$"


def test_every_status_has_a_strong_ground_in_both_themes() -> None:
    for shade in INKS:
        for status, shown in STATUSES.items():
            grounds = re.escape(f"background-color:light-dark({shown.light.bg},{shown.dark.bg})")
            assert re.search(rf'shown-{status}-"\][^}}]*{grounds}', theme.css(shade)), status


def test_what_opens_outside_of_the_app_takes_the_scheme_of_the_run() -> None:
    assert [theme.css(shade).startswith(f"body{{color-scheme:{shade}}}") for shade in INKS] == [True, True]


def test_what_scrolls_away_does_not_shine_through_the_line_of_the_finder() -> None:
    ground = f"light-dark({INKS['light'].ground},{INKS['dark'].ground})"
    for shade in INKS:
        assert f'[data-testid="stHeader"]{{background:{ground}}}' in theme.css(shade)


def test_what_cannot_be_undone_has_the_colour_of_danger_and_can_be_read() -> None:
    for shade in INKS:
        ink = INKS[shade]
        assert '[class*="-final-go-"] button:not(:disabled):hover,' in theme.css(shade)
        assert contrast(ink.limit, ink.ground) >= 4.5


def test_the_logo_is_written_in_the_ink_of_the_theme() -> None:
    for shade in INKS:
        assert f'fill="{INKS[shade].text}">{PRODUCT}</text>' in theme.logo(shade)
    assert INKS["light"].text != INKS["dark"].text


def test_the_css_leans_on_test_ids_and_our_own_keys_only() -> None:
    rules = re.sub(r"/\*.*?\*/", "", Path(theme.__file__).with_name("look.css").read_text(encoding="utf-8"), flags=re.S)
    assert "emotion" not in rules
    assert not re.search(r"(^|[\s,])\.[a-zA-Z]", rules)
