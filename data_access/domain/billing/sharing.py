"""Sharing out: how money pays invoices, the oldest of both first. Whatever settles, settles by this one function."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

P = TypeVar("P")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Owed(Generic[B]):
    """What is open on an invoice."""

    bill: B
    issued_on: date
    open: Decimal


@dataclass(frozen=True, slots=True)
class Share(Generic[P, B]):
    """So much of a payment goes to an invoice."""

    payment: P
    bill: B
    amount: Decimal


def share_out(money: Iterable[tuple[P, Decimal]], owed: Iterable[Owed[B]]) -> list[Share[P, B]]:
    """Each payment, in the order given, pays the invoices in the order of their issue, until one of both is used up.

    Invoices of one day are paid in the order given. Afterwards no invoice is open beside money that is free.
    """
    waiting = deque((one.bill, one.open) for one in sorted(owed, key=lambda one: one.issued_on))
    shares: list[Share[P, B]] = []
    for payment, free in money:
        left = free
        while left > 0 and waiting:
            bill, rest = waiting.popleft()
            part = min(left, rest)
            if part > 0:
                shares.append(Share(payment, bill, part))
                left -= part
            if part < rest:
                waiting.appendleft((bill, rest - part))
    return shares
