"""Bins: the steps of about equal ratio into which the database sorts amounts before it counts them."""

from decimal import Decimal

from data_access.models.counts import FINEST, edges_by

MOST_CELLS = 10_000  # more marks than that stall a browser
_STEPS = (FINEST, (10, 16, 25, 40, 63), (10, 32))  # of a decade; the coarser ones leave some of the finest out


def edges_of(wide: tuple[Decimal, Decimal], high: tuple[Decimal, Decimal]) -> tuple[list[Decimal], list[Decimal]]:
    """The edges for two amounts that reach from least to most: as fine as the number of cells allows."""
    choices = ((_reaching(steps, *wide), _reaching(steps, *high)) for steps in _STEPS)
    return next(edges for edges in choices if (len(edges[0]) - 1) * (len(edges[1]) - 1) <= MOST_CELLS)


def _reaching(steps: tuple[int, ...], least: Decimal, most: Decimal) -> list[Decimal]:
    """From the last edge at or below the least to the first above the most."""
    edges = [Decimal(edge) for edge in edges_by(steps)]
    below = sum(edge <= least for edge in edges)
    above = sum(edge <= most for edge in edges)
    return edges[max(below - 1, 0) : above + 1]
