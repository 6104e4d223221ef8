"""One look for every meaning, legible in both themes and without colour."""

from decimal import Decimal

import pytest

from dashboard.kit.look.palette import (
    BANDS,
    BLACK,
    BULK_ROWS,
    BULK_RUNS,
    INKS,
    OUTBOX,
    RUNS,
    STATUSES,
    WHITE,
    Look,
    contrast,
    luminance,
)
from data_access.base.statuses import BulkState, RowState
from data_access.domain.limit_use import LimitUse, band_of
from data_access.domain.shown_status import Shown
from data_access.models.jobs import RunState
from data_access.models.outbox import MessageState

LOOKS = [
    *STATUSES.values(),
    *BANDS.values(),
    *RUNS.values(),
    *OUTBOX.values(),
    *BULK_RUNS.values(),
    *BULK_ROWS.values(),
]
ENOUGH_FOR_TEXT, ENOUGH_FOR_MARKS = 4.5, 3.0


def test_contrast_agrees_with_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.word)
def test_every_word_is_legible_on_its_ground(look: Look, theme: str) -> None:
    tone = look.dark if theme == "dark" else look.light
    assert contrast(tone.fg, tone.bg) >= ENOUGH_FOR_TEXT


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.word)
def test_a_chip_in_a_table_is_as_legible(look: Look) -> None:
    """There the platform picks the text: black on grounds brighter than one half, white on the others."""
    for tone in (look.light, look.dark):
        assert tone.fg == (BLACK if luminance(tone.bg) > 0.5 else WHITE)


@pytest.mark.parametrize("looks", [STATUSES, BANDS, RUNS, OUTBOX, BULK_RUNS, BULK_ROWS])
def test_no_two_meanings_share_word_icon_mark_or_colour(looks: dict[str, Look]) -> None:
    for facet in ("word", "icon", "mark", "light", "dark"):
        values = [getattr(look, facet) for look in looks.values()]
        assert len(set(values)) == len(values), facet


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_suspended_stands_out_from_active_without_colour(theme: str) -> None:
    suspended, active = (
        STATUSES[status].light if theme == "light" else STATUSES[status].dark for status in ("suspended", "active")
    )
    assert contrast(suspended.bg, active.bg) >= 1.8
    assert STATUSES["suspended"].mark != STATUSES["active"].mark


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_and_words_of_a_drawing_show_on_the_page(theme: str) -> None:
    ink = INKS["dark" if theme == "dark" else "light"]
    assert min(contrast(words, ink.ground) for words in (ink.text, ink.muted)) >= ENOUGH_FOR_TEXT
    assert min(contrast(colour, ink.ground) for colour in (ink.accent, ink.limit, ink.near)) >= ENOUGH_FOR_MARKS


def test_every_state_of_a_run_has_a_look() -> None:
    assert {state.value for state in RunState} < set(RUNS)


def test_every_state_of_a_bulk_action_and_of_its_customers_has_a_look() -> None:
    assert {state.value for state in BulkState} == set(BULK_RUNS)
    assert {state.value for state in RowState} == set(BULK_ROWS)


def test_every_state_of_a_message_has_a_look() -> None:
    assert {state.value for state in MessageState} < set(OUTBOX)


def test_every_band_has_a_look() -> None:
    assert set(BANDS) == set(LimitUse)


@pytest.mark.parametrize(
    ("balance", "credit_limit", "band"),
    [
        ("-1", "100", LimitUse.IN_CREDIT),
        ("-1", None, LimitUse.IN_CREDIT),
        ("0", "100", LimitUse.UNUSED),
        ("0", "0", LimitUse.UNUSED),
        ("79.99", "100", LimitUse.UNDER_80),
        ("80", "100", LimitUse.FROM_80),
        ("100", "100", LimitUse.FROM_80),
        ("100.00001", "100", LimitUse.OVER),
        ("1", "0", LimitUse.OVER),
        ("1", None, LimitUse.NO_LIMIT),
    ],
)
def test_a_customer_stands_in_one_band(balance: str, credit_limit: str | None, band: LimitUse) -> None:
    assert band_of(Decimal(balance), None if credit_limit is None else Decimal(credit_limit), prepaid=False) == band


def test_a_prepaid_customer_is_a_band_of_its_own() -> None:
    assert band_of(Decimal(-5), None, prepaid=True) == LimitUse.PREPAID


@pytest.mark.parametrize("shown", list(Shown))
def test_every_shown_status_has_its_row_and_its_word(shown: Shown) -> None:
    assert STATUSES[shown].word == shown.label
