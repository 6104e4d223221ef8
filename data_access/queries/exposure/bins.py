"""Bins: the steps of about equal ratio into which the database sorts amounts before it counts them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, SQLColumnExpression, case, literal

from data_access.base.money import Amount

MOST_CELLS = 10_000  # more marks than that stall a browser
_STEPS = ((10, 12, 16, 20, 25, 32, 40, 50, 63, 80), (10, 16, 25, 40, 63), (10, 32))  # of a decade, the finest first
_SMALL = (0, 1, 2, 5)
_DECADES = 12


def edges_of(wide: tuple[Decimal, Decimal], high: tuple[Decimal, Decimal]) -> tuple[list[Decimal], list[Decimal]]:
    """The edges for two amounts that reach from least to most: as fine as the number of cells allows."""
    choices = ((_reaching(steps, *wide), _reaching(steps, *high)) for steps in _STEPS)
    return next(edges for edges in choices if (len(edges[0]) - 1) * (len(edges[1]) - 1) <= MOST_CELLS)


def _reaching(steps: tuple[int, ...], least: Decimal, most: Decimal) -> list[Decimal]:
    """From the last edge at or below the least to the first above the most."""
    upward = [*_SMALL, *(step * 10**power for power in range(_DECADES) for step in steps)]
    edges = [Decimal(edge) for edge in sorted({-edge for edge in upward} | set(upward))]
    below = sum(edge <= least for edge in edges)
    above = sum(edge <= most for edge in edges)
    return edges[max(below - 1, 0) : above + 1]


def bin_of(amount: SQLColumnExpression[Any], edges: Sequence[Decimal], first: int = 0) -> ColumnElement[int]:
    """The number of the bin that holds the amount; its lower edge belongs to it, its upper one does not.

    Halved again and again, so that an amount is compared with a handful of edges and not with all.
    """
    bins = len(edges) - 1
    if bins <= 1:
        return literal(first, Integer)
    middle = bins // 2
    lower, upper = bin_of(amount, edges[: middle + 1], first), bin_of(amount, edges[middle:], first + middle)
    return case((amount < edges[middle], lower), else_=upper)


def edge_at(number: ColumnElement[int], edges: Sequence[Decimal], offset: int = 0) -> ColumnElement[Decimal]:
    """The lower edge of a bin by its number; with an offset of one, the upper one."""
    return case(*((number == n, literal(edge, Amount)) for n, edge in enumerate(edges[offset:])))
