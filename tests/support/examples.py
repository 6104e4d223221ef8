"""How many examples a property is tried with: fewer in the inner loop, so that it stays one."""

from hypothesis import settings

ALL = 100
OF_THE_INNER_LOOP = 20


def examples(of_all: int) -> int:
    """So many where all are tried, at least one in the inner loop."""
    return max(1, of_all * settings().max_examples // ALL)
