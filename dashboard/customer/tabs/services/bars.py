"""Bars: how much of something is used or left, as ten marks."""

from decimal import ROUND_DOWN, Decimal

_MARKS = 10


def bar(part: Decimal, whole: Decimal) -> str:
    """Full only when the part is all of it, and empty only when it is nothing."""
    share = part * _MARKS / whole
    full = max(int(share.to_integral_value(ROUND_DOWN)), 1 if part else 0)
    return "■" * full + "□" * (_MARKS - full)
