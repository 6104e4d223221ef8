"""The page `docs/moves.md`, generated from the tables of statuses and moves: `python -m tests.support.moves_page`."""

from pathlib import Path

from data_access.base.permissions import LIFT_HORIZON_DAYS, PEOPLE_ROLES, who_can
from data_access.domain.lifecycle import Need
from data_access.domain.moves import MOVES, Move
from data_access.domain.shown_status import Shown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "moves.md"
_NEEDS = {Need.REASON: "a reason", Need.DATE: "a date", Need.CUSTOMER_ID: "the Customer ID, typed"}
_TOP = """# Statuses and status changes

This page is generated from `data_access/domain/moves.py`, `lifecycle.py` and `shown_status.py` by
`.venv/bin/python -m tests.support.moves_page`; a test compares them. Buttons, checks, previews, audit and tests use
the same tables.
"""
_SHOWN = """
## The shown status

The shown status is never stored: the first condition of this list that currently applies is shown, and the others stay
visible as badges.

"""
_LIFTS = """
Only the system sets and ends a suspension or limitation: because of overdue invoices, and when they are paid. A person
can lift them until a date. The maximum counts from the day of the first lift for the current debt, so a lift
cannot be renewed indefinitely: {horizons}.

Unblock, Reactivate and Clear Exported check the debt again in the same transaction: a customer who left suspended and
has not paid, or who is due to be suspended, comes back suspended. Being overdue alone suspends nobody.
"""


def page() -> str:
    """The whole page as it should be in the repository."""
    by_hand = [move for move in MOVES.values() if not move.by_system]
    by_itself = [move for move in MOVES.values() if move.by_system]
    parts = [
        _TOP, _SHOWN, _shown(), "\n## Changes by a person\n", *map(_section, by_hand), _lifts(),
        "\n## Changes by the system\n", *map(_section, by_itself),
    ]  # fmt: skip
    return "".join(parts)


def _shown() -> str:
    return "".join(f"{number}. {status.label}\n" for number, status in enumerate(Shown, 1))


def _lifts() -> str:
    horizons = [
        f"{LIFT_HORIZON_DAYS[role]} days for {role.value}" for role in PEOPLE_ROLES if role in LIFT_HORIZON_DAYS
    ]
    return _LIFTS.format(horizons=", ".join(horizons))


def _section(move: Move) -> str:
    lines = [
        f"- From: {_source(move)}.",
        f"- Who: {'the system' if move.by_system else who_can(move.permission)} (`{move.permission.value}`).",
        *([f"- Needs: {', '.join(_NEEDS[need] for need in move.needs)}."] if move.needs else []),
        *(f"- {sentence}" for sentence in move.effects),
        f"- Can be taken back: {move.taken_back}",
    ]
    return "\n".join([f"\n### {move.label}", "", *lines, ""])


def _source(move: Move) -> str:
    statuses = ", ".join(sorted(status.label for status in move.source))
    told = [
        word
        for wanted, yes, no in (
            (move.blocked, "blocked", "not blocked"),
            (move.lifted, "lifted until a date", "not lifted"),
            (move.limited or None, "limited", ""),
            (move.limitation_lifted or None, "the limitation lifted until a date", ""),
            (move.planned_end, "with a termination date", "without a termination date"),
        )
        if wanted is not None
        for word in [yes if wanted else no]
    ]
    return ", ".join([statuses, *told])


if __name__ == "__main__":
    PAGE.write_text(page())
